//! Records on their way to the writer, in the order of the calls.
//!
//! Every record is queued within the call that brings it, so the order of calls is the order of positions. Up to the
//! limit the queue owns what it holds: dropping the future does not take a record back. Past the limit a record keeps its
//! place but still belongs to its future and goes with it, so what the log holds for callers that are gone is bounded, and
//! a caller can hold back the log only by what it holds itself.

use super::lock;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};
use throng_model::Fault;
use throng_ports::Position;
use tokio::sync::oneshot;

pub(crate) type Answer = Result<Position, Fault>;

/// One call that waits for the writer.
#[derive(Debug)]
pub(crate) struct Entry {
    ticket: u64,
    /// Empty for a barrier, which only waits for its turn.
    pub(crate) payload: Vec<u8>,
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What the writer is to do next.
#[derive(Debug)]
pub(crate) enum Work {
    Group(Vec<Entry>),
    /// Nothing came for a while.
    Idle,
    /// No more will come.
    Closed,
}

#[derive(Debug)]
pub(crate) struct Queue {
    state: Mutex<State>,
    came: Condvar,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<Entry>,
    next_ticket: u64,
    /// So many of the first entries belong to the queue ...
    owned: usize,
    /// ... and have so many bytes.
    owned_bytes: usize,
    /// Why nothing is taken any more.
    ended: Option<Fault>,
}

impl State {
    fn own_what_fits(&mut self, bytes_max: usize) {
        while let Some(entry) = self.entries.get(self.owned) {
            if self.owned > 0 && self.owned_bytes + entry.payload.len() > bytes_max {
                break;
            }
            self.owned += 1;
            self.owned_bytes += entry.payload.len();
        }
    }

    fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        if self.owned > 0 {
            self.owned -= 1;
            self.owned_bytes -= entry.payload.len();
        }
        Some(entry)
    }
}

impl Queue {
    pub(crate) fn new(bytes_max: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            came: Condvar::new(),
            bytes_max,
        })
    }

    /// Takes a record (or, empty, a barrier) into the order.
    pub(crate) fn push(self: &Arc<Self>, payload: Vec<u8>) -> Result<Waiting, Fault> {
        let (answer, answered) = oneshot::channel();
        let mut state = lock(&self.state);
        if let Some(fault) = &state.ended {
            return Err(fault.clone());
        }
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.entries.push_back(Entry {
            ticket,
            payload,
            answer,
        });
        state.own_what_fits(self.bytes_max);
        drop(state);
        self.came.notify_one();
        Ok(Waiting {
            queue: Arc::clone(self),
            ticket,
            answered,
            done: false,
        })
    }

    /// Waits for work: as many calls as share one sync, `size` of them adding up to `bytes_max`.
    pub(crate) fn take(
        &self,
        bytes_max: usize,
        size: impl Fn(&[u8]) -> usize,
        patience: Option<Duration>,
    ) -> Work {
        let mut state = lock(&self.state);
        while state.entries.is_empty() {
            if state.ended.is_some() {
                return Work::Closed;
            }
            state = match patience {
                None => self.came.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let waited = self.came.wait_timeout(state, patience);
                    let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    if timeout.timed_out() && state.entries.is_empty() && state.ended.is_none() {
                        return Work::Idle;
                    }
                    state
                }
            };
        }
        let mut group = Vec::new();
        let mut bytes = 0;
        while let Some(entry) = state.entries.front() {
            bytes += size(&entry.payload);
            if bytes > bytes_max && !group.is_empty() {
                break;
            }
            group.extend(state.pop());
        }
        state.own_what_fits(self.bytes_max);
        Work::Group(group)
    }

    /// Takes nothing more for the reason given; what is queued is still to be written.
    pub(crate) fn end(&self, why: Fault) {
        lock(&self.state).ended.get_or_insert(why);
        self.came.notify_one();
    }

    /// Takes nothing more and fails everything that is queued.
    pub(crate) fn fail(&self, why: &Fault) {
        let mut state = lock(&self.state);
        state.ended = Some(why.clone());
        while let Some(entry) = state.pop() {
            let _gone = entry.answer.send(Err(why.clone()));
        }
    }

    fn withdraw(&self, ticket: u64) {
        let mut state = lock(&self.state);
        if let Ok(at) = state.entries.binary_search_by_key(&ticket, |entry| entry.ticket)
            && at >= state.owned
        {
            state.entries.remove(at);
        }
    }
}

/// The caller's end of an entry.
#[derive(Debug)]
pub(crate) struct Waiting {
    queue: Arc<Queue>,
    ticket: u64,
    answered: oneshot::Receiver<Answer>,
    done: bool,
}

impl Waiting {
    /// Resolves when the writer has answered.
    pub(crate) async fn answer(mut self) -> Answer {
        let answer = (&mut self.answered).await;
        self.done = true;
        // The writer answers everything it takes, and fails the rest when it ends; it can only be silent by a defect.
        answer.unwrap_or_else(|_| Err(Fault::internal("the log writer went without an answer")))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.done {
            self.queue.withdraw(self.ticket);
        }
    }
}

#[cfg(test)]
mod tests;
