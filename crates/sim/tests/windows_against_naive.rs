//! Windows against the naive model: random streams, any turns, any restarts, any number of threads.

#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use throng_engine::Rules;
use throng_model::site::Site;
use throng_model::time::MINUTE;
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{Event, Timestamp};
use throng_sim::naive::windows::{self, Ledger};
use throng_sim::replay::{self, Pace, to_the_end};
use throng_sim::trial::{events, shuffled, site};

mod cases;
use cases::{cases, starts, zones};

/// The default table, with counts small enough for short streams.
fn table() -> WindowTable {
    let window = |name: &str, kind| Window {
        name: name.to_owned(),
        kind,
    };
    let few = [
        window("count_4", WindowKind::CountTumbling { events: 4 }),
        window("count_12", WindowKind::CountTumbling { events: 12 }),
        window(
            "sliding_count_6",
            WindowKind::CountSliding { events: 6, slide: 2 },
        ),
        window(
            "sliding_count_20",
            WindowKind::CountSliding { events: 20, slide: 4 },
        ),
        window("day_by_20_minutes", WindowKind::Cumulate { step: 20 * MINUTE }),
    ];
    let default = WindowTable::default();
    let timed = default.iter().filter(|window| {
        !matches!(
            window.kind,
            WindowKind::CountTumbling { .. } | WindowKind::CountSliding { .. }
        )
    });
    WindowTable::new(timed.cloned().chain(few).collect()).unwrap()
}

/// What all threads gave out, put together.
fn ledger(
    site: &Site,
    rules: Rules,
    log: &[(Event, Timestamp)],
    step: usize,
    restart: usize,
    threads: usize,
) -> Ledger {
    let pace = Pace {
        step,
        restart,
        threads,
    };
    let mut all = Ledger::default();
    for ledger in replay::windows(site, rules, &table(), log, pace).unwrap() {
        for (key, held) in ledger.0 {
            assert!(
                all.0.insert(key.clone(), held).is_none(),
                "{key:?} came to two sinks"
            );
        }
    }
    all
}

fn assert_same(engine: &Ledger, model: &Ledger) {
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

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn windows_hold_what_the_model_says(seed: u64, start in starts(), zone in zones(), count in 1usize..250, turn_every in 1usize..60) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let log = to_the_end(&site, events(seed, start, count));
        let ledger = ledger(&site, rules, &log, turn_every, usize::MAX, 1);
        assert_same(&ledger, &windows::windows(&site, &rules, &table(), &log));
    }

    #[test]
    fn turns_restarts_and_threads_do_not_matter(seed: u64, start in starts(), zone in zones(), turn_every in 1usize..50, restart_every in 1usize..5, threads in prop::sample::select(vec![2usize, 4, 8])) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let log = to_the_end(&site, events(seed, start, 150));
        let whole = ledger(&site, rules, &log, usize::MAX, usize::MAX, 1);
        let parts = ledger(&site, rules, &log, turn_every, restart_every, threads);
        assert_same(&parts, &whole);
    }

    #[test]
    fn order_does_not_matter_to_windows_of_time(seed: u64, start in starts(), zone in zones(), shuffle: u64) {
        let (site, rules) = (site(zone, 240, start), Rules::default());
        let log = events(seed, start, 150);
        let timed = |ledger: Ledger| Ledger(ledger.0.into_iter().filter(|((key, _), _)| !key.1.contains("count")).collect());
        let one = ledger(&site, rules, &to_the_end(&site, log.clone()), 40, 2, 1);
        let other = ledger(&site, rules, &to_the_end(&site, shuffled(&log, shuffle)), 40, 2, 1);
        assert_same(&timed(one), &timed(other));
    }
}
