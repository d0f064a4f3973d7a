//! What one camera saw lately, event by event.
//!
//! A camera sees a handful of people a minute. Its short windows are added up straight from these events: a few bytes each,
//! against a kilobyte for the summary of a pane, and what has to come out of main memory is what windows cost. A crowd is the
//! other way round: what a camera sees there is summed up as soon as its pane is closed, so that memory is bounded at any rate.

use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::Held;
use super::panes::Panes;
use serde::{Deserialize, Serialize};
use throng_model::pane::{pane_of, pane_start};

/// For how many panes events are kept after their pane was closed, at least.
pub(crate) const KEPT: i64 = 60;
/// After how many panes it is looked for what is too old.
const FORGET_EVERY: i64 = 8;
/// More events than this in one closed pane are a crowd: about as much memory as their sums.
pub(crate) const CROWD: usize = 64;

/// The latest events of a camera, in the order of time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Recent {
    observations: Vec<Observation>,
    /// Those before this place are forgotten; they go when there are enough of them.
    forgotten: usize,
    /// Those before this place are in closed panes.
    closed: usize,
    /// The first pane that is not closed.
    closed_to: i64,
    /// Bit `i`: whether the camera was observed in the closed pane `closed_to - 1 - i`.
    observed: u64,
    /// The closed panes that held a crowd, of which no event is kept.
    crowds: Panes,
}

/// As it stood in states of version 4 and before, which knew no crowds.
#[derive(Deserialize)]
pub(crate) struct RecentOfVersion4 {
    observations: Vec<Observation>,
    forgotten: usize,
    closed: usize,
    closed_to: i64,
    observed: u64,
}

impl From<RecentOfVersion4> for Recent {
    fn from(recent: RecentOfVersion4) -> Self {
        Self {
            observations: recent.observations,
            forgotten: recent.forgotten,
            closed: recent.closed,
            closed_to: recent.closed_to,
            observed: recent.observed,
            crowds: Panes::default(),
        }
    }
}

impl Recent {
    /// More events of one pane, ascending.
    pub fn insert(&mut self, pane: i64, more: &[Observation]) {
        let Some(first) = more.first() else {
            return;
        };
        let is_closed = pane < self.closed_to;
        if is_closed && let Some(crowd) = self.crowds.get_mut(pane) {
            return crowd.sum_up(more);
        }
        if is_closed {
            self.closed += more.len();
        }
        let is_newer = self.observations.last().is_none_or(|last| last.at <= first.at);
        self.observations.extend_from_slice(more);
        if !is_newer && let Some(kept) = self.observations.get_mut(self.forgotten..) {
            let place = kept
                .iter()
                .rev()
                .skip(more.len())
                .take_while(|seen| seen.at > first.at)
                .count();
            let place = kept.len() - more.len() - place;
            if let Some(tail) = kept.get_mut(place..) {
                tail.sort_unstable_by_key(|seen| seen.at);
            }
        }
        if is_closed {
            self.sum_up_crowd(pane);
        }
    }

    /// Sums the events of a closed pane up, where they are a crowd.
    fn sum_up_crowd(&mut self, pane: i64) {
        let (from, to) = (pane_start(pane), pane_start(pane + 1));
        let closed = self.closed();
        // Mostly the newest pane.
        let after = closed.iter().rev().take_while(|seen| seen.at >= to).count();
        let before = closed.get(..closed.len() - after).unwrap_or_default();
        let crowd = before.iter().rev().take_while(|seen| seen.at >= from).count();
        if crowd > CROWD {
            let end = self.closed - after;
            let crowd = self.observations.drain(end - crowd..end);
            self.crowds.at(pane).sum_up(crowd.as_slice());
            self.closed -= crowd.len();
        }
    }

    /// The next pane is closed; what is more than so many panes older is forgotten.
    pub fn close(&mut self, pane: i64, observed: bool, kept: i64) {
        // After a jump over a long silence nothing is known of the panes between.
        let passed = (pane - self.closed_to).unsigned_abs();
        self.observed = if passed < 64 { self.observed << passed } else { 0 };
        self.observed = self.observed << 1 | u64::from(observed);
        self.closed_to = pane + 1;
        let end = pane_start(self.closed_to);
        let open = self.observations.get(self.closed..).unwrap_or_default();
        let more = open.iter().take_while(|seen| seen.at < end).count();
        self.closed += more;
        if more > CROWD {
            self.sum_up_crowd(pane);
        }
        // Now and then: looking for what is too old costs as much as everything else about a pane.
        if self.closed_to % FORGET_EVERY == 0 {
            self.forget_before(self.closed_to - kept);
        }
    }

    fn forget_before(&mut self, first: i64) {
        while let Some(old) = self.crowds.first().filter(|pane| *pane < first) {
            self.crowds.take(old);
        }
        let before = pane_start(first);
        let kept = self.observations.get(self.forgotten..).unwrap_or_default();
        self.forgotten += kept.iter().take_while(|seen| seen.at < before).count();
        if self.forgotten > 64 && self.forgotten * 2 > self.observations.len() {
            self.observations.drain(..self.forgotten);
            self.closed -= self.forgotten;
            self.forgotten = 0;
        }
    }

    /// The events of closed panes, as far back as they are kept, those of crowds left out.
    pub fn closed(&self) -> &[Observation] {
        self.observations
            .get(self.forgotten..self.closed)
            .unwrap_or_default()
    }

    /// Whether there is any crowd.
    pub fn has_crowds(&self) -> bool {
        self.crowds.first().is_some()
    }

    /// The crowds of panes from the first to before the second.
    pub fn crowds(&self, first: i64, end: i64) -> impl Iterator<Item = &Chunk> + Clone {
        self.crowds.range(first, end)
    }

    /// What the pane that was closed last holds.
    pub fn newest(&self) -> Held<'_> {
        let pane = self.closed_to - 1;
        let crowd = self.crowds(pane, self.closed_to).next();
        crowd.map_or_else(|| Held::Events(self.last(1)), Held::Merged)
    }

    /// Adds what the last so many closed panes hold.
    pub fn add_last(&self, panes: i64, to: &mut Chunk) {
        to.pour(self.last(panes));
        self.crowds(self.closed_to - panes, self.closed_to)
            .for_each(|crowd| to.merge(crowd));
        to.observed += self.observed(panes);
    }

    /// The events of the last so many closed panes, those of crowds left out.
    fn last(&self, panes: i64) -> &[Observation] {
        let (from, closed) = (pane_start(self.closed_to - panes), self.closed());
        let count = closed.iter().rev().take_while(|seen| seen.at >= from).count();
        closed.get(closed.len() - count..).unwrap_or_default()
    }

    /// In how many of the last so many closed panes the camera was observed.
    pub fn observed(&self, panes: i64) -> u64 {
        let mask = u64::MAX >> (64 - panes.clamp(1, 64));
        u64::from((self.observed & mask).count_ones())
    }

    /// The pane of the first event whose pane is not closed.
    pub fn first_open(&self) -> Option<i64> {
        self.observations.get(self.closed).map(|seen| pane_of(seen.at))
    }
}
