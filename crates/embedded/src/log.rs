//! The event log in segment files on a local disk.
//!
//! # Constraints
//!
//! - An append is answered after its bytes were synced, never before. Appends that wait at the same time share a sync.
//! - Positions have no gaps. A record lies in one segment, whole; a segment is named after its first position.
//! - Every byte that was durable is covered by a checksum or must be zero, and every length and every following segment is
//!   vouched for by a mark: a flipped bit, a cut and a lost file are found, and named with file and offset.
//! - Only a torn tail is cut: bytes after the last durable record of the last segment. Everything else that is wrong is
//!   reported and left as it is.
//! - A failed write or sync poisons the log: all who wait fail, nothing more is accepted, and the hook ends the process.
//!   A full disk does not, and a record refused for it is not in the log.
//! - Memory is bounded by the options: the queue, one group, the newest records, and at opening one segment. Of each segment
//!   that was read 16 KiB stay, so that it need not be walked again.
//! - Open files do not grow with the log: the lock, the segment being written, and one for each read under way.
//! - One process: a lock file keeps a second one out.
//!
//! What cannot be told: a bit flipped in the very last group after a crash, before anything else was written or the log was
//! idle for a moment: it looks like a torn tail, and is cut and counted as one. And the loss of the first or the only file,
//! which looks like a log that was trimmed or is new: the reader's own position, beyond `end()` or below `start()`, tells.
//!
//! # Parts
//!
//! Pure: [`frame`] (a record as bytes), [`prologue`] (header and marks), [`scan`] (a segment as facts), [`recovery`] (facts to
//! decisions). At the edge: [`open`], [`writer`] (its thread is here), [`segment`] and [`shared`] (reading), [`verify`], and the
//! [`real_disk`]. [`queue`] stands between callers and the writer.
//!
//! # How a group is chosen
//!
//! The writer takes whatever waits as soon as it is idle, and so commits a lone record without delay; while it syncs, the
//! next group gathers. There is no timer: waiting on purpose would only add to the latency, since the sync itself is the wait.

mod frame;
mod open;
mod options;
mod prologue;
mod queue;
mod real_disk;
mod recovery;
mod scan;
mod segment;
mod shared;
mod verify;
mod writer;

pub use open::Recovery;
pub use options::Options;
pub use real_disk::RealDisk;
pub use recovery::Damage;
pub use verify::{Verification, verify};

use queue::{Entry, Queue, Work};
use shared::Shared;
use std::{
    collections::VecDeque,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};
use throng_model::{Fault, FaultCode};
use throng_ports::{Disk, DiskLock, EventLog, Pending, Position, Record};
use writer::{Refused, Writer};

/// The lock file's name.
const LOCK: &str = "lock";

/// Called once, from the writer's thread, after all who wait were told: the place to end the process.
pub type OnPoison = Box<dyn Fn(&Fault) + Send + Sync>;

/// A log in one folder of a disk.
pub struct SegmentedLog {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    disk: Arc<dyn Disk>,
    record_bytes_max: usize,
    /// Segments that are no longer read but whose file may still be there. They go strictly in order, each synced before
    /// the next: a crash must not leave a hole.
    leaving: Mutex<VecDeque<Position>>,
    thread: Mutex<Option<JoinHandle<Result<(), Fault>>>>,
    _lock: Box<dyn DiskLock>,
}

impl fmt::Debug for SegmentedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SegmentedLog({}..{} on {:?})",
            self.start(),
            self.end(),
            self.disk
        )
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn io_fault(error: &io::Error, doing: impl fmt::Display) -> Fault {
    let full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    );
    let code = if full {
        FaultCode::LogFull
    } else {
        FaultCode::LogIo
    };
    Fault::new(code, error.to_string()).context(doing)
}

fn damaged(damage: &Damage) -> Fault {
    Fault::new(FaultCode::LogDamaged, damage.to_string())
}

/// Keeps everybody else out of a log's folder while it is held.
fn lock_folder(disk: &dyn Disk) -> Result<Box<dyn DiskLock>, Fault> {
    disk.lock(LOCK).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            let detail = "the event log is in use by another process, a running server as a rule";
            Fault::new(FaultCode::FolderInUse, detail)
        }
        _ => io_fault(&error, "locking the event log"),
    })
}

impl SegmentedLog {
    /// Opens the log of a folder, recovering from whatever stopped the process before.
    pub fn open(
        disk: Arc<dyn Disk>,
        options: Options,
        on_poison: OnPoison,
    ) -> Result<(Self, Recovery), Fault> {
        options.check()?;
        let lock = lock_folder(&*disk)?;
        let opened = open::open(&disk, &options)?;
        let shared = Arc::new(Shared::new(opened.segments, opened.next, options.tail_bytes_max));
        let queue = Queue::new(options.queue_bytes_max);
        let writer = Writer::new(Arc::clone(&disk), options, Arc::clone(&shared), opened.place);
        let thread = std::thread::Builder::new().name("throng-log".to_owned());
        let thread = thread.spawn({
            let (queue, shared) = (Arc::clone(&queue), Arc::clone(&shared));
            move || {
                // A defect must not leave callers waiting for ever.
                let written = catch_unwind(AssertUnwindSafe(|| write_all(writer, &queue, &options)))
                    .unwrap_or_else(|_| Err(Fault::internal("the log writer broke off")));
                if let Err(fault) = &written {
                    queue.fail(fault);
                    shared.poison(fault);
                    on_poison(fault);
                }
                written
            }
        });
        let thread = thread.map_err(|error| io_fault(&error, "starting the log writer"))?;
        let log = Self {
            shared,
            queue,
            disk,
            record_bytes_max: options.record_bytes_max,
            leaving: Mutex::default(),
            thread: Mutex::new(Some(thread)),
            _lock: lock,
        };
        Ok((log, opened.recovery))
    }

    /// Writes what waits, leaves the files tidy and stops the writer; later appends fail. Dropping the log does the same.
    pub fn close(&self) -> Result<(), Fault> {
        let closed = Fault::new(FaultCode::Unavailable, "the event log is closed");
        self.queue.end(closed.clone());
        let Some(thread) = lock(&self.thread).take() else {
            return Ok(());
        };
        let written = thread
            .join()
            .unwrap_or_else(|_| Err(Fault::internal("the log writer broke off")));
        self.shared.poison(&closed);
        written
    }
}

impl Drop for SegmentedLog {
    fn drop(&mut self) {
        if let Err(fault) = self.close() {
            tracing::error!(code = fault.code.as_str(), "closing the event log: {fault}");
        }
    }
}

/// The writer's thread: group after group until there are no more, or the disk can no longer be trusted.
fn write_all(mut writer: Writer, queue: &Queue, options: &Options) -> Result<(), Fault> {
    let mut patience = options.mark_when_idle;
    loop {
        let done = match queue.take(options.group_bytes_max, writer::size, patience) {
            Work::Group(entries) => {
                patience = options.mark_when_idle;
                write_group(&mut writer, queue, entries)
            }
            Work::Idle => {
                patience = None;
                writer.idle()
            }
            Work::Closed => return writer.finish().or_else(|refused| refused.into_poison()),
        };
        done.or_else(Refused::into_poison)?;
    }
}

fn write_group(writer: &mut Writer, queue: &Queue, entries: Vec<Entry>) -> Result<(), Refused> {
    let (mut payloads, mut answers) = (Vec::new(), Vec::new());
    for Entry { payload, answer, .. } in entries {
        answers.push((answer, !payload.is_empty()));
        if !payload.is_empty() {
            payloads.push(payload);
        }
    }
    let written = if payloads.is_empty() {
        Ok(Position(0))
    } else {
        writer.commit(payloads)
    };
    // Whoever hears that the log is poisoned finds it so.
    if let Err(Refused::Poisoned(fault)) = &written {
        queue.fail(fault);
    }
    let mut next = written.as_ref().copied().unwrap_or_default();
    for (answer, is_record) in answers {
        let result = match &written {
            Err(Refused::Full(_)) if !is_record => Ok(next),
            Err(Refused::Full(fault) | Refused::Poisoned(fault)) => Err(fault.clone()),
            Ok(_) => Ok(next),
        };
        // Whoever asked may be gone; the record stays.
        let _gone = answer.send(result);
        if is_record {
            next = next.next();
        }
    }
    written.map(|_| ())
}

impl Refused {
    /// A full disk is the caller's matter, anything else ends the writer.
    fn into_poison(self) -> Result<(), Fault> {
        match self {
            Self::Full(_) => Ok(()),
            Self::Poisoned(fault) => Err(fault),
        }
    }
}

impl EventLog for SegmentedLog {
    fn append(&self, payload: Vec<u8>) -> Pending<'static, Result<Position, Fault>> {
        let refused = if payload.is_empty() {
            Some(Fault::new(
                FaultCode::InvalidRequest,
                "a record of the event log must not be empty",
            ))
        } else if payload.len() > self.record_bytes_max {
            let what = format!(
                "a record of {} bytes is larger than {}",
                payload.len(),
                self.record_bytes_max
            );
            Some(Fault::new(FaultCode::BodyTooLarge, what))
        } else {
            None
        };
        let waiting = refused.map_or_else(|| self.queue.push(payload), Err);
        Box::pin(async move { waiting?.answer().await })
    }

    fn barrier(&self) -> Pending<'_, Result<(), Fault>> {
        let waiting = self.queue.push(Vec::new());
        Box::pin(async move { waiting?.answer().await.map(|_| ()) })
    }

    fn read(&self, from: Position, max_bytes: usize) -> Result<Vec<Record>, Fault> {
        self.shared.read(from, max_bytes)
    }

    fn end(&self) -> Position {
        self.shared.end()
    }

    fn beyond(&self, position: Position) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            match self.shared.watch(position) {
                None => Ok(()),
                Some(woken) => woken
                    .await
                    .unwrap_or_else(|_| Err(Fault::internal("the event log went away"))),
            }
        })
    }

    fn start(&self) -> Position {
        self.shared.start()
    }

    fn trim(&self, position: Position) -> Result<(), Fault> {
        let mut leaving = lock(&self.leaving);
        while let Some(segment) = self.shared.take_segment_below(position) {
            leaving.push_back(segment.base);
        }
        while let Some(base) = leaving.front() {
            let name = segment::name(*base);
            let gone = self.disk.remove(&name).or_else(|error| match error.kind() {
                // Removed by an earlier trim whose sync failed.
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            });
            gone.and_then(|()| self.disk.sync_dir())
                .map_err(|error| io_fault(&error, format!("removing segment \"{name}\"")))?;
            leaving.pop_front();
        }
        Ok(())
    }
}
