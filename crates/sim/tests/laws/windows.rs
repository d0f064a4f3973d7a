//! Windows: against the naive model, with any turns, in any order.

use super::law::holds;
use super::rows::rows;
use super::trial::{Trial, table};
use std::collections::BTreeMap;
use throng_model::pane::PANE;
use throng_model::time::SECOND;
use throng_model::{CameraId, Event, EventBody, LineId, Measure, Rung, Scope, TimeRange, Timestamp};
use throng_sim::naive::windows::{self, Ledger};
use throng_sim::replay::{self, Pace, to_the_end};
use throng_sim::trial::shuffled;

/// What all threads gave out for a log that is cut so, put together.
pub fn ledger(trial: &Trial, log: &[(Event, Timestamp)], pace: Pace) -> Ledger {
    let mut all = Ledger::default();
    for ledger in replay::windows(&trial.site, trial.rules, &trial.table, log, pace).unwrap() {
        for (key, held) in ledger.0 {
            assert!(
                all.0.insert(key.clone(), held).is_none(),
                "{key:?} came to two sinks"
            );
        }
    }
    all
}

pub fn assert_same(engine: &Ledger, model: &Ledger) {
    if engine == model {
        return;
    }
    for (key, held) in &model.0 {
        assert_eq!(
            engine.0.get(key),
            Some(held),
            "{key:?}: engine on the left, model on the right"
        );
    }
    for (key, held) in &engine.0 {
        assert!(
            model.0.contains_key(key),
            "{key:?} is a window of the engine only: {held:?}"
        );
    }
}

#[test]
fn windows_hold_what_the_model_says() {
    holds(|trial| {
        let log = to_the_end(&trial.site, trial.log.clone());
        let pace = Pace {
            restart: usize::MAX,
            ..trial.pace
        };
        let model = windows::windows(&trial.site, &trial.rules, &trial.table, &log);
        assert_same(&ledger(&trial, &log, pace), &model);
    });
}

/// I-7: any order within the lateness. Count windows are cut by the order of the log, the others are not. Readings of
/// counters have a law of their own below, and counted windows of a pane: what was given out is not taken back when a late one
/// tells better.
#[test]
fn order_does_not_matter_to_windows_of_time() {
    holds(|mut trial| {
        trial.log.retain(|(event, _)| {
            !matches!(
                event.body,
                EventBody::Total { .. } | EventBody::Reset { .. } | EventBody::Count { .. }
            )
        });
        let shuffled = shuffled(&trial.log, trial.random.bits());
        let timed = |log: &[(Event, Timestamp)]| {
            let mut ledger = ledger(&trial, &to_the_end(&trial.site, log.to_vec()), trial.pace);
            ledger
                .0
                .retain(|((_, window, _), _), _| !window.contains("count"));
            ledger
        };
        assert_same(&timed(&trial.log), &timed(&shuffled));
    });
}

/// Whatever the order of its readings: a counter that only goes up counts as many people in the windows as in the rows.
#[test]
fn late_readings_count_nobody_twice() {
    holds(|mut trial| {
        trial.table = table();
        for (event, _) in &mut trial.log {
            let read = event.at.0.div_euclid(40 * SECOND) as u64;
            event.camera = CameraId::new("counter").unwrap();
            event.body = EventBody::Total {
                counter: LineId::new("plain").unwrap(),
                since: None,
                people_in: Some(read),
                people_out: None,
                value: None,
            };
        }
        assert_rows_and_windows_agree(&mut trial);
    });
}

/// Whatever the order of its reports: a counter that only finds more people when it says a pane again counts as many in the
/// windows as in the rows.
#[test]
fn panes_said_again_count_nobody_twice() {
    holds(|mut trial| {
        trial.table = table();
        let started = trial.log[0].0.at.0.div_euclid(PANE);
        for (number, (event, _)) in trial.log.iter_mut().enumerate() {
            let start = Timestamp((started + number as i64 / 3) * PANE);
            event.camera = CameraId::new("counter").unwrap();
            event.sent = Some(start.plus(PANE + number as i64 % 3 * SECOND));
            event.body = EventBody::Count {
                counter: LineId::new("plain").unwrap(),
                over: TimeRange {
                    start,
                    end: start.plus(PANE),
                },
                people_in: 1 + number as u32 % 3,
                people_out: 0,
                people_pass: 0,
            };
        }
        assert_rows_and_windows_agree(&mut trial);
    });
}

/// In whatever order the log comes, minutes have as many people in the windows as in the rows.
fn assert_rows_and_windows_agree(trial: &mut Trial) {
    let log = shuffled(&trial.log, trial.random.bits());
    let mut people: BTreeMap<Scope, [i128; 2]> = BTreeMap::new();
    for (key, row) in rows(trial, &log, trial.pace).0 {
        if key.rung == Rung::Minute {
            people.entry(key.scope).or_default()[0] += i128::from(row.people(Measure::In)) * 1_000;
        }
    }
    for (((scope, window, _), _), held) in ledger(trial, &to_the_end(&trial.site, log), trial.pace).0 {
        if window == "minute" {
            let sum = held.measures.get(Measure::In).map_or(0, |summary| summary.sum);
            people.entry(scope).or_default()[1] += sum;
        }
    }
    for (scope, [in_rows, in_windows]) in people {
        assert_eq!(in_rows, in_windows, "{scope}");
    }
}
