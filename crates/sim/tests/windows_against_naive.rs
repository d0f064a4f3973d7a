//! Windows against the naive model: random streams, any turns, any restarts, any number of threads.

#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use throng_engine::Rules;
use throng_engine::window::Windows;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE};
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{Event, EventBody, Timestamp};
use throng_sim::naive::windows::{self, Ledger};
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

/// The stream, and heartbeats of every camera long after, so that every window has ended.
fn to_the_end(site: &Site, mut log: Vec<(Event, Timestamp)>) -> Vec<(Event, Timestamp)> {
    let Some((pattern, last)) = log.iter().max_by_key(|entry| entry.1).cloned() else {
        return log;
    };
    let at = last.plus(3 * 24 * HOUR);
    log.extend(site.cameras().iter().map(|camera| {
        let beat = Event {
            camera: camera.id.clone(),
            at,
            body: EventBody::Beat,
            ..pattern.clone()
        };
        (beat, at)
    }));
    log
}

/// Folds everything with a turn after every so many events and a restart after every so many turns.
fn ledger(
    site: &Site,
    rules: Rules,
    log: &[(Event, Timestamp)],
    turn_every: usize,
    restart_every: usize,
    threads: usize,
) -> Ledger {
    let mut windows = Windows::new(site, rules, table());
    let mut sinks = vec![Ledger::default(); threads];
    for (number, part) in log.chunks(turn_every).enumerate() {
        for (event, received) in part {
            windows.fold(event, *received);
        }
        if (number + 1) % restart_every == 0 {
            // In the middle of everything: before the turn.
            windows = Windows::restore(site, rules, table(), &windows.save().unwrap())
                .unwrap()
                .unwrap();
        }
        windows.turn(&mut sinks);
    }
    let mut all = Ledger::default();
    for sink in sinks {
        for (key, held) in sink.0 {
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
