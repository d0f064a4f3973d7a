//! From the log through the windows to the board: a reader of its own.
//!
//! Counting does not wait for windows and windows do not wait for rows: each reads the log at its own pace, with a state
//! and a position of its own. The state is kept every minute (STR-6); after a crash what came since is read again, and
//! because a window is the merge of its additions, the windows are the same as without the crash.

#[cfg(test)]
pub(crate) mod tests;

use crate::recover::Ports;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use throng_engine::Rules;
use throng_engine::window::{Latest, WindowResult, WindowSink, Windows};
use throng_model::codec::decode_record;
use throng_model::site::Site;
use throng_model::window::WindowTable;
use throng_model::{Fault, FaultCode};
use throng_ports::{Position, WindowBoard};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// The name the state is kept under.
const NAME: &str = "windows";
/// How much of the log is read at once.
const READ_BYTES: usize = 1 << 20;

/// A turn is made at the latest after so many events, so that what waits for one does not grow with the load.
const EVENTS_PER_TURN_MAX: usize = 50_000;

/// What is kept, as it is read. Written in parts: see [`WindowStage::keep`].
#[derive(Deserialize)]
struct Memory<'a> {
    /// The first log position not yet folded.
    position: u64,
    /// The windows, in their own format.
    windows: &'a [u8],
    latest: Latest,
}

/// One ledger for all threads of a turn: giving out is a small part of it.
struct Shared<'a>(&'a Mutex<Latest>);

impl WindowSink for Shared<'_> {
    fn take(&mut self, result: &WindowResult<'_>) {
        unpoisoned(self.0.lock()).take(result);
    }
}

/// A thread that panicked has ended the turn, and with it the windows; nobody reads what it left.
fn unpoisoned<T>(held: Result<T, PoisonError<T>>) -> T {
    held.unwrap_or_else(PoisonError::into_inner)
}

/// Why windows are made from the log again.
#[derive(Debug)]
pub enum Anew {
    /// The table of windows is another one than before, or an older version did not keep what a window is made of now.
    Unfit,
    /// What was kept of them cannot be used.
    Damage(Fault),
}

impl std::fmt::Display for Anew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Anew::Unfit => f.write_str(
                "the table of windows has changed, or an earlier version did not keep what they are made of now",
            ),
            Anew::Damage(fault) => fault.fmt(f),
        }
    }
}

/// How windows are cut.
#[derive(Clone, Debug)]
pub struct WindowRules {
    /// How time is judged: as by the engine.
    pub rules: Rules,
    /// Which windows.
    pub table: WindowTable,
    /// Over how many threads a turn is spread.
    pub threads: usize,
}

/// The windows of a running node.
pub struct WindowStage {
    ports: Ports,
    board: Arc<dyn WindowBoard>,
    rules: WindowRules,
    site: Arc<Site>,
    windows: Windows,
    latest: Mutex<Latest>,
    position: Position,
    /// Folded since the last turn.
    waiting: usize,
    /// Whether anything was folded since the state was last kept.
    is_ahead: bool,
}

/// What the kept state says; none where it was of another table.
fn restore(
    bytes: &[u8],
    ports: &Ports,
    site: &Site,
    rules: &WindowRules,
) -> Result<Option<(Windows, Latest, Position)>, Fault> {
    let damaged = |why: String| {
        Fault::new(
            FaultCode::StoreDamaged,
            format!("the memory of the windows {why}"),
        )
    };
    let memory: Memory<'_> =
        postcard::from_bytes(bytes).map_err(|error| damaged(format!("does not decode: {error}")))?;
    let position = Position(memory.position).max(ports.log.start());
    if position > ports.log.end() {
        return Err(damaged(format!(
            "stands at {position}, behind the end of the log"
        )));
    }
    let windows = Windows::restore(site, rules.rules, rules.table.clone(), memory.windows)?;
    Ok(windows.map(|windows| (windows, memory.latest, position)))
}

fn encoded(part: &impl Serialize) -> Result<Vec<u8>, Fault> {
    postcard::to_stdvec(part)
        .map_err(|error| Fault::internal(format!("encoding the memory of the windows: {error}")))
}

impl WindowStage {
    /// Goes on where the kept state stopped; from the beginning of the log where there is none, where it is no longer of
    /// use, or where it is damaged: all of it can be made from the log again. Why is given back to be told.
    pub fn open(
        ports: Ports,
        board: Arc<dyn WindowBoard>,
        rules: WindowRules,
    ) -> Result<(Self, Option<Anew>), Fault> {
        let site = ports.catalog.site();
        let kept = match ports.checkpoints.kept(NAME) {
            Err(fault) if fault.code != FaultCode::StoreDamaged => return Err(fault),
            kept => kept.transpose(),
        };
        let restored = kept.map(|bytes| restore(&bytes?, &ports, &site, &rules));
        let (restored, anew) = match restored {
            None => (None, None),
            Some(Ok(None)) => (None, Some(Anew::Unfit)),
            Some(Ok(restored)) => (restored, None),
            Some(Err(fault)) => (None, Some(Anew::Damage(fault))),
        };
        let (windows, latest, position) = restored.unwrap_or_else(|| {
            let windows = Windows::new(&site, rules.rules, rules.table.clone());
            (windows, Latest::default(), ports.log.start())
        });
        board.put(latest.all());
        let stage = Self {
            ports,
            board,
            rules,
            site,
            windows,
            latest: Mutex::new(latest),
            position,
            waiting: 0,
            is_ahead: false,
        };
        Ok((stage, anew))
    }

    /// Folds what is in the log, up to a limit, and gives out what ended. True when there may be more.
    pub fn advance(&mut self) -> Result<bool, Fault> {
        let records = self.ports.log.read(self.position, READ_BYTES)?;
        // Behind the read: the doors judged these events by a hierarchy that is no newer, so every camera of theirs is in it.
        self.follow_site()?;
        let more = !records.is_empty();
        for record in records {
            let events = decode_record(&record.payload)
                .map_err(|fault| fault.context(format!("position {}", record.position)))?;
            for logged in &events {
                self.windows.fold(&logged.event, logged.received);
            }
            self.position = record.position.next();
            self.waiting += events.len();
            self.is_ahead = true;
        }
        if self.waiting >= EVENTS_PER_TURN_MAX {
            self.turn();
        }
        Ok(more)
    }

    /// Works off what was folded and shows it.
    pub fn turn(&mut self) {
        self.waiting = 0;
        let mut sinks: Vec<Shared<'_>> = (0..self.rules.threads.max(1))
            .map(|_| Shared(&self.latest))
            .collect();
        self.windows.turn(&mut sinks);
        let changed = unpoisoned(self.latest.get_mut()).take_changed();
        if !changed.is_empty() {
            self.board.put(changed);
        }
    }

    /// Keeps the state, on the disk.
    pub fn keep(&mut self) -> Result<(), Fault> {
        if !std::mem::take(&mut self.is_ahead) {
            return Ok(());
        }
        self.turn();
        let windows = self.windows.save()?;
        // A `Memory`, in parts: the windows, most of it, are not copied.
        let head = encoded(&(self.position.0, windows.len()))?;
        let latest = encoded(&*unpoisoned(self.latest.get_mut()))?;
        self.ports.checkpoints.keep(NAME, &[&head, &windows, &latest])
    }

    /// Goes on with the new hierarchy when it changed.
    fn follow_site(&mut self) -> Result<(), Fault> {
        let site = self.ports.catalog.site();
        if !Arc::ptr_eq(&site, &self.site) {
            // What was folded under the old hierarchy must not be folded again under the new one.
            self.keep()?;
            let (rules, table) = (self.rules.rules, self.rules.table.clone());
            if let Some(windows) = Windows::restore(&site, rules, table, &self.windows.save()?)? {
                self.windows = windows;
            }
            self.site = site;
        }
        Ok(())
    }

    /// Runs until `stop` turns true, then keeps the state. A fault ends it: counting goes on without windows, and the board must
    /// be told.
    ///
    /// Folding blocks; give it a thread of its own.
    pub async fn run(
        mut self,
        turn: Duration,
        keep: Duration,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), Fault> {
        let log = Arc::clone(&self.ports.log);
        let (mut turn, mut keep) = (tokio::time::interval(turn), tokio::time::interval(keep));
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        keep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                _ = keep.tick() => self.keep()?,
                _ = turn.tick() => {
                    self.advance()?;
                    self.turn();
                }
                work = log.beyond(self.position) => {
                    work?;
                    self.advance()?;
                }
            }
        }
        // What is left in the log is there after the next start, too.
        self.keep()
    }
}
