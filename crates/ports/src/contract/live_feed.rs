//! The suite of [`LiveFeed`]. Use: `throng_ports::live_feed_contract!(my_feed);`
//!
//! `my_feed(first_seq, updates_max)` makes a feed whose first update has the number `first_seq` and which keeps
//! `updates_max` updates for watchers who come back, or as few more as it can.

use super::{block_on, poll_once};
use crate::live_feed::{LiveFeed, LiveSubscription};
use std::collections::BTreeMap;
use std::sync::Arc;
use throng_model::live::{LiveUpdate, Now};
use throng_model::{CameraId, FaultCode, PlaceId, Scope, Timestamp};

/// Makes one feed.
pub trait Make: Fn(u64, usize) -> Arc<dyn LiveFeed> {}
impl<F: Fn(u64, usize) -> Arc<dyn LiveFeed>> Make for F {}

/// One `#[test]` for each promise of the port.
#[macro_export]
macro_rules! live_feed_contract {
    ($make:expr) => {
        $crate::live_feed_contract!($make;
            a_new_feed_is_empty_and_its_watchers_wait
            updates_are_numbered_from_the_first_without_gaps
            a_snapshot_holds_the_latest_of_every_scope
            what_is_replaced_is_gone_and_whoever_watches_starts_afresh
            how_far_rows_have_come_is_no_news_to_watchers
            a_watcher_without_a_past_starts_now
            a_watcher_who_comes_back_gets_each_later_update_once
            a_watcher_who_was_away_too_long_is_told_first
            a_number_of_another_run_is_a_gap
            a_slow_watcher_is_told_and_goes_on
            a_watcher_that_stopped_waiting_misses_nothing
            a_waiting_watcher_is_woken
            a_snapshot_and_what_follows_make_the_present
            many_watchers_each_get_everything
            the_end_of_the_feed_is_told_after_its_last_update
        );
    };
    ($make:expr; $($promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $crate::contract::live_feed::$promise(&$make);
            }
        )+
    };
}

fn now(camera: u64, people: i64) -> Now {
    Now {
        scope: Scope::Camera(CameraId::new(format!("c{camera}")).expect("id")),
        raw_occupancy: people,
        occupancy: people.max(0),
        measures_inside: true,
        in_today: people,
        out_today: 0,
        pass_today: 0,
        as_of: Some(Timestamp(people)),
        latest: Some(Timestamp(people)),
        first_told: None,
        last_heard: Some(Timestamp(people)),
        latency: Some(1),
        device: None,
    }
}

/// One second between updates; the number of people says which update it was.
fn publish(feed: &dyn LiveFeed, n: u64) {
    feed.publish(Timestamp(n as i64), vec![now(n % 7, n as i64)], Some(n));
}

fn next(watcher: &mut dyn LiveSubscription) -> Option<Arc<LiveUpdate>> {
    block_on(watcher.next()).expect("the feed goes on")
}

fn next_seq(watcher: &mut dyn LiveSubscription) -> u64 {
    next(watcher).expect("no gap").seq
}

fn waits(watcher: &mut dyn LiveSubscription) -> bool {
    poll_once(&mut watcher.next()).is_none()
}

pub fn a_new_feed_is_empty_and_its_watchers_wait(make: &impl Make) {
    let feed = make(100, 10);
    assert_eq!(feed.snapshot(), (99, Vec::new(), None));
    assert_eq!(feed.seq(), 99);
    assert!(waits(&mut *feed.subscribe(None)));
    assert!(waits(&mut *feed.subscribe(Some(99))), "seen all there was before");
}

pub fn updates_are_numbered_from_the_first_without_gaps(make: &impl Make) {
    let feed = make(1_700_000_000_000_000, 10);
    let mut watcher = feed.subscribe(None);
    for n in 0..10 {
        publish(&*feed, n);
        let update = next(&mut *watcher).expect("no gap");
        assert_eq!(update.seq, 1_700_000_000_000_000 + n);
        assert_eq!(update.at, Timestamp(n as i64));
        assert_eq!(update.changed, [now(n % 7, n as i64)]);
        assert_eq!(update.throughput, Some(n));
    }
}

pub fn a_snapshot_holds_the_latest_of_every_scope(make: &impl Make) {
    let feed = make(1, 3);
    feed.publish(Timestamp(1), vec![now(1, 1), now(2, 1)], Some(5));
    feed.publish(Timestamp(2), vec![now(2, 2), now(3, 2)], Some(6));
    feed.publish(Timestamp(3), Vec::new(), Some(7));
    let (seq, mut scopes, throughput) = feed.snapshot();
    scopes.sort_by(|a, b| a.scope.cmp(&b.scope));
    assert_eq!((seq, throughput, feed.seq()), (3, Some(7), 3));
    assert_eq!(scopes, [now(1, 1), now(2, 2), now(3, 2)]);
    for n in 4..100 {
        feed.publish(Timestamp(n), vec![now(4, n)], Some(8));
    }
    assert_eq!(
        feed.snapshot().1.len(),
        4,
        "what the ring forgot is still the present"
    );
}

pub fn how_far_rows_have_come_is_no_news_to_watchers(make: &impl Make) {
    let feed = make(1, 10);
    let [house, shop] = ["house", "shop"].map(|id| PlaceId::new(id).expect("id"));
    assert_eq!(feed.stored(&house), None);
    let mut watcher = feed.subscribe(None);
    feed.note_stored(vec![(house.clone(), Timestamp(1)), (shop.clone(), Timestamp(1))]);
    feed.note_stored(vec![(house.clone(), Timestamp(2))]);
    let both = [Some(Timestamp(2)), Some(Timestamp(1))];
    assert_eq!([&house, &shop].map(|place| feed.stored(place)), both);
    assert_eq!(feed.seq(), 0);
    assert!(waits(&mut *watcher));
    feed.replace(vec![Now {
        scope: Scope::Place(house.clone()),
        ..now(1, 1)
    }]);
    let one = [Some(Timestamp(2)), None];
    assert_eq!(
        [&house, &shop].map(|place| feed.stored(place)),
        one,
        "the shop is gone"
    );
}

pub fn what_is_replaced_is_gone_and_whoever_watches_starts_afresh(make: &impl Make) {
    let feed = make(1, 10);
    feed.publish(Timestamp(1), vec![now(1, 1), now(2, 1)], Some(5));
    let mut watcher = feed.subscribe(None);
    feed.publish(Timestamp(2), vec![now(1, 2)], Some(6));
    feed.replace(vec![now(2, 3), now(3, 3)]);
    let (seq, mut scopes, throughput) = feed.snapshot();
    scopes.sort_by(|a, b| a.scope.cmp(&b.scope));
    assert_eq!((seq, throughput, feed.seq()), (3, Some(6), 3));
    assert_eq!(scopes, [now(2, 3), now(3, 3)]);
    assert_eq!(
        next(&mut *watcher),
        None,
        "a snapshot holds more than what it missed"
    );
    assert!(waits(&mut *watcher));
    for (since, starts_afresh) in [(1, true), (2, true), (3, false)] {
        let mut back = feed.subscribe(Some(since));
        assert_eq!(poll_once(&mut back.next()).is_some(), starts_afresh, "{since}");
    }
    publish(&*feed, 4);
    assert_eq!(next_seq(&mut *watcher), 4);
}

pub fn a_watcher_without_a_past_starts_now(make: &impl Make) {
    let feed = make(1, 10);
    publish(&*feed, 1);
    let mut watcher = feed.subscribe(None);
    assert!(waits(&mut *watcher));
    publish(&*feed, 2);
    assert_eq!(next_seq(&mut *watcher), 2);
}

pub fn a_watcher_who_comes_back_gets_each_later_update_once(make: &impl Make) {
    let feed = make(50, 100);
    for n in 0..20 {
        publish(&*feed, n);
    }
    for since in 49..=69 {
        let mut watcher = feed.subscribe(Some(since));
        for wanted in since + 1..70 {
            assert_eq!(next_seq(&mut *watcher), wanted);
        }
        assert!(waits(&mut *watcher), "nothing twice");
    }
}

pub fn a_watcher_who_was_away_too_long_is_told_first(make: &impl Make) {
    let feed = make(1, 5);
    for n in 0..1_000 {
        publish(&*feed, n);
    }
    let mut watcher = feed.subscribe(Some(3));
    assert_eq!(next(&mut *watcher), None);
    assert!(waits(&mut *watcher), "told once, then it goes on from now");
    publish(&*feed, 1_000);
    assert_eq!(next_seq(&mut *watcher), 1_001);
}

pub fn a_number_of_another_run_is_a_gap(make: &impl Make) {
    let feed = make(1_000_000, 100);
    for n in 0..5 {
        publish(&*feed, n);
    }
    for elsewhere in [0, 999_998, 1_000_005, 9_999_999, u64::MAX] {
        let mut watcher = feed.subscribe(Some(elsewhere));
        assert_eq!(
            next(&mut *watcher),
            None,
            "{elsewhere} was never an update of this run"
        );
        assert!(waits(&mut *watcher));
    }
}

pub fn a_slow_watcher_is_told_and_goes_on(make: &impl Make) {
    let feed = make(1, 10);
    let mut slow = feed.subscribe(None);
    publish(&*feed, 0);
    assert_eq!(next_seq(&mut *slow), 1);
    for n in 1..1_000 {
        publish(&*feed, n);
    }
    assert_eq!(next(&mut *slow), None, "overtaken");
    let (seq, ..) = feed.snapshot();
    assert_eq!(seq, 1_000);
    publish(&*feed, 1_000);
    assert_eq!(next_seq(&mut *slow), seq + 1, "goes on right after the snapshot");
}

pub fn a_watcher_that_stopped_waiting_misses_nothing(make: &impl Make) {
    let feed = make(1, 10);
    let mut watcher = feed.subscribe(None);
    for n in 0..5 {
        assert!(waits(&mut *watcher), "this wait is given up");
        publish(&*feed, n);
        assert_eq!(next_seq(&mut *watcher), n + 1);
    }
}

pub fn a_waiting_watcher_is_woken(make: &impl Make) {
    let feed = make(1, 10);
    let mut watcher = feed.subscribe(None);
    std::thread::scope(|scope| {
        let woken = scope.spawn(move || next_seq(&mut *watcher));
        publish(&*feed, 0);
        assert_eq!(woken.join().expect("no panic"), 1);
    });
}

/// What every page does: a snapshot, then each change after it, while updates go on.
pub fn a_snapshot_and_what_follows_make_the_present(make: &impl Make) {
    let feed = make(1, 50);
    std::thread::scope(|scope| {
        scope.spawn(|| (0..5_000).for_each(|n| publish(&*feed, n)));
        let pages: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| watch_until(&*feed, 5_000)))
            .collect();
        let page = |present: BTreeMap<Scope, Now>| present.into_values().collect::<Vec<_>>();
        let pages: Vec<_> = pages
            .into_iter()
            .map(|page| page.join().expect("no panic"))
            .map(page)
            .collect();
        let (_, mut present, _) = feed.snapshot();
        present.sort_by(|a, b| a.scope.cmp(&b.scope));
        for seen in pages {
            assert_eq!(seen, present);
        }
    });
}

fn watch_until(feed: &dyn LiveFeed, last: u64) -> BTreeMap<Scope, Now> {
    let mut present = BTreeMap::new();
    let mut watcher = feed.subscribe(None);
    let mut seen = 0;
    let mut start_afresh = true;
    while seen < last {
        if start_afresh {
            let (seq, scopes, _) = feed.snapshot();
            present = scopes.into_iter().map(|now| (now.scope.clone(), now)).collect();
            seen = seq;
            start_afresh = false;
            continue;
        }
        match next(&mut *watcher) {
            None => start_afresh = true,
            // The watcher may stand a little before the snapshot: what it brings then is known already.
            Some(update) if update.seq <= seen => {}
            Some(update) => {
                assert_eq!(update.seq, seen + 1, "nothing is skipped silently");
                seen = update.seq;
                present.extend(update.changed.iter().map(|now| (now.scope.clone(), now.clone())));
            }
        }
    }
    present
}

pub fn many_watchers_each_get_everything(make: &impl Make) {
    let feed = make(1, 2_000);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let mut watcher = feed.subscribe(None);
            scope.spawn(move || {
                for wanted in 1..=2_000 {
                    assert_eq!(next_seq(&mut *watcher), wanted);
                }
            });
        }
        (0..2_000).for_each(|n| publish(&*feed, n));
    });
}

pub fn the_end_of_the_feed_is_told_after_its_last_update(make: &impl Make) {
    let feed = make(1, 10);
    let mut watcher = feed.subscribe(None);
    let mut waiting = feed.subscribe(None);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            next(&mut *waiting);
            block_on(waiting.next()).expect_err("ended").code
        });
        publish(&*feed, 0);
        drop(feed);
        assert_eq!(waiting.join().expect("woken by the end"), FaultCode::Unavailable);
    });
    assert_eq!(next_seq(&mut *watcher), 1);
    for _ in 0..2 {
        assert_eq!(
            block_on(watcher.next()).expect_err("ended").code,
            FaultCode::Unavailable
        );
    }
}
