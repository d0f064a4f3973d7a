//! Parallelism: one thread or eight, or another number at every turn and after every restart (STR-7).

use super::law::holds;
use super::windows::{assert_same, ledger};
use std::collections::BTreeMap;
use std::sync::Mutex;
use throng_engine::window::{Addition, WindowResult, WindowSink, Windows};
use throng_model::Scope;
use throng_sim::naive::windows::Ledger;
use throng_sim::replay::{Pace, to_the_end};

/// The results of each scope as bytes, one after the other.
#[derive(Default)]
struct Bytes(BTreeMap<Scope, Vec<u8>>);

impl WindowSink for Bytes {
    fn take(&mut self, result: &WindowResult<'_>) {
        let from = match result.addition {
            Addition::Joined { from } => Some(from),
            Addition::Closed | Addition::Late => None,
        };
        let measures = result.measured.to_measures();
        let said = (
            (result.number, result.range, result.ordinal, from),
            (result.addition == Addition::Late, result.events),
            (result.observed, result.expected, measures),
        );
        let bytes = self.0.entry(result.scope.clone()).or_default();
        bytes.extend(postcard::to_stdvec(&said).unwrap());
    }
}

/// I-7: the same results in the same order, and the same state, to the byte.
#[test]
fn one_two_four_and_eight_threads_give_the_same_bytes() {
    holds(|trial| {
        let start = || Windows::new(&trial.site, trial.rules, trial.table.clone());
        let mut all = [1, 2, 4, 8].map(|threads| (threads, start()));
        for events in trial.log.chunks(trial.pace.step) {
            let mut told = Vec::new();
            for (threads, windows) in &mut all {
                events
                    .iter()
                    .for_each(|(event, received)| windows.fold(event, *received));
                let mut sinks: Vec<Bytes> = (0..*threads).map(|_| Bytes::default()).collect();
                windows.turn(&mut sinks);
                let mut results = BTreeMap::new();
                for (scope, bytes) in sinks.into_iter().flat_map(|sink| sink.0) {
                    let known = results.insert(scope.clone(), bytes);
                    assert!(known.is_none(), "results of {scope:?} came to two sinks");
                }
                told.push((results, windows.save().unwrap()));
            }
            for (at, (results, state)) in told.iter().enumerate() {
                assert!(*results == told[0].0, "results of {} threads", all[at].0);
                assert!(*state == told[0].1, "state after {} threads", all[at].0);
            }
        }
    });
}

/// STR-6: who was stopped and started again between two turns remembers the same, to the byte.
#[test]
fn a_restart_leaves_no_trace() {
    holds(|mut trial| {
        let start = || Windows::new(&trial.site, trial.rules, trial.table.clone());
        let (mut whole, mut stopped) = (start(), start());
        for events in trial.log.chunks(trial.pace.step) {
            let (before, behind) = events.split_at(trial.random.below(events.len() as u64 + 1) as usize);
            for (event, received) in before {
                whole.fold(event, *received);
                stopped.fold(event, *received);
            }
            let state = stopped.save().unwrap();
            stopped = Windows::restore(&trial.site, trial.rules, trial.table.clone(), &state)
                .unwrap()
                .expect("the table is the same");
            for (event, received) in behind {
                whole.fold(event, *received);
                stopped.fold(event, *received);
            }
            let told = [&mut whole, &mut stopped].map(|windows| {
                let mut sink = Bytes::default();
                windows.turn(std::slice::from_mut(&mut sink));
                (sink.0, windows.save().unwrap())
            });
            assert!(told[0].0 == told[1].0, "results after a restart");
            assert!(told[0].1 == told[1].1, "state after a restart");
        }
    });
}

/// One ledger for all threads, as the product has it: who works on a scope may change from turn to turn.
struct Shared<'a>(&'a Mutex<Ledger>);

impl WindowSink for Shared<'_> {
    fn take(&mut self, result: &WindowResult<'_>) {
        self.0.lock().unwrap().take(result);
    }
}

/// I-7: any split, any restart anywhere, also before the turn, any resharding.
#[test]
fn turns_restarts_and_resharding_do_not_matter() {
    holds(|mut trial| {
        let log = to_the_end(&trial.site, trial.log.clone());
        let whole = ledger(&trial, &log, Pace::WHOLE);
        let parts = Mutex::new(Ledger::default());
        let mut windows = Windows::new(&trial.site, trial.rules, trial.table.clone());
        for events in log.chunks(trial.pace.step) {
            events
                .iter()
                .for_each(|(event, received)| windows.fold(event, *received));
            if trial.random.happens(0.5) {
                let state = windows.save().unwrap();
                windows = Windows::restore(&trial.site, trial.rules, trial.table.clone(), &state)
                    .unwrap()
                    .expect("the table is the same");
            }
            let threads = 1 + trial.random.below(8);
            let mut sinks: Vec<_> = (0..threads).map(|_| Shared(&parts)).collect();
            windows.turn(&mut sinks);
        }
        assert_same(&parts.into_inner().unwrap(), &whole);
    });
}
