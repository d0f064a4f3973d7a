//! The event log: what was received, durable and in order, until everything that follows has used it.
//!
//! The log is the only thing between "acknowledged" and "lost": a door answers a camera after [`EventLog::append`]
//! resolved, never before. Everything behind the log (panes, rollups, the live feed) can be made again from it.
//!
//! It is not a queue (reading takes nothing away), not a store (nobody asks it for an event by id) and not a bus
//! (one reader, the pipeline, keeps its own position together with its state).
//!
//! Promises. The first two are tests in [`crate::contract::event_log`]; the others need a disk that fails and are tests of each
//! adapter:
//! - positions count from 0 without gaps, in the order of the calls of `append`; a position is never used twice;
//! - a record is readable only when it is durable, and a durable record is read back byte for byte in every later
//!   opening, exactly once;
//! - a record whose `append` failed with [`LogFull`](throng_model::FaultCode::LogFull) is not in the log: it can be sent again;
//! - after [`LogPoisoned`](throng_model::FaultCode::LogPoisoned) nothing is accepted any more. Whether the records that were under way are
//!   durable is unknown until the log is opened again.

use crate::Pending;
use std::{fmt, sync::Arc};
use throng_model::Fault;

/// The place of a record in the log: counts records from 0, never reused.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One durable record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub position: Position,
    /// Exactly the bytes that were appended.
    pub payload: Arc<[u8]>,
}

/// A durable, ordered log of byte records.
pub trait EventLog: Send + Sync {
    /// Resolves when the record is durable; several waiting appends share one sync.
    ///
    /// The record takes its place in the order within the call itself, before the first poll. A log under more load
    /// than it can write makes the future wait, which may outlive the log's borrower: what became of a record has to be heard
    /// also where whoever sent it went away. An empty payload is refused.
    fn append(&self, payload: Vec<u8>) -> Pending<'static, Result<Position, Fault>>;

    /// Resolves when everything appended before this call is durable (or has failed, and said so to its own caller).
    fn barrier(&self) -> Pending<'_, Result<(), Fault>>;

    /// Durable records from `from` on, verified, up to `max_bytes` of payload; at least one if there is one.
    ///
    /// Nothing at or after [`end`](Self::end) is ever returned. A `from` below [`start`](Self::start) is a fault
    /// (`not_found`); damage is a fault that names the offset (`log_damaged`), after the records before it have been read.
    fn read(&self, from: Position, max_bytes: usize) -> Result<Vec<Record>, Fault>;

    /// The first position that is not yet durable.
    fn end(&self) -> Position;

    /// Resolves when `end() > position`: the pipeline waits here for work.
    fn beyond(&self, position: Position) -> Pending<'_, Result<(), Fault>>;

    /// The first position still kept.
    fn start(&self) -> Position;

    /// Everything below `position` may be deleted. Deletes in units of the adapter's choice, so `start()` may stay
    /// below `position`, and never passes it.
    fn trim(&self, position: Position) -> Result<(), Fault>;
}
