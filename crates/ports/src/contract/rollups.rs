//! The suite of [`Rollups`](crate::Rollups). Use: `throng_ports::rollups_contract!(my_store);`
//!
//! `my_store()` makes a new, empty store and returns a closure that opens its [`State`]: what is read here was written
//! through the other face.

use super::checkpoint::{key, row};
use super::{OpenState, State};
use crate::checkpoint::Checkpoint;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use throng_model::event::ResetReason;
use throng_model::row::{MinuteFacts, RowKey, Setting, Step};
use throng_model::summary::VALUE_MAX;
use throng_model::{CameraId, FaultCode, Measure, PlaceId, Row, Rung, Scope, Summary, TimeRange, Timestamp};

/// One `#[test]` for each promise of the port.
#[macro_export]
macro_rules! rollups_contract {
    ($store:expr) => {
        $crate::rollups_contract!($store;
            a_row_that_was_never_written_is_none
            rows_come_back_exactly
            a_range_is_half_open
            a_range_that_ends_before_it_starts_holds_nothing
            more_rows_than_the_limit_are_refused
            all_moments_are_in_order
            any_mix_of_scopes_rungs_and_times_is_kept_apart
            rungs_read_together_are_of_one_checkpoint
        );
    };
    ($store:expr; $($promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $crate::contract::rollups::$promise(&$store());
            }
        )+
    };
}

fn range(start: i64, end: i64) -> TimeRange {
    TimeRange {
        start: Timestamp(start),
        end: Timestamp(end),
    }
}

fn write(state: &State, rows: Vec<(RowKey, Row)>) {
    let rows = rows.into_iter().map(|(key, row)| (key, row.into()));
    let checkpoint = Checkpoint {
        rows: rows.collect(),
        ..Checkpoint::default()
    };
    state.checkpoints.commit(checkpoint).expect("committed");
}

pub fn a_row_that_was_never_written_is_none(open: &impl OpenState) {
    let state = open();
    write(&state, vec![(key(5), row(1))]);
    assert_eq!(state.rollups.row(&key(5)).expect("read"), Some(row(1)));
    let nearly = [
        key(4),
        key(6),
        RowKey {
            rung: Rung::Hour,
            ..key(5)
        },
        RowKey {
            scope: Scope::Place(PlaceId::new("door").expect("id")),
            ..key(5)
        },
        RowKey {
            scope: Scope::Camera(CameraId::new("doo").expect("id")),
            ..key(5)
        },
        RowKey {
            start: Timestamp(key(5).start.0 + 1),
            ..key(5)
        },
    ];
    for key in nearly {
        assert_eq!(state.rollups.row(&key).expect("read"), None, "{key:?}");
    }
}

pub fn rows_come_back_exactly(open: &impl OpenState) {
    let mut full = Row {
        revision: u32::MAX,
        observed: u64::MAX,
        minute: MinuteFacts {
            contacts: 0b11_1111,
            contacts_in_time: 0b10_0001,
            steps: vec![
                (
                    0,
                    Step {
                        net: -5,
                        moment: i128::MIN,
                    },
                ),
                (
                    5,
                    Step {
                        net: i64::MAX,
                        moment: i128::MAX,
                    },
                ),
            ],
            settings: vec![(
                3,
                Setting {
                    said: Timestamp(i64::MIN),
                    at: Timestamp(i64::MAX),
                    reason: Some(ResetReason::MaxDwell),
                    to: u32::MAX,
                },
            )],
        },
        ..Row::default()
    };
    for measure in Measure::ALL {
        let mut summary = Summary::default();
        for value in [0, 1, -1, 127, 128, 1_000, VALUE_MAX, -VALUE_MAX] {
            summary.add(value);
        }
        full.merge_measure(measure, &summary);
    }
    let rows = vec![(key(0), full), (key(1), Row::default()), (key(2), row(9))];
    let state = open();
    write(&state, rows.clone());
    drop(state);
    let state = open();
    for (key, row) in &rows {
        assert_eq!(
            state.rollups.row(key).expect("read").as_ref(),
            Some(row),
            "an empty row is not none"
        );
    }
    let all = state
        .rollups
        .rows(&key(0).scope, Rung::Minute, range(0, i64::MAX), 3)
        .expect("read");
    assert_eq!(
        all,
        rows.into_iter()
            .map(|(key, row)| (key.start, row))
            .collect::<Vec<_>>()
    );
}

pub fn a_range_is_half_open(open: &impl OpenState) {
    let state = open();
    write(&state, (0..10).map(|n| (key(n), row(n))).collect());
    let starts = |from: i64, to: i64| -> Vec<Timestamp> {
        let rows = state
            .rollups
            .rows(&key(0).scope, Rung::Minute, range(from, to), 100)
            .expect("read");
        rows.into_iter().map(|(start, _)| start).collect()
    };
    let minute = |n: u64| key(n).start.0;
    let from_to = |from: u64, to: u64| (from..to).map(|n| key(n).start).collect::<Vec<_>>();
    assert_eq!(
        starts(minute(3), minute(6)),
        from_to(3, 6),
        "starts inside, the end excluded"
    );
    assert_eq!(starts(minute(3) + 1, minute(6) + 1), from_to(4, 7));
    assert_eq!(starts(minute(3), minute(3) + 1), from_to(3, 4));
    assert_eq!(starts(minute(3), minute(3)), []);
    assert_eq!(starts(minute(10), i64::MAX), []);
}

pub fn a_range_that_ends_before_it_starts_holds_nothing(open: &impl OpenState) {
    let state = open();
    write(&state, (0..10).map(|n| (key(n), row(n))).collect());
    let found = state
        .rollups
        .rows(&key(0).scope, Rung::Minute, range(key(8).start.0, 0), 100);
    assert_eq!(found.expect("no fault"), []);
}

pub fn more_rows_than_the_limit_are_refused(open: &impl OpenState) {
    let state = open();
    write(&state, (0..10).map(|n| (key(n), row(n))).collect());
    let ask = |limit| {
        state
            .rollups
            .rows(&key(0).scope, Rung::Minute, range(0, i64::MAX), limit)
    };
    assert_eq!(ask(10).expect("as many as the limit").len(), 10);
    for limit in [0, 1, 9] {
        let fault = ask(limit).expect_err("never cut silently");
        assert_eq!(fault.code, FaultCode::TooManyPoints);
        assert!(
            fault.detail.contains(&limit.to_string()),
            "names the limit: {}",
            fault.detail
        );
    }
    let nothing = state
        .rollups
        .rows(&key(0).scope, Rung::Month, range(0, i64::MAX), 0);
    assert_eq!(nothing.expect("nothing is not too many"), []);
}

pub fn all_moments_are_in_order(open: &impl OpenState) {
    let moments = [
        i64::MIN,
        -256,
        -1,
        0,
        1,
        255,
        256,
        65_536,
        1_700_000_000_000_000,
        Timestamp::MAX.0,
        i64::MAX - 1,
    ];
    let state = open();
    let at = |start| RowKey {
        start: Timestamp(start),
        ..key(0)
    };
    write(
        &state,
        moments.iter().rev().map(|start| (at(*start), row(1))).collect(),
    );
    let rows = state
        .rollups
        .rows(&key(0).scope, Rung::Minute, range(i64::MIN, i64::MAX), 100)
        .expect("read");
    let found: Vec<i64> = rows.into_iter().map(|(start, _)| start.0).collect();
    assert_eq!(found, moments);
}

/// Ids that begin with one another, of both kinds, on all rungs: each question gets its own rows and no others.
pub fn any_mix_of_scopes_rungs_and_times_is_kept_apart(open: &impl OpenState) {
    let names = ["a", "a-", "a.b", "a0", "aa", "A", "b", &"z".repeat(64), "_"];
    let scopes: Vec<Scope> = names
        .iter()
        .flat_map(|name| {
            [
                Scope::Camera(CameraId::new(name).expect("id")),
                Scope::Place(PlaceId::new(name).expect("id")),
            ]
        })
        .collect();
    let mut model: BTreeMap<RowKey, Row> = BTreeMap::new();
    let mut random = 42_u64;
    let mut pick = |among: usize| {
        // A step of a linear congruential generator (Knuth, MMIX); the high bits are the good ones.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % among
    };
    let state = open();
    for round in 0..20 {
        let mut rows = Vec::new();
        for _ in 0..100 {
            let key = RowKey {
                scope: scopes[pick(scopes.len())].clone(),
                rung: Rung::ALL[pick(Rung::ALL.len())],
                start: Timestamp(pick(40) as i64 * 1_000),
            };
            model.insert(key.clone(), row(round));
            rows.push((key, row(round)));
        }
        write(&state, rows);
    }
    drop(state);
    let state = open();
    for scope in &scopes {
        for rung in Rung::ALL {
            let (from, to) = (pick(40) as i64 * 1_000, pick(60) as i64 * 1_000);
            for asked in [range(0, 100_000), range(from, to)] {
                let wanted: Vec<(Timestamp, Row)> = model
                    .iter()
                    .filter(|(key, _)| key.scope == *scope && key.rung == rung)
                    .filter(|(key, _)| asked.start <= key.start && key.start < asked.end)
                    .map(|(key, row)| (key.start, row.clone()))
                    .collect();
                let found = state.rollups.rows(scope, rung, asked, 1_000).expect("read");
                assert_eq!(found, wanted, "{rung} rows of {scope} in {asked:?}");
            }
        }
    }
}

/// Each checkpoint writes the same into an hour and its day: whoever takes one from the other finds no difference.
pub fn rungs_read_together_are_of_one_checkpoint(open: &impl OpenState) {
    let state = open();
    let at = |rung| RowKey { rung, ..key(0) };
    let commit = |n| {
        write(
            &state,
            [Rung::Day, Rung::Hour].map(|rung| (at(rung), row(n))).to_vec(),
        )
    };
    let parts = [Rung::Day, Rung::Hour, Rung::Month].map(|rung| (rung, range(0, 1)));
    let is_over = AtomicBool::new(false);
    let read = || loop {
        let is_last = is_over.load(Ordering::SeqCst);
        let found = state.rollups.rows_together(&key(0).scope, &parts, 1);
        let found = found.expect("read");
        assert_eq!(found.len(), parts.len(), "in the order they were asked for");
        assert_eq!((found[0].len(), &found[2]), (1, &Vec::new()));
        assert_eq!(found[0], found[1], "of different checkpoints");
        if is_last {
            break;
        }
    };
    commit(1);
    std::thread::scope(|scope| {
        let readers = [0, 1].map(|_| scope.spawn(read));
        (2..=300).for_each(commit);
        is_over.store(true, Ordering::SeqCst);
        for reader in readers {
            reader.join().expect("no panic");
        }
    });
    let fault = state
        .rollups
        .rows_together(
            &key(0).scope,
            &[(Rung::Month, range(0, 1)), (Rung::Hour, range(0, 1))],
            0,
        )
        .expect_err("the limit is that of each part");
    assert_eq!(fault.code, FaultCode::TooManyPoints);
}
