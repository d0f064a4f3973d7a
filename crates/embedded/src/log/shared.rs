//! What the writer publishes and readers see: the durable end, the newest records, the segments, and who waits for more.

use super::{lock, segment::Segment, segment::Window};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};
use throng_model::{Fault, FaultCode};
use throng_ports::{Position, Record};
use tokio::sync::oneshot;

#[derive(Debug)]
pub(crate) struct Shared {
    end: AtomicU64,
    segments: RwLock<VecDeque<Arc<Segment>>>,
    tail: Mutex<Tail>,
    watchers: Mutex<Vec<Watcher>>,
    poison: OnceLock<Fault>,
}

/// The newest durable records, without a gap up to the end.
#[derive(Debug)]
struct Tail {
    records: VecDeque<Record>,
    bytes: usize,
    bytes_max: usize,
}

#[derive(Debug)]
struct Watcher {
    position: Position,
    wake: oneshot::Sender<Result<(), Fault>>,
}

impl Shared {
    pub(crate) fn new(segments: VecDeque<Arc<Segment>>, end: Position, tail_bytes_max: usize) -> Self {
        Self {
            end: AtomicU64::new(end.0),
            segments: RwLock::new(segments),
            tail: Mutex::new(Tail {
                records: VecDeque::new(),
                bytes: 0,
                bytes_max: tail_bytes_max,
            }),
            watchers: Mutex::default(),
            poison: OnceLock::new(),
        }
    }

    pub(crate) fn end(&self) -> Position {
        Position(self.end.load(Ordering::Acquire))
    }

    pub(crate) fn start(&self) -> Position {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        segments
            .front()
            .map_or_else(|| self.end(), |segment| segment.base)
    }

    /// Makes records visible: called after their sync, in order.
    pub(crate) fn publish(&self, payloads: Vec<Vec<u8>>) {
        let mut next = self.end();
        let mut tail = lock(&self.tail);
        for payload in payloads {
            tail.push(Record {
                position: next,
                payload: payload.into(),
            });
            next = next.next();
        }
        // Before anybody can read them: nothing at or after `end` is ever returned. Who sees the new end first waits for the lock.
        self.end.store(next.0, Ordering::Release);
        drop(tail);
        // Those who look at `end` and then wait do so under this lock, so none of them is missed.
        let mut watchers = lock(&self.watchers);
        let (ready, waiting) = watchers.drain(..).partition(|watcher| watcher.position < next);
        *watchers = waiting;
        drop(watchers);
        let ready: Vec<Watcher> = ready;
        for watcher in ready {
            let _gone = watcher.wake.send(Ok(()));
        }
    }

    /// `None` when `end() > position` already.
    pub(crate) fn watch(&self, position: Position) -> Option<oneshot::Receiver<Result<(), Fault>>> {
        let mut watchers = lock(&self.watchers);
        if self.end() > position {
            return None;
        }
        let (wake, woken) = oneshot::channel();
        match self.poison.get() {
            Some(fault) => drop(wake.send(Err(fault.clone()))),
            None => {
                watchers.retain(|watcher| !watcher.wake.is_closed());
                watchers.push(Watcher { position, wake });
            }
        }
        Some(woken)
    }

    /// Ends all waiting: nothing will be published any more.
    pub(crate) fn poison(&self, fault: &Fault) {
        let mut watchers = lock(&self.watchers);
        let _first_one_counts = self.poison.set(fault.clone());
        for watcher in watchers.drain(..) {
            let _gone = watcher.wake.send(Err(fault.clone()));
        }
    }

    pub(crate) fn add_segment(&self, segment: Arc<Segment>) {
        self.segments
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(segment);
    }

    /// Takes out the oldest segment if all of it lies below `position` and it is not the one being written.
    pub(crate) fn take_segment_below(&self, position: Position) -> Option<Arc<Segment>> {
        let mut segments = self.segments.write().unwrap_or_else(PoisonError::into_inner);
        let second = segments.get(1)?.base;
        if second <= position {
            segments.pop_front()
        } else {
            None
        }
    }

    pub(crate) fn read(&self, from: Position, max_bytes: usize) -> Result<Vec<Record>, Fault> {
        let end = self.end();
        kept(from, self.start())?;
        let mut window = Window::new(max_bytes);
        if from >= end || lock(&self.tail).read(from, &mut window) {
            return Ok(window.records);
        }
        for (segment, limit) in self.segments_from(from, end)? {
            let done = segment.read(from, limit, &mut window);
            // Damage further on is told when it is reached: first hand out what is whole before it.
            match done {
                Ok(false) => {}
                Ok(true) => break,
                Err(_) if !window.records.is_empty() => break,
                Err(fault) => {
                    // A trim may have removed the file before it was opened.
                    kept(from, self.start())?;
                    return Err(fault);
                }
            }
        }
        Ok(window.records)
    }

    /// The segments that hold durable records from `from` on, each with the position after its last one.
    fn segments_from(&self, from: Position, end: Position) -> Result<Vec<(Arc<Segment>, Position)>, Fault> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        // Once more: a trim may have come between.
        kept(from, segments.front().map_or(end, |segment| segment.base))?;
        let limits = segments
            .iter()
            .skip(1)
            .map(|segment| segment.base.min(end))
            .chain([end]);
        let here = segments.iter().cloned().zip(limits);
        Ok(here.filter(|(_, limit)| *limit > from).collect())
    }
}

fn kept(from: Position, start: Position) -> Result<(), Fault> {
    if from >= start {
        return Ok(());
    }
    let what = format!("record {from} of the event log is no longer kept, the first one is {start}");
    Err(Fault::new(FaultCode::NotFound, what))
}

impl Tail {
    fn push(&mut self, record: Record) {
        self.bytes += record.payload.len();
        self.records.push_back(record);
        while self.bytes > self.bytes_max {
            let Some(oldest) = self.records.pop_front() else {
                break;
            };
            self.bytes -= oldest.payload.len();
        }
    }

    /// Fills the window if `from` is here; false when the disk has to be asked.
    fn read(&self, from: Position, window: &mut Window) -> bool {
        let Some(first) = self.records.front() else {
            return false;
        };
        let Some(skip) = from.0.checked_sub(first.position.0) else {
            return false;
        };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        for record in self.records.iter().skip(skip) {
            if !window.add(record.payload.len(), || record.clone()) {
                break;
            }
        }
        true
    }
}
