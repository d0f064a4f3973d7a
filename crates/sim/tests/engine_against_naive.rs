//! The engine against the naive model: random buildings, random streams, any order, any flushes, any restarts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

use proptest::prelude::*;
use std::collections::BTreeMap;
use throng_engine::Rules;
use throng_model::row::RowKey;
use throng_model::site::Site;
use throng_model::{Event, Timestamp};
use throng_sim::naive::{self, Expected};
use throng_sim::replay::{self, Memory, Pace};
use throng_sim::trial::{events, shuffled, site};

mod cases;
use cases::{cases, starts, zones};

fn engine_rows(
    site: &Site,
    rules: Rules,
    events: &[(Event, Timestamp)],
    step: usize,
    restart: usize,
) -> Memory {
    let pace = Pace {
        step,
        restart,
        threads: 1,
    };
    let (memory, counts) = replay::rows(site, rules, events, pace).unwrap();
    assert_eq!(
        counts.late_received,
        counts.late_applied + counts.late_beyond,
        "I-6"
    );
    memory
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

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_engine_counts_what_the_model_counts(seed: u64, start in starts(), zone in zones(), resets_at in 0u16..1_440, count in 1usize..250, flush_every in 1usize..60) {
        let (site, rules) = (site(zone, resets_at, start), Rules::default());
        let events = events(seed, start, count);
        let rows = engine_rows(&site, rules, &events, flush_every, 3);
        assert_same(&rows.as_expected(), &naive::rows(&site, &rules, &events));
    }

    #[test]
    fn order_does_not_matter(seed: u64, start in starts(), zone in zones(), shuffle: u64) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let events = events(seed, start, 150);
        let shuffled = shuffled(&events, shuffle);
        let (ordered, shuffled) = (engine_rows(&site, rules, &events, 40, 2), engine_rows(&site, rules, &shuffled, 40, 2));
        assert_same(&ordered.as_expected(), &shuffled.as_expected());
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
