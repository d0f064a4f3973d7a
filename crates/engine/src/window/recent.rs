//! What one camera saw lately, event by event.
//!
//! A camera sees a handful of people a minute. Its short windows are added up straight from these events: a few bytes each,
//! against a kilobyte for the summary of a pane, and what has to come out of main memory is what windows cost.

use super::observation::Observation;
use serde::{Deserialize, Serialize};
use throng_model::Timestamp;
use throng_model::pane::{pane_of, pane_start};

/// For how many panes events are kept after their pane was closed, at least.
pub(crate) const KEPT: i64 = 60;
/// After how many panes it is looked for what is too old.
const FORGET_EVERY: i64 = 8;

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
}

impl Recent {
    /// More events of one pane, ascending.
    pub fn insert(&mut self, more: &[Observation]) {
        let Some(first) = more.first() else {
            return;
        };
        if first.at < pane_start(self.closed_to) {
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
        self.closed += open.iter().take_while(|seen| seen.at < end).count();
        // Now and then: looking for what is too old costs as much as everything else about a pane.
        if self.closed_to % FORGET_EVERY == 0 {
            self.forget_before(pane_start(self.closed_to - kept));
        }
    }

    fn forget_before(&mut self, before: Timestamp) {
        let kept = self.observations.get(self.forgotten..).unwrap_or_default();
        self.forgotten += kept.iter().take_while(|seen| seen.at < before).count();
        if self.forgotten > 64 && self.forgotten * 2 > self.observations.len() {
            self.observations.drain(..self.forgotten);
            self.closed -= self.forgotten;
            self.forgotten = 0;
        }
    }

    /// The events of closed panes, as far back as they are kept.
    pub fn closed(&self) -> &[Observation] {
        self.observations
            .get(self.forgotten..self.closed)
            .unwrap_or_default()
    }

    /// The events of the last so many closed panes.
    pub fn last(&self, panes: i64) -> &[Observation] {
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
