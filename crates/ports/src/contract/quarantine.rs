//! The suite of [`Quarantine`]. Use: `throng_ports::quarantine_contract!(my_store);` in a crate with tokio.
//!
//! `my_store(entries_max)` makes a new, empty store that keeps at most so many entries, and returns a closure that
//! opens the quarantine in it.

use super::{Open, join_all};
use crate::quarantine::{BODY_BYTES_MAX, Quarantine, QuarantinedEvent, Refused};
use throng_model::{FaultCode, Timestamp};

/// One test for each promise of the port.
#[macro_export]
macro_rules! quarantine_contract {
    ($store:expr) => {
        $crate::quarantine_contract!($store; 1_000;
            a_new_quarantine_is_empty
            events_come_back_as_they_were_put
            entries_grow_and_are_given_in_order
            entries_put_side_by_side_are_all_different
            pages_follow_each_other_without_gap_or_overlap
            one_code_can_be_listed
            replayed_entries_are_left_out_unless_asked_for
            marking_what_is_not_there_is_a_fault
            an_entry_that_is_refused_again_stays_one_entry
            a_body_is_kept_up_to_the_limit
        );
        $crate::quarantine_contract!($store; 10;
            the_limit_gives_up_replayed_entries_first_and_counts_on
        );
    };
    ($store:expr; $entries_max:expr; $($promise:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::quarantine::$promise(&$store($entries_max)).await;
            }
        )+
    };
}

/// Opens the quarantine of one store.
pub trait OpenQuarantine: Open<dyn Quarantine> {}
impl<F: Open<dyn Quarantine>> OpenQuarantine for F {}

/// The `n`th event; its code says whether `n` is a multiple of three.
fn event(n: i64) -> QuarantinedEvent {
    QuarantinedEvent {
        entry: 0,
        received: Timestamp(n),
        camera: (n % 2 == 0).then(|| format!("camera ' {n} \u{0}")),
        code: if n % 3 == 0 {
            FaultCode::UnknownCamera
        } else {
            FaultCode::MalformedJson
        },
        detail: format!("event {n} is wrong"),
        body: vec![0xff, 0x00, n as u8],
        replayed: None,
        attempts: 0,
        refused_again: None,
    }
}

fn at(entry: u64, event: QuarantinedEvent) -> QuarantinedEvent {
    QuarantinedEvent { entry, ..event }
}

async fn put(quarantine: &dyn Quarantine, numbers: std::ops::Range<i64>) -> Vec<u64> {
    quarantine.put(numbers.map(event).collect()).await.expect("put")
}

async fn listed(quarantine: &dyn Quarantine, code: Option<FaultCode>, with_replayed: bool) -> Vec<u64> {
    let events = quarantine
        .list(0, code, with_replayed, 1_000)
        .await
        .expect("listed");
    events.into_iter().map(|event| event.entry).collect()
}

pub async fn a_new_quarantine_is_empty(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    assert_eq!(quarantine.count().await.expect("counted"), 0);
    assert_eq!(quarantine.list(0, None, true, 10).await.expect("listed"), []);
    assert_eq!(quarantine.get(0).await.expect("asked"), None);
    assert!(
        quarantine
            .put(Vec::new())
            .await
            .expect("nothing to put")
            .is_empty()
    );
}

pub async fn events_come_back_as_they_were_put(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let mut of_another_life = event(6);
    of_another_life.entry = 77;
    let entries = quarantine
        .put(vec![of_another_life, event(7)])
        .await
        .expect("put");
    drop(quarantine);
    let quarantine = open().await;
    for (entry, n) in entries.iter().zip([6, 7]) {
        let kept = quarantine.get(*entry).await.expect("asked");
        assert_eq!(
            kept,
            Some(at(*entry, event(n))),
            "the entry of the input is ignored"
        );
    }
    assert_eq!(quarantine.get(u64::MAX).await.expect("asked"), None);
    assert_eq!(quarantine.count().await.expect("counted"), 2);
}

pub async fn entries_grow_and_are_given_in_order(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let mut all = put(&*quarantine, 0..3).await;
    all.extend(put(&*quarantine, 3..4).await);
    drop(quarantine);
    let quarantine = open().await;
    all.extend(put(&*quarantine, 4..9).await);
    assert!(all.is_sorted_by(|a, b| a < b), "{all:?}");
    assert!(all[0] > 0, "listing after 0 gives everything");
    for (n, entry) in (0..).zip(all) {
        let kept = quarantine.get(entry).await.expect("asked").expect("kept");
        assert_eq!(
            kept.received,
            Timestamp(n),
            "each event has the entry at its own place in the answer"
        );
    }
}

pub async fn entries_put_side_by_side_are_all_different(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let puts = (0..16)
        .map(|n| quarantine.put((n * 10..n * 10 + 10).map(event).collect()))
        .collect();
    let mut all: Vec<u64> = join_all(puts)
        .await
        .into_iter()
        .flat_map(|entries| entries.expect("put"))
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 160);
    assert_eq!(quarantine.count().await.expect("counted"), 160);
    assert_eq!(listed(&*quarantine, None, false).await, all);
}

pub async fn pages_follow_each_other_without_gap_or_overlap(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let entries = put(&*quarantine, 0..25).await;
    let mut seen: Vec<QuarantinedEvent> = Vec::new();
    loop {
        let after = seen.last().map_or(0, |event| event.entry);
        let page = quarantine.list(after, None, false, 7).await.expect("listed");
        assert!(page.len() <= 7);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
        // What comes in while somebody leafs through appears at the end.
        if seen.len() == 7 {
            put(&*quarantine, 25..26).await;
        }
    }
    assert_eq!(seen.len(), 26);
    for (n, (event_, entry)) in seen.iter().zip(entries).enumerate() {
        assert_eq!(*event_, at(entry, event(n as i64)));
    }
    assert_eq!(
        quarantine.list(u64::MAX, None, true, 10).await.expect("listed"),
        []
    );
}

pub async fn one_code_can_be_listed(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let entries = put(&*quarantine, 0..10).await;
    let every_third: Vec<u64> = entries.iter().copied().step_by(3).collect();
    assert_eq!(
        listed(&*quarantine, Some(FaultCode::UnknownCamera), false).await,
        every_third
    );
    assert_eq!(
        listed(&*quarantine, Some(FaultCode::UnknownCamera), true).await,
        every_third
    );
    assert_eq!(
        listed(&*quarantine, Some(FaultCode::FutureEvent), true).await,
        [0; 0]
    );
    let page = quarantine
        .list(entries[0], Some(FaultCode::UnknownCamera), false, 2)
        .await
        .expect("listed");
    assert_eq!(page, [at(entries[3], event(3)), at(entries[6], event(6))]);
}

pub async fn replayed_entries_are_left_out_unless_asked_for(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let entries = put(&*quarantine, 0..6).await;
    quarantine
        .mark_replayed(entries[3], Timestamp(99))
        .await
        .expect("marked");
    quarantine
        .mark_replayed(entries[3], Timestamp(100))
        .await
        .expect("marked again");
    drop(quarantine);
    let quarantine = open().await;
    let waiting: Vec<u64> = [0, 1, 2, 4, 5].map(|n| entries[n]).to_vec();
    assert_eq!(listed(&*quarantine, None, false).await, waiting);
    assert_eq!(listed(&*quarantine, None, true).await, entries);
    assert_eq!(
        listed(&*quarantine, Some(FaultCode::UnknownCamera), false).await,
        [entries[0]]
    );
    let kept = quarantine.get(entries[3]).await.expect("asked").expect("kept");
    assert_eq!(kept.replayed, Some(Timestamp(100)));
    assert_eq!(
        quarantine.count().await.expect("counted"),
        6,
        "replaying takes nothing away"
    );
}

pub async fn marking_what_is_not_there_is_a_fault(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    for entry in [0, 1, u64::MAX] {
        let fault = quarantine
            .mark_replayed(entry, Timestamp(1))
            .await
            .expect_err("nothing there");
        assert_eq!(fault.code, FaultCode::NotFound);
        assert!(fault.detail.contains(&entry.to_string()), "{}", fault.detail);
    }
}

pub async fn an_entry_that_is_refused_again_stays_one_entry(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let entries = put(&*quarantine, 1..3).await;
    let refused = |n: i64, code| Refused {
        at: Timestamp(n),
        code,
        detail: format!("attempt {n} is wrong"),
    };
    for (n, code) in [(10, FaultCode::MalformedJson), (20, FaultCode::UnknownCamera)] {
        let noted = quarantine.note_refused_again(entries[0], refused(n, code));
        noted.await.expect("noted");
    }
    let nowhere = quarantine.note_refused_again(u64::MAX, refused(1, FaultCode::MalformedJson));
    assert_eq!(
        nowhere.await.expect_err("nothing there").code,
        FaultCode::NotFound
    );
    drop(quarantine);
    let quarantine = open().await;
    let kept = quarantine.list(0, None, true, 10).await.expect("listed");
    let again = QuarantinedEvent {
        attempts: 2,
        refused_again: Some(refused(20, FaultCode::UnknownCamera)),
        ..at(entries[0], event(1))
    };
    assert_eq!(kept, [again, at(entries[1], event(2))], "why it is there stays");
    assert_eq!(quarantine.count().await.expect("counted"), 2);
}

pub async fn a_body_is_kept_up_to_the_limit(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    for (length, kept) in [
        (0, 0),
        (BODY_BYTES_MAX, BODY_BYTES_MAX),
        (BODY_BYTES_MAX + 1, BODY_BYTES_MAX),
    ] {
        let mut long = event(1);
        long.body = (0..length).map(|n| n as u8).collect();
        let entries = quarantine.put(vec![long.clone()]).await.expect("put");
        let body = quarantine
            .get(entries[0])
            .await
            .expect("asked")
            .expect("kept")
            .body;
        assert_eq!(body, long.body[..kept]);
    }
}

/// Keeps 10.
pub async fn the_limit_gives_up_replayed_entries_first_and_counts_on(open: &impl OpenQuarantine) {
    let quarantine = open().await;
    let first = put(&*quarantine, 0..10).await;
    for n in [7, 2] {
        quarantine
            .mark_replayed(first[n], Timestamp(1))
            .await
            .expect("marked");
    }
    let eleventh = put(&*quarantine, 10..11).await;
    let mut kept = [&first[..], &eleventh[..]].concat();
    kept.retain(|entry| *entry != first[2]);
    assert_eq!(
        listed(&*quarantine, None, true).await,
        kept,
        "the oldest replayed one went"
    );
    let more = put(&*quarantine, 11..13).await;
    kept.retain(|entry| ![first[7], first[0]].contains(entry));
    kept.extend(more);
    assert_eq!(
        listed(&*quarantine, None, true).await,
        kept,
        "then the other, then the oldest"
    );
    assert_eq!(
        quarantine.count().await.expect("counted"),
        13,
        "counts what ever came"
    );
    assert_eq!(quarantine.get(first[0]).await.expect("asked"), None);

    let flood = put(&*quarantine, 0..35).await;
    assert_eq!(flood.len(), 35, "every event got an entry");
    assert_eq!(listed(&*quarantine, None, true).await, flood[25..]);
    drop(quarantine);
    let quarantine = open().await;
    assert_eq!(quarantine.count().await.expect("counted"), 48);
    assert!(
        put(&*quarantine, 0..1).await[0] > flood[34],
        "numbers are not used again"
    );
}
