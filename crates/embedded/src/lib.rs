//! The default adapters, for one machine with nothing else installed: segmented log, LSM state and rollups, SQLite
//! catalogue, in-process feed.
//!
//! Each passes the contract suite of its port. None knows another: the server puts them together.

pub mod board;
pub mod catalog;
pub mod counter_board;
pub mod feed;
pub mod log;
pub mod store;

pub use board::InProcessBoard;
pub use catalog::{AuditProof, CatalogOptions, SqliteCatalog};
pub use counter_board::InProcessCounterBoard;
pub use feed::{FeedOptions, InProcessFeed};
pub use log::{RealDisk, SegmentedLog};
pub use store::{Store, StoreOptions};
