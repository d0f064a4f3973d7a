//! The door behind all doors: HTTP, WebSocket, MQTT, files and replays hand raw events in here.

use crate::Pending;
use serde::{Deserialize, Serialize};
use throng_model::live::ClockReading;
use throng_model::user::CameraKey;
use throng_model::{CameraId, EventId, Fault, FaultCode};

/// One event as it came, not yet decoded: the text of one JSON object. May be anything; nothing was checked.
pub type RawEvent<'a> = &'a [u8];

/// On whose word events come in.
#[derive(Clone, Debug)]
pub enum Sender {
    /// A door that was opened with a camera key: the key must speak for each event's camera.
    Key(CameraKey),
    /// This machine's own operator (command line import, replay, simulation): may speak for every camera.
    Operator,
}

impl Sender {
    /// Whether events of this camera are believed.
    pub fn speaks_for(&self, camera: &CameraId) -> bool {
        match self {
            Sender::Key(key) => key.speaks_for(camera),
            Sender::Operator => true,
        }
    }
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Kept for good, counted exactly once.
    Accepted,
    /// Kept for good, and in no number: it is too long behind newer ones of its camera.
    TooLate {
        /// Behind what, in a sentence.
        detail: String,
    },
    /// Kept before, with the same body; nothing changes.
    Duplicate,
    /// Not counted, kept apart with its reason; can be listed, corrected and replayed.
    Quarantined {
        /// Why.
        code: FaultCode,
        /// Why, in a sentence.
        detail: String,
        /// Names the entry in the quarantine.
        entry: u64,
    },
}

/// The answer to a batch: one outcome an event, in the order they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The id (where one could be read) and what became of it.
    pub events: Vec<(Option<EventId>, Outcome)>,
}

impl Receipt {
    /// How many of the accepted ones are in no number.
    pub fn too_late(&self) -> usize {
        let outcomes = self.events.iter();
        outcomes
            .filter(|(_, outcome)| matches!(outcome, Outcome::TooLate { .. }))
            .count()
    }

    /// Accepted, duplicate, quarantined: their sum is the number of events received.
    pub fn counts(&self) -> (usize, usize, usize) {
        self.events
            .iter()
            .fold((0, 0, 0), |(a, d, q), (_, outcome)| match outcome {
                Outcome::Accepted | Outcome::TooLate { .. } => (a + 1, d, q),
                Outcome::Duplicate => (a, d + 1, q),
                Outcome::Quarantined { .. } => (a, d, q + 1),
            })
    }
}

/// What came in since the data folder was made. `received = accepted + duplicate + quarantined`, always (I-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Events that reached the intake.
    pub received: u64,
    /// Kept and counted.
    pub accepted: u64,
    /// Sent again.
    pub duplicate: u64,
    /// Kept apart.
    pub quarantined: u64,
}

/// What became of accepted events since the data folder was made, as far as they have been taken up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenUp {
    /// Came after their minute had closed, and changed closed numbers: each is a revision.
    pub late: u64,
    /// Came too long after newer ones of the same camera: they stay in the log, but are in no number.
    pub too_late: u64,
    /// Their camera was removed after they had been accepted: they stay in the log, but are in no number.
    pub orphaned: u64,
}

/// Takes raw events and answers when every accepted one is durable.
pub trait Intake: Send + Sync {
    /// Decodes, validates, de-duplicates, quarantines, appends to the event log and waits for durability. A fault
    /// means that nothing of this batch was acknowledged; the sender may send it again unchanged.
    fn submit<'a>(
        &'a self,
        sender: &'a Sender,
        events: Vec<RawEvent<'a>>,
    ) -> Pending<'a, Result<Receipt, Fault>>;

    /// Hands in again, on the operator's word, what the quarantine keeps as this entry, as it was or corrected. Refused again, it
    /// stays that entry, which notes why; no other one is made.
    fn submit_again<'a>(
        &'a self,
        entry: u64,
        event: RawEvent<'a>,
    ) -> Pending<'a, Result<(Option<EventId>, Outcome), Fault>>;

    /// The counts so far.
    fn counters(&self) -> Counters;

    /// What became of the accepted ones so far.
    fn taken_up(&self) -> TakenUp;

    /// A camera's clock against the server's; none before enough was heard from it.
    fn clock(&self, camera: &CameraId) -> Option<ClockReading>;
}
