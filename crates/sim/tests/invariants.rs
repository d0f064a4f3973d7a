//! The numbered invariants of ARCHITECTURE.md that can be seen in the rows, as laws of their own: no model in between.

#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use std::collections::BTreeMap;
use throng_engine::{Engine, Rules};
use throng_model::row::RowKey;
use throng_model::{EventBody, Measure, Rung, Scope, Timestamp};
use throng_sim::replay::{self, Memory, Pace};
use throng_sim::trial::{events, site};

mod cases;
use cases::{cases, starts, zones};

const SUMS: [Measure; 3] = [Measure::In, Measure::Out, Measure::Pass];

fn sum(rows: &Memory, key: &RowKey, measure: Measure) -> i128 {
    let row = rows.0.get(key);
    row.and_then(|row| row.measure(measure))
        .map_or(0, |summary| summary.sum)
}

proptest! {
    #![proptest_config(cases())]

    /// I-3, upwards: a bucket holds what the buckets of the rung below hold. Counted windows may begin at any rung, so
    /// they are left out.
    #[test]
    fn rungs_sum_up(seed: u64, start in starts(), zone in zones(), count in 1usize..250, step in 1usize..60) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let mut log = events(seed, start, count);
        log.retain(|(event, _)| !matches!(event.body, EventBody::Count { .. }));
        let (rows, _) = replay::rows(&site, rules, &log, Pace { step, ..Pace::WHOLE }).unwrap();
        let zone_of = |scope: &Scope| match scope {
            Scope::Place(id) => site.place(id).unwrap().zone(),
            Scope::Camera(id) => site.home(site.camera(id).unwrap()).unwrap().zone(),
        };
        for upper in Rung::ALL {
            let Some(lower) = upper.made_of() else { continue };
            let mut summed: BTreeMap<(RowKey, Measure), i128> = BTreeMap::new();
            for key in rows.0.keys().filter(|key| key.rung == lower) {
                let bucket = upper.bucket(key.start, &zone_of(&key.scope));
                let above = RowKey { scope: key.scope.clone(), rung: upper, start: bucket.start };
                for measure in SUMS {
                    *summed.entry((above.clone(), measure)).or_default() += sum(&rows, key, measure);
                }
            }
            for key in rows.0.keys().filter(|key| key.rung == upper) {
                for measure in SUMS {
                    let below = summed.remove(&(key.clone(), measure)).unwrap_or_default();
                    prop_assert_eq!(sum(&rows, key, measure), below, "{:?} {}", key, measure);
                }
            }
            summed.retain(|_, sum| *sum != 0);
            prop_assert!(summed.is_empty(), "{lower:?} without {upper:?}: {summed:?}");
        }
    }

    /// I-3, outwards: a minute of a place holds what the cameras that feed it then hold.
    #[test]
    fn places_sum_up(seed: u64, start in starts(), zone in zones(), count in 1usize..250, step in 1usize..60) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let log = events(seed, start, count);
        let (rows, _) = replay::rows(&site, rules, &log, Pace { step, ..Pace::WHOLE }).unwrap();
        let minutes: std::collections::BTreeSet<Timestamp> =
            rows.0.keys().filter(|key| key.rung == Rung::Minute).map(|key| key.start).collect();
        let key = |scope, start| RowKey { scope, rung: Rung::Minute, start };
        for minute in minutes {
            for place in site.places() {
                for measure in SUMS {
                    let cameras = site.cameras().iter().filter(|camera| {
                        site.fed_by(camera, minute).iter().any(|fed| fed.id == place.id)
                    });
                    let fed: i128 = cameras.map(|camera| sum(&rows, &key(Scope::Camera(camera.id.clone()), minute), measure)).sum();
                    let held = sum(&rows, &key(Scope::Place(place.id.clone()), minute), measure);
                    prop_assert_eq!(held, fed, "{} {} {}", place.id, minute, measure);
                }
            }
        }
    }

    /// I-4: whatever comes, a bucket's revision only grows; I-6: every late event was applied or beyond.
    #[test]
    fn revisions_only_grow(seed: u64, start in starts(), zone in zones(), count in 1usize..150) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let mut engine = Engine::new(&site, rules);
        let mut memory = Memory::default();
        for (event, received) in events(seed, start, count) {
            engine.fold(&event, received);
            for (key, row) in engine.flush(&memory).unwrap() {
                let known = memory.0.get(&key).map_or(0, |row| row.revision);
                prop_assert!(row.revision >= known, "{key:?}: {known} became {}", row.revision);
                memory.0.insert(key, (*row).clone());
            }
            let counts = engine.counts();
            prop_assert_eq!(counts.late_received, counts.late_applied + counts.late_beyond);
        }
    }
}
