//! Rows: the engine against the naive model, in any order, with any flushes and restarts.

use super::law::holds;
use super::trial::Trial;
use std::collections::BTreeMap;
use throng_model::row::RowKey;
use throng_model::{Event, Timestamp};
use throng_sim::naive::{self, Expected};
use throng_sim::replay::{self, Memory, Pace};
use throng_sim::trial::shuffled;

/// The rows of a log that is cut so.
pub fn rows(trial: &Trial, log: &[(Event, Timestamp)], pace: Pace) -> Memory {
    replay::rows(&trial.site, trial.rules, log, pace).unwrap().0
}

pub fn assert_same(engine: &BTreeMap<RowKey, Expected>, model: &BTreeMap<RowKey, Expected>) {
    if engine == model {
        return;
    }
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

#[test]
fn the_engine_counts_what_the_model_counts() {
    holds(|trial| {
        let rows = rows(&trial, &trial.log, trial.pace);
        let model = naive::rows(&trial.site, &trial.rules, &trial.log);
        assert_same(&rows.as_expected(), &model);
    });
}

/// I-7: any order within the lateness.
#[test]
fn order_does_not_matter() {
    holds(|mut trial| {
        let shuffled = shuffled(&trial.log, trial.random.bits());
        let ordered = rows(&trial, &trial.log, trial.pace);
        let shuffled = rows(&trial, &shuffled, trial.pace);
        assert_same(&ordered.as_expected(), &shuffled.as_expected());
    });
}

/// I-7: any split, any restart; here even revisions are the same.
#[test]
fn flushes_and_restarts_do_not_matter() {
    holds(|trial| {
        let whole = rows(&trial, &trial.log, Pace::WHOLE);
        let parts = rows(&trial, &trial.log, trial.pace);
        for (key, row) in &whole.0 {
            assert_eq!(parts.0.get(key), Some(row), "{key:?}");
        }
        assert_eq!(whole.0.len(), parts.0.len());
    });
}
