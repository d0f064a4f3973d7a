//! A simulated building: people who come through doors, visit shops, take the escalator and leave; cameras that count
//! them and fail the way cameras fail.
//!
//! Everything is a function of the seed and of time: two buildings with the same seed emit the same events with the same
//! ids, so a restart repeats nothing that counts. True movements always balance: whoever comes in goes out, at the
//! latest when the building closes. What the cameras make of it (misses, outages, lateness, repetitions) is applied on
//! top, so that the truth stays known.

mod imperfect;
mod path;
mod plan;

use crate::random::Random;
use path::Crossing;
use plan::Plan;
use std::collections::BTreeMap;
use throng_model::camera::Camera;
use throng_model::codec::derived_id;
use throng_model::event::Direction;
use throng_model::place::Place;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{Event, EventBody, PlaceId, Timestamp};

pub use imperfect::Imperfections;

/// How often each camera says that it is there.
const HEARTBEAT: i64 = 10 * SECOND;

/// What kind of day it is.
#[derive(Clone, Debug)]
pub struct Options {
    /// The IANA zone of the building.
    pub time_zone: String,
    /// Added to the clock before the time of day is looked up: a demo at night can show a noon. Microseconds.
    pub shift: i64,
    /// Arrivals per minute in the busiest hour.
    pub arrivals_per_minute: f64,
    /// What goes wrong at the cameras.
    pub imperfections: Imperfections,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            shift: 0,
            arrivals_per_minute: 14.0,
            imperfections: Imperfections::default(),
        }
    }
}

/// An event on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Emission {
    /// When the camera sends it.
    pub send_at: Timestamp,
    /// What it says.
    pub event: Event,
}

/// The building.
#[derive(Debug)]
pub struct Building {
    plan: Plan,
    options: Options,
    seed: u64,
    /// The next minute whose arrivals were not drawn yet.
    next_minute: Timestamp,
    /// Crossings that were drawn and not emitted yet, by moment; the second part keeps equal moments apart.
    crossings: BTreeMap<(Timestamp, u64), Crossing>,
    drawn: u64,
    /// By camera: the next sequence number.
    sequences: Vec<u64>,
    /// Emissions that wait for their time.
    waiting: BTreeMap<(Timestamp, u64), Event>,
    emitted: u64,
    now: Timestamp,
}

impl Building {
    /// A building at this moment, empty.
    pub fn new(seed: u64, start: Timestamp, options: Options) -> Self {
        let plan = Plan::new(&options.time_zone);
        let start = Timestamp(start.0.div_euclid(MINUTE) * MINUTE);
        let sequences = vec![0; plan.cameras.len()];
        Self {
            plan,
            options,
            seed,
            next_minute: start,
            crossings: BTreeMap::new(),
            drawn: 0,
            sequences,
            waiting: BTreeMap::new(),
            emitted: 0,
            now: start,
        }
    }

    /// Its places and cameras.
    pub fn site(&self) -> (Vec<Place>, Vec<Camera>) {
        (self.plan.places.clone(), self.plan.cameras.clone())
    }

    /// The building as a place.
    pub fn id(&self) -> &PlaceId {
        &self.plan.building
    }

    /// The last time the doors opened, at or before this moment.
    pub fn opened(&self, at: Timestamp) -> Timestamp {
        let since = (at.0 + self.options.shift).rem_euclid(24 * HOUR) - path::OPENS;
        at.plus(-since.rem_euclid(24 * HOUR))
    }

    /// Everything that is sent up to this moment, in the order of sending.
    pub fn advance(&mut self, to: Timestamp) -> Vec<Emission> {
        while self.next_minute <= to {
            self.draw_minute();
        }
        // Heartbeats and crossings become events in the order of time, so that sequence numbers do, too.
        let mut beat = Timestamp(self.now.0.div_euclid(SECOND) * SECOND);
        while beat <= to {
            if beat > self.now {
                self.emit_crossings(beat);
                self.emit_beats(beat);
            }
            beat = beat.plus(SECOND);
        }
        self.emit_crossings(to);
        self.now = self.now.max(to);
        let later = self.waiting.split_off(&(to.plus(1), 0));
        std::mem::replace(&mut self.waiting, later)
            .into_iter()
            .map(|((send_at, _), event)| Emission { send_at, event })
            .collect()
    }

    /// Draws who arrives in the next minute, and where each of them goes.
    fn draw_minute(&mut self) {
        let minute = self.next_minute;
        self.next_minute = minute.plus(MINUTE);
        let mut random = Random::new(self.seed ^ (minute.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let time_of_day = (minute.0 + self.options.shift).rem_euclid(24 * HOUR);
        for _ in 0..random.poisson(self.options.arrivals_per_minute * path::busyness(time_of_day)) {
            let arrives = minute.plus(random.below(MINUTE as u64) as i64);
            let closes = minute.plus(path::CLOSES - time_of_day);
            for crossing in path::walk(&self.plan, &mut random, arrives, closes) {
                self.drawn += 1;
                self.crossings.insert((crossing.at, self.drawn), crossing);
            }
        }
    }

    fn emit_crossings(&mut self, to: Timestamp) {
        let later = self.crossings.split_off(&(to.plus(1), 0));
        for ((at, _), crossing) in std::mem::replace(&mut self.crossings, later) {
            let mut random = Random::new(self.seed ^ (at.0 as u64).rotate_left(17) ^ crossing.camera as u64);
            if self.options.imperfections.misses(&mut random) || self.is_out(crossing.camera, at) {
                continue;
            }
            let dir = if crossing.inwards {
                Direction::In
            } else {
                Direction::Out
            };
            let confidence = 800 + random.below(195) as u16;
            let body = EventBody::Line {
                line: plan::line(),
                dir,
                n: 1,
            };
            self.send(crossing.camera, at, body, Some(confidence), &mut random);
        }
    }

    fn emit_beats(&mut self, at: Timestamp) {
        let second = at.0.div_euclid(SECOND);
        for camera in 0..self.sequences.len() {
            // Cameras do not speak in chorus.
            if (second + camera as i64).rem_euclid(HEARTBEAT / SECOND) == 0 && !self.is_out(camera, at) {
                let mut random = Random::new(self.seed ^ (at.0 as u64).rotate_left(29) ^ camera as u64);
                self.send(camera, at, EventBody::Beat, None, &mut random);
            }
        }
    }

    fn is_out(&self, camera: usize, at: Timestamp) -> bool {
        // Street doors stay up: the demo should show a building whose total is right.
        !self.plan.is_street_door(camera)
            && self
                .options
                .imperfections
                .is_out(self.seed, camera, self.sequences.len(), at)
    }

    fn send(
        &mut self,
        camera: usize,
        at: Timestamp,
        body: EventBody,
        confidence: Option<u16>,
        random: &mut Random,
    ) {
        let Some((entry, sequence)) = self.plan.cameras.get(camera).zip(self.sequences.get_mut(camera))
        else {
            return;
        };
        *sequence += 1;
        let id = derived_id(
            at,
            &["sim", entry.id.as_str(), body.type_name(), &sequence.to_string()],
        );
        let event = Event {
            id,
            camera: entry.id.clone(),
            boot: Some("sim".into()),
            seq: Some(*sequence),
            at,
            sent: None,
            confidence,
            body,
            rest: Box::from(""),
        };
        let faults = &self.options.imperfections;
        let send_at = at.plus(faults.delay(self.seed, camera, self.sequences.len(), at, random));
        if faults.repeats(random) {
            self.emitted += 1;
            self.waiting
                .insert((send_at.plus(2 * SECOND), self.emitted), event.clone());
        }
        self.emitted += 1;
        self.waiting.insert((send_at, self.emitted), event);
    }
}

#[cfg(test)]
mod tests;
