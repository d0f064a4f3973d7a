//! Any sequence of calls, faults and crashes, against a model that is a list of what was acknowledged.

use super::support::{Ledger, open};
use proptest::prelude::*;
use throng_ports::{EventLog, Position};
use throng_sim::disk::{DiskFault, FaultyDisk, Survival};

#[derive(Clone, Debug)]
enum Step {
    Append,
    Group(usize),
    Trim(u64),
    Fail(u64, DiskFault),
    Fill(u64),
    Close,
    Kill,
    PowerCut(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let fault = prop_oneof![
        Just(DiskFault::Error),
        Just(DiskFault::Full),
        Just(DiskFault::PowerCut)
    ];
    let step = prop_oneof![
        8 => Just(Step::Append),
        6 => (2_usize..12).prop_map(Step::Group),
        2 => (0_u64..200).prop_map(Step::Trim),
        2 => ((0_u64..30), fault).prop_map(|(after, fault)| Step::Fail(after, fault)),
        1 => (0_u64..4_000).prop_map(Step::Fill),
        2 => Just(Step::Close),
        1 => Just(Step::Kill),
        2 => any::<u64>().prop_map(Step::PowerCut),
    ];
    prop::collection::vec(step, 1..60)
}

/// Opens until it works; each failure must have been the planned fault, so the second try at the latest does.
fn reopen(disk: &FaultyDisk) -> throng_embedded::SegmentedLog {
    if let Ok((log, _)) = open(disk) {
        return log;
    }
    disk.forgive();
    disk.set_capacity(None);
    disk.crash(Survival::Everything);
    open(disk).expect("without faults it opens").0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_acknowledged_is_lost_whatever_happens(steps in steps()) {
        let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
        let mut log = reopen(&disk);
        for step in steps {
            let when = format!("after {step:?}");
            match step {
                Step::Append => _ = ledger.append(&log),
                Step::Group(count) => _ = ledger.append_group(&disk, &log, count),
                Step::Trim(position) => _ = log.trim(Position(position)),
                Step::Fail(after, fault) => disk.fail_after(after, fault),
                Step::Fill(bytes) => disk.set_capacity(Some(disk.used() + bytes)),
                Step::Close | Step::Kill | Step::PowerCut(_) => {
                    match step {
                        Step::Kill => disk.kill(),
                        Step::PowerCut(seed) => disk.crash(Survival::Torn(seed)),
                        _ => _ = log.close(),
                    }
                    drop(log);
                    disk.set_capacity(None);
                    log = reopen(&disk);
                    disk.forgive();
                    ledger.check(&log, &when);
                    ledger.adopt(&log);
                }
            }
        }
        disk.set_capacity(None);
        disk.crash(Survival::Nothing);
        drop(log);
        ledger.check(&reopen(&disk), "at the end");
    }
}
