//! Cameras, their lines, and which places they count for.

use crate::fault::{Fault, FaultCode};
use crate::flaw::Reason;
use crate::id::{CameraId, LineId, PlaceId};
use crate::pane::{pane_of, pane_start};
use crate::place::PlaceKind;
use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};

/// Who says what a person says: no camera, and none may be called so, or what people say would be taken for its word.
pub const OPERATOR: &str = "operator";

/// A counting line. Direction is the camera's business: the event says `in` or `out`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its id, unique within the camera.
    pub id: LineId,
    /// What people call it.
    pub name: String,
    /// How its counter counts. Where this is said, events that count otherwise are refused: a camera that sends both
    /// windows and totals of one counter would count everybody twice. None takes whatever comes.
    pub semantics: Option<Semantics>,
    /// Cumulative counters only: how many values a register has before it starts again at 0, for example 65,536. None
    /// means that it never does.
    pub wraps_at: Option<u64>,
}

impl Line {
    /// A line that takes whatever comes.
    pub fn new(id: LineId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            semantics: None,
            wraps_at: None,
        }
    }

    /// Refuses a register size that cannot be.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let wrong = |why: &str| {
            let detail = format!("line {:?} {why}", self.id.as_str());
            Err(Fault::new(FaultCode::InvalidRequest, detail))
        };
        match (self.wraps_at, self.semantics) {
            (None, _) => Ok(()),
            (Some(_), semantics) if semantics != Some(Semantics::Cumulative) => {
                wrong("wraps, but only cumulative counters do")
            }
            (Some(modulus), _) if !MODULUS.contains(&modulus) => {
                wrong("must wrap at 256 or more, and below 2^63")
            }
            (Some(_), _) => Ok(()),
        }
    }
}

/// Of a register with fewer values nobody could tell wraps from resets; more do not fit where it is stored.
const MODULUS: std::ops::Range<u64> = 256..1 << 63;

/// How a counter counts: what one of its numbers means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantics {
    /// Each crossing by itself (`line`).
    Event,
    /// All since some reset (`total`).
    Cumulative,
    /// All in a window of time (`count`).
    Window,
    /// So many are inside now (`occ`).
    State,
}

impl Semantics {
    /// All of them.
    pub const ALL: [Semantics; 4] = [
        Semantics::Event,
        Semantics::Cumulative,
        Semantics::Window,
        Semantics::State,
    ];

    /// The word used in code, SQL, API and in the `src` of events.
    pub fn as_str(self) -> &'static str {
        match self {
            Semantics::Event => "event",
            Semantics::Cumulative => "cumulative",
            Semantics::Window => "window",
            Semantics::State => "state",
        }
    }
}

impl std::fmt::Display for Semantics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Semantics {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| {
            let detail = format!("{text:?} is not event, cumulative, window or state");
            Fault::invalid(Reason::NotListed, detail)
        })
    }
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
    /// How often it promises to say something when nobody walks by, in seconds. Silence longer than some times this
    /// ([`Self::silence_max`]) is "no data", not "no people".
    pub heartbeat_s: u32,
    /// When it was registered; none where nobody noted it, as of one that an import brought. What it says of earlier counts all the same, as its memberships have
    /// it: it may have stored that. It is only not missed before; see [`Self::missed_from`].
    pub registered: Option<Timestamp>,
}

impl Camera {
    /// Where it counts for good, or, once it is retired, where it counted last.
    pub fn last_memberships(&self) -> impl Iterator<Item = &Membership> {
        let until = |membership: &Membership| membership.until.unwrap_or(Timestamp::MAX);
        let last = self.memberships.iter().map(until).max();
        self.memberships
            .iter()
            .filter(move |membership| Some(until(membership)) == last)
    }

    /// The first of them: where it stands.
    pub fn last_membership(&self) -> Option<&Membership> {
        self.last_memberships().next()
    }

    /// Whether it is in use at a moment: until it is retired, and again once it was put back. What it says of a moment at which
    /// it is not is refused, and it is not missed then.
    pub fn in_use_at(&self, at: Timestamp) -> bool {
        let has_ended = |membership: &Membership| membership.until.is_some_and(|until| until <= at);
        self.memberships.iter().any(|membership| membership.holds_at(at))
            || !self.memberships.iter().any(has_ended)
    }

    /// The longest it may be silent, microseconds, where so many of its heartbeats may be missed.
    pub fn silence_max(&self, heartbeats_missed: i64) -> i64 {
        heartbeats_missed.saturating_mul(i64::from(self.heartbeat_s) * SECOND)
    }

    /// From when on it is missed where it is silent: from when it was registered, or from the first moment it told of where that
    /// was before. So a camera that comes today takes nothing from what was known of last month. One of which neither is
    /// known is missed from the beginning.
    pub fn missed_from(&self, first_told: Option<Timestamp>) -> Timestamp {
        missed_from(self.registered, first_told)
    }

    /// When it stopped, or stops, to count for good; none while it counts. A camera whose last membership ends is retired:
    /// what it said before stays, what it says of later is refused.
    pub fn retired(&self) -> Option<Timestamp> {
        self.last_membership().and_then(|membership| membership.until)
    }
}

/// [`Camera::missed_from`] of a camera that was registered then.
pub fn missed_from(registered: Option<Timestamp>, first_told: Option<Timestamp>) -> Timestamp {
    let known = [registered, first_told].into_iter().flatten().min();
    known.map_or(Timestamp::MIN, |from| pane_start(pane_of(from)))
}
