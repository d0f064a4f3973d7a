//! The naive model: what the rows must be, said as plainly as possible.
//!
//! It keeps every event, sorts and sums, and shares nothing with the engine but the words of `model`: no panes that
//! close, no differences carried upwards, no tails. Slow on purpose. What it says is the definition; the engine has to
//! agree with it whatever order events come in and however often they are flushed.

pub mod counters;
pub mod occupancy;
pub mod reports;
pub mod windows;

use counters::Counted;
use reports::Held;
use std::collections::{BTreeMap, BTreeSet};
use throng_engine::Rules;
use throng_model::camera::Camera;
use throng_model::event::Direction;
use throng_model::pane::{PANE, pane_of, pane_start};
use throng_model::place::Place;
use throng_model::row::RowKey;
use throng_model::site::Site;
use throng_model::time::{MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, Measure, Rung, Scope, Summary, TimeRange, Timestamp};

/// What a row must hold. Revisions depend on the order of arrival and are not part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    /// The measures that are not empty.
    pub measures: BTreeMap<Measure, Summary>,
    /// Observed panes.
    pub observed: u64,
}

/// All rows of a set of events that are within the lateness allowance.
pub fn rows(site: &Site, rules: &Rules, events: &[(Event, Timestamp)]) -> BTreeMap<RowKey, Expected> {
    let mut model = Model {
        site,
        rules,
        rows: BTreeMap::new(),
    };
    let counted = counters::all(site, events.iter().map(|(event, _)| event));
    let held = reports::held(events.iter().map(|(event, _)| event));
    model.sums(events);
    model.persons(&counted);
    model.windows(&held);
    let contacts = model.coverage(events);
    model.excess();
    model.occupancy(events, &counted, &held, &contacts);
    model.rows.retain(|_, row| *row != Expected::default());
    model.rows
}

/// The events that may still change numbers when they come in this order: none that is older than the allowance when
/// compared with the latest one its camera sent before.
pub fn within_allowance(rules: &Rules, events: &[(Event, Timestamp)]) -> Vec<(Event, Timestamp)> {
    let mut latest: BTreeMap<&CameraId, Timestamp> = BTreeMap::new();
    let mut within = Vec::new();
    for (event, received) in events {
        let (at, _) = people(event);
        let known = latest.get(&event.camera).copied();
        if known.is_none_or(|known| known.plus(-rules.out_of_order).since(at) <= rules.lateness) {
            within.push((event.clone(), *received));
            latest.insert(&event.camera, known.map_or(at, |known| known.max(at)));
        }
    }
    within
}

struct Model<'a> {
    site: &'a Site,
    rules: &'a Rules,
    rows: BTreeMap<RowKey, Expected>,
}

/// The minutes a scope has a row for.
type Minutes = BTreeMap<Scope, BTreeSet<Timestamp>>;

impl Model<'_> {
    fn bucket(&self, scope: &Scope, rung: Rung, at: Timestamp) -> TimeRange {
        let zone = self.place_of(scope).map_or(jiff::tz::TimeZone::UTC, Place::zone);
        rung.bucket(at, &zone)
    }

    fn row(&mut self, scope: &Scope, rung: Rung, at: Timestamp) -> &mut Expected {
        let start = self.bucket(scope, rung, at).start;
        self.rows
            .entry(RowKey {
                scope: scope.clone(),
                rung,
                start,
            })
            .or_default()
    }

    fn place_of(&self, scope: &Scope) -> Option<&Place> {
        match scope {
            Scope::Place(id) => self.site.place(id),
            Scope::Camera(id) => self.site.camera(id).and_then(|camera| self.site.home(camera)),
        }
    }

    fn scopes(&self, camera: &CameraId, at: Timestamp) -> Vec<Scope> {
        let Some(camera) = self.site.camera(camera) else {
            return Vec::new();
        };
        let places = self
            .site
            .fed_by(camera, at)
            .into_iter()
            .map(|place| Scope::Place(place.id.clone()));
        std::iter::once(Scope::Camera(camera.id.clone()))
            .chain(places)
            .collect()
    }

    /// In, out, pass, confidence, latency, dwell, queue: every event in every bucket that holds it.
    fn sums(&mut self, events: &[(Event, Timestamp)]) {
        for (event, received) in events {
            let measured = measured(event, *received, self.rules);
            for scope in self.scopes(&event.camera, minute_of(event.at)) {
                for rung in Rung::ALL {
                    let row = self.row(&scope, rung, event.at);
                    for (measure, value) in &measured {
                        row.measures.entry(*measure).or_default().add(*value);
                    }
                }
            }
        }
    }

    /// Counted windows: single persons, where the whole window fits. One of more than a minute vouches for itself.
    fn windows(&mut self, held: &[(CameraId, Held)]) {
        for (camera, held) in held {
            for scope in self.scopes(camera, minute_of(held.start)) {
                let finest = self.grain(&scope, held.over());
                for rung in Rung::ALL.into_iter().filter(|rung| *rung >= finest) {
                    let row = self.row(&scope, rung, held.start);
                    add_persons(row, held.people);
                    if held.over().micros() > MINUTE {
                        row.observed += (held.over().micros() / PANE) as u64;
                    }
                }
            }
        }
    }

    /// Who cumulative counters count: single persons, at the reading that tells of them, or where the whole time fits.
    fn persons(&mut self, counted: &[(CameraId, Counted)]) {
        for (camera, counted) in counted {
            for scope in self.scopes(camera, minute_of(counted.at)) {
                let over = TimeRange {
                    start: counted.after,
                    end: counted.at,
                };
                let (finest, at) = if counted.is_fine() {
                    (Rung::Minute, counted.at)
                } else {
                    (self.grain(&scope, over), counted.after)
                };
                for rung in Rung::ALL.into_iter().filter(|rung| *rung >= finest) {
                    let row = self.row(&scope, rung, at);
                    add_persons(row, counted.people);
                }
            }
        }
    }

    /// The finest rung with one bucket that holds a whole stretch of time; days where none does.
    fn grain(&self, scope: &Scope, over: TimeRange) -> Rung {
        let zone = self.place_of(scope).map_or(jiff::tz::TimeZone::UTC, Place::zone);
        let holds = |rung: &Rung| rung.bucket(over.start, &zone).end >= over.end;
        [Rung::Minute, Rung::FiveMinutes, Rung::Hour]
            .into_iter()
            .find(holds)
            .unwrap_or(Rung::Day)
    }

    /// A pane is observed when the camera was heard from in it, or between two contacts that are close enough.
    fn coverage(&mut self, events: &[(Event, Timestamp)]) -> Minutes {
        let mut minutes = Minutes::new();
        for camera in self.site.cameras() {
            let mut contacts = BTreeSet::new();
            for (event, _) in events.iter().filter(|(event, _)| event.camera == camera.id) {
                match &event.body {
                    EventBody::Count { over, .. } if over.micros() <= MINUTE => {
                        contacts.extend(pane_of(over.start)..=pane_of(over.end.plus(-1)))
                    }
                    EventBody::Count { .. } => {}
                    _ => drop(contacts.insert(pane_of(event.at))),
                }
            }
            let gap = (i64::from(camera.heartbeat_s) * SECOND * self.rules.heartbeats_missed / PANE).max(1);
            let mut observed = contacts.clone();
            for (before, after) in contacts.iter().zip(contacts.iter().skip(1)) {
                if after - before <= gap {
                    observed.extend(*before..*after);
                }
            }
            for pane in observed {
                let minute = minute_of(pane_start(pane));
                let places = self
                    .site
                    .fed_by(camera, minute)
                    .into_iter()
                    .map(|place| Scope::Place(place.id.clone()));
                for scope in std::iter::once(Scope::Camera(camera.id.clone())).chain(places) {
                    for rung in Rung::ALL {
                        self.row(&scope, rung, minute).observed += 1;
                    }
                    minutes.entry(scope).or_default().insert(minute);
                }
            }
        }
        minutes
    }

    /// No camera is observed longer than there was time, however many things say that it was there. What is told beyond that
    /// in a bucket is in none above it, and in none of a place that the camera feeds throughout.
    fn excess(&mut self) {
        for camera in self.site.cameras() {
            let scope = Scope::Camera(camera.id.clone());
            for rung in Rung::ALL {
                let known = self.rows.iter();
                let known = known.filter(|(key, _)| key.scope == scope && key.rung == rung);
                let known: Vec<_> = known.map(|(key, row)| (key.start, row.observed)).collect();
                for (start, told) in known {
                    let bucket = self.bucket(&scope, rung, start);
                    let excess = told.saturating_sub((bucket.micros() / PANE) as u64);
                    if excess > 0 {
                        self.keep_back(camera, rung, bucket, excess);
                    }
                }
            }
        }
    }

    fn keep_back(&mut self, camera: &Camera, rung: Rung, bucket: TimeRange, excess: u64) {
        let mut getting = vec![Scope::Camera(camera.id.clone())];
        for place in self.site.places() {
            let scope = Scope::Place(place.id.clone());
            let feeds = |at| self.site.fed_by(camera, at).iter().any(|fed| fed.id == place.id);
            let mut minutes = (bucket.start.0..bucket.end.0).step_by(MINUTE as usize);
            if self.bucket(&scope, rung, bucket.start) == bucket && minutes.all(|at| feeds(Timestamp(at))) {
                getting.push(scope);
            }
        }
        for scope in getting {
            let above = rung.above();
            for rung in std::iter::once(rung).chain(above) {
                self.row(&scope, rung, bucket.start).observed -= excess;
            }
        }
    }
}

fn add_persons(row: &mut Expected, people: counters::People) {
    for (measure, n) in [Measure::In, Measure::Out, Measure::Pass].into_iter().zip(people) {
        (0..n).for_each(|_| row.measures.entry(measure).or_default().add(Measure::SCALE));
    }
}

fn minute_of(at: Timestamp) -> Timestamp {
    Timestamp(at.0.div_euclid(MINUTE) * MINUTE)
}

/// When people moved, and how many more are inside afterwards; of a counted window as its report says, counted or not.
fn people(event: &Event) -> (Timestamp, i64) {
    match &event.body {
        EventBody::Line {
            dir: Direction::In,
            n,
            ..
        } => (event.at, i64::from(*n)),
        EventBody::Line {
            dir: Direction::Out,
            n,
            ..
        } => (event.at, -i64::from(*n)),
        EventBody::Count {
            over,
            people_in,
            people_out,
            ..
        } => (over.end.plus(-1), i64::from(*people_in) - i64::from(*people_out)),
        _ => (event.at, 0),
    }
}

/// Every value an event measures, in milli-units.
fn measured(event: &Event, received: Timestamp, rules: &Rules) -> Vec<(Measure, i64)> {
    let milli = |n: &u32| i64::from(*n) * Measure::SCALE;
    let mut values = match &event.body {
        EventBody::Line {
            dir: Direction::In,
            n,
            ..
        } => vec![(Measure::In, milli(n))],
        EventBody::Line {
            dir: Direction::Out,
            n,
            ..
        } => vec![(Measure::Out, milli(n))],
        EventBody::Line {
            dir: Direction::Unknown,
            n,
            ..
        } => vec![(Measure::Pass, milli(n))],
        EventBody::ZoneOut {
            dwell_ms: Some(ms), ..
        } => vec![(Measure::Dwell, i64::from(*ms))],
        EventBody::ZoneCut {
            dwell_ms: Some(ms), ..
        } => vec![(Measure::DwellCut, i64::from(*ms))],
        EventBody::Queue { len, .. } => vec![(Measure::Queue, milli(len))],
        _ => return Vec::new(),
    };
    values.extend(
        event
            .confidence
            .map(|milli| (Measure::Confidence, i64::from(milli))),
    );
    let waited = received.since(event.at).max(0);
    if waited <= rules.latency_max {
        values.push((Measure::Latency, waited));
    }
    values
}
