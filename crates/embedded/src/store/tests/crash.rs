//! A crash may cut the journal anywhere: whatever is left, the store opens at a whole checkpoint.

use super::*;
use std::fs;
use std::io::Read;

/// What a killed process leaves: everything the operating system was given, nothing tidied up.
pub(super) fn left_behind(folder: &Path, target: &Path) {
    for entry in fs::read_dir(folder).expect("folder") {
        let (from, to) = entry
            .map(|entry| (entry.path(), target.join(entry.file_name())))
            .expect("entry");
        if from.is_dir() {
            fs::create_dir_all(&to).expect("made");
            left_behind(&from, &to);
        } else if from.extension().is_some_and(|extension| extension == "jnl") {
            // Made 64 MiB large beforehand; only what was written is worth copying.
            fs::write(&to, written(&from)).expect("copied");
        } else {
            fs::copy(&from, &to).expect("copied");
        }
    }
}

pub(super) fn journal(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").path());
    let is_journal = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "jnl");
    files.find(is_journal).expect("a journal")
}

/// The journal without the 64 MiB of zeros it was made with. These tests write less than 100 KiB.
pub(super) fn written(journal: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = fs::File::open(journal).expect("opened");
    file.take(100_000).read_to_end(&mut bytes).expect("read");
    let length = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    assert!(length < 99_000, "there is more of it");
    bytes.truncate(length);
    bytes
}

#[test]
fn a_killed_process_loses_nothing_it_committed() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    for n in 1..=5 {
        store.commit(checkpoint(n)).expect("committed");
        let copy = tempfile::tempdir().expect("folder");
        left_behind(folder.path(), copy.path());
        assert_eq!(
            whole(&opened(copy.path())),
            Ok(Some(n)),
            "neither closed nor synced"
        );
    }
}

#[test]
fn a_journal_cut_anywhere_opens_at_a_whole_checkpoint() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    for n in 1..=6 {
        store.commit(checkpoint(n)).expect("committed");
    }
    let all = written(&journal(folder.path()));
    let mut reached = 0;
    // Openings sync to the disk, so only a few: thirteen cuts that are no multiple of anything the journal is made of.
    let cuts = (0..13)
        .map(|n| all.len() * n / 13 + n % 2)
        .chain([all.len() - 1, all.len()]);
    for length in cuts {
        let copy = tempfile::tempdir().expect("folder");
        left_behind(folder.path(), copy.path());
        fs::write(journal(copy.path()), &all[..length]).expect("cut");
        let store = opened(copy.path());
        let found = whole(&store).expect("readable").unwrap_or(0);
        assert!(
            (reached..=6).contains(&found),
            "{found} after {reached} with {length} bytes"
        );
        reached = found;
        store.commit(checkpoint(50)).expect("goes on");
        assert_eq!(whole(&store), Ok(Some(50)));
    }
    assert_eq!(reached, 6);
}

/// After a cut the journal goes on where it was cut, and what is written then is found again.
#[test]
fn a_store_that_lost_its_tail_goes_on() {
    let folder = tempfile::tempdir().expect("folder");
    let store = opened(folder.path());
    for n in 1..=3 {
        store.commit(checkpoint(n)).expect("committed");
    }
    let copy = tempfile::tempdir().expect("folder");
    left_behind(folder.path(), copy.path());
    let all = written(&journal(copy.path()));
    fs::write(journal(copy.path()), &all[..all.len() - 5]).expect("cut");
    let store = opened(copy.path());
    assert_eq!(whole(&store), Ok(Some(2)), "the last one was torn");
    store.commit(checkpoint(50)).expect("goes on");
    drop(store);
    assert_eq!(whole(&opened(copy.path())), Ok(Some(50)));
}
