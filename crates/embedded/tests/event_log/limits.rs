//! A full disk, shared syncs, the lock, and options that cannot work.

use super::support::{Ledger, open, open_with, tiny};
use std::{io, sync::Arc, time::Duration};
use throng_embedded::log::{Options, RealDisk, SegmentedLog};
use throng_model::FaultCode;
use throng_ports::{Disk, DiskFile, DiskLock, EventLog, Position, contract::block_on};
use throng_sim::disk::{FaultyDisk, Survival};

#[test]
fn a_full_disk_refuses_and_forgets_nothing_wherever_it_fills() {
    for capacity in (2_048..24_000).step_by(200) {
        let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
        let when = format!("{capacity} bytes");
        let (log, _) = open(&disk).expect("opened");
        disk.set_capacity(Some(capacity));
        let mut refused = 0;
        while refused < 5 {
            refused += usize::from(!ledger.append(&log)) + usize::from(!ledger.append_group(&disk, &log, 2));
        }
        ledger.check(&log, &when);
        assert!(disk.used() <= capacity);
        disk.set_capacity(None);
        assert!(ledger.append(&log), "{when}: with room again, it goes on");
        ledger.check(&log, &when);
        disk.crash(Survival::Torn(capacity));
        drop(log);
        ledger.check(&open(&disk).expect("opened").0, &when);
    }
}

#[test]
fn a_full_disk_is_told_as_such_and_trimming_helps() {
    let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
    let (log, _) = open(&disk).expect("opened");
    disk.set_capacity(Some(16_384));
    while ledger.append(&log) {}
    let fault = block_on(log.append(vec![1; 2_000])).expect_err("full");
    assert_eq!(fault.code, FaultCode::LogFull);
    log.trim(log.end()).expect("trimmed");
    assert!(log.start() > Position(0));
    assert!(ledger.append(&log), "room was made");
}

#[test]
fn appends_that_wait_together_share_one_sync() {
    let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
    let large_segments = Options {
        segment_bytes: 1 << 20,
        group_bytes_max: 1 << 20,
        ..tiny()
    };
    let (log, _) = open_with(&disk, large_segments).expect("opened");
    let before = disk.syncs();
    assert!(ledger.append_group(&disk, &log, 65));
    assert_eq!(
        disk.syncs() - before,
        2,
        "one for the first record, one for the 64 that came meanwhile"
    );
    ledger.check(&log, "a group of 64");
}

#[test]
fn a_lone_record_costs_one_sync_and_no_other_operation_while_room_is_claimed() {
    let disk = FaultyDisk::new();
    let (log, _) = open_with(
        &disk,
        Options {
            claim_bytes: 4_096,
            ..tiny()
        },
    )
    .expect("opened");
    block_on(log.append(vec![1; 10])).expect("appended");
    let before = disk.operations();
    block_on(log.append(vec![1; 10])).expect("appended");
    assert_eq!(disk.operations() - before, 2, "one write, one sync");
}

#[test]
fn a_second_process_is_kept_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || {
        let disk = Arc::new(RealDisk::new(folder.path()).expect("a folder"));
        SegmentedLog::open(disk, tiny(), Box::new(|_| {}))
    };
    let first = open().expect("opened");
    let fault = open().expect_err("locked");
    assert_eq!(
        (fault.code, fault.detail.as_str()),
        (
            FaultCode::FolderInUse,
            "the event log is in use by another process, a running server as a rule"
        )
    );
    drop(first);
    open().expect("free again");
}

#[test]
fn records_that_are_too_large_are_refused() {
    let disk = FaultyDisk::new();
    let (log, _) = open_with(
        &disk,
        Options {
            record_bytes_max: 1_000,
            ..tiny()
        },
    )
    .expect("opened");
    assert_eq!(
        block_on(log.append(vec![1; 1_001])).expect_err("refused").code,
        FaultCode::BodyTooLarge
    );
    block_on(log.append(vec![1; 1_000])).expect("appended");
}

#[test]
fn a_closed_log_takes_nothing_and_wakes_all_who_wait() {
    let disk = FaultyDisk::new();
    let (log, _) = open(&disk).expect("opened");
    let waiting = log.append(b"written before it closes".to_vec());
    let beyond = log.beyond(Position(1));
    std::thread::scope(|scope| {
        let woken = scope.spawn(|| block_on(beyond));
        log.close().expect("closed");
        assert_eq!(
            woken.join().expect("no panic").expect_err("closed").code,
            FaultCode::Unavailable
        );
    });
    assert_eq!(block_on(waiting).expect("written"), Position(0));
    assert_eq!(
        block_on(log.append(vec![1])).expect_err("closed").code,
        FaultCode::Unavailable
    );
    log.close().expect("closing twice is closing once");
}

#[test]
fn old_segments_are_read_from_the_disk_in_any_order() {
    let (disk, mut ledger) = (FaultyDisk::new(), Ledger::default());
    let options = Options {
        segment_bytes: 256 << 10,
        tail_bytes_max: 0,
        group_bytes_max: 64 << 10,
        ..tiny()
    };
    let (log, _) = open_with(&disk, options).expect("opened");
    for _ in 0..60 {
        ledger.append_group(&disk, &log, 60);
    }
    drop(log);
    let (log, _) = open_with(&disk, options).expect("opened");
    let end = log.end().0;
    for n in 0..end {
        let from = n * 1_009 % end;
        assert_eq!(
            log.read(Position(from), 1).expect("readable")[0].position,
            Position(from)
        );
    }
    ledger.check(&log, "read at random before");
}

#[test]
fn options_that_cannot_work_are_refused() {
    let base = Options {
        mark_when_idle: Some(Duration::from_secs(1)),
        ..tiny()
    };
    for options in [
        Options {
            segment_bytes: 2_047,
            ..base
        },
        Options {
            segment_bytes: (1 << 30) + 1,
            ..base
        },
        Options {
            claim_bytes: 0,
            ..base
        },
        Options {
            claim_bytes: 4_097,
            ..base
        },
        Options {
            record_bytes_max: 0,
            ..base
        },
    ] {
        let fault = open_with(&FaultyDisk::new(), options).expect_err("refused");
        assert_eq!(fault.code, FaultCode::InvalidConfiguration);
    }
}

/// A disk of which only so many files can be open at a time.
#[derive(Debug)]
struct FewFiles {
    disk: FaultyDisk,
    /// One reference for each open file, and this one.
    open: Arc<()>,
    most: usize,
}

#[derive(Debug)]
struct CountedFile {
    file: Arc<dyn DiskFile>,
    _open: Arc<()>,
}

impl FewFiles {
    fn counted(&self, file: io::Result<Arc<dyn DiskFile>>) -> io::Result<Arc<dyn DiskFile>> {
        if Arc::strong_count(&self.open) > self.most {
            return Err(io::Error::other("too many open files"));
        }
        let _open = Arc::clone(&self.open);
        file.map(|file| Arc::new(CountedFile { file, _open }) as Arc<dyn DiskFile>)
    }
}

impl Disk for FewFiles {
    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.counted(self.disk.create(name))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.counted(self.disk.open(name))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.disk.sync_dir()
    }

    fn lock(&self, name: &str) -> io::Result<Box<dyn DiskLock>> {
        self.disk.lock(name)
    }
}

impl DiskFile for CountedFile {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_at(offset, bytes)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        self.file.truncate(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[test]
fn a_long_log_needs_no_more_open_files_than_a_short_one() {
    let disk = FaultyDisk::new();
    // The segment being written, the next one while it is closed, and one that is read.
    let few = || {
        Arc::new(FewFiles {
            disk: disk.clone(),
            open: Arc::default(),
            most: 3,
        })
    };
    let mut ledger = Ledger::default();
    let (log, _) = SegmentedLog::open(few(), tiny(), Box::new(|_| {})).expect("opened");
    for _ in 0..400 {
        assert!(ledger.append(&log), "as long as there is room");
    }
    ledger.check(&log, "written in one go");
    drop(log);
    let (log, found) = SegmentedLog::open(few(), tiny(), Box::new(|_| {})).expect("opened again");
    assert!(found.segments > 20, "{} segments", found.segments);
    ledger.check(&log, "after a restart");
    assert!(ledger.append(&log));
    assert!(throng_embedded::log::verify(&*few()).is_err(), "it is locked");
    drop(log);
    let whole = throng_embedded::log::verify(&*few()).expect("verified");
    assert_eq!(whole.damage, []);
}
