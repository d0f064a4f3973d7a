//! What every window must hold, said as plainly as possible: all events of a window, picked out one by one.

use super::counters::{self, Counted, People, Said, register, said};
use super::reports;
use std::collections::{BTreeMap, BTreeSet};
use throng_engine::Rules;
use throng_engine::window::{Addition, Observation, WindowResult, WindowSink};
use throng_model::camera::Camera;
use throng_model::pane::{PANE, pane_of, pane_start};
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::window::{WindowKind, WindowTable};
use throng_model::{Event, EventBody, LineId, Measure, Measures, Rung, Scope, Timestamp};

/// Which window: of whom, its name, and its start or, of a count window, its ordinal.
pub type Key = (Scope, String, i64);

/// What it holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// How many events.
    pub events: u64,
    /// What was measured.
    pub measures: Measures,
}

/// Windows as somebody sees them who adds up what is given out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger(pub BTreeMap<(Key, Timestamp), Held>);

impl WindowSink for Ledger {
    fn take(&mut self, result: &WindowResult<'_>) {
        let start = result
            .ordinal
            .map_or(result.range.start.0, |ordinal| ordinal as i64);
        let name = |start| (result.scope.clone(), result.window.name.clone(), start);
        // The day so far is one window a step; a session is one whatever its end.
        let end = match result.window.kind {
            WindowKind::Cumulate { .. } => result.range.end,
            _ => Timestamp(0),
        };
        let moved = match result.addition {
            Addition::Joined { from } => self.0.remove(&(name(from.0), end)),
            Addition::Closed | Addition::Late => None,
        };
        let held = self.0.entry((name(start), end)).or_default();
        held.events += result.events + moved.as_ref().map_or(0, |moved| moved.events);
        result.measured.add_to(&mut held.measures);
        if let Some(moved) = moved {
            held.measures.merge(&moved.measures);
        }
    }
}

/// An observation of a scope, with its place in the order of counting.
type Seen = (Timestamp, Observation);

/// All windows of a log that has gone on long enough for every one of them to have ended.
pub fn windows(site: &Site, rules: &Rules, table: &WindowTable, log: &[(Event, Timestamp)]) -> Ledger {
    let mut ledger = Ledger::default();
    let (by_pane, by_event) = observations(site, rules, log);
    for window in table.iter() {
        for (scope, seen) in &by_pane {
            for (start, end, inside) in cut(site, scope, window.kind, seen) {
                let key = (scope.clone(), window.name.clone(), start);
                ledger.0.insert((key, end), held(&inside));
            }
        }
        for (scope, seen) in &by_event {
            for (ordinal, inside) in counted(window.kind, seen).into_iter().enumerate() {
                let key = (scope.clone(), window.name.clone(), ordinal as i64);
                ledger.0.insert((key, Timestamp(0)), held(&inside));
            }
        }
    }
    ledger
}

fn held(inside: &[Observation]) -> Held {
    let mut held = Held::default();
    for observation in inside {
        held.events += 1;
        held.measures
            .lane(observation.measure)
            .add(i64::from(observation.value));
        if let Some(thousandths) = observation.confidence() {
            held.measures
                .lane(Measure::Confidence)
                .add(i64::from(thousandths));
        }
        if let Some(micros) = observation.latency() {
            held.measures.lane(Measure::Latency).add(i64::from(micros));
        }
    }
    held
}

/// The observations of each scope: those its panes hold, and those it counts.
fn observations(
    site: &Site,
    rules: &Rules,
    log: &[(Event, Timestamp)],
) -> (BTreeMap<Scope, Vec<Observation>>, BTreeMap<Scope, Vec<Seen>>) {
    let (mut by_pane, mut by_event) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    let mut latest: BTreeMap<_, Timestamp> = BTreeMap::new();
    let mut watermarks: BTreeMap<Scope, Timestamp> = BTreeMap::new();
    let mut readers: BTreeMap<_, Counters> = BTreeMap::new();
    let mut reporters: BTreeMap<_, Reports> = BTreeMap::new();
    for (event, received) in log {
        let Some(camera) = site.camera(&event.camera) else {
            continue;
        };
        let at = match &event.body {
            EventBody::Count { over, .. } => over.end.plus(-1),
            _ => event.at,
        };
        let known = latest.get(&event.camera).copied();
        if known.is_some_and(|known| known.plus(-rules.out_of_order).since(at) > rules.lateness) {
            continue;
        }
        let scopes = |at| {
            let places = site
                .fed_by(camera, at)
                .into_iter()
                .map(|place| Scope::Place(place.id.clone()));
            std::iter::once(Scope::Camera(camera.id.clone())).chain(places)
        };
        let mut see = |observation: Observation, watermarks: &BTreeMap<Scope, Timestamp>| {
            // What holds when its pane begins holds for an event.
            for scope in scopes(pane_start(pane_of(observation.at))) {
                by_pane.entry(scope.clone()).or_default().push(observation);
                let watermark = watermarks.get(&scope).copied().unwrap_or(Timestamp::MIN);
                let order = observation.at.max(watermark);
                by_event.entry(scope).or_default().push((order, observation));
            }
        };
        let newest = known.map_or(at, |known| known.max(at));
        let reader = readers.entry(event.camera.clone()).or_default();
        if let Some((line, said)) = said(event) {
            reader.unread.push((said.0, line.clone(), said));
        }
        for (at, people) in reader.read(site, camera, newest.plus(-rules.out_of_order)) {
            for (measure, n) in [Measure::In, Measure::Out, Measure::Pass].into_iter().zip(people) {
                if n > 0 {
                    see(Observation::counted(at, measure, n), &watermarks);
                }
            }
        }
        for observation in Observation::of(event, *received, rules) {
            see(observation, &watermarks);
        }
        if let EventBody::Count { .. } = event.body {
            for (at, people) in reporters.entry(event.camera.clone()).or_default().hear(event, at) {
                for (measure, n) in [Measure::In, Measure::Out, Measure::Pass].into_iter().zip(people) {
                    if n > 0 {
                        see(Observation::counted(at, measure, n), &watermarks);
                    }
                }
            }
        }
        for scope in scopes(at) {
            let watermark = watermarks.entry(scope).or_insert(Timestamp::MIN);
            *watermark = (*watermark).max(at.min(*received).plus(-rules.out_of_order));
        }
        latest.insert(event.camera.clone(), newest);
    }
    by_event.values_mut().for_each(|seen| seen.sort_unstable());
    (by_pane, by_event)
}

/// The counted windows of one camera, as far as they were said.
#[derive(Default)]
struct Reports(Vec<Event>);

impl Reports {
    /// What a report adds to those before it. Windows of more than a pane are no events; what was given out stays, so that
    /// a report that takes people back adds only those it has more.
    fn hear(&mut self, event: &Event, at: Timestamp) -> Vec<(Timestamp, People)> {
        let fine = |events: &[Event]| -> BTreeMap<(LineId, Timestamp, Timestamp), People> {
            let mut fine = BTreeMap::new();
            for line in events.iter().filter_map(counter_of) {
                let own = events.iter().filter(|event| counter_of(event) == Some(line));
                let held = reports::held(own).into_iter().map(|(_, held)| held);
                let in_one = |held: &reports::Held| pane_of(held.start) == pane_of(held.at());
                fine.extend(
                    held.filter(in_one)
                        .map(|held| ((line.clone(), held.start, held.end), held.people)),
                );
            }
            fine
        };
        let before = fine(&self.0);
        self.0.push(event.clone());
        let after = fine(&self.0);
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
        let more = |key: &(LineId, Timestamp, Timestamp)| -> [i64; 3] {
            let of = |all: &BTreeMap<_, People>| all.get(key).copied().unwrap_or_default().map(|n| n as i64);
            let (before, after) = (of(&before), of(&after));
            std::array::from_fn(|register| {
                after.get(register).copied().unwrap_or(0) - before.get(register).copied().unwrap_or(0)
            })
        };
        let moved: Vec<_> = keys.iter().map(|key| (key.2.plus(-1), more(key))).collect();
        if moved.iter().all(|(_, people)| people.iter().all(|n| *n >= 0)) {
            let given = moved
                .into_iter()
                .map(|(at, people)| (at, people.map(i64::unsigned_abs)));
            return given.collect();
        }
        let sum = |register: usize| -> u64 {
            let all = moved.iter().filter_map(|(_, people)| people.get(register));
            all.sum::<i64>().max(0).unsigned_abs()
        };
        vec![(at, [sum(0), sum(1), sum(2)])]
    }
}

fn counter_of(event: &Event) -> Option<&LineId> {
    match &event.body {
        EventBody::Count { counter, .. } => Some(counter),
        _ => None,
    }
}

/// The counters of one camera, as far as they were read.
#[derive(Default)]
struct Counters {
    unread: Vec<(Timestamp, LineId, Said)>,
    read: BTreeMap<LineId, BTreeSet<Said>>,
}

impl Counters {
    /// Reads what the watermark has passed. What was given out stays: a late reading adds only who was not counted yet.
    fn read(&mut self, site: &Site, camera: &Camera, watermark: Timestamp) -> Vec<(Timestamp, People)> {
        self.unread.sort_by_key(|unread| unread.0);
        let passed = self.unread.partition_point(|unread| unread.0 <= watermark);
        let mut given = Vec::new();
        for (at, line, said) in self.unread.drain(..passed) {
            let Some(modulus) = register(site, &camera.id, &line) else {
                continue;
            };
            let readings = self.read.entry(line).or_default();
            let fine = |readings: &BTreeSet<Said>| -> BTreeSet<Counted> {
                let all = counters::counted(readings, modulus).into_iter();
                all.filter(Counted::is_fine).collect()
            };
            let before = fine(readings);
            readings.insert(said);
            let after = fine(readings);
            if before.is_subset(&after) {
                let new = after.difference(&before);
                given.extend(new.map(|counted| (counted.at, counted.people)));
            } else {
                let sum = |all: &BTreeSet<Counted>, register: usize| -> u64 {
                    all.iter()
                        .filter_map(|counted| counted.people.get(register))
                        .sum()
                };
                let more = |register| sum(&after, register).saturating_sub(sum(&before, register));
                given.push((at, [more(0), more(1), more(2)]));
            }
        }
        given
    }
}

/// Windows of time: (start, end where the start does not say it all, what is inside).
fn cut(
    site: &Site,
    scope: &Scope,
    kind: WindowKind,
    seen: &[Observation],
) -> Vec<(i64, Timestamp, Vec<Observation>)> {
    // In the order of time what is inside lies together: found without looking at everything for every window.
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    let between = |start: i64, end: i64, of: fn(&Observation) -> i64| -> Vec<Observation> {
        let from = sorted.partition_point(|observation| of(observation) < start);
        let to = sorted.partition_point(|observation| of(observation) < end);
        sorted.get(from..to).unwrap_or_default().to_vec()
    };
    let inside = |start, end| between(start, end, |observation| observation.at.0);
    let mut windows = BTreeMap::new();
    match kind {
        WindowKind::Tumbling { width } => {
            for observation in seen {
                let start = observation.at.0.div_euclid(width) * width;
                windows
                    .entry((start, Timestamp(0)))
                    .or_insert_with(|| inside(start, start + width));
            }
        }
        WindowKind::Sliding { width, slide } => {
            for observation in seen {
                let last = observation.at.0.div_euclid(slide) * slide;
                for start in (0..width / slide).map(|back| last - back * slide) {
                    windows
                        .entry((start, Timestamp(0)))
                        .or_insert_with(|| inside(start, start + width));
                }
            }
        }
        WindowKind::Session { gap } => {
            for session in sorted.chunk_by(|a, b| b.at.since(a.at) < gap) {
                let start = session.first().map_or(0, |first| first.at.0);
                windows.insert((start, Timestamp(0)), session.to_vec());
            }
        }
        WindowKind::Cumulate { step } => {
            for observation in seen {
                // A pane belongs to the day it begins in.
                let pane = pane_start(pane_of(observation.at));
                let day = Rung::Day.bucket(pane, &zone_of(site, scope));
                let mut end = day.start;
                while end < day.end {
                    end = end.plus(step).min(day.end);
                    if pane < end {
                        let first = (day.start.0 + PANE - 1).div_euclid(PANE) * PANE;
                        windows.entry((day.start.0, end)).or_insert_with(|| {
                            between(first, end.0, |other| pane_start(pane_of(other.at)).0)
                        });
                    }
                }
            }
        }
        WindowKind::CountTumbling { .. } | WindowKind::CountSliding { .. } => {}
    }
    windows
        .into_iter()
        .map(|((start, end), inside)| (start, end, inside))
        .collect()
}

/// Windows of events, in the order of counting.
fn counted(kind: WindowKind, seen: &[Seen]) -> Vec<Vec<Observation>> {
    let (events, slide) = match kind {
        WindowKind::CountTumbling { events } => (events, events),
        WindowKind::CountSliding { events, slide } => (events, slide),
        _ => return Vec::new(),
    };
    let full = seen.windows(events as usize).step_by(slide as usize);
    full.map(|window| window.iter().map(|seen| seen.1).collect())
        .collect()
}

fn zone_of(site: &Site, scope: &Scope) -> jiff::tz::TimeZone {
    let place = match scope {
        Scope::Place(id) => site.place(id),
        Scope::Camera(id) => site.camera(id).and_then(|camera| site.home(camera)),
    };
    place.map_or(jiff::tz::TimeZone::UTC, Place::zone)
}
