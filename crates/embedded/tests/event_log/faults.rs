//! Each operation of a whole life of a log fails in turn, in each way, followed by each kind of end.

use super::support::{Ledger, open, open_with, tiny};
use throng_embedded::log::{Options, SegmentedLog};
use throng_model::FaultCode;
use throng_ports::{EventLog, Position, contract::block_on};
use throng_sim::disk::{DiskFault, FaultyDisk, Survival};

/// A life with everything in it: several segments, single records, groups, a trim, a closing and a second opening.
fn live(disk: &FaultyDisk, ledger: &mut Ledger, options: Options) {
    let open = |disk: &FaultyDisk| open_with(disk, options).ok();
    let Some((log, _)) = open(disk) else { return };
    for _ in 0..12 {
        ledger.append(&log);
    }
    for count in [5, 2, 9] {
        ledger.append_group(disk, &log, count);
    }
    let _may_fail = log.trim(Position(15));
    for _ in 0..6 {
        ledger.append(&log);
    }
    drop(log);
    let Some((log, _)) = open(disk) else { return };
    ledger.append_group(disk, &log, 6);
    ledger.append(&log);
}

fn reopened(disk: &FaultyDisk, when: &str) -> SegmentedLog {
    open(disk).unwrap_or_else(|fault| panic!("{when}: {fault}")).0
}

/// How the process or the machine ends after the fault.
const ENDS: [Option<Survival>; 7] = [
    None,
    Some(Survival::Nothing),
    Some(Survival::Everything),
    Some(Survival::Torn(1)),
    Some(Survival::Torn(2)),
    Some(Survival::Torn(3)),
    Some(Survival::Torn(4)),
];

fn end(disk: &FaultyDisk, survival: Option<Survival>) {
    match survival {
        None => disk.kill(),
        Some(survival) => disk.crash(survival),
    }
}

/// The log is opened, holds what it must, goes on, and still holds it after the power went once more.
fn check_and_go_on(disk: &FaultyDisk, ledger: &mut Ledger, when: &str) {
    let log = reopened(disk, when);
    ledger.check(&log, when);
    ledger.adopt(&log);
    assert!(
        ledger.append(&log) && ledger.append_group(disk, &log, 3),
        "{when}: the log goes on"
    );
    disk.crash(Survival::Nothing);
    drop(log);
    ledger.check(&reopened(disk, when), &format!("{when}, and a power cut later"));
}

fn every_operation_fails_once_with(fault: DiskFault) {
    for survival in ENDS {
        for n in 0.. {
            let when = format!("operation {n} ends with {fault:?}, then {survival:?}");
            let disk = FaultyDisk::new();
            let mut ledger = Ledger::default();
            disk.fail_after(n, fault);
            live(&disk, &mut ledger, tiny());
            let reached = !disk.forgive();
            end(&disk, survival);
            check_and_go_on(&disk, &mut ledger, &when);
            if !reached {
                assert!(
                    n > 100 && ledger.acknowledged() > 40,
                    "the life was lived to its end: {n}"
                );
                break;
            }
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_any_operation_fails() {
    every_operation_fails_once_with(DiskFault::Error);
}

#[test]
fn nothing_acknowledged_is_lost_when_the_disk_is_full_at_any_operation() {
    every_operation_fails_once_with(DiskFault::Full);
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes_at_any_operation() {
    every_operation_fails_once_with(DiskFault::PowerCut);
}

#[test]
fn nothing_acknowledged_is_lost_when_recovery_itself_fails_at_any_operation() {
    for seed in 0..12 {
        let crashed = FaultyDisk::new();
        let mut ledger = Ledger::default();
        crashed.fail_after(60 + seed * 9, DiskFault::PowerCut);
        live(&crashed, &mut ledger, tiny());
        crashed.crash(Survival::Torn(seed));
        for (n, fault) in (0..).flat_map(|n| [(n, DiskFault::Error), (n, DiskFault::PowerCut)]) {
            let disk = crashed.fork();
            disk.fail_after(n, fault);
            let failed = open(&disk).is_err();
            let reached = !disk.forgive();
            // A power cut also stops the tidying when the log is closed, which opening does not see.
            assert!(reached || !failed, "an opening without a fault works");
            disk.crash(Survival::Torn(seed + n));
            ledger.check(
                &reopened(&disk, "after a failed recovery"),
                &format!("seed {seed}, recovery operation {n}"),
            );
            if !reached {
                assert!(n > 10, "the whole recovery was tried: {n}");
                break;
            }
        }
    }
}

#[test]
fn a_thousand_power_cuts_with_torn_sectors_lose_nothing() {
    let disk = FaultyDisk::new();
    let mut ledger = Ledger::default();
    for seed in 0..1_000 {
        let when = format!("power cut {seed}");
        let log = reopened(&disk, &when);
        ledger.check(&log, &when);
        ledger.adopt(&log);
        disk.fail_after(seed * 31 % 40, DiskFault::PowerCut);
        while ledger.append(&log) && ledger.append_group(&disk, &log, (seed % 5 + 1) as usize) {}
        let keep = log.end().0.saturating_sub(60);
        disk.crash(Survival::Torn(seed));
        drop(log);
        reopened(&disk, &when).trim(Position(keep)).expect("trimmed");
    }
    assert!(ledger.acknowledged() > 3_000, "{}", ledger.acknowledged());
}

#[test]
fn a_failed_sync_is_not_believed_afterwards() {
    for survival in ENDS {
        let disk = FaultyDisk::new();
        let mut ledger = Ledger::default();
        let log = reopened(&disk, "new");
        ledger.append(&log);
        // The second record needs a write and a sync; the sync fails and its page is marked clean.
        disk.fail_after(1, DiskFault::Error);
        assert!(!ledger.append(&log));
        drop(log);
        // The process ends and starts again on the same cache: the record looks whole.
        disk.kill();
        let log = reopened(&disk, "restarted");
        assert_eq!(log.end(), Position(2), "it was found, so it is served");
        ledger.adopt(&log);
        assert!(ledger.append(&log));
        end(&disk, survival);
        drop(log);
        ledger.check(
            &reopened(&disk, "after the power cut"),
            "what was served was made durable first",
        );
    }
}

#[test]
fn what_was_cut_never_comes_back() {
    // Frames of exactly one sector, so that a crash can lose the first of a group and keep the others whole.
    let sector = |n: u8| vec![n; 512 - 24];
    let options = Options {
        claim_bytes: 512,
        ..tiny()
    };
    let mut met = 0;
    for seed in 0..100 {
        let disk = FaultyDisk::new();
        let (log, _) = open_with(&disk, options).expect("opened");
        disk.hold();
        let first = log.append(sector(1));
        disk.wait_until_held();
        let group: Vec<_> = (2..5).map(|n| log.append(sector(n))).collect();
        // The first record claims, writes and syncs; the group marks, claims, writes, and then the power goes.
        disk.fail_after(6, DiskFault::PowerCut);
        disk.release();
        block_on(first).expect("appended");
        drop(group);
        drop(log);
        disk.crash(Survival::Torn(seed));
        let (log, recovery) = open_with(&disk, options).expect("opened");
        let end = log.end();
        if recovery.cut_bytes > 512 {
            met += 1;
            block_on(log.append(sector(9))).expect("appended");
            disk.crash(Survival::Nothing);
            drop(log);
            let (log, _) = open_with(&disk, options).expect("opened");
            assert_eq!(log.end(), end.next(), "seed {seed}: only what was appended since");
        }
    }
    assert!(met > 20, "whole frames after a lost one were met {met} times");
}

#[test]
fn a_poisoned_log_says_so_to_everyone_and_to_the_hook_once() {
    use std::sync::{Arc, atomic::AtomicUsize, atomic::Ordering};
    use throng_ports::contract::poll_once;
    let disk = FaultyDisk::new();
    let called = Arc::new(AtomicUsize::new(0));
    let hook = {
        let called = Arc::clone(&called);
        Box::new(move |fault: &throng_model::Fault| {
            assert_eq!(fault.code, FaultCode::LogPoisoned);
            called.fetch_add(1, Ordering::SeqCst);
        })
    };
    let (log, _) = SegmentedLog::open(Arc::new(disk.clone()), tiny(), hook).expect("opened");
    block_on(log.append(b"durable".to_vec())).expect("appended");
    let mut watching = log.beyond(Position(1));
    assert!(poll_once(&mut watching).is_none());
    disk.hold();
    let first = log.append(b"first".to_vec());
    disk.wait_until_held();
    disk.fail_after(0, DiskFault::Error);
    let waiting: Vec<_> = (0..10).map(|_| log.append(b"later".to_vec())).collect();
    let barrier = log.barrier();
    disk.release();
    for append in std::iter::once(first).chain(waiting) {
        assert_eq!(
            block_on(append).expect_err("poisoned").code,
            FaultCode::LogPoisoned
        );
    }
    assert_eq!(
        block_on(barrier).expect_err("poisoned").code,
        FaultCode::LogPoisoned
    );
    assert_eq!(
        block_on(watching).expect_err("nothing will come").code,
        FaultCode::LogPoisoned
    );
    assert_eq!(
        block_on(log.append(b"x".to_vec())).expect_err("poisoned").code,
        FaultCode::LogPoisoned
    );
    assert_eq!(log.read(Position(0), 100).expect("still readable").len(), 1);
    assert_eq!(log.close().expect_err("poisoned").code, FaultCode::LogPoisoned);
    assert_eq!(called.load(Ordering::SeqCst), 1);
}
