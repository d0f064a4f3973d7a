//! The data plane: doors -> event log -> engine -> stores.
//!
//! It never asks the control plane anything, so counting goes on while users, mail and dashboards are down. Two halves
//! meet in the event log:
//!
//! - [`Ingest`] is the door behind all doors. It decodes, validates, de-duplicates and quarantines, and answers after
//!   the log is durable.
//! - [`Stream`] reads the log, folds events into the engine, publishes what changed, and commits checkpoints in which
//!   rows, engine state, ids and log position become true together.
//!
//! [`recover`] builds both from what is on disk; [`run`] keeps the stream going. [`WindowStage`] is a second reader of the log.

mod committer;
mod count_again;
mod facts;
#[cfg(test)]
mod followed;
mod ingest;
mod invariants;
mod memory;
mod recover;
mod run;
mod stream;
mod throughput;
mod windows;
#[cfg(test)]
mod world;

pub use count_again::count_again;
pub use ingest::{Ingest, IngestRules};
pub use recover::{DataPlane, Ports, recover};
pub use run::{Pace, run};
pub use stream::{Stream, StreamStatus};
pub use windows::{Anew, WindowRules, WindowStage};
