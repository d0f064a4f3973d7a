//! Cameras, their lines, and which places they count for.

use crate::id::{CameraId, LineId, PlaceId};
use crate::place::PlaceKind;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A counting line. Direction is the camera's business: the event says `in` or `out`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its id, unique within the camera.
    pub id: LineId,
    /// What people call it.
    pub name: String,
}

/// Which places a camera counts for, and since when. Memberships carry dates so that moving a camera does not
/// rewrite history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The zone the camera's lines lead into.
    pub zone: PlaceId,
    /// The outermost kind of place whose edge the lines are. A shop door inside a mall is the edge of the zone only;
    /// a street door is the edge of the zone, its area, its building and the organisation, and counts for all four.
    pub boundary: PlaceKind,
    /// From this moment on; none means from the beginning.
    pub since: Option<Timestamp>,
    /// Up to this moment; none means for good.
    pub until: Option<Timestamp>,
}

impl Membership {
    /// Whether the camera counts here at this moment.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// A registered camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Camera {
    /// Its id: the `cam` of its events.
    pub id: CameraId,
    /// What people call it.
    pub name: String,
    /// Its counting lines. Empty means any line id is taken.
    pub lines: Vec<Line>,
    /// The places it counts for.
    pub memberships: Vec<Membership>,
    /// How often it promises to say something when nobody walks by, in seconds. Silence longer than three times this
    /// is "no data", not "no people".
    pub heartbeat_s: u32,
}
