//! The suite of [`CheckpointStore`](crate::CheckpointStore). Use: `throng_ports::checkpoint_contract!(my_store);`
//!
//! `my_store()` makes a new, empty store and returns a closure that opens its [`State`]. That a commit cut off half way
//! leaves nothing behind cannot be tried through the port: it is tested beside each adapter, where its files are.

use super::{OpenState, State};
use crate::checkpoint::{Checkpoint, Recovered};
use std::sync::atomic::{AtomicBool, Ordering};
use throng_model::row::RowKey;
use throng_model::time::MINUTE;
use throng_model::{CameraId, EventId, Measure, Row, Rung, Scope, Summary, TimeRange, Timestamp};

/// One `#[test]` for each promise of the port.
#[macro_export]
macro_rules! checkpoint_contract {
    ($store:expr) => {
        $crate::checkpoint_contract!($store;
            a_new_store_has_nothing
            a_checkpoint_is_seen_at_once_and_after_reopening
            the_last_checkpoint_counts_and_what_it_leaves_out_stays
            a_checkpoint_without_changes_moves_the_position
            a_large_checkpoint_is_one_as_well
            known_ids_are_told_in_the_order_they_were_asked_for
            an_id_is_known_for_good
            a_restart_after_every_checkpoint_changes_nothing
            readers_see_whole_checkpoints_only
            syncing_changes_nothing_that_is_seen
            a_kept_state_is_the_last_one_of_its_name
        );
    };
    ($store:expr; $($promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $crate::contract::checkpoint::$promise(&$store());
            }
        )+
    };
}

const ROWS: u64 = 20;

fn camera() -> Scope {
    Scope::Camera(CameraId::new("door").expect("id"))
}

/// The minute after `n` others.
pub(super) fn key(n: u64) -> RowKey {
    RowKey {
        scope: camera(),
        rung: Rung::Minute,
        start: Timestamp(n as i64 * MINUTE),
    }
}

/// A row that says when it was written.
pub(super) fn row(written: u64) -> Row {
    let mut row = Row {
        revision: written as u32,
        observed: 6,
        ..Row::default()
    };
    row.merge_measure(Measure::In, &Summary::of(1_000 * written as i64));
    row
}

fn id(n: u64) -> EventId {
    // Spread over the whole key space, as ids are that were made from file contents.
    EventId::from_u128(u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

/// Checkpoint `n`: it rewrites the same rows, and adds an id of its own.
fn checkpoint(n: u64) -> Checkpoint {
    Checkpoint {
        position: n * 10,
        state: vec![n as u8; n as usize % 1_000],
        rows: (0..ROWS).map(|minute| (key(minute), row(n).into())).collect(),
        ids: vec![(id(n), n)],
    }
}

/// All that can be seen of a store: checkpoint, rows, the first hundred ids.
type Seen = (Option<Recovered>, Vec<(Timestamp, Row)>, Vec<Option<u64>>);

fn everything(state: &State) -> Seen {
    let range = TimeRange {
        start: Timestamp(0),
        end: Timestamp::MAX,
    };
    let ids: Vec<EventId> = (0..100).map(id).collect();
    (
        state.checkpoints.recover().expect("read"),
        state
            .rollups
            .rows(&camera(), Rung::Minute, range, 100_000)
            .expect("read"),
        state.checkpoints.known(&ids).expect("read"),
    )
}

fn recovered(checkpoint: &Checkpoint) -> Option<Recovered> {
    Some(Recovered {
        position: checkpoint.position,
        state: checkpoint.state.clone(),
    })
}

pub fn a_new_store_has_nothing(open: &impl OpenState) {
    let state = open();
    assert_eq!(everything(&state), (None, Vec::new(), vec![None; 100]));
    drop(state);
    assert_eq!(everything(&open()).0, None, "opening alone is no checkpoint");
}

pub fn a_checkpoint_is_seen_at_once_and_after_reopening(open: &impl OpenState) {
    let state = open();
    state.checkpoints.commit(checkpoint(7)).expect("committed");
    let seen = everything(&state);
    assert_eq!(seen.0, recovered(&checkpoint(7)));
    assert_eq!(seen.1.len() as u64, ROWS);
    assert!(seen.1.iter().all(|(_, found)| *found == row(7)));
    assert_eq!(seen.2[7], Some(7));
    assert_eq!(state.rollups.row(&key(3)).expect("read"), Some(row(7)));
    drop(state);
    assert_eq!(everything(&open()), seen);
}

pub fn the_last_checkpoint_counts_and_what_it_leaves_out_stays(open: &impl OpenState) {
    let state = open();
    state.checkpoints.commit(checkpoint(1)).expect("committed");
    let next = Checkpoint {
        rows: vec![(key(4), row(2).into()), (key(99), row(2).into())],
        // A position may stand still or even go back: what counts is what was committed last.
        ..Checkpoint {
            position: 3,
            ..checkpoint(2)
        }
    };
    state.checkpoints.commit(next.clone()).expect("committed");
    let look = |state: &State| {
        assert_eq!(state.checkpoints.recover().expect("read"), recovered(&next));
        assert_eq!(state.rollups.row(&key(3)).expect("read"), Some(row(1)));
        assert_eq!(state.rollups.row(&key(4)).expect("read"), Some(row(2)));
        assert_eq!(state.rollups.row(&key(99)).expect("read"), Some(row(2)));
        assert_eq!(
            state.checkpoints.known(&[id(1), id(2)]).expect("read"),
            [Some(1), Some(2)]
        );
    };
    look(&state);
    drop(state);
    look(&open());
}

pub fn a_checkpoint_without_changes_moves_the_position(open: &impl OpenState) {
    let state = open();
    for position in [0, 5, u64::MAX] {
        let empty = Checkpoint {
            position,
            ..Checkpoint::default()
        };
        state.checkpoints.commit(empty.clone()).expect("committed");
        assert_eq!(state.checkpoints.recover().expect("read"), recovered(&empty));
    }
}

pub fn a_large_checkpoint_is_one_as_well(open: &impl OpenState) {
    let state = open();
    let large = Checkpoint {
        position: 1,
        state: (0..8_000_000_u32).map(|n| (n % 251) as u8).collect(),
        rows: (0..5_000).map(|n| (key(n), row(n).into())).collect(),
        ids: (0..20_000).map(|n| (id(n), n)).collect(),
    };
    state.checkpoints.commit(large.clone()).expect("committed");
    drop(state);
    let state = open();
    let (found, rows, _) = everything(&state);
    assert!(found == recovered(&large), "the state is another one");
    assert_eq!(rows.len(), 5_000);
    assert!(
        rows.iter()
            .zip(0..)
            .all(|((start, found), n)| *start == key(n).start && *found == row(n))
    );
    let ids: Vec<EventId> = (0..20_001).map(id).collect();
    let known = state.checkpoints.known(&ids).expect("read");
    assert!(known.iter().zip(0..20_000).all(|(known, n)| *known == Some(n)));
    assert_eq!(known[20_000], None);
}

pub fn known_ids_are_told_in_the_order_they_were_asked_for(open: &impl OpenState) {
    let state = open();
    let ids = (0..50).map(|n| (id(n), n * 3)).collect();
    state
        .checkpoints
        .commit(Checkpoint {
            ids,
            ..Checkpoint::default()
        })
        .expect("committed");
    assert_eq!(state.checkpoints.known(&[]).expect("read"), []);
    let asked: Vec<u64> = [49, 50, 0, 51, 7, 7, 99, 7, 48].to_vec();
    let known = state
        .checkpoints
        .known(&asked.iter().copied().map(id).collect::<Vec<_>>())
        .expect("read");
    let wanted: Vec<Option<u64>> = asked.iter().map(|n| (*n < 50).then_some(n * 3)).collect();
    assert_eq!(known, wanted);
    let neighbours = [
        EventId::from_u128(id(7).as_u128() + 1),
        EventId::from_u128(id(7).as_u128() - 1),
    ];
    assert_eq!(state.checkpoints.known(&neighbours).expect("read"), [None, None]);
}

pub fn an_id_is_known_for_good(open: &impl OpenState) {
    for n in 0..12 {
        let state = open();
        let before: Vec<EventId> = (0..n).map(id).collect();
        let known = state.checkpoints.known(&before).expect("read");
        assert!(
            known.iter().zip(0..).all(|(known, n)| *known == Some(n)),
            "{known:?}"
        );
        state.checkpoints.commit(checkpoint(n)).expect("committed");
    }
}

pub fn a_restart_after_every_checkpoint_changes_nothing(open: &impl OpenState) {
    // The parts of a checkpoint are determined by its number, so the wanted contents are known without a second store.
    for n in 1..=12 {
        let state = open();
        if n > 1 {
            let (found, rows, known) = everything(&state);
            assert_eq!(found, recovered(&checkpoint(n - 1)));
            assert!(rows.iter().all(|(_, found)| *found == row(n - 1)));
            assert_eq!(known.iter().flatten().count() as u64, n - 1);
        }
        state.checkpoints.commit(checkpoint(n)).expect("committed");
        if n % 3 == 0 {
            state.checkpoints.sync().expect("synced");
        }
    }
}

pub fn readers_see_whole_checkpoints_only(open: &impl OpenState) {
    let state = open();
    state.checkpoints.commit(checkpoint(1)).expect("committed");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| read_until(&state, &over)))
            .collect();
        for n in 2..=300 {
            state.checkpoints.commit(checkpoint(n)).expect("committed");
        }
        over.store(true, Ordering::SeqCst);
        for reader in readers {
            assert!(reader.join().expect("no panic") > 0, "it did read");
        }
    });
}

/// A read lies between the checkpoint that was there before it and the one there after it, and all of it is of one.
fn read_until(state: &State, over: &AtomicBool) -> usize {
    let number = || {
        state
            .checkpoints
            .recover()
            .expect("read")
            .map_or(0, |found| found.position / 10)
    };
    let range = TimeRange {
        start: Timestamp(0),
        end: Timestamp::MAX,
    };
    let mut reads = 0;
    loop {
        let last = over.load(Ordering::SeqCst);
        let before = number();
        let rows = state
            .rollups
            .rows(&camera(), Rung::Minute, range, 1_000)
            .expect("read");
        let known = state
            .checkpoints
            .known(&[id(before), id(before + 1_000)])
            .expect("read");
        let one = state.rollups.row(&key(ROWS - 1)).expect("read").expect("there");
        let after = number();
        let written = u64::from(rows[0].1.revision);
        assert_eq!(rows.len() as u64, ROWS);
        assert!(
            rows.iter().all(|(_, found)| *found == row(written)),
            "rows of different checkpoints"
        );
        assert!(
            (before..=after).contains(&written),
            "{before} <= {written} <= {after}"
        );
        assert!((written..=after).contains(&u64::from(one.revision)));
        assert_eq!(known, [Some(before), None], "ids of a checkpoint come with it");
        reads += 1;
        if last {
            return reads;
        }
    }
}

pub fn syncing_changes_nothing_that_is_seen(open: &impl OpenState) {
    let state = open();
    state.checkpoints.sync().expect("nothing to sync");
    state.checkpoints.commit(checkpoint(5)).expect("committed");
    let seen = everything(&state);
    state.checkpoints.sync().expect("synced");
    state.checkpoints.sync().expect("synced again");
    assert_eq!(everything(&state), seen);
    drop(state);
    assert_eq!(everything(&open()), seen);
}

/// Also after reopening, and beside a checkpoint's own state.
pub fn a_kept_state_is_the_last_one_of_its_name(open: &impl OpenState) {
    {
        let store = open().checkpoints;
        assert_eq!(store.kept("windows").expect("reads"), None);
        store.keep("windows", &[b"first"]).expect("keeps");
        store.keep("other", &[]).expect("keeps");
        store
            .commit(Checkpoint {
                position: 7,
                state: b"engine".to_vec(),
                ..Checkpoint::default()
            })
            .expect("commits");
        store
            .keep("windows", &[&[7], &vec![7; (3 << 20) - 2], &[], &[7]])
            .expect("keeps");
    }
    let store = open().checkpoints;
    assert_eq!(store.kept("windows").expect("reads"), Some(vec![7; 3 << 20]));
    assert_eq!(store.kept("other").expect("reads"), Some(Vec::new()));
    assert_eq!(
        store
            .recover()
            .expect("recovers")
            .map(|recovered| recovered.state),
        Some(b"engine".to_vec())
    );
}
