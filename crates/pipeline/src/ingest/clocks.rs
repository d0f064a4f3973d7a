//! The clocks of the cameras, as the door sees them.
//!
//! Learned here and not in the engine, because an event from too far in the future never gets that far: a camera in a
//! zone ahead of its own would be refused event by event, and nobody would be told why. Only events that came with a
//! camera key tell of a clock: an import or a replay is handed in by somebody else, at another time.
//!
//! Kept in memory: after a start a clock is learned anew, within one window.

use super::judge::{Judged, Refusal};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use throng_engine::source::ClockOffset;
use throng_model::live::ClockReading;
use throng_model::{CameraId, Event, Timestamp};
use throng_ports::Sender;

/// All clocks. Memory: 2.3 KiB a camera that says when it sends.
pub(super) struct Clocks {
    /// How far off a clock may be, microseconds.
    bound: i64,
    known: Mutex<HashMap<CameraId, ClockOffset>>,
}

impl Clocks {
    pub fn new(bound: i64) -> Self {
        Self {
            bound,
            known: Mutex::default(),
        }
    }

    /// Takes note of a judged batch.
    pub fn hear(&self, sender: &Sender, judged: &[Result<Judged, Refusal>], received: Timestamp) {
        if !matches!(sender, Sender::Key(_)) {
            return;
        }
        let events = judged.iter().filter_map(|judged| match judged {
            Ok(judged) => Some(&judged.event),
            Err(refusal) => refusal.from_the_future.as_deref(),
        });
        let mut telling = events
            .filter(|event| ClockOffset::told_by(event.sent, event.at, received).is_some())
            .peekable();
        if telling.peek().is_some() {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            telling.for_each(|event| note(&mut known, event, received));
        }
    }

    /// What was learned of one clock.
    pub fn reading(&self, camera: &CameraId) -> Option<ClockReading> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(camera)?.reading(self.bound)
    }
}

fn note(known: &mut HashMap<CameraId, ClockOffset>, event: &Event, received: Timestamp) {
    match known.get_mut(&event.camera) {
        Some(clock) => clock.note(event.sent, event.at, received),
        None => known
            .entry(event.camera.clone())
            .or_default()
            .note(event.sent, event.at, received),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::IngestRules;
    use super::super::judge::Judge;
    use super::*;
    use serde_json::json;
    use std::sync::Arc;
    use throng_model::camera::Camera;
    use throng_model::live::ClockStanding;
    use throng_model::site::Site;
    use throng_model::time::{HOUR, MINUTE, SECOND};
    use throng_model::user::CameraKey;

    /// Half an hour of heartbeats of a camera whose clock is so much ahead, handed in by this sender.
    fn heard(sender: &Sender, camera: &str, ahead: i64) -> Option<ClockReading> {
        let camera = Camera {
            id: camera.parse().unwrap(),
            name: camera.to_owned(),
            lines: Vec::new(),
            memberships: Vec::new(),
            heartbeat_s: 30,
            registered: None,
        };
        let id = camera.id.clone();
        let site = Arc::new(Site::new(Vec::new(), vec![camera]).unwrap());
        let clocks = Clocks::new(IngestRules::default().clock_off);
        for beat in 0..60 {
            let received = Timestamp(1_774_778_400 * SECOND + beat * 30 * SECOND);
            let judge = Judge {
                site: Arc::clone(&site),
                sender,
                now: received,
                rules: IngestRules::default(),
            };
            let at = received.plus(ahead).to_string();
            let event =
                json!({"id": EVENT, "type": "beat", "cam": id.as_str(), "t": at, "sent": at}).to_string();
            clocks.hear(sender, &[judge.judge(event.as_bytes())], received);
        }
        clocks.reading(&id)
    }

    const EVENT: &str = "019d371a-d328-7abc-8def-000000000001";

    fn key(cameras: &[&str]) -> Sender {
        Sender::Key(CameraKey {
            id: "key".to_owned(),
            digest: [0; 32],
            cameras: cameras.iter().map(|camera| camera.parse().unwrap()).collect(),
        })
    }

    #[test]
    fn a_camera_in_the_wrong_zone_is_named_also_where_its_events_are_refused() {
        for ahead in [-7 * HOUR, 7 * HOUR] {
            let reading = heard(&key(&["door"]), "door", ahead).unwrap();
            assert_eq!(
                (reading.ahead, reading.standing),
                (ahead, ClockStanding::WrongTimeZone)
            );
        }
        let reading = heard(&key(&["door"]), "door", MINUTE).unwrap();
        assert_eq!((reading.ahead, reading.standing), (MINUTE, ClockStanding::Off));
        assert_eq!(
            heard(&key(&["door"]), "door", 0).unwrap().standing,
            ClockStanding::Right
        );
    }

    #[test]
    fn nobody_else_tells_of_a_clock() {
        assert_eq!(
            heard(&Sender::Operator, "door", HOUR),
            None,
            "an import is not the camera"
        );
        assert_eq!(
            heard(&key(&["other"]), "door", HOUR),
            None,
            "a foreign key is not believed"
        );
    }
}
