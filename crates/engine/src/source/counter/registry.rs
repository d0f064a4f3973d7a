//! All counters of one camera, by name: one call for whoever folds events.

use super::{Correction, CounterMemory, Sample, Shift, StateMemory, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use throng_model::camera::Camera;
use throng_model::event::{OccTarget, ResetTarget};
use throng_model::{Event, EventBody, LineId, PlaceId, Timestamp};

/// What an event of a counter changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// People booked and taken back.
    pub people: Vec<Correction>,
    /// Where somebody said how many are inside: the zone or place, and how its occupancy moves.
    pub inside: Option<(PlaceId, Vec<Shift>)>,
}

/// The counters of a camera. Memory: that of its registered lines and of the places around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    totals: BTreeMap<LineId, CounterMemory>,
    states: BTreeMap<PlaceId, StateMemory>,
}

impl Counters {
    /// Takes in an event; only those of counters change anything. `camera` is its camera as registered: lines it does not
    /// have count nobody, so that no sender can fill the memory with names. `day_start` is the start of the occupancy
    /// day that holds the event.
    pub fn take(&mut self, event: &Event, camera: &Camera, day_start: Timestamp) -> Effect {
        match &event.body {
            EventBody::Total {
                counter,
                since,
                people_in,
                people_out,
                value,
            } => {
                let sample = Sample {
                    at: event.at,
                    announced_reset: false,
                    since: *since,
                    registers: [*people_in, *people_out, *value],
                };
                self.read(counter, camera, sample)
            }
            EventBody::Reset {
                target: ResetTarget::Counter(counter),
                to,
                ..
            } => self.read(counter, camera, Sample::reset(event.at, u64::from(*to))),
            EventBody::Occ { of, n } => {
                let (OccTarget::Zone(place) | OccTarget::Place(place)) = of;
                if !camera
                    .memberships
                    .iter()
                    .any(|membership| membership.zone == *place)
                {
                    return Effect::default();
                }
                let state = self.states.entry(place.clone()).or_default();
                Effect {
                    inside: Some((place.clone(), state.observe(event.at, *n, day_start))),
                    ..Effect::default()
                }
            }
            _ => Effect::default(),
        }
    }

    fn read(&mut self, counter: &LineId, camera: &Camera, sample: Sample) -> Effect {
        let Some(line) = camera.lines.iter().find(|line| line.id == *counter) else {
            return Effect::default();
        };
        let memory = self.totals.entry(counter.clone()).or_default();
        Effect {
            people: memory.observe(sample, line.wraps_at),
            ..Effect::default()
        }
    }

    /// Forgets what no event can change any more: all before the last word up to `horizon`.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        self.totals
            .values_mut()
            .for_each(|memory| memory.forget_before(horizon));
        self.states
            .values_mut()
            .for_each(|memory| memory.forget_before(horizon));
    }

    /// Resets, wraps and what nobody can explain, as far as it is remembered: by counter, oldest first.
    pub fn evidence(&self) -> impl Iterator<Item = (&LineId, Timestamp, Step)> {
        self.totals
            .iter()
            .flat_map(|(counter, memory)| memory.evidence().map(move |(at, step)| (counter, at, step)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Booking;
    use super::*;
    use throng_model::camera::{Line, Membership, Semantics};
    use throng_model::event::ResetReason;
    use throng_model::place::PlaceKind;
    use throng_model::time::MINUTE;
    use throng_model::{CameraId, EventId};

    fn camera() -> Camera {
        Camera {
            id: CameraId::new("door").expect("id"),
            name: "Door".to_owned(),
            lines: vec![Line {
                semantics: Some(Semantics::Cumulative),
                wraps_at: Some(1 << 16),
                ..Line::new(LineId::new("main").expect("id"), "Main")
            }],
            memberships: vec![Membership {
                zone: PlaceId::new("shop").expect("id"),
                boundary: PlaceKind::Zone,
                since: None,
                until: None,
            }],
            heartbeat_s: 30,
        }
    }

    fn event(minute: i64, body: EventBody) -> Event {
        Event {
            id: EventId::from_u128(minute as u128),
            camera: camera().id,
            boot: None,
            seq: None,
            at: Timestamp(minute * MINUTE),
            sent: None,
            confidence: None,
            body,
            rest: "".into(),
        }
    }

    fn total(minute: i64, counter: &str, people_in: u64) -> Event {
        let body = EventBody::Total {
            counter: LineId::new(counter).expect("id"),
            since: None,
            people_in: Some(people_in),
            people_out: None,
            value: None,
        };
        event(minute, body)
    }

    #[test]
    fn readings_and_resets_of_a_registered_line_count() {
        let (mut counters, camera) = (Counters::default(), camera());
        let mut take = |event: Event| counters.take(&event, &camera, Timestamp(0)).people;
        assert!(take(total(1, "main", 65_530)).is_empty());
        let booked = |after: i64, at: i64, n| {
            vec![Correction::Book(Booking {
                after: Timestamp(after * MINUTE),
                at: Timestamp(at * MINUTE),
                people: [n, 0, 0],
            })]
        };
        assert_eq!(
            take(total(2, "main", 4)),
            booked(1, 2, 10),
            "by the size of its register"
        );
        let reset = EventBody::Reset {
            target: ResetTarget::Counter(LineId::new("main").expect("id")),
            to: 0,
            reason: ResetReason::Schedule,
        };
        assert!(take(event(3, reset)).is_empty());
        assert_eq!(take(total(4, "main", 2)), booked(3, 4, 2));
        assert!(take(total(1, "other", 5)).is_empty() && take(total(2, "other", 9)).is_empty());
        let evidence: Vec<_> = counters
            .evidence()
            .map(|(line, at, _)| (line.as_str(), at.0 / MINUTE))
            .collect();
        assert_eq!(evidence, [("main", 2), ("main", 3)]);
    }

    #[test]
    fn states_are_of_places_the_camera_looks_into() {
        let (mut counters, camera) = (Counters::default(), camera());
        let mut say = |minute, place: &str, n| {
            let of = OccTarget::Zone(PlaceId::new(place).expect("id"));
            counters.take(&event(minute, EventBody::Occ { of, n }), &camera, Timestamp(0))
        };
        let inside = say(1, "shop", 4).inside.expect("known");
        assert_eq!((inside.0.as_str(), inside.1[0].by), ("shop", 4));
        assert_eq!(say(2, "shop", 1).inside.expect("known").1[0].by, -3);
        assert_eq!(say(2, "moon", 1), Effect::default());
        assert_eq!(
            counters.take(&event(3, EventBody::Beat), &camera, Timestamp(0)),
            Effect::default()
        );
    }
}
