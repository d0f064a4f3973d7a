#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use std::sync::atomic::{AtomicI64, Ordering};

const START: i64 = 1_774_785_600_000_000;

struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A life from the start on, and what its outages are after signs at these seconds.
async fn after(seconds: impl IntoIterator<Item = i64>) -> Vec<(i64, i64)> {
    let folder = tempfile::tempdir().unwrap();
    let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite")).await;
    let clock = Arc::new(Set(AtomicI64::new(START)));
    let mut life = Life::begin(Arc::new(catalog.unwrap()), clock.clone())
        .await
        .unwrap();
    let outages = life.outages();
    for second in seconds {
        clock.0.store(START + second * 1_000_000, Ordering::SeqCst);
        life.beat().await;
    }
    let second = |at: Timestamp| (at.0 - START) / 1_000_000;
    let told = outages.borrow();
    told.iter()
        .map(|outage| (second(outage.start), second(outage.end)))
        .collect()
}

#[tokio::test]
async fn a_server_that_was_suspended_knows_since_when() {
    assert_eq!(after([10, 20, 139]).await, [], "a slow one was not");
    assert_eq!(after([10, 20, 620, 630]).await, [(20, 620)]);
    assert_eq!(after([10, 620, 630, 1_230]).await, [(10, 620), (630, 1_230)]);
}

#[tokio::test]
async fn a_clock_that_is_behind_is_waited_for() {
    let reset = -4_000_000;
    assert_eq!(after([10, reset, reset + 10, 30]).await, [], "it was set in time");
    assert_eq!(
        after([10, reset, 300]).await,
        [(10, 300)],
        "nobody was there to deliver to"
    );
    let unset = -1_774_785_600;
    let hours = [10, unset]
        .into_iter()
        .chain((1..800).map(|beat| unset + beat * 10));
    assert_eq!(
        after(hours.chain([300])).await,
        [(10, 300)],
        "it is never believed"
    );
    let hour = (0..=361).map(|beat| reset + beat * 10);
    let believed = hour.chain([reset + 3_620, reset + 4_220]);
    assert_eq!(
        after([10].into_iter().chain(believed)).await,
        [(reset + 3_620, reset + 4_220)],
        "it was the time before that was wrong"
    );
}
