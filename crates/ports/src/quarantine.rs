//! Events that could not be counted, with the reason, until somebody decides.

use crate::Pending;
use throng_model::{Fault, FaultCode, Timestamp};

/// One quarantined event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedEvent {
    /// Names it; grows with time.
    pub entry: u64,
    /// Server time of its arrival.
    pub received: Timestamp,
    /// The camera it claims to be from, where that could be read.
    pub camera: Option<String>,
    /// Why.
    pub code: FaultCode,
    /// Why, in a sentence.
    pub detail: String,
    /// The event as it came, at most [`BODY_BYTES_MAX`] bytes of it.
    pub body: Vec<u8>,
    /// When it was replayed with success, if it was.
    pub replayed: Option<Timestamp>,
    /// How often it was replayed and refused again.
    pub attempts: u32,
    /// The last of these.
    pub refused_again: Option<Refused>,
}

/// What became of a replay that was refused. It may have been of a corrected event, so why the entry is there is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When, server time.
    pub at: Timestamp,
    /// Why.
    pub code: FaultCode,
    /// Why, in a sentence.
    pub detail: String,
}

/// The longest body kept. A canonical event is a few hundred bytes; what is longer is kept cut, and cannot be replayed.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The quarantine.
pub trait Quarantine: Send + Sync {
    /// Keeps events; durable when it returns. Gives their entries, in order. `entry` of the input is ignored.
    fn put(&self, events: Vec<QuarantinedEvent>) -> Pending<'_, Result<Vec<u64>, Fault>>;

    /// Entries after `after`, oldest first, optionally of one code only, replayed ones left out unless asked for.
    fn list(
        &self,
        after: u64,
        code: Option<FaultCode>,
        with_replayed: bool,
        limit: usize,
    ) -> Pending<'_, Result<Vec<QuarantinedEvent>, Fault>>;

    /// One entry.
    fn get(&self, entry: u64) -> Pending<'_, Result<Option<QuarantinedEvent>, Fault>>;

    /// Marks an entry as replayed.
    fn mark_replayed(&self, entry: u64, at: Timestamp) -> Pending<'_, Result<(), Fault>>;

    /// Notes that an entry was replayed and refused again; the last reason is kept.
    fn note_refused_again(&self, entry: u64, refused: Refused) -> Pending<'_, Result<(), Fault>>;

    /// How many entries there ever were.
    fn count(&self) -> Pending<'_, Result<u64, Fault>>;
}
