//! From the log through the engine into the stores.

use crate::committer::Committer;
use crate::facts::Facts;
use crate::ingest::Ingest;
use crate::invariants::{self, Watermarks};
use crate::memory::StreamMemory;
use crate::recover::Ports;
use crate::throughput::Throughput;
use std::sync::Arc;
use throng_engine::{Counts, Engine};
use throng_model::codec::{LoggedEvent, decode_fingerprinted};
use throng_model::site::Site;
use throng_model::{EventId, Fault, FaultCode, Scope};
use throng_ports::{Checkpoint, Intake, Position, TakenUp};

/// How much of the log is read at once: large enough to amortise the call, small enough that watchers of the live feed
/// see progress while a backlog is worked off.
const READ_BYTES: usize = 1 << 20;
/// A checkpoint is made at the latest after so many events, so that neither the ids in memory nor the batch of the
/// store grow with the load.
const EVENTS_PER_CHECKPOINT_MAX: usize = 50_000;

/// The running stream processor.
pub struct Stream {
    ports: Ports,
    ingest: Arc<Ingest>,
    engine: Engine,
    site: Arc<Site>,
    position: Position,
    logged: u64,
    /// Whether the doors are to be told what is folded: they are not open yet, and have not taken it themselves.
    is_folding_again: bool,
    watermarks: Watermarks,
    /// What the doors had turned away at the last checkpoint: duplicates and quarantined events.
    turned_away: (u64, u64),
    /// Folded since the last checkpoint.
    ids: Vec<(EventId, u64)>,
    committer: Committer,
    /// Whether the store is to be synced as soon as it is free.
    sync_is_due: bool,
    throughput: Throughput,
    last_throughput: Option<u64>,
}

/// How the stream is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamStatus {
    /// The first log position not yet folded.
    pub position: u64,
    /// Events folded per second over the last ten seconds; none in the first ten.
    pub throughput: Option<u64>,
    /// What the engine counted.
    pub counts: Counts,
}

impl Stream {
    pub(crate) fn new(
        ports: Ports,
        ingest: Arc<Ingest>,
        engine: Engine,
        site: Arc<Site>,
        position: Position,
        logged: u64,
    ) -> Result<Self, Fault> {
        let (ids, throughput) = (Vec::new(), Throughput::default());
        let turned_away = turned_away(&ingest);
        let committer = Committer::new(Arc::clone(&ports.checkpoints), Arc::clone(&ingest))?;
        Ok(Self {
            ports,
            ingest,
            engine,
            site,
            position,
            logged,
            is_folding_again: false,
            turned_away,
            watermarks: Watermarks::default(),
            ids,
            committer,
            sync_is_due: false,
            throughput,
            last_throughput: None,
        })
    }

    /// The first log position not yet folded.
    pub fn position(&self) -> Position {
        self.position
    }

    /// How it is doing.
    pub fn status(&mut self) -> StreamStatus {
        let now = self.ports.clock.now();
        StreamStatus {
            position: self.position.0,
            throughput: self.throughput.per_second(now),
            counts: self.engine.counts(),
        }
    }

    /// Folds what is in the log, up to a limit, and publishes what changed. True when there may be more.
    pub fn advance(&mut self) -> Result<bool, Fault> {
        let records = self.ports.log.read(self.position, READ_BYTES)?;
        // Behind the read: the doors judged these events by a hierarchy that is no newer, so every camera of theirs is in it.
        self.follow_site()?;
        let more = !records.is_empty();
        for record in records {
            let events = decode_fingerprinted(&record.payload)
                .map_err(|fault| fault.context(format!("position {}", record.position)))?;
            self.fold(&events);
            self.position = record.position.next();
        }
        self.publish();
        if self.ids.len() >= EVENTS_PER_CHECKPOINT_MAX {
            self.hand_in_checkpoint()?;
        }
        Ok(more)
    }

    /// Folds everything in the log again that is behind the last checkpoint, before the doors open, and tells them what they
    /// must know of it. Gives the number of events.
    pub(crate) fn fold_again(&mut self) -> Result<u64, Fault> {
        let before = self.logged;
        self.is_folding_again = true;
        while self.advance()? {}
        self.is_folding_again = false;
        self.throughput.begin(self.ports.clock.now());
        let folded = self.logged - before;
        self.ingest.open(folded, self.engine.sources());
        Ok(folded)
    }

    fn fold(&mut self, events: &[(LoggedEvent, u64)]) {
        if self.is_folding_again {
            let ids = events
                .iter()
                .map(|(logged, fingerprint)| (logged.event.id, *fingerprint));
            self.ingest.remember(ids);
        }
        for (logged, fingerprint) in events {
            self.engine.fold(&logged.event, logged.received);
            self.ids.push((logged.event.id, *fingerprint));
        }
        self.logged += events.len() as u64;
        self.throughput.count(self.ports.clock.now(), events.len() as u64);
    }

    /// Whoever asks at the doors what came in is told what became of it.
    fn tell_doors(&self) {
        let counts = self.engine.counts();
        self.ingest.note_taken_up(TakenUp {
            late: counts.late_applied,
            too_late: counts.late_beyond,
            orphaned: counts.orphaned,
        });
    }

    /// Tells the live feed what changed; also that nothing does, once.
    pub fn publish(&mut self) {
        self.tell_doors();
        let now = self.ports.clock.now();
        let noted = self.engine.take_noted();
        if !noted.is_empty() {
            self.ports.counters.put(noted);
        }
        let changed = self.engine.take_changed();
        let throughput = self.throughput.per_second(now);
        if !changed.is_empty() || throughput != self.last_throughput {
            self.last_throughput = throughput;
            self.ports.feed.publish(now, changed, throughput);
        }
    }

    /// Puts the present of every scope into the feed, and takes out whatever else is there: after a start, before anybody
    /// watches, and when the hierarchy changed.
    pub fn publish_all(&mut self) {
        self.tell_doors();
        self.engine.take_changed();
        self.engine.take_noted();
        self.ports.counters.put(self.engine.all_told());
        self.ports.feed.replace(self.engine.all());
        self.ports.feed.note_stored(self.engine.stored());
    }

    /// Makes everything folded so far part of the store, all or nothing. It is there when this returns.
    pub fn checkpoint(&mut self) -> Result<(), Fault> {
        self.hand_in_checkpoint()?;
        self.settle()
    }

    /// The same without waiting for the store. While it is still busy with the checkpoint before, this does nothing, and what
    /// was folded will be part of the next one.
    pub fn checkpoint_if_free(&mut self) -> Result<(), Fault> {
        if !self.committer.is_free()? {
            return Ok(());
        }
        self.rows_are_stored();
        if std::mem::take(&mut self.sync_is_due) {
            return self.committer.sync();
        }
        self.hand_in_checkpoint()
    }

    /// Does nothing when nothing was folded, nor counted at the doors.
    fn hand_in_checkpoint(&mut self) -> Result<(), Fault> {
        // A flush reads rows of the checkpoint before.
        self.settle()?;
        let turned_away = turned_away(&self.ingest);
        if self.ids.is_empty() && turned_away == self.turned_away {
            return Ok(());
        }
        let rows = self.engine.flush(&Facts(&*self.ports.rollups))?;
        invariants::check_counts(self.engine.counts(), self.logged);
        self.watermarks.check(self.engine.sources());
        let is_exact = |scope: &Scope| self.engine.is_told_to_the_minute(scope);
        invariants::check_a_row(&rows, &Facts(&*self.ports.rollups), self.logged, is_exact)?;
        let memory = StreamMemory {
            engine: self.engine.save()?,
            logged: self.logged,
            duplicate: turned_away.0,
            quarantined: turned_away.1,
        };
        self.turned_away = turned_away;
        self.committer.commit(Checkpoint {
            position: self.position.0,
            state: memory.encode()?,
            rows,
            ids: std::mem::take(&mut self.ids),
        })?;
        // Where a settled minute had changed the level is found by the flush; watchers should see it without waiting for the next event.
        self.publish();
        Ok(())
    }

    /// From the next time the store is free on, every checkpoint so far survives a power cut.
    pub fn sync_when_free(&mut self) {
        self.sync_is_due = true;
    }

    /// Folds what the log held when this was called, makes a last checkpoint and puts it on the disk. Who still appends is not
    /// waited for: what comes later is folded after the next start.
    pub fn finish(&mut self) -> Result<(), Fault> {
        let end = self.ports.log.end();
        while self.position < end && self.advance()? {}
        self.checkpoint()?;
        self.committer.sync()?;
        self.settle()
    }

    /// Waits for what is on its way to the store.
    pub fn settle(&mut self) -> Result<(), Fault> {
        self.committer.settle()?;
        self.rows_are_stored();
        Ok(())
    }

    fn rows_are_stored(&mut self) {
        let stored = self.engine.rows_are_stored();
        if !stored.is_empty() {
            self.ports.feed.note_stored(stored);
        }
    }

    /// Goes on with the new hierarchy when it changed.
    fn follow_site(&mut self) -> Result<(), Fault> {
        let site = self.ports.catalog.site();
        if !Arc::ptr_eq(&site, &self.site) {
            self.checkpoint()?;
            if !self.engine.is_flushed() {
                return Err(Fault::new(
                    FaultCode::Internal,
                    "the hierarchy changed under unflushed panes",
                ));
            }
            self.engine.change_site(&site);
            // A camera that is registered anew begins anew.
            self.watermarks = Watermarks::default();
            self.site = site;
            self.publish_all();
        }
        Ok(())
    }
}

fn turned_away(ingest: &Ingest) -> (u64, u64) {
    let counters = ingest.counters();
    (counters.duplicate, counters.quarantined)
}
