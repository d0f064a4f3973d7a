//! The promises of the two ports, and what this store adds: crashes, damage, versions, one opening at a time.

use super::*;
use throng_model::row::RowKey;
use throng_model::{CameraId, EventId, FaultCode, Measure, Row, Rung, Scope, Summary, TimeRange, Timestamp};
use throng_ports::contract::State;
use throng_ports::{Checkpoint, CheckpointStore, Rollups};

mod crash;
mod damage;

mod contract {
    use super::*;

    /// A new, empty folder, and the opening of the store in it.
    fn store() -> impl Fn() -> State {
        let folder = tempfile::tempdir().expect("folder");
        move || State::of(opened(folder.path()))
    }

    throng_ports::checkpoint_contract!(store);
    throng_ports::rollups_contract!(store);
}

fn opened(folder: &Path) -> Store {
    Store::open(folder, StoreOptions::default()).expect("opens")
}

fn scope() -> Scope {
    Scope::Camera(CameraId::new("door").expect("id"))
}

fn key(start: i64) -> RowKey {
    RowKey {
        scope: scope(),
        rung: Rung::Minute,
        start: Timestamp(start),
    }
}

fn row(n: u64) -> Row {
    let mut row = Row {
        revision: n as u32,
        ..Row::default()
    };
    row.merge_measure(Measure::Out, &Summary::of(-1_000 * n as i64));
    row
}

/// Checkpoint `n`: all of it says `n`.
fn checkpoint(n: u64) -> Checkpoint {
    Checkpoint {
        position: n,
        state: vec![n as u8; 40],
        rows: (0..5).map(|start| (key(start), row(n).into())).collect(),
        ids: vec![(EventId::from_u128(n.into()), n)],
    }
}

/// Which checkpoint the store is at, having looked at every part of it.
fn whole(store: &Store) -> Result<Option<u64>, Fault> {
    let range = TimeRange {
        start: Timestamp(0),
        end: Timestamp::MAX,
    };
    let ids: Vec<EventId> = (1..100).map(EventId::from_u128).collect();
    let recovered = store.recover()?;
    let rows = store.rows(&scope(), Rung::Minute, range, 100)?;
    let known = store.known(&ids)?.into_iter().flatten().max();
    let Some(found) = recovered else {
        assert_eq!((rows, known), (Vec::new(), None));
        return Ok(None);
    };
    let n = found.position;
    assert_eq!(found.state, checkpoint(n).state);
    assert_eq!(
        rows,
        (0..5).map(|start| (Timestamp(start), row(n))).collect::<Vec<_>>()
    );
    assert_eq!(known, Some(n));
    Ok(Some(n))
}

#[test]
fn a_store_is_opened_once_at_a_time() {
    let folder = tempfile::tempdir().expect("folder");
    let first = opened(folder.path());
    let fault = Store::open(folder.path(), StoreOptions::default()).expect_err("locked");
    assert_eq!(fault.code, FaultCode::FolderInUse);
    assert!(fault.detail.contains("open already"), "{fault}");
    assert!(
        fault.detail.contains(&folder.path().display().to_string()),
        "{fault}"
    );
    drop(first);
    opened(folder.path());
}

#[test]
fn a_store_cannot_be_opened_where_there_is_no_folder() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").expect("written");
    let fault = Store::open(&file, StoreOptions::default()).expect_err("a file");
    assert_eq!(fault.code, FaultCode::StoreIo);
}

#[test]
fn clones_are_the_same_store() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    store.clone().commit(checkpoint(3)).expect("committed");
    assert_eq!(whole(&store), Ok(Some(3)));
    assert!(store.disk_bytes().expect("measured") > 0);
}
