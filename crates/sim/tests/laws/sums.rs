//! The numbered invariants of ARCHITECTURE.md that can be seen in the rows: no model in between.

use super::law::holds;
use super::rows::rows;
use std::collections::{BTreeMap, BTreeSet};
use throng_engine::Engine;
use throng_model::row::RowKey;
use throng_model::{EventBody, Measure, Rung, Scope, Timestamp};
use throng_sim::replay::Memory;

const SUMS: [Measure; 3] = [Measure::In, Measure::Out, Measure::Pass];

fn sum(rows: &Memory, key: &RowKey, measure: Measure) -> i128 {
    let row = rows.0.get(key);
    row.and_then(|row| row.measure(measure))
        .map_or(0, |summary| summary.sum)
}

/// I-3, upwards: a bucket holds what the buckets of the rung below hold. Counted windows may begin at any rung, and so may
/// what a counter gained while it was silent: they are left out.
#[test]
fn rungs_sum_up() {
    holds(|mut trial| {
        trial
            .log
            .retain(|(event, _)| !matches!(event.body, EventBody::Count { .. } | EventBody::Total { .. }));
        let (site, rows) = (&trial.site, rows(&trial, &trial.log, trial.pace));
        let zone_of = |scope: &Scope| match scope {
            Scope::Place(id) => site.place(id).unwrap().zone(),
            Scope::Camera(id) => site.home(site.camera(id).unwrap()).unwrap().zone(),
        };
        for upper in Rung::ALL {
            let Some(lower) = upper.made_of() else { continue };
            let mut summed: BTreeMap<(RowKey, Measure), i128> = BTreeMap::new();
            for key in rows.0.keys().filter(|key| key.rung == lower) {
                let above = RowKey {
                    scope: key.scope.clone(),
                    rung: upper,
                    start: upper.bucket(key.start, &zone_of(&key.scope)).start,
                };
                for measure in SUMS {
                    *summed.entry((above.clone(), measure)).or_default() += sum(&rows, key, measure);
                }
            }
            for key in rows.0.keys().filter(|key| key.rung == upper) {
                for measure in SUMS {
                    let below = summed.remove(&(key.clone(), measure)).unwrap_or_default();
                    assert_eq!(sum(&rows, key, measure), below, "{key:?} {measure:?}");
                }
            }
            summed.retain(|_, sum| *sum != 0);
            assert!(summed.is_empty(), "{lower:?} without {upper:?}: {summed:?}");
        }
    });
}

/// I-3, outwards: a minute of a place holds what the cameras that feed it then hold.
#[test]
fn places_sum_up() {
    holds(|trial| {
        let (site, rows) = (&trial.site, rows(&trial, &trial.log, trial.pace));
        let key = |scope, start| RowKey {
            scope,
            rung: Rung::Minute,
            start,
        };
        let minutes = rows.0.keys().filter(|key| key.rung == Rung::Minute);
        let minutes: BTreeSet<Timestamp> = minutes.map(|key| key.start).collect();
        for minute in minutes {
            for place in site.places() {
                let feeds = |camera| site.fed_by(camera, minute).iter().any(|fed| fed.id == place.id);
                let cameras: Vec<_> = site.cameras().iter().filter(|camera| feeds(camera)).collect();
                for measure in SUMS {
                    let of = |scope| sum(&rows, &key(scope, minute), measure);
                    let fed = cameras.iter().map(|camera| of(Scope::Camera(camera.id.clone())));
                    let held = of(Scope::Place(place.id.clone()));
                    assert_eq!(held, fed.sum::<i128>(), "{} {minute} {measure}", place.id);
                }
            }
        }
    });
}

/// I-4: whatever comes, a bucket's revision only grows; I-6: every late event was applied or beyond.
#[test]
fn revisions_only_grow() {
    holds(|trial| {
        let mut engine = Engine::new(&trial.site, trial.rules);
        let mut memory = Memory::default();
        for (number, (event, received)) in trial.log.iter().enumerate() {
            engine.fold(event, *received);
            for (key, row) in engine.flush(&memory).unwrap() {
                let known = memory.0.get(&key).map_or(0, |row| row.revision);
                assert!(row.revision >= known, "{key:?}: {known} became {}", row.revision);
                memory.0.insert(key, (*row).clone());
            }
            let counts = engine.counts();
            assert_eq!(counts.folded + counts.orphaned, number as u64 + 1);
            assert_eq!(counts.late_received, counts.late_applied + counts.late_beyond);
        }
    });
}
