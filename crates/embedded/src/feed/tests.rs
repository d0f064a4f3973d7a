//! The port's promises, and the limits this feed keeps on top of them.

use super::*;
use throng_model::CameraId;
use throng_ports::contract::{block_on, poll_once};

mod contract {
    use super::super::*;

    fn feed(first_seq: u64, updates_max: usize) -> Arc<dyn LiveFeed> {
        let options = FeedOptions {
            updates_max,
            ..FeedOptions::default()
        };
        Arc::new(InProcessFeed::new(first_seq, options))
    }

    throng_ports::live_feed_contract!(feed);
}

fn people(count: u64) -> Vec<Now> {
    (0..count)
        .map(|camera| Now {
            scope: Scope::Camera(CameraId::new(format!("c{camera}")).expect("id")),
            raw_occupancy: 1,
            occupancy: 1,
            measures_inside: true,
            in_today: 1,
            out_today: 0,
            pass_today: 0,
            as_of: None,
            latest: None,
            first_told: None,
            last_heard: None,
            latency: None,
            device: None,
        })
        .collect()
}

fn kept(feed: &InProcessFeed) -> (usize, usize) {
    let state = feed.shared.state();
    let counted: usize = state.ring.iter().map(|update| update.changed.len()).sum();
    assert_eq!(counted, state.changes);
    (state.ring.len(), counted)
}

#[test]
fn what_is_older_than_a_minute_is_forgotten() {
    let feed = InProcessFeed::new(1, FeedOptions::default());
    let second = throng_model::time::SECOND;
    for n in 0..600 {
        feed.publish(Timestamp(n * second), people(1), None);
    }
    assert_eq!(kept(&feed).0, 61, "from 539 s to 599 s");
    let mut back = feed.subscribe(Some(539));
    assert_eq!(block_on(back.next()).expect("goes on").expect("no gap").seq, 540);
    let mut late = feed.subscribe(Some(538));
    assert_eq!(block_on(late.next()).expect("goes on"), None);
}

#[test]
fn a_clock_that_jumps_back_keeps_the_bounds() {
    let options = FeedOptions {
        updates_max: 10,
        ..FeedOptions::default()
    };
    let feed = InProcessFeed::new(1, options);
    for at in [0, i64::MAX, i64::MIN, 1, i64::MAX] {
        for n in 0..20_i64 {
            feed.publish(Timestamp(at.saturating_sub(n)), people(1), None);
            assert!(kept(&feed).0 <= 10);
        }
    }
    assert_eq!(kept(&feed), (10, 10));
}

#[test]
fn changes_are_bounded_and_the_newest_update_stays_whatever_its_size() {
    let options = FeedOptions {
        changes_max: 100,
        ..FeedOptions::default()
    };
    let feed = InProcessFeed::new(1, options);
    for _ in 0..50 {
        feed.publish(Timestamp(0), people(30), None);
        assert!(kept(&feed).1 <= 100);
    }
    feed.publish(Timestamp(0), people(1_000), None);
    assert_eq!(kept(&feed), (1, 1_000));
    let mut watcher = feed.subscribe(Some(50));
    assert_eq!(
        block_on(watcher.next())
            .expect("goes on")
            .expect("no gap")
            .changed
            .len(),
        1_000
    );
}

#[test]
fn publishing_goes_on_while_a_snapshot_is_read_and_watchers_sleep() {
    let feed = InProcessFeed::new(1, FeedOptions::default());
    let sleeping: Vec<_> = (0..1_000).map(|_| feed.subscribe(None)).collect();
    feed.publish(Timestamp(0), people(10), None);
    let reading = Arc::clone(&feed.shared.state().latest);
    feed.publish(Timestamp(0), people(20), None);
    assert_eq!(reading.len(), 10, "what is being read does not change");
    assert_eq!(feed.snapshot().1.len(), 20);
    drop(sleeping);
}

#[test]
fn a_closed_feed_takes_nothing_more() {
    let feed = InProcessFeed::new(1, FeedOptions::default());
    let mut watcher = feed.subscribe(None);
    assert!(poll_once(&mut watcher.next()).is_none());
    feed.close();
    feed.publish(Timestamp(0), people(1), None);
    assert_eq!(feed.snapshot(), (0, Vec::new(), None));
    let fault = block_on(watcher.next()).expect_err("ended");
    assert_eq!(fault.code, FaultCode::Unavailable);
}
