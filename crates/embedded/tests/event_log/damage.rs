//! Every flipped bit and every cut of a small log is found; what is whole before it is served, and nothing else.

use super::support::{Ledger, open, open_with, tiny};
use throng_embedded::log::{Options, verify};
use throng_model::{Fault, FaultCode};
use throng_ports::{EventLog, Position, Record};
use throng_sim::disk::{FaultyDisk, Survival};

/// Segments that hold a handful of records, so that a log of all kinds of bytes is small.
fn options() -> Options {
    Options {
        segment_bytes: 2_560,
        claim_bytes: 512,
        ..tiny()
    }
}

/// At least three segments, closed as they should be.
fn healthy() -> (FaultyDisk, Ledger) {
    let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
    let (log, _) = open_with(&disk, options()).expect("opened");
    while disk.files().len() < 3 {
        ledger.append_group(&disk, &log, 3);
    }
    ledger.append_group(&disk, &log, 4);
    drop(log);
    (disk, ledger)
}

#[derive(Debug)]
struct Seen {
    records: Vec<Record>,
    fault: Option<Fault>,
    cut_bytes: u64,
    unreadable_marks: usize,
}

/// All that can be read, and the fault that ended it.
fn read_what_is_whole(disk: &FaultyDisk) -> Seen {
    let mut seen = Seen {
        records: Vec::new(),
        fault: None,
        cut_bytes: 0,
        unreadable_marks: 0,
    };
    match open(disk) {
        Err(fault) => seen.fault = Some(fault),
        Ok((log, recovery)) => {
            seen.cut_bytes = recovery.cut_bytes;
            seen.unreadable_marks = recovery.unreadable_marks;
            loop {
                match log.read(Position(seen.records.len() as u64), 400) {
                    Ok(records) if records.is_empty() => break,
                    Ok(records) => seen.records.extend(records),
                    Err(fault) => {
                        seen.fault = Some(fault);
                        break;
                    }
                }
            }
        }
    }
    seen
}

fn places(disk: &FaultyDisk) -> Vec<(String, u64)> {
    disk.files()
        .into_iter()
        .flat_map(|(name, bytes)| (0..bytes.len() as u64).map(move |at| (name.clone(), at)))
        .collect()
}

/// Damage was found: by a fault that names the file, after records that are all right; or it hit a mark, and nothing is lost.
fn assert_found(disk: &FaultyDisk, ledger: &Ledger, name: &str, when: &str) {
    let all = ledger.acknowledged();
    let verified = verify(disk).expect("verified");
    let seen = read_what_is_whole(disk);
    match &seen.fault {
        Some(fault) => {
            assert_eq!(fault.code, FaultCode::LogDamaged, "{when}");
            assert!(
                fault.detail.contains(name) || fault.detail.contains("missing"),
                "{when}: {fault}"
            );
            assert!(
                !verified.damage.is_empty(),
                "{when}: verify finds what opening or reading finds"
            );
            assert!(seen.records.len() < all, "{when}");
            ledger.check_prefix(&seen.records, when);
        }
        None => {
            assert_eq!(
                (seen.unreadable_marks, seen.cut_bytes),
                (1, 0),
                "{when}: not seen"
            );
            assert_eq!(
                (verified.unreadable_marks, verified.damage.len()),
                (1, 0),
                "{when}"
            );
            assert_eq!(seen.records.len(), all, "{when}");
            ledger.check_records(&seen.records, Position(0), when);
        }
    }
}

#[test]
fn a_healthy_log_has_no_damage() {
    let (disk, ledger) = healthy();
    let verified = verify(&disk).expect("verified");
    assert_eq!(verified.segments, disk.files().len());
    assert_eq!((verified.torn_bytes, verified.unreadable_marks), (0, 0));
    assert_eq!(verified.damage, []);
    assert_eq!(verified.records as usize, ledger.acknowledged());
    let seen = read_what_is_whole(&disk);
    assert_eq!((seen.records.len(), seen.fault), (ledger.acknowledged(), None));
}

#[test]
fn every_flipped_bit_is_found() {
    let (disk, ledger) = healthy();
    for (name, offset) in places(&disk) {
        // Neighbouring bytes meet the eight bits in turn, so each kind of field meets each of them.
        let mask = 1 << (offset % 8);
        let damaged = disk.fork();
        damaged.flip(&name, offset, mask);
        assert_found(
            &damaged,
            &ledger,
            &name,
            &format!("{name} at {offset} with {mask:#x}"),
        );
    }
}

#[test]
fn every_cut_is_found() {
    let (disk, ledger) = healthy();
    for (name, len) in places(&disk) {
        let damaged = disk.fork();
        damaged.cut(&name, len);
        assert_found(&damaged, &ledger, &name, &format!("{name} cut to {len}"));
    }
}

#[test]
fn a_lost_segment_is_found_and_nothing_is_changed() {
    let (disk, _) = healthy();
    let names: Vec<String> = disk.files().into_iter().map(|(name, _)| name).collect();
    for name in &names[1..] {
        let damaged = disk.fork();
        damaged.lose(name);
        let before = damaged.files();
        let fault = open(&damaged).expect_err("damaged");
        assert_eq!(fault.code, FaultCode::LogDamaged);
        assert!(fault.detail.contains("missing"), "{fault}");
        assert_eq!(damaged.files(), before);
        assert_eq!(verify(&damaged).expect("verified").damage.len(), 1);
    }
}

#[test]
fn damage_in_a_log_that_crashed_is_never_cut_away() {
    let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
    let (log, _) = open(&disk).expect("opened");
    for _ in 0..3 {
        ledger.append_group(&disk, &log, 2);
    }
    let before_the_last_group = ledger.acknowledged();
    ledger.append_group(&disk, &log, 2);
    disk.crash(Survival::Nothing);
    drop(log);
    let all = ledger.acknowledged();
    assert_eq!(disk.files().len(), 1, "one segment");
    for (name, offset) in places(&disk).into_iter().filter(|(_, offset)| *offset >= 512) {
        let damaged = disk.fork();
        damaged.flip(&name, offset, 1 << (offset % 8));
        let seen = read_what_is_whole(&damaged);
        let when = format!("{name} at {offset}: {:?}", seen.fault);
        ledger.check_prefix(&seen.records, &when);
        if seen.fault.is_none() {
            assert!(seen.cut_bytes > 0 || seen.unreadable_marks == 1, "{when}");
            assert!(
                seen.records.len() >= before_the_last_group,
                "{when}: only the last group can look torn"
            );
            assert!(seen.records.len() == all || seen.cut_bytes > 0, "{when}");
        }
    }
}

#[test]
fn an_idle_log_can_tell_damage_in_its_last_group() {
    let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
    let at_once = Some(std::time::Duration::ZERO);
    let (log, _) = open_with(
        &disk,
        Options {
            mark_when_idle: at_once,
            // All room at once: else the next claim would leave a mark.
            claim_bytes: 4_096,
            ..tiny()
        },
    )
    .expect("opened");
    ledger.append_group(&disk, &log, 3);
    while !marked(&disk) {
        std::thread::yield_now();
    }
    disk.crash(Survival::Everything);
    drop(log);
    let name = places(&disk)[0].0.clone();
    disk.flip(&name, 1_600, 1);
    assert_eq!(open(&disk).expect_err("damaged").code, FaultCode::LogDamaged);
}

/// Whether the first segment has a mark.
fn marked(disk: &FaultyDisk) -> bool {
    disk.files()
        .iter()
        .any(|(_, bytes)| bytes[512..1_536].iter().any(|byte| *byte != 0))
}

#[test]
fn damage_is_reported_with_what_is_whole_around_it() {
    let (disk, _) = healthy();
    let (name, _) = disk.files().swap_remove(0);
    disk.flip(&name, 1_536 + 24, 1);
    let damage = verify(&disk).expect("verified").damage;
    assert_eq!(damage.len(), 1);
    assert_eq!((damage[0].segment, damage[0].offset), (Position(0), 1_536));
    assert!(damage[0].before.is_empty());
    let after = damage[0].after.clone().expect("whole records after it");
    assert_eq!(after.start, Position(1));
}
