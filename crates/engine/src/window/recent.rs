//! What one camera saw lately, event by event.
//!
//! A camera sees a handful of people a minute. Its short windows are read straight from these events: a few bytes each,
//! against a kilobyte for the summary of a pane, and what has to come out of main memory is what windows cost. A crowd is the
//! other way round: what a camera sees there is summed up as soon as its pane is closed, so that memory is bounded at any rate.

use super::chunk::Chunk;
use super::events::Events;
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
    events: Events,
    /// Those before this place are forgotten; they go when there are enough of them.
    forgotten: usize,
    /// Those before this place are in closed panes.
    closed: usize,
    /// The first pane that is not closed.
    closed_to: i64,
    /// Bit `i`: whether the camera was observed in the closed pane `closed_to - 1 - i`.
    observed: u128,
    /// In so many of the panes closed last it was, without a gap.
    without_gap: i64,
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
            observations: self.events.all().get(self.forgotten..).unwrap_or_default(),
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
            events: before.observations.into(),
            forgotten: before.forgotten,
            closed: before.closed,
            closed_to: before.closed_to,
            observed: before.observed.into(),
            without_gap: 0,
            crowds,
            sums: PaneSums::default(),
        }
    }
}

impl From<Kept> for Recent {
    fn from(kept: Kept) -> Self {
        Self {
            events: kept.observations.into(),
            forgotten: 0,
            closed: kept.closed,
            closed_to: kept.closed_to,
            observed: kept.observed.into(),
            without_gap: 0,
            crowds: kept.crowds,
            sums: PaneSums::default(),
        }
    }
}

impl Recent {
    /// Asks for what the next panes are closed with.
    pub fn prefetch(&self) {
        self.events.prefetch();
        self.sums.prefetch(self.closed_to);
    }

    /// The same, with the sums that windows of so many panes at most are made of.
    pub fn with_sums(mut self, longest: i64) -> Self {
        self.sums = PaneSums::of(longest);
        let first = self.closed_to - self.sums.len() + 1;
        // From there on the panes are closed once more; crowds of states of version 4, which kept each of their events, are
        // found, too.
        let start = pane_start(first);
        self.closed = self.events.all().partition_point(|seen| seen.at < start);
        self.forgotten = self.forgotten.min(self.closed);
        self.close_panes(first..self.closed_to);
        self
    }

    /// More events, ascending, of panes that are not closed.
    pub fn insert(&mut self, more: &[Observation]) {
        let Some(first) = more.first() else {
            return;
        };
        let open = self.open().iter();
        // What lies before them stays where it is; nearly always that is everything.
        let later = open.rev().take_while(|seen| seen.at > first.at).count();
        let before = self.events.len() - later;
        self.events.extend(more);
        if later > 0 {
            self.events.sort(before..self.events.len());
        }
    }

    /// More events, ascending, of one pane that is closed and kept.
    pub fn insert_late(&mut self, pane: i64, more: &[Observation]) {
        if let Some(crowd) = self.crowds.get_mut(pane) {
            return crowd.sum_up(more);
        }
        let inside = self.places(pane..pane + 1);
        if inside.len() + more.len() > CROWD {
            let single: Vec<Observation> = self.events.drain(inside).collect();
            let crowd = self.crowds.at(pane);
            crowd.sum_up(&single);
            crowd.sum_up(more);
            self.closed -= single.len();
            self.sums.remove(pane..self.closed_to, &single);
            return;
        }
        self.events.insert(inside.end, more);
        self.events.sort(inside.start..inside.end + more.len());
        self.closed += more.len();
        self.sums.add(pane..self.closed_to, more);
    }

    /// The events of panes that are not closed.
    fn open(&self) -> &[Observation] {
        self.events.get(self.closed..self.events.len())
    }

    /// The next panes are closed, those before them nothing is known of; `observed` has bit `i` where the camera was observed
    /// in the `i`-th pane before the end.
    pub fn close(&mut self, panes: Range<i64>, observed: u128) {
        self.sums.pass(self.closed_to..panes.start);
        let passed = (panes.end - self.closed_to).unsigned_abs();
        let before = self.observed.checked_shl(passed.min(128) as u32).unwrap_or(0);
        self.observed = before | observed;
        self.without_gap = self.observed.trailing_ones().into();
        self.close_panes(panes);
    }

    /// Closes panes and adds up what they hold.
    fn close_panes(&mut self, panes: Range<i64>) {
        self.closed_to = panes.end;
        for pane in panes {
            let end = pane_start(pane + 1);
            let open = self.events.get(self.closed..self.events.len());
            let inside = open
                .iter()
                .take(CROWD + 1)
                .take_while(|seen| seen.at < end)
                .count();
            if inside > CROWD {
                let more = open.partition_point(|seen| seen.at < end);
                let crowd = self.events.drain(self.closed..self.closed + more);
                self.crowds.at(pane).sum_up(crowd.as_slice());
                drop(crowd);
                self.sums.close(pane, &[]);
            } else {
                self.sums.close(pane, open.get(..inside).unwrap_or_default());
                self.closed += inside;
            }
        }
    }

    /// What lies more than so many panes back is forgotten.
    pub fn keep(&mut self, panes: i64) {
        let first = self.closed_to - panes;
        self.crowds.recycle_before(first);
        self.forgotten = self.before(first);
        if self.forgotten > 64 && self.forgotten * 2 > self.events.len() {
            self.events.drain(0..self.forgotten);
            self.closed -= self.forgotten;
            self.forgotten = 0;
        }
    }

    /// The place of the first single event in this closed pane or behind it.
    fn before(&self, pane: i64) -> usize {
        let closed = self.events.get(self.forgotten..self.closed);
        let behind = if self.closed_to - pane >= self.sums.len() {
            // Only late events and what is forgotten reach further back than totals: too seldom to keep more of them.
            let start = pane_start(pane);
            closed.len() - closed.partition_point(|seen| seen.at < start)
        } else {
            self.sums.between(&(pane..self.closed_to)).events() as usize
        };
        self.closed - behind.min(closed.len())
    }

    fn places(&self, panes: Range<i64>) -> Range<usize> {
        self.before(panes.start)..self.before(panes.end)
    }

    /// The single events of some closed panes; of crowds none are kept.
    pub fn events(&self, panes: Range<i64>) -> &[Observation] {
        self.events.get(self.places(panes))
    }

    /// The same of the last panes, no more than totals are known of, with what they add up to.
    #[inline(always)]
    pub fn few(&self, panes: &Range<i64>) -> Few<'_> {
        let tally = self.sums.between(panes);
        let behind = self.sums.between(&(panes.end..self.closed_to)).events();
        let end = self.closed - behind as usize;
        let (seen, confidences) = self.events.with_confidences(end - tally.events() as usize..end);
        Few::new(seen, confidences, tally)
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
        if self.closed_to - panes.start <= self.without_gap {
            return (panes.end - panes.start) as u64;
        }
        let bits = self.observed.checked_shr((self.closed_to - panes.end) as u32);
        let width = (panes.end - panes.start).clamp(1, 128) as u32;
        let mask = u128::MAX >> (128 - width);
        u64::from((bits.unwrap_or(0) & mask).count_ones())
    }

    /// The pane of the last event in a closed pane.
    pub fn last(&self) -> Option<i64> {
        let single = self.events.get(self.forgotten..self.closed).last();
        single.map(|seen| pane_of(seen.at)).max(self.crowds.last())
    }

    /// The pane of the first event whose pane is not closed.
    pub fn first_open(&self) -> Option<i64> {
        self.open().first().map(|seen| pane_of(seen.at))
    }
}

#[cfg(test)]
mod tests;
