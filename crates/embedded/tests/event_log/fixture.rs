//! Logs as format version 1 wrote them, healthy and damaged: every later build must read them the same way.
//!
//! A new format gets a folder of its own beside `log-v1`, and this one stays.

use super::support::tiny;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use throng_embedded::log::{Options, RealDisk, Recovery, SegmentedLog, verify};
use throng_model::{Fault, FaultCode};
use throng_ports::{
    EventLog, Position,
    contract::{block_on, event_log::read_all},
};
use throng_sim::disk::{DiskFault, FaultyDisk, Survival};

fn options() -> Options {
    Options {
        segment_bytes: 2_560,
        claim_bytes: 512,
        ..tiny()
    }
}

fn record(n: u64) -> Vec<u8> {
    format!(
        r#"{{"camera":"gate-{}","line":"door","in":{n},"out":{}}}"#,
        n % 3,
        n / 2
    )
    .into_bytes()
}

fn folder(name: &str) -> PathBuf {
    // Tests run in the folder of their crate.
    Path::new("tests/fixtures/log-v1").join(name)
}

/// The files of a fixture.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder(name))
        .expect("the fixture")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("readable"))
        })
        .collect();
    files.sort();
    files
}

/// Opens a copy of a fixture on a real disk; opening settles what it finds, and fixtures stay as they are.
fn open(name: &str) -> (tempfile::TempDir, Result<(SegmentedLog, Recovery), Fault>) {
    let copy = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files(name) {
        fs::write(copy.path().join(name), bytes).expect("written");
    }
    let disk = Arc::new(RealDisk::new(copy.path()).expect("a folder"));
    (copy, SegmentedLog::open(disk, options(), Box::new(|_| {})))
}

fn verified(name: &str) -> throng_embedded::log::Verification {
    let disk = FaultyDisk::new();
    disk.put(files(name));
    verify(&disk).expect("verified")
}

fn assert_records(log: &SegmentedLog, count: u64) {
    let records = read_all(log, Position(0), 1_000);
    assert_eq!(records.len() as u64, count);
    for (n, record) in (0..).zip(records) {
        assert_eq!(
            (record.position, &record.payload[..]),
            (Position(n), &self::record(n)[..])
        );
    }
}

/// How the fixtures were made: 40 records, one at a time, and a closing.
fn made() -> FaultyDisk {
    let disk = FaultyDisk::new();
    let (log, _) = super::support::open_with(&disk, options()).expect("opened");
    for n in 0..40 {
        block_on(log.append(record(n))).expect("appended");
    }
    drop(log);
    disk
}

/// The same, and then the power goes in the middle of a write.
fn made_torn() -> FaultyDisk {
    let disk = made();
    let (log, _) = super::support::open_with(&disk, options()).expect("opened");
    block_on(log.append(record(40))).expect("appended");
    disk.fail_after(0, DiskFault::PowerCut);
    block_on(log.append(record(41))).expect_err("the power went");
    disk.crash(Survival::Everything);
    disk
}

#[test]
fn this_build_writes_the_format_byte_for_byte() {
    assert_eq!(made().files(), files("healthy"));
    assert_eq!(made_torn().files(), files("torn"));
}

#[test]
fn a_healthy_log_is_read_and_written_on() {
    let (_copy, opened) = open("healthy");
    let (log, recovery) = opened.expect("opened");
    let segments = files("healthy").len();
    assert_eq!(
        recovery,
        Recovery {
            cut_bytes: 0,
            segments,
            records: 40,
            unreadable_marks: 0
        }
    );
    assert_records(&log, 40);
    assert_eq!(block_on(log.append(record(40))).expect("appended"), Position(40));
    assert_records(&log, 41);
}

#[test]
fn a_torn_tail_is_cut() {
    let (_copy, opened) = open("torn");
    let (log, recovery) = opened.expect("opened");
    assert_eq!((recovery.cut_bytes, recovery.records), (49, 41));
    assert_records(&log, 41);
    assert_eq!(verified("torn").torn_bytes, 49);
}

#[test]
fn a_flipped_bit_in_the_last_segment_is_refused() {
    let (_copy, opened) = open("flipped-in-the-last-segment");
    let fault = opened.expect_err("damaged");
    assert_eq!(fault.code, FaultCode::LogDamaged);
    assert_eq!(
        fault.detail,
        "segment \"00000000000000000027.segment\" is damaged at offset 1610: record 28 is not whole, but all before 40 \
         had been durable; record 27 is whole before it, and records between 29 and 40 are whole after it"
    );
}

#[test]
fn a_flipped_bit_in_a_closed_segment_is_found_by_reading_and_verifying() {
    let (_copy, opened) = open("flipped-in-a-closed-segment");
    let (log, _) = opened.expect("closed segments are verified when they are read");
    assert_eq!(
        log.read(Position(0), 1 << 20)
            .expect("whole before the damage")
            .len(),
        1
    );
    let fault = log.read(Position(1), 1 << 20).expect_err("damaged");
    assert_eq!(fault.code, FaultCode::LogDamaged);
    let damage = verified("flipped-in-a-closed-segment").damage;
    assert_eq!(damage.len(), 1);
    assert_eq!(
        (damage[0].segment, damage[0].before.clone()),
        (Position(0), Position(0)..Position(1))
    );
    assert_eq!(
        damage[0].after.as_ref().map(|after| after.start),
        Some(Position(2))
    );
}

#[test]
fn a_lost_segment_is_refused() {
    let (_copy, opened) = open("lost-segment");
    assert!(
        opened
            .expect_err("damaged")
            .detail
            .contains("the next segment is missing")
    );
}

#[test]
#[ignore = "makes the fixtures: only ever for a new format version, in a new folder"]
fn make_fixtures() {
    let flipped = |offset: u64, segment: usize| {
        let disk = made();
        let (name, _) = disk.files().swap_remove(segment);
        disk.flip(&name, offset, 0x10);
        disk.files()
    };
    let last = made().files().len() - 1;
    let mut lost = made().files();
    lost.remove(1);
    for (name, files) in [
        ("healthy", made().files()),
        ("torn", made_torn().files()),
        ("flipped-in-the-last-segment", flipped(1_650, last)),
        ("flipped-in-a-closed-segment", flipped(1_650, 0)),
        ("lost-segment", lost),
    ] {
        fs::create_dir_all(folder(name)).expect("a folder");
        for (file, bytes) in files {
            fs::write(folder(name).join(file), bytes).expect("written");
        }
    }
}
