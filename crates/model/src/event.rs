//! The canonical event: one thing a camera says.
//!
//! How it looks in JSON and on disk is in [`crate::codec`]. Fields Throng does not compute with (position, track,
//! vendor fields, anything unknown) are kept byte for byte in [`Event::rest`], so nothing a camera said is lost.

use crate::id::{CameraId, LineId, PlaceId};
use crate::time::{TimeRange, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The idempotence key of an event, made once by its producer and sent unchanged with every repetition.
pub type EventId = Uuid;

/// The schema version this build speaks.
pub const EVENT_VERSION: u64 = 1;

/// The most people one counted window, queue or occupancy may claim. More is a broken counter, not a crowd.
pub const PEOPLE_MAX: u32 = 1_000_000;

/// The most people who may cross a line together: one event of so many already fills a stadium's stand through one door in a moment.
pub const CROSSING_PEOPLE_MAX: u32 = 10_000;

/// The longest window a counter may count as a whole, microseconds: a day and the hour summer time adds.
pub const COUNT_WINDOW_MAX: i64 = 25 * crate::time::HOUR;

/// One event, as accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The idempotence key.
    pub id: EventId,
    /// Who says it.
    pub camera: CameraId,
    /// Which run of the producer: changes when it restarts, so that its sequence may start again.
    pub boot: Option<Box<str>>,
    /// One more with every event of a run; gaps reveal loss.
    pub seq: Option<u64>,
    /// When it happened in the scene.
    pub at: Timestamp,
    /// When the device sent it.
    pub sent: Option<Timestamp>,
    /// The detector's confidence in thousandths.
    pub confidence: Option<u16>,
    /// What happened.
    pub body: EventBody,
    /// Every other field, as the text of one JSON object; empty when there was none.
    pub rest: Box<str>,
}

/// Which way somebody crossed a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the place.
    In,
    /// Out of the place.
    Out,
    /// The counter cannot tell.
    Unknown,
}

/// What happened. New kinds go to the end: their numbers stand in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventBody {
    /// Somebody crossed a line.
    Line {
        /// Which line.
        line: LineId,
        /// Which way.
        dir: Direction,
        /// How many crossed together.
        n: u32,
    },
    /// Somebody entered a zone of the picture.
    ZoneIn {
        /// Which zone.
        zone: PlaceId,
    },
    /// Somebody left a zone of the picture.
    ZoneOut {
        /// Which zone.
        zone: PlaceId,
        /// How long he stayed, milliseconds.
        dwell_ms: Option<u32>,
    },
    /// A window of time was counted as a whole.
    Count {
        /// Which counter of the camera.
        counter: LineId,
        /// From when to when, half-open.
        over: TimeRange,
        /// How many came in.
        people_in: u32,
        /// How many went out.
        people_out: u32,
        /// How many passed, direction unknown.
        people_pass: u32,
    },
    /// A queue was measured.
    Queue {
        /// Which zone.
        zone: PlaceId,
        /// How many wait.
        len: u32,
    },
    /// "I am here and saw nobody else": proof of silence.
    Beat,
    /// The device reports its own condition.
    Status {
        /// Whether it can count.
        state: DeviceState,
    },
    /// A cumulative counter was read. People are the differences between readings.
    Total {
        /// Which counter of the camera.
        counter: LineId,
        /// Since when it counts, where the device says so; a new moment means that it was reset.
        since: Option<Timestamp>,
        /// How many came in since then.
        people_in: Option<u64>,
        /// How many went out since then.
        people_out: Option<u64>,
        /// How many passed since then, direction unknown.
        value: Option<u64>,
    },
    /// A counter, or the occupancy of a place, was set to a value.
    Reset {
        /// What was set.
        target: ResetTarget,
        /// To what.
        to: u32,
        /// Why.
        reason: ResetReason,
    },
    /// So many are inside now; holds until the next one says otherwise.
    Occ {
        /// Inside of what.
        of: OccTarget,
        /// How many.
        n: u32,
    },
    /// Somebody was lost inside a zone of the picture: his stay was cut.
    ZoneCut {
        /// Which zone.
        zone: PlaceId,
        /// How long he was seen to stay, milliseconds; he stayed at least that long.
        dwell_ms: Option<u32>,
        /// How he was lost.
        cut: Cut,
    },
}

/// How a stay was cut (`dwell_kind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// His track ended inside.
    TrackEnd,
    /// The camera had not seen him for too long.
    Timeout,
}

/// What a reset sets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResetTarget {
    /// A counter of the camera.
    Counter(LineId),
    /// The occupancy of a place.
    Place(PlaceId),
}

/// Why something was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// At its usual time.
    Schedule,
    /// A person did it.
    Manual,
    /// The device did it by itself.
    Device,
    /// It had drifted.
    Drift,
    /// Nobody stays that long.
    MaxDwell,
}

/// What an occupancy is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OccTarget {
    /// A zone of the picture.
    Zone(PlaceId),
    /// A whole place.
    Place(PlaceId),
}

/// A device's own condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// It counts.
    Online,
    /// It is about to go.
    Offline,
    /// It counts badly.
    Degraded,
    /// It was moved.
    Moved,
    /// Its view is blocked.
    Blocked,
    /// Somebody tampers with it.
    Tamper,
}

impl EventBody {
    /// The `type` of the event in JSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            EventBody::Line { .. } => "line",
            EventBody::ZoneIn { .. } => "zone_in",
            EventBody::ZoneOut { .. } | EventBody::ZoneCut { .. } => "zone_out",
            EventBody::Count { .. } => "count",
            EventBody::Queue { .. } => "queue",
            EventBody::Beat => "beat",
            EventBody::Status { .. } => "status",
            EventBody::Total { .. } => "total",
            EventBody::Reset { .. } => "reset",
            EventBody::Occ { .. } => "occ",
        }
    }
}
