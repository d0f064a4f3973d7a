//! The live feed inside one process: a ring of the latest updates, and watchers who walk along it.
//!
//! Promises:
//! - publishing never waits for a watcher: nothing is queued per watcher, each only remembers where in the ring it
//!   stands. One that is overtaken by the end of the ring is told so and goes on from the present;
//! - memory is bounded by [`FeedOptions`], whatever is published and however many watch;
//! - a watcher that names the last update it saw gets every later one, in order, or is told that some are gone.
//!
//! Updates are not merged here: how often a screen can use them is the business of the one who feeds the screen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use throng_model::live::{LiveUpdate, Now};
use throng_model::{Fault, FaultCode, PlaceId, Scope, Timestamp};
use throng_ports::{LiveFeed, LiveSubscription, Pending};
use tokio::sync::watch;

/// How much of the past is kept for watchers who come back.
#[derive(Clone, Copy, Debug)]
pub struct FeedOptions {
    /// How long, microseconds of server time. A page that was asleep for longer takes a snapshot as a new one does.
    pub kept: i64,
    /// How many updates.
    pub updates_max: usize,
    /// How many changed scopes in all these updates, about 120 bytes each: with 10,000 cameras that all change, one
    /// update is a megabyte.
    pub changes_max: usize,
}

impl Default for FeedOptions {
    fn default() -> Self {
        Self {
            kept: 60 * throng_model::time::SECOND,
            updates_max: 6_000,
            changes_max: 250_000,
        }
    }
}

/// The feed. Ends when dropped or [closed](Self::close).
#[derive(Debug)]
pub struct InProcessFeed {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    options: FeedOptions,
    state: Mutex<State>,
    /// Wakes watchers; what it carries only changes so that they notice.
    bell: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    /// The number of the next update. Those in the ring end right before it, without a gap.
    next: u64,
    ring: VecDeque<Arc<LiveUpdate>>,
    /// Changed scopes in the ring.
    changes: usize,
    /// Behind an `Arc` so that a snapshot is copied outside the lock.
    latest: Arc<BTreeMap<Scope, Now>>,
    /// How far the rows of each place have come.
    stored: BTreeMap<PlaceId, Timestamp>,
    throughput: Option<u64>,
    closed: bool,
}

impl InProcessFeed {
    /// A feed whose first update gets the number `first_seq`.
    ///
    /// It must be larger than every number of an earlier run, or a client that reconnects after a restart would be
    /// taken for one that saw updates it never saw. The microseconds of the start time do: no feed publishes more than
    /// a million updates a second, and browsers still count them exactly.
    pub fn new(first_seq: u64, options: FeedOptions) -> Self {
        let state = State {
            next: first_seq.max(1),
            ring: VecDeque::new(),
            changes: 0,
            latest: Arc::default(),
            stored: BTreeMap::new(),
            throughput: None,
            closed: false,
        };
        Self {
            shared: Arc::new(Shared {
                options,
                state: Mutex::new(state),
                bell: watch::Sender::new(0),
            }),
        }
    }

    /// Ends the feed: watchers get what is still in the ring, then a fault. Later updates reach nobody.
    pub fn close(&self) {
        self.shared.state().closed = true;
        self.shared.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }
}

impl Drop for InProcessFeed {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// A watcher that panicked while it held the lock left the state whole: every change below is finished in one go.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The number of the oldest update in the ring; the next one where it is empty.
    fn oldest(&self) -> u64 {
        self.ring.front().map_or(self.next, |update| update.seq)
    }

    /// Forgets from the old end. The newest update stays, however large it is: everybody is about to read it.
    fn trim(&mut self, now: Timestamp, options: &FeedOptions) {
        while let Some(oldest) = self.ring.front()
            && self.ring.len() > 1
            && (self.ring.len() > options.updates_max
                || self.changes > options.changes_max
                || now.since(oldest.at) > options.kept)
        {
            self.changes -= oldest.changed.len();
            self.ring.pop_front();
        }
    }
}

impl LiveFeed for InProcessFeed {
    fn publish(&self, at: Timestamp, changed: Vec<Now>, throughput: Option<u64>) {
        let mut state = self.shared.state();
        if state.closed {
            return;
        }
        let seq = state.next;
        state.next += 1;
        state.throughput = throughput;
        // Copies the map only while somebody is reading a snapshot of it.
        let latest = Arc::make_mut(&mut state.latest);
        for now in &changed {
            latest.insert(now.scope.clone(), now.clone());
        }
        state.changes += changed.len();
        state.ring.push_back(Arc::new(LiveUpdate {
            seq,
            at,
            changed,
            throughput,
        }));
        state.trim(at, &self.shared.options);
        drop(state);
        self.shared.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    fn replace(&self, present: Vec<Now>) {
        let mut state = self.shared.state();
        if state.closed {
            return;
        }
        // With an empty ring behind the next number everybody who watches is behind it.
        state.next += 1;
        state.ring.clear();
        state.changes = 0;
        let scopes = present.into_iter().map(|now| (now.scope.clone(), now));
        let latest: BTreeMap<_, _> = scopes.collect();
        state
            .stored
            .retain(|place, _| latest.contains_key(&Scope::Place(place.clone())));
        state.latest = Arc::new(latest);
        drop(state);
        self.shared.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    fn note_stored(&self, stored: Vec<(PlaceId, Timestamp)>) {
        self.shared.state().stored.extend(stored);
    }

    fn stored(&self, place: &PlaceId) -> Option<Timestamp> {
        self.shared.state().stored.get(place).copied()
    }

    fn seq(&self) -> u64 {
        self.shared.state().next - 1
    }

    fn snapshot(&self) -> (u64, Vec<Now>, Option<u64>) {
        let (seq, latest, throughput) = {
            let state = self.shared.state();
            (state.next - 1, Arc::clone(&state.latest), state.throughput)
        };
        (seq, latest.values().cloned().collect(), throughput)
    }

    fn subscribe(&self, since: Option<u64>) -> Box<dyn LiveSubscription> {
        let bell = self.shared.bell.subscribe();
        let state = self.shared.state();
        let wanted = since.map_or(state.next, |seen| seen.saturating_add(1));
        // More than the next one was never published by this run: the number is from another one.
        let gap = wanted < state.oldest() || wanted > state.next;
        Box::new(Watcher {
            shared: Arc::clone(&self.shared),
            bell,
            next: if gap { state.next } else { wanted },
            gap,
        })
    }
}

struct Watcher {
    shared: Arc<Shared>,
    bell: watch::Receiver<u64>,
    /// The update it wants next.
    next: u64,
    /// Something is missing before it, and the watcher was not told yet.
    gap: bool,
}

impl Watcher {
    /// What there is to say now, if anything.
    fn poll(&mut self) -> Option<Result<Option<Arc<LiveUpdate>>, Fault>> {
        let state = self.shared.state();
        if self.next < state.oldest() {
            self.gap = true;
            self.next = state.next;
        }
        if std::mem::take(&mut self.gap) {
            return Some(Ok(None));
        }
        let ahead = usize::try_from(self.next - state.oldest()).ok()?;
        if let Some(update) = state.ring.get(ahead) {
            self.next += 1;
            return Some(Ok(Some(Arc::clone(update))));
        }
        state
            .closed
            .then(|| Err(Fault::new(FaultCode::Unavailable, "the live feed has ended")))
    }
}

impl LiveSubscription for Watcher {
    fn next(&mut self) -> Pending<'_, Result<Option<Arc<LiveUpdate>>, Fault>> {
        Box::pin(async move {
            loop {
                // First hear the bell, then look, then wait for the next ring: nothing rung in between is missed.
                self.bell.mark_unchanged();
                if let Some(said) = self.poll() {
                    return said;
                }
                if self.bell.changed().await.is_err() {
                    return Err(Fault::new(FaultCode::Unavailable, "the live feed has ended"));
                }
            }
        })
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
mod tests;
