//! What is true right now, as shown on the live page.

use crate::camera::Camera;
use crate::event::DeviceState;
use crate::id::{CameraId, PlaceId};
use crate::scope::Scope;
use crate::time::{HOUR, Timestamp};
use serde::{Deserialize, Serialize};

/// The present of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The camera or place.
    pub scope: Scope,
    /// In minus out since the last reset, as counted; may be negative.
    pub raw_occupancy: i64,
    /// The corrected occupancy: raw, lifted by the floor rule; never negative.
    pub occupancy: i64,
    /// Whether how many are inside is measured here. Not where people passed and nobody was ever counted in or out, nor was it ever
    /// said how many are inside: both occupancies are 0 then, and mean nothing.
    pub measures_inside: bool,
    /// People who came in since local midnight.
    pub in_today: i64,
    /// People who went out since local midnight.
    pub out_today: i64,
    /// People of unknown direction since local midnight.
    pub pass_today: i64,
    /// The latest event time that went into these numbers, never later than the server's time when it came.
    pub as_of: Option<Timestamp>,
    /// The latest event time that went into these numbers, as its camera said it: minutes ahead where its clock is.
    pub latest: Option<Timestamp>,
    /// For cameras: the earliest moment it told of, as it said it once its clock was set: nobody could miss it before.
    pub first_told: Option<Timestamp>,
    /// For cameras: when it was last heard from, server time. For places: the latest of its cameras.
    pub last_heard: Option<Timestamp>,
    /// For cameras: from the latest event to its arrival, microseconds.
    pub latency: Option<i64>,
    /// For cameras: its condition, as it last reported it itself.
    pub device: Option<DeviceState>,
}

/// A camera's clock against the server's, as learned from what it sent and when that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReading {
    /// By how much the camera's clock is ahead, microseconds; negative when it is behind. Includes the shortest way from
    /// the camera to the server: a right clock reads as behind by some milliseconds.
    pub ahead: i64,
    /// By how much more it is ahead each day, microseconds; none before two hours are known.
    pub drift_per_day: Option<i64>,
    /// What to make of it.
    pub standing: ClockStanding,
    /// When it was last set, server time, to ten minutes; what is said above is learned since.
    pub jumped: Option<Timestamp>,
}

/// What to make of a camera's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStanding {
    /// As right as it needs to be.
    Right,
    /// Off by more than the bound: its events are counted at the wrong time.
    Off,
    /// Off by quarters of an hour: it takes its local time for UTC, or another zone for its own.
    WrongTimeZone,
}

impl ClockStanding {
    /// The word used in code, API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            ClockStanding::Right => "right",
            ClockStanding::Off => "off",
            ClockStanding::WrongTimeZone => "wrong_time_zone",
        }
    }
}

/// Scopes that changed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveUpdate {
    /// Grows by one with each update; a client that names the last one it saw misses nothing and gets nothing twice.
    pub seq: u64,
    /// Server time of the update.
    pub at: Timestamp,
    /// The changed scopes, each with its whole present.
    pub changed: Vec<Now>,
    /// Events folded per second over the last ten seconds; none in the first ten after a start.
    pub throughput: Option<u64>,
}

/// Whoever is there and has its clock right tells of now: also a camera that sends once a day what it stored, and one whose clock is set to another zone.
const OLD_AT_ARRIVAL: i64 = 26 * HOUR;

/// Whether a camera is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraStatus {
    /// Heard from within as many of its heartbeats as may be missed.
    Online,
    /// Silent for longer than that: its numbers are "no data", not "no people".
    Offline,
    /// An import brought it, and what it told last was more than a day old when it came. It is not there, and nobody has to look
    /// after it.
    Recording,
    /// It reports a fault itself, or tells of long ago while it is there: its clock is wrong, or it sends what it stored.
    Error,
    /// Never heard from.
    New,
    /// Taken out of use: it is not missed, and what it counted stays.
    Retired,
}

impl CameraStatus {
    /// From what it is registered as, its present where it was ever heard, how many heartbeats may be missed, and the time now.
    pub fn judge(camera: &Camera, present: Option<&Now>, heartbeats_missed: i64, now: Timestamp) -> Self {
        let silence_max = camera.silence_max(heartbeats_missed);
        let last_heard = present.and_then(|present| present.last_heard);
        let newest = present.and_then(|present| present.as_of);
        let old = |heard: Timestamp| newest.is_some_and(|newest| heard.since(newest) > OLD_AT_ARRIVAL);
        match (last_heard, present.and_then(|present| present.device)) {
            // From the word on, and not from its last minute on: nobody should be called to it meanwhile.
            _ if camera.retired().is_some() => CameraStatus::Retired,
            (None, _) => CameraStatus::New,
            // Whoever registers a camera expects it to be there: only one that an import brought is none.
            (Some(heard), _) if old(heard) && camera.registered.is_none() => CameraStatus::Recording,
            (Some(heard), _) if now.since(heard) > silence_max => CameraStatus::Offline,
            (Some(heard), _) if old(heard) => CameraStatus::Error,
            (Some(_), Some(DeviceState::Offline)) => CameraStatus::Offline,
            (Some(_), None | Some(DeviceState::Online)) => CameraStatus::Online,
            (Some(_), Some(_)) => CameraStatus::Error,
        }
    }
}

/// The camera of a scope, if it is one.
pub fn camera_of(scope: &Scope) -> Option<&CameraId> {
    match scope {
        Scope::Camera(id) => Some(id),
        Scope::Place(_) => None,
    }
}

/// The place of a scope, if it is one.
pub fn place_of(scope: &Scope) -> Option<&PlaceId> {
    match scope {
        Scope::Place(id) => Some(id),
        Scope::Camera(_) => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::time::SECOND;

    fn door() -> Camera {
        Camera {
            id: CameraId::new("door").unwrap(),
            name: "Door".to_owned(),
            lines: Vec::new(),
            memberships: Vec::new(),
            heartbeat_s: 30,
            registered: None,
        }
    }

    /// It was heard at a time, and the newest it told of was so long before.
    fn heard(at: Timestamp, ago: i64) -> Now {
        Now {
            scope: Scope::Camera(CameraId::new("door").unwrap()),
            raw_occupancy: 0,
            occupancy: 0,
            measures_inside: true,
            in_today: 0,
            out_today: 0,
            pass_today: 0,
            as_of: Some(at.plus(-ago)),
            latest: Some(at.plus(-ago)),
            first_told: None,
            last_heard: Some(at),
            latency: None,
            device: None,
        }
    }

    #[test]
    fn what_is_old_when_it_comes_is_a_recording_however_long_ago_it_came() {
        let at = Timestamp(7_692 * 24 * HOUR);
        let judge = |present: &Now, now| CameraStatus::judge(&door(), Some(present), 3, now);
        let day = 24 * HOUR;
        for (ago, later, status) in [
            (7_000 * day, 0, CameraStatus::Recording),
            (7_000 * day, 400 * day, CameraStatus::Recording),
            (27 * HOUR, 0, CameraStatus::Recording),
            (day, 0, CameraStatus::Online),
            (day, day, CameraStatus::Offline),
        ] {
            assert_eq!(judge(&heard(at, ago), at.plus(later)), status, "{ago} {later}");
        }
        let faulty = Now {
            device: Some(DeviceState::Blocked),
            ..heard(at, 7_000 * day)
        };
        assert_eq!(
            judge(&faulty, at),
            CameraStatus::Recording,
            "nobody can see to it any more"
        );
    }

    #[test]
    fn a_registered_camera_is_no_recording_however_old_what_it_tells_is() {
        let at = Timestamp(7_692 * 24 * HOUR);
        let camera = Camera {
            registered: Some(at),
            ..door()
        };
        for (ago, later, status) in [
            // Its clock is wrong, or it sends what it stored.
            (7_000 * 24 * HOUR, 0, CameraStatus::Error),
            (27 * HOUR, 90 * SECOND, CameraStatus::Error),
            // It fell silent with its clock wrong, or in the middle of what it stored.
            (27 * HOUR, 91 * SECOND, CameraStatus::Offline),
            (26 * HOUR, 0, CameraStatus::Online),
        ] {
            let judged = CameraStatus::judge(&camera, Some(&heard(at, ago)), 3, at.plus(later));
            assert_eq!(judged, status, "{ago} {later}");
        }
    }

    #[test]
    fn a_camera_is_silent_after_as_many_heartbeats_as_may_be_missed() {
        let after = |seconds: i64, missed| {
            let (heard, now) = (heard(Timestamp(0), 0), Timestamp(seconds * SECOND));
            CameraStatus::judge(&door(), Some(&heard), missed, now)
        };
        use CameraStatus::{Offline, Online};
        assert_eq!([after(90, 3), after(91, 3)], [Online, Offline]);
        assert_eq!([after(300, 10), after(301, 10)], [Online, Offline]);
        assert_eq!([after(30, 1), after(31, 1)], [Online, Offline]);
    }
}
