//! The traits between Throng and the world: what a log, a store, a catalogue, a feed and a clock promise.
//!
//! One file a trait, at most twelve methods each; more means two ports. The promise is in the documentation of the
//! trait and, where it can be tested, in the suite of the same name under [`contract`]: an adapter is one that passes
//! it. Nothing here knows SQLite from PostgreSQL or a file from Kafka.

use std::{future::Future, pin::Pin};

pub mod accounts;
pub mod catalog;
pub mod checkpoint;
pub mod clock;
pub mod contract;
pub mod counter_board;
pub mod disk;
pub mod event_log;
pub mod intake;
pub mod live_feed;
pub mod quarantine;
pub mod rollups;
pub mod ways_in;
pub mod window_board;

/// A future that a port returns: boxed, so that ports can be used as trait objects.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub use accounts::Accounts;
pub use catalog::Catalog;
pub use checkpoint::{Checkpoint, CheckpointStore, Recovered};
pub use clock::Clock;
pub use counter_board::CounterBoard;
pub use disk::{Disk, DiskFile, DiskLock};
pub use event_log::{EventLog, Position, Record};
pub use intake::{Counters, Intake, Outcome, RawEvent, Receipt, Sender, TakenUp};
pub use live_feed::{LiveFeed, LiveSubscription};
pub use quarantine::{Quarantine, QuarantinedEvent, Refused};
pub use rollups::Rollups;
pub use ways_in::WaysIn;
pub use window_board::WindowBoard;
