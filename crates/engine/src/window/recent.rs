//! What one camera saw lately, event by event.
//!
//! A camera sees a handful of people a minute. Its short windows are read straight from these events: a few bytes each,
//! against a kilobyte for the summary of a pane, and what has to come out of main memory is what windows cost. A crowd is the
//! other way round: what a camera sees there is summed up as soon as its pane is closed, so that memory is bounded at any rate.

use super::chunk::Chunk;
use super::measured::Few;
use super::observation::Observation;
use super::pane_sums::PaneSums;
use super::panes::Panes;
use super::stretch::Held;
use serde::{Deserialize, Serialize, Serializer};
use std::ops::Range;
use throng_model::pane::{pane_of, pane_start};

/// For how many panes events are kept after their pane was closed, at least.
pub(crate) const KEPT: i64 = 60;
/// More events than this in one closed pane are a crowd: about as much memory as their sums.
pub(crate) const CROWD: usize = 64;
/// The latest events of a camera, in the order of time.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Kept")]
pub(crate) struct Recent {
    observations: Vec<Observation>,
    /// Those before this place are forgotten; they go when there are enough of them.
    forgotten: usize,
    /// Those before this place are in closed panes.
    closed: usize,
    /// The first pane that is not closed.
    closed_to: i64,
    /// Bit `i`: whether the camera was observed in the closed pane `closed_to - 1 - i`.
    observed: u128,
    /// The closed panes that held a crowd, of which no event is kept.
    crowds: Panes,
    /// Of the single events of the panes that were closed last.
    sums: PaneSums,
}

/// As it is read.
#[derive(Deserialize)]
struct Kept {
    observations: Vec<Observation>,
    closed: usize,
    closed_to: i64,
    observed: u64,
    crowds: Panes,
}

/// The same, as it is written: not copied for that, and without what is forgotten.
#[derive(Serialize)]
struct KeptRef<'a> {
    observations: &'a [Observation],
    closed: usize,
    closed_to: i64,
    observed: u64,
    crowds: &'a Panes,
}

/// As it stood in states of versions 5 and 6, with events that were forgotten already.
#[derive(Deserialize)]
pub(crate) struct RecentOfVersion6 {
    before: RecentOfVersion4,
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

impl Serialize for Recent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = KeptRef {
            observations: self.observations.get(self.forgotten..).unwrap_or_default(),
            closed: self.closed - self.forgotten,
            closed_to: self.closed_to,
            // More than a window that is made of single events can ask for.
            observed: self.observed as u64,
            crowds: &self.crowds,
        };
        kept.serialize(serializer)
    }
}

impl From<RecentOfVersion4> for Recent {
    fn from(before: RecentOfVersion4) -> Self {
        let crowds = Panes::default();
        Self::from(RecentOfVersion6 { before, crowds })
    }
}

impl From<RecentOfVersion6> for Recent {
    fn from(RecentOfVersion6 { before, crowds }: RecentOfVersion6) -> Self {
        Self {
            observations: before.observations,
            forgotten: before.forgotten,
            closed: before.closed,
            closed_to: before.closed_to,
            observed: before.observed.into(),
            crowds,
            sums: PaneSums::default(),
        }
    }
}

impl From<Kept> for Recent {
    fn from(kept: Kept) -> Self {
        Self {
            observations: kept.observations,
            forgotten: 0,
            closed: kept.closed,
            closed_to: kept.closed_to,
            observed: kept.observed.into(),
            crowds: kept.crowds,
            sums: PaneSums::default(),
        }
    }
}

impl Recent {
    /// The same, with the sums of so many panes back: those of a window, and of all that close together.
    pub fn with_sums(mut self, panes: usize) -> Self {
        self.sums = PaneSums::of(panes);
        let first = self.closed_to - self.sums.len() + 1;
        // From there on the panes are closed once more; crowds of states of version 4, which kept each of their events, are
        // found, too.
        let start = pane_start(first);
        self.closed = self.observations.partition_point(|seen| seen.at < start);
        self.forgotten = self.forgotten.min(self.closed);
        self.close_panes(first..self.closed_to);
        self
    }

    /// More events, ascending, of panes that are not closed.
    pub fn insert(&mut self, more: &[Observation]) {
        let Some(first) = more.first() else {
            return;
        };
        let is_newer = self.observations.last().is_none_or(|last| last.at <= first.at);
        self.observations.extend_from_slice(more);
        let open = self.observations.get_mut(self.closed..);
        if !is_newer && let Some(open) = open {
            // What lies before them stays where it is.
            let place = open.len() - more.len();
            let place = open
                .get(..place)
                .unwrap_or_default()
                .iter()
                .rposition(|seen| seen.at <= first.at)
                .map_or(0, |place| place + 1);
            if let Some(tail) = open.get_mut(place..) {
                tail.sort_unstable_by_key(|seen| seen.at);
            }
        }
    }

    /// More events, ascending, of one pane that is closed and kept.
    pub fn insert_late(&mut self, pane: i64, more: &[Observation]) {
        if let Some(crowd) = self.crowds.get_mut(pane) {
            return crowd.sum_up(more);
        }
        let inside = self.places(pane..pane + 1);
        if inside.len() + more.len() > CROWD {
            let single: Vec<Observation> = self.observations.drain(inside).collect();
            let crowd = self.crowds.at(pane);
            crowd.sum_up(&single);
            crowd.sum_up(more);
            self.closed -= single.len();
            self.sums.remove(pane..self.closed_to, &single);
            return;
        }
        let end = inside.end;
        self.observations.splice(end..end, more.iter().copied());
        if let Some(inside) = self.observations.get_mut(inside.start..end + more.len()) {
            inside.sort_unstable_by_key(|seen| seen.at);
        }
        self.closed += more.len();
        self.sums.add(pane..self.closed_to, more);
    }

    /// The next panes are closed, those before them nothing is known of; `observed` has bit `i` where the camera was observed
    /// in the `i`-th pane before the end.
    pub fn close(&mut self, panes: Range<i64>, observed: u128) {
        self.sums.pass(self.closed_to..panes.start);
        let passed = (panes.end - self.closed_to).unsigned_abs();
        let before = self.observed.checked_shl(passed.min(128) as u32).unwrap_or(0);
        self.observed = before | observed;
        self.close_panes(panes);
    }

    /// Closes panes and adds up what they hold.
    fn close_panes(&mut self, panes: Range<i64>) {
        self.closed_to = panes.end;
        for pane in panes.clone() {
            let end = pane_start(pane + 1);
            let open = self.observations.get(self.closed..).unwrap_or_default();
            let is_observed = self.observed >> (panes.end - pane - 1) & 1 > 0;
            if open.get(CROWD).is_some_and(|seen| seen.at < end) {
                let more = open.partition_point(|seen| seen.at < end);
                let crowd = self.observations.drain(self.closed..self.closed + more);
                self.crowds.at(pane).sum_up(crowd.as_slice());
                drop(crowd);
                self.sums.close(pane, is_observed, std::iter::empty());
            } else {
                let inside = open.iter().take_while(|seen| seen.at < end);
                let closed = &mut self.closed;
                self.sums
                    .close(pane, is_observed, inside.inspect(|_| *closed += 1));
            }
        }
    }

    /// What lies more than so many panes back is forgotten.
    pub fn keep(&mut self, panes: i64) {
        let first = self.closed_to - panes;
        self.crowds.recycle_before(first);
        self.forgotten = self.before(first);
        if self.forgotten > 64 && self.forgotten * 2 > self.observations.len() {
            self.observations.drain(..self.forgotten);
            self.closed -= self.forgotten;
            self.forgotten = 0;
        }
    }

    /// The place of the first single event in this closed pane or behind it.
    fn before(&self, pane: i64) -> usize {
        let closed = self.observations.get(self.forgotten..self.closed);
        let closed = closed.unwrap_or_default();
        let back = self.closed_to - pane;
        let behind = if back >= self.sums.len() {
            // Only late events and what is forgotten reach further back than totals: too seldom to keep more of them.
            let start = pane_start(pane);
            closed.len() - closed.partition_point(|seen| seen.at < start)
        } else {
            let (newest, end) = (self.sums.events(self.closed_to - 1), self.sums.events(pane - 1));
            newest.wrapping_sub(end) as usize
        };
        self.closed - behind.min(closed.len())
    }

    fn places(&self, panes: Range<i64>) -> Range<usize> {
        self.before(panes.start)..self.before(panes.end)
    }

    /// The single events of some closed panes; of crowds none are kept.
    pub fn events(&self, panes: Range<i64>) -> &[Observation] {
        self.observations.get(self.places(panes)).unwrap_or_default()
    }

    /// The same, with what they add up to, and in how many of the panes the camera was observed.
    pub fn few(&self, panes: &Range<i64>) -> (Few<'_>, u64) {
        let (tally, observed) = self.sums.between(panes);
        let from = self.before(panes.start);
        let seen = self.observations.get(from..from + tally.events() as usize);
        let few = Few::new(seen.unwrap_or_default(), tally, self.sums.extremes(panes));
        (few, observed)
    }

    /// Whether there is any crowd.
    pub fn has_crowds(&self) -> bool {
        self.crowds.first().is_some()
    }

    /// The crowds of some closed panes.
    pub fn crowds(&self, panes: Range<i64>) -> impl Iterator<Item = &Chunk> + Clone {
        self.crowds.range(panes.start, panes.end)
    }

    /// What a closed pane holds.
    pub fn held(&self, pane: i64) -> Held<'_> {
        let crowd = self.crowds(pane..pane + 1).next();
        crowd.map_or_else(|| Held::Events(self.events(pane..pane + 1)), Held::Merged)
    }

    /// Adds what some closed panes hold.
    pub fn add_to(&self, panes: Range<i64>, to: &mut Chunk) {
        to.pour(self.events(panes.clone()));
        self.crowds(panes.clone()).for_each(|crowd| to.merge(crowd));
        to.observed += self.observed(panes);
    }

    /// In how many of some closed panes the camera was observed.
    pub fn observed(&self, panes: Range<i64>) -> u64 {
        let bits = self.observed.checked_shr((self.closed_to - panes.end) as u32);
        let width = (panes.end - panes.start).clamp(1, 128) as u32;
        let mask = u128::MAX >> (128 - width);
        u64::from((bits.unwrap_or(0) & mask).count_ones())
    }

    /// The pane of the last event in a closed pane.
    pub fn last(&self) -> Option<i64> {
        let single = self.observations.get(self.forgotten..self.closed);
        let single = single.and_then(|single| single.last());
        single.map(|seen| pane_of(seen.at)).max(self.crowds.last())
    }

    /// The pane of the first event whose pane is not closed.
    pub fn first_open(&self) -> Option<i64> {
        self.observations.get(self.closed).map(|seen| pane_of(seen.at))
    }
}

#[cfg(test)]
mod tests;
