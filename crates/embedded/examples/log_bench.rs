//! What the event log does on this machine: `cargo run --release -p throng-embedded --example log_bench -- some/folder`.
//!
//! Appends from 1, 8, 64 and 256 concurrent tasks for three seconds each, single events and batches; then opens a log of
//! 1 GiB and reads all of it. A benchmark, not a test: it prints what it measured and judges nothing.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program for the shell")]

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use throng_embedded::log::{Options, RealDisk, SegmentedLog};
use throng_ports::{Disk, DiskFile, DiskLock, EventLog, contract::block_on};

/// Counts syncs on their way to the real disk.
#[derive(Debug)]
struct Counting<T> {
    inner: T,
    syncs: Arc<AtomicU64>,
}

impl Counting<RealDisk> {
    fn file(&self, inner: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(Counting {
            inner,
            syncs: Arc::clone(&self.syncs),
        })
    }
}

impl Disk for Counting<RealDisk> {
    fn list(&self) -> io::Result<Vec<String>> {
        self.inner.list()
    }
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.file(self.inner.create(name)?))
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.file(self.inner.open(name)?))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner.remove(name)
    }
    fn sync_dir(&self) -> io::Result<()> {
        self.inner.sync_dir()
    }
    fn lock(&self, name: &str) -> io::Result<Box<dyn DiskLock>> {
        self.inner.lock(name)
    }
}

impl DiskFile for Counting<Arc<dyn DiskFile>> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(offset, buffer)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_at(offset, bytes)
    }
    fn truncate(&self, len: u64) -> io::Result<()> {
        self.inner.truncate(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.inner.sync_data()
    }
}

fn main() {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    append_concurrently(&folder);
    open_and_read(&folder);
}

fn open_and_read(folder: &Path) {
    let folder = tempfile::tempdir_in(folder).expect("a folder");
    let open = || {
        let disk = Arc::new(RealDisk::new(folder.path()).expect("a folder"));
        SegmentedLog::open(disk, Options::default(), Box::new(|fault| println!("{fault}"))).expect("opened")
    };
    let (log, _) = open();
    for batch in 0..20_u8 {
        let _written: Vec<_> = (0..1_024).map(|_| log.append(vec![batch; 50 << 10])).collect();
        block_on(log.barrier()).expect("durable");
    }
    drop(log);
    let began = Instant::now();
    let (log, recovery) = open();
    println!(
        "opening {} records in {} segments: {:?}",
        recovery.records,
        recovery.segments,
        began.elapsed()
    );
    let began = Instant::now();
    let mut next = log.start();
    while let Some(last) = log.read(next, 1 << 20).expect("readable").last() {
        next = last.position.next();
    }
    println!("reading all of them: {:?}", began.elapsed());
}

fn append_concurrently(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    for (size, tasks) in [150, 50 << 10]
        .into_iter()
        .flat_map(|size| [1, 8, 64, 256].map(|tasks| (size, tasks)))
    {
        let folder = tempfile::tempdir_in(folder).expect("a folder");
        let syncs = Arc::new(AtomicU64::new(0));
        let inner = RealDisk::new(folder.path()).expect("a folder");
        let disk = Arc::new(Counting {
            inner,
            syncs: Arc::clone(&syncs),
        });
        let (log, _) = SegmentedLog::open(disk, Options::default(), Box::new(|fault| println!("{fault}")))
            .expect("opened");
        let log = Arc::new(log);
        let until = Instant::now() + Duration::from_secs(3);
        let work: Vec<_> = (0..tasks)
            .map(|_| {
                let log = Arc::clone(&log);
                runtime.spawn(async move {
                    let mut waits = Vec::new();
                    while Instant::now() < until {
                        let began = Instant::now();
                        log.append(vec![7; size]).await.expect("appended");
                        waits.push(began.elapsed());
                    }
                    waits
                })
            })
            .collect();
        let mut waits: Vec<Duration> = work
            .into_iter()
            .flat_map(|task| runtime.block_on(task).expect("no panic"))
            .collect();
        waits.sort_unstable();
        let at = |share: usize| {
            waits
                .get(waits.len() * share / 1_000)
                .copied()
                .unwrap_or_default()
        };
        println!(
            "{size:>6} B, {tasks:>3} tasks: {:>7} appends/s, {:>5.1} a sync, p50 {:?}, p99 {:?}, p99.9 {:?}",
            waits.len() / 3,
            waits.len() as f64 / syncs.load(Ordering::Relaxed) as f64,
            at(500),
            at(990),
            at(999)
        );
    }
}
