//! The engine against the naive model: random buildings, random streams, any order, any flushes, any restarts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

use proptest::prelude::*;
use std::collections::BTreeMap;
use throng_engine::{Engine, RowSource, Rules};
use throng_model::camera::{Camera, Membership};
use throng_model::event::Direction;
use throng_model::place::{Place, PlaceKind};
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, Fault, LineId, PlaceId, Rung, Scope, TimeRange, Timestamp};
use throng_sim::naive::{self, Expected};
use throng_sim::random::Random;

/// Rows in memory.
#[derive(Clone, Default, PartialEq, Debug)]
struct Memory(BTreeMap<RowKey, Row>);

impl RowSource for Memory {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let key = |start| RowKey {
            scope: scope.clone(),
            rung,
            start,
        };
        Ok(self
            .0
            .range(key(range.start)..key(range.end))
            .map(|(key, row)| (key.start, row.clone()))
            .collect())
    }
}

fn place(id: &str, kind: PlaceKind, parent: Option<&str>, zone: &str, resets_at: u16) -> Place {
    let id = PlaceId::new(id).unwrap();
    let parent = parent.map(|parent| PlaceId::new(parent).unwrap());
    Place {
        name: id.to_string(),
        id,
        kind,
        parent,
        time_zone: zone.to_owned(),
        capacity: None,
        resets_at,
    }
}

/// Two zones of one area, four cameras: a street door, an inner door, one that looks into both zones, one that moves.
fn site(zone: &str, resets_at: u16, start: Timestamp) -> Site {
    let places = vec![
        place("org", PlaceKind::Organisation, None, zone, resets_at),
        place("house", PlaceKind::Building, Some("org"), zone, resets_at),
        place("floor", PlaceKind::Area, Some("house"), zone, resets_at),
        place("left", PlaceKind::Zone, Some("floor"), zone, resets_at),
        place("right", PlaceKind::Zone, Some("floor"), zone, 0),
    ];
    let member = |zone: &str, boundary, since, until| Membership {
        zone: PlaceId::new(zone).unwrap(),
        boundary,
        since,
        until,
    };
    let camera = |id: &str, memberships| Camera {
        id: CameraId::new(id).unwrap(),
        name: id.to_owned(),
        lines: Vec::new(),
        memberships,
        heartbeat_s: 30,
    };
    let moved = start.plus(26 * HOUR);
    let cameras = vec![
        camera(
            "street",
            vec![member("left", PlaceKind::Organisation, None, None)],
        ),
        camera("inner", vec![member("right", PlaceKind::Zone, None, None)]),
        camera(
            "both",
            vec![
                member("left", PlaceKind::Area, None, None),
                member("right", PlaceKind::Area, None, None),
            ],
        ),
        camera(
            "mover",
            vec![
                member("left", PlaceKind::Zone, None, Some(moved)),
                member("right", PlaceKind::Building, Some(moved), None),
            ],
        ),
    ];
    Site::new(places, cameras).unwrap()
}

/// A stream of a few days: bursts, silences, heartbeats, windows, late events, equal moments.
fn events(seed: u64, start: Timestamp, count: usize) -> Vec<(Event, Timestamp)> {
    let mut random = Random::new(seed);
    let mut clock = start;
    (0..count)
        .map(|number| {
            clock = clock.plus(match random.below(20) {
                0 => random.below(5 * HOUR as u64) as i64,
                1..=4 => random.below(10 * MINUTE as u64) as i64,
                _ => random.below(20 * SECOND as u64) as i64,
            });
            let back = match random.below(12) {
                0 => random.below(40 * HOUR as u64) as i64,
                1 => random.below(3 * MINUTE as u64) as i64,
                _ => random.below(4 * SECOND as u64) as i64,
            };
            let at = Timestamp((clock.0 - back).max(start.0) / 1_000 * 1_000);
            let camera = ["street", "inner", "both", "mover"][random.below(4) as usize];
            let line = LineId::new("main").unwrap();
            let body = match random.below(16) {
                0..=4 => EventBody::Line {
                    line,
                    dir: Direction::In,
                    n: 1 + random.below(3) as u32,
                },
                5..=9 => EventBody::Line {
                    line,
                    dir: Direction::Out,
                    n: 1 + random.below(3) as u32,
                },
                10 => EventBody::Line {
                    line,
                    dir: Direction::Unknown,
                    n: 1,
                },
                11 => EventBody::ZoneOut {
                    zone: PlaceId::new("left").unwrap(),
                    dwell_ms: Some(random.below(600_000) as u32),
                },
                12 => {
                    let width = [MINUTE, 30 * MINUTE, HOUR, 90 * SECOND][random.below(4) as usize];
                    let begin = Timestamp(at.0.div_euclid(width) * width);
                    let over = TimeRange {
                        start: begin,
                        end: begin.plus(width),
                    };
                    EventBody::Count {
                        counter: line,
                        over,
                        people_in: random.below(9) as u32,
                        people_out: random.below(9) as u32,
                        people_pass: random.below(3) as u32,
                    }
                }
                _ => EventBody::Beat,
            };
            let confidence = random.happens(0.5).then(|| random.below(1_000) as u16);
            let id = throng_model::EventId::from_u128(u128::from(seed) << 64 | number as u128);
            let event = Event {
                id,
                camera: CameraId::new(camera).unwrap(),
                boot: None,
                seq: None,
                at,
                sent: None,
                confidence,
                body,
                rest: Box::from(""),
            };
            (event, clock.plus(random.below(SECOND as u64) as i64))
        })
        .collect()
}

/// Folds everything, flushing after every so many events, restarting after every so many flushes.
fn engine_rows(
    site: &Site,
    rules: Rules,
    events: &[(Event, Timestamp)],
    flush_every: usize,
    restart_every: usize,
) -> Memory {
    let mut engine = Engine::new(site, rules);
    let mut memory = Memory::default();
    for (number, part) in events.chunks(flush_every).enumerate() {
        for (event, received) in part {
            engine.fold(event, *received);
        }
        memory.0.extend(engine.flush(&memory).unwrap());
        if (number + 1) % restart_every == 0 {
            engine = Engine::restore(site, rules, &engine.save().unwrap()).unwrap();
        }
    }
    let counts = engine.counts();
    assert_eq!(
        counts.late_received,
        counts.late_applied + counts.late_beyond,
        "I-6"
    );
    memory
}

fn expected_form(memory: &Memory) -> BTreeMap<RowKey, Expected> {
    let form = |row: &Row| Expected {
        measures: row.measures.iter().cloned().collect(),
        observed: row.observed,
    };
    let rows = memory.0.iter().map(|(key, row)| (key.clone(), form(row)));
    rows.filter(|(_, row)| *row != Expected::default()).collect()
}

fn assert_same(engine: &BTreeMap<RowKey, Expected>, model: &BTreeMap<RowKey, Expected>) {
    for (key, row) in model {
        assert_eq!(
            engine.get(key),
            Some(row),
            "{key:?}: engine on the left, model on the right"
        );
    }
    for key in engine.keys() {
        assert!(
            model.contains_key(key),
            "{key:?} is a row of the engine only: {:?}",
            engine[key]
        );
    }
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    ])
}

/// Around nights on which the clocks change, and an ordinary one.
fn starts() -> impl Strategy<Value = Timestamp> {
    prop::sample::select(vec![
        "2026-03-28T12:00:00Z",
        "2026-10-24T20:00:00Z",
        "2026-04-04T10:00:00Z",
        "2026-11-23T03:00:00Z",
    ])
    .prop_map(|text| Timestamp::parse(text).unwrap())
}

fn cases() -> ProptestConfig {
    let seeds = std::env::var("THRONG_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(40);
    ProptestConfig {
        cases: seeds,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_engine_counts_what_the_model_counts(seed: u64, start in starts(), zone in zones(), resets_at in 0u16..1_440, count in 1usize..250, flush_every in 1usize..60) {
        let (site, rules) = (site(zone, resets_at, start), Rules::default());
        let events = events(seed, start, count);
        let rows = engine_rows(&site, rules, &events, flush_every, 3);
        assert_same(&expected_form(&rows), &naive::rows(&site, &rules, &events));
    }

    #[test]
    fn order_does_not_matter(seed: u64, start in starts(), zone in zones(), shuffle: u64) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let events = events(seed, start, 150);
        let mut shuffled = events.clone();
        let mut random = Random::new(shuffle);
        for place in (1..shuffled.len()).rev() {
            shuffled.swap(place, random.below(place as u64 + 1) as usize);
        }
        let (ordered, shuffled) = (engine_rows(&site, rules, &events, 40, 2), engine_rows(&site, rules, &shuffled, 40, 2));
        assert_same(&expected_form(&ordered), &expected_form(&shuffled));
    }

    #[test]
    fn flushes_and_restarts_do_not_matter_not_even_to_revisions(seed: u64, start in starts(), zone in zones(), flush_every in 1usize..50, restart_every in 1usize..5) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let events = events(seed, start, 150);
        let whole = engine_rows(&site, rules, &events, usize::MAX, usize::MAX);
        let parts = engine_rows(&site, rules, &events, flush_every, restart_every);
        for (key, row) in &whole.0 {
            prop_assert_eq!(parts.0.get(key), Some(row), "{:?}", key);
        }
        prop_assert_eq!(whole.0.len(), parts.0.len());
    }
}
