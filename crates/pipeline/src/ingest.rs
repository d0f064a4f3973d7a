//! The door behind all doors: raw events in, one outcome an event out, nothing acknowledged that is not durable.
//!
//! The order of things is the promise:
//! 1. decode and judge every event, without any lock;
//! 2. under one lock: tell new from known, reserve the ids of the new ones, and put them into the log's queue as one
//!    record; a later batch that repeats an id waits until the log has answered the earlier one;
//! 3. keep what was refused in the quarantine, and wait for the log;
//! 4. count and answer.
//!
//! When the log refuses, the reservations are taken back and the whole batch fails: the sender may repeat it. Also where the
//! sender went away meanwhile: an id that stays taken for nothing would make a duplicate of an event nobody has.

mod clocks;
mod judge;
mod known;
mod lateness;
mod outcome;
#[cfg(test)]
mod tests;

use crate::invariants::check_doors;
use crate::recover::Ports;
use clocks::Clocks;
use judge::{Judge, Judged};
use known::{Batch, KnownIds, Reservation};
use lateness::Lateness;
use outcome::{item, receipt, refused};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use throng_engine::Rules;
use throng_engine::source::Sequence;
use throng_model::codec::{EncodedEvent, join_record};
use throng_model::live::ClockReading;
use throng_model::time::{MINUTE, SECOND};
use throng_model::{CameraId, EventId, Fault, FaultCode};
use throng_ports::{
    Counters, Intake, Outcome, Pending, Position, RawEvent, Receipt, Refused, Sender, TakenUp,
};
use tokio::task::JoinHandle;

/// What the door believes.
#[derive(Clone, Copy, Debug)]
pub struct IngestRules {
    /// How far ahead of the server an event may be, microseconds. Clocks differ by seconds; minutes are a fault.
    pub future: i64,
    /// How far a camera's clock may be off before it is named, microseconds. Below what the engine takes for disorder, so
    /// that a clock is named before it makes late events.
    pub clock_off: i64,
}

impl Default for IngestRules {
    fn default() -> Self {
        Self {
            future: 5 * MINUTE,
            clock_off: 2 * SECOND,
        }
    }
}

/// The intake of this node.
pub struct Ingest {
    ports: Ports,
    rules: IngestRules,
    desk: Arc<Mutex<Desk>>,
    counters: Mutex<Counters>,
    taken_up: Mutex<TakenUp>,
    clocks: Clocks,
}

/// What only one batch at a time may look at and change.
struct Desk {
    known: KnownIds,
    sequences: HashMap<CameraId, Sequence>,
    lateness: Lateness,
}

/// An event with what the door thinks of it so far.
struct Item {
    id: Option<EventId>,
    standing: Standing,
    /// Of a new one: why it will be in no number, if so.
    too_late: Option<String>,
}

enum Standing {
    New(Judged),
    /// Of what was known before.
    Duplicate(Reservation),
    Refused(Fault, Option<String>),
}

/// What the log was asked for, and the ids that were reserved for it.
struct Queued {
    append: Option<Pending<'static, Result<Position, Fault>>>,
    batch: Batch,
    reserved: Vec<EventId>,
}

impl Ingest {
    /// `engine`: by which rules what is taken here will be counted.
    pub(crate) fn new(ports: Ports, rules: IngestRules, engine: Rules, counters: Counters) -> Self {
        let desk = Desk {
            known: KnownIds::default(),
            sequences: HashMap::new(),
            lateness: Lateness::new(engine),
        };
        Self {
            ports,
            rules,
            desk: Arc::new(Mutex::new(desk)),
            counters: Mutex::new(counters),
            taken_up: Mutex::default(),
            clocks: Clocks::new(rules.clock_off),
        }
    }

    /// Knows ids that are in the log, until checkpoints have put them into the store.
    pub(crate) fn remember(&self, ids: impl Iterator<Item = (EventId, u64)>) {
        let mut desk = self.desk();
        ids.for_each(|(id, fingerprint)| desk.known.remember(id, fingerprint));
    }

    /// Before the first batch: so many events were accepted since the last checkpoint. Sequences are checked in the order of
    /// arrival, which is the order of the log: the engine's own notes, taken to the log's end, are what the doors knew.
    pub(crate) fn open<'a>(
        &self,
        accepted: u64,
        sources: impl Iterator<Item = (&'a CameraId, &'a throng_engine::source::Source)>,
    ) {
        let mut desk = self.desk();
        for (camera, source) in sources {
            desk.sequences.insert(camera.clone(), source.sequence.clone());
            desk.lateness.take_over(camera, source);
        }
        drop(desk);
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters.received += accepted;
        counters.accepted += accepted;
    }

    /// The ids of a committed checkpoint can be found in the store from now on.
    pub(crate) fn committed(&self, ids: Vec<EventId>) {
        self.desk().known.committed(ids);
    }

    /// What became of events that were accepted here.
    pub(crate) fn note_taken_up(&self, taken_up: TakenUp) {
        *self.taken_up.lock().unwrap_or_else(PoisonError::into_inner) = taken_up;
    }

    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        locked(&self.desk)
    }

    /// `again`: the only event is the one that the quarantine keeps as this entry.
    async fn take(
        &self,
        sender: &Sender,
        events: Vec<RawEvent<'_>>,
        again: Option<u64>,
    ) -> Result<Receipt, Fault> {
        let (received, came) = (self.ports.clock.now(), events.len());
        let judge = Judge {
            site: self.ports.catalog.site(),
            sender,
            now: received,
            rules: self.rules,
        };
        let judged: Vec<_> = events.iter().map(|raw| judge.judge(raw)).collect();
        self.clocks.hear(sender, &judged, received);
        let mut items: Vec<Item> = judged.into_iter().map(item).collect();
        let queued = loop {
            let epoch = self.desk().known.epoch();
            let stored = self.look_up(&items)?;
            if let Some(queued) = self.reserve(&mut items, &stored, epoch)? {
                break queued;
            }
        };
        // Nothing is awaited since the ids were taken: from here on they are settled whoever waits.
        let logged = settle(Arc::clone(&self.desk), queued);
        // The quarantine comes first: if it fails, the batch fails, and what the log keeps of it is a duplicate next time.
        let refused = refused(&items, &events, received);
        let entries = match (refused.first(), again) {
            (None, _) => Ok(Vec::new()),
            (Some(refused), Some(entry)) => {
                let refusal = Refused {
                    at: received,
                    code: refused.code,
                    detail: refused.detail.clone(),
                };
                let noted = self.ports.quarantine.note_refused_again(entry, refusal).await;
                noted.map(|()| vec![entry])
            }
            (Some(_), None) => self.ports.quarantine.put(refused).await,
        };
        if let Some(logged) = logged {
            logged.await.map_err(|error| {
                Fault::internal(format!("waiting for the event log broke off: {error}"))
            })??;
        }
        self.confirm_repeated(&items).await?;
        let receipt = receipt(items, entries?)?;
        self.count(came, &receipt);
        Ok(receipt)
    }

    /// What the store knows of these ids, by position in the batch.
    fn look_up(&self, items: &[Item]) -> Result<Vec<Option<u64>>, Fault> {
        let ids: Vec<EventId> = items.iter().map(|item| item.id.unwrap_or_default()).collect();
        let fresh: Vec<EventId> = items
            .iter()
            .filter(|item| matches!(item.standing, Standing::New(_)))
            .filter_map(|item| item.id)
            .collect();
        if fresh.len() == ids.len() {
            return self.ports.checkpoints.known(&ids);
        }
        let found: HashMap<EventId, Option<u64>> = fresh
            .iter()
            .copied()
            .zip(self.ports.checkpoints.known(&fresh)?)
            .collect();
        Ok(ids.iter().map(|id| found.get(id).copied().flatten()).collect())
    }

    /// Tells new from known and queues the new ones for the log, in one go. None when two checkpoints went by since the
    /// store was asked: what it answered may be out of date.
    fn reserve(
        &self,
        items: &mut [Item],
        stored: &[Option<u64>],
        epoch: u64,
    ) -> Result<Option<Queued>, Fault> {
        let mut desk = self.desk();
        if desk.known.epoch() > epoch + 1 {
            return Ok(None);
        }
        let batch = desk.known.begin();
        let (mut accepted, mut reserved): (Vec<EncodedEvent>, Vec<EventId>) = (Vec::new(), Vec::new());
        for (item, stored) in items.iter_mut().zip(stored) {
            let Standing::New(judged) = &mut item.standing else {
                continue;
            };
            let event = &judged.event;
            let known = match stored {
                Some(fingerprint) => Some(Reservation {
                    fingerprint: *fingerprint,
                    under_way: None,
                }),
                None => desk.known.find(&event.id),
            };
            if let Some(known) = known {
                item.standing = if known.fingerprint == judged.encoded.fingerprint {
                    // What it repeats in its own batch becomes durable with it.
                    let under_way = known.under_way.filter(|other| !batch.is(other));
                    Standing::Duplicate(Reservation { under_way, ..known })
                } else {
                    let detail = format!("event {} was accepted before with another body", event.id);
                    Standing::Refused(
                        Fault::new(FaultCode::ConflictingBody, detail),
                        Some(event.camera.to_string()),
                    )
                };
                continue;
            }
            if let Some(seq) = event.seq {
                let sequence = desk.sequences.entry(event.camera.clone()).or_default();
                if sequence.contradicts(event.boot.as_deref(), seq, event.at) {
                    let detail = format!(
                        "sequence {seq} of camera {:?} went back while its time went on",
                        event.camera.as_str()
                    );
                    item.standing = Standing::Refused(
                        Fault::new(FaultCode::SequenceRegressed, detail),
                        Some(event.camera.to_string()),
                    );
                    continue;
                }
                sequence.note(event.boot.as_deref(), seq, event.at);
            }
            item.too_late = desk.lateness.note(event);
            desk.known.reserve(event.id, judged.encoded.fingerprint, &batch);
            reserved.push(event.id);
            accepted.push(std::mem::take(&mut judged.encoded));
        }
        // Queued while the lock is held: the log gets batches in the order in which they took their ids.
        let append = match accepted.as_slice() {
            [] => None,
            accepted => match join_record(accepted) {
                Ok(record) => Some(self.ports.log.append(record)),
                Err(fault) => {
                    desk.known.settle(batch, &reserved);
                    return Err(fault);
                }
            },
        };
        Ok(Some(Queued {
            append,
            batch,
            reserved,
        }))
    }

    /// A duplicate of an event that was on its way is one only if that event arrived.
    async fn confirm_repeated(&self, items: &[Item]) -> Result<(), Fault> {
        let mut left = Vec::new();
        for item in items {
            if let (Standing::Duplicate(known), Some(id)) = (&item.standing, item.id)
                && known.under_way.is_some()
                && !self.arrived(&id, known.clone()).await?
            {
                left.push((id, known.fingerprint));
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        // The store is asked without the lock: it may have to read, and every other batch waits for the lock. An id leaves
        // the desk after it came into the store or when it was taken back, so the later answer is still the right one.
        let ids: Vec<EventId> = left.iter().map(|(id, _)| *id).collect();
        let stored = self.ports.checkpoints.known(&ids)?;
        let lost = left
            .iter()
            .zip(stored)
            .find(|((_, fingerprint), stored)| *stored != Some(*fingerprint));
        match lost {
            Some(((id, _), _)) => Err(Fault::new(
                FaultCode::Unavailable,
                format!("event {id} could not be kept, send it again"),
            )
            // Nothing has to pass first: the batch it was lost with has been taken back.
            .retry_after(Duration::ZERO)),
            None => Ok(()),
        }
    }

    /// Waits for the batch that took an id; whether the id is still known then, with the same body. Where that batch was lost,
    /// another one may have taken the id since.
    async fn arrived(&self, id: &EventId, mut known: Reservation) -> Result<bool, Fault> {
        while let Some(under_way) = known.under_way.take() {
            if !under_way.settled().await {
                return Ok(false);
            }
            match self.desk().known.find(id) {
                Some(again) if again.fingerprint == known.fingerprint => known = again,
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// `came` is counted where they came in, not of the receipt: or nothing would be seen of those it lost sight of (I-1).
    fn count(&self, came: usize, receipt: &Receipt) {
        let (accepted, duplicate, quarantined) = receipt.counts();
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters.received += came as u64;
        counters.accepted += accepted as u64;
        counters.duplicate += duplicate as u64;
        counters.quarantined += quarantined as u64;
        check_doors(*counters);
    }
}

impl Intake for Ingest {
    fn submit<'a>(
        &'a self,
        sender: &'a Sender,
        events: Vec<RawEvent<'a>>,
    ) -> Pending<'a, Result<Receipt, Fault>> {
        Box::pin(self.take(sender, events, None))
    }

    fn submit_again<'a>(
        &'a self,
        entry: u64,
        event: RawEvent<'a>,
    ) -> Pending<'a, Result<(Option<EventId>, Outcome), Fault>> {
        Box::pin(async move {
            let receipt = self.take(&Sender::Operator, vec![event], Some(entry)).await?;
            let outcome = receipt.events.into_iter().next();
            outcome.ok_or_else(|| Fault::internal("an event without an outcome"))
        })
    }

    fn counters(&self) -> Counters {
        *self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn taken_up(&self) -> TakenUp {
        *self.taken_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clock(&self, camera: &CameraId) -> Option<ClockReading> {
        self.clocks.reading(camera)
    }
}

fn locked(desk: &Mutex<Desk>) -> std::sync::MutexGuard<'_, Desk> {
    // Nothing that holds the lock can leave the maps half changed; a panic elsewhere must not close the door.
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hears what the log says to a batch, and keeps its ids or gives them back: in a task of its own, because whoever sent the
/// batch may go away in the middle of it. None where nothing went to the log.
fn settle(desk: Arc<Mutex<Desk>>, queued: Queued) -> Option<JoinHandle<Result<(), Fault>>> {
    let Queued {
        append,
        batch,
        reserved,
    } = queued;
    let Some(append) = append else {
        locked(&desk).known.settle(batch, &[]);
        return None;
    };
    Some(tokio::spawn(async move {
        let logged = append.await.map(drop);
        let lost = if logged.is_ok() { &[][..] } else { &reserved };
        locked(&desk).known.settle(batch, lost);
        logged
    }))
}
