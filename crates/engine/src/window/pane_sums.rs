//! What the single events of a camera's latest panes add up to, pane by pane.
//!
//! Kept as running totals, so that the sums of any stretch of panes are the difference of two, however many events lie in it:
//! an event is added up once, not once for every window it is in. Totals go around like a clock; a difference does not mind.

use super::observation::Observation;
use super::prefetch::prefetch;
use super::stretch::STRETCH;
use super::tally::Tally;
use std::ops::Range;

/// A ring of panes, the last of which is the one that was closed last.
#[derive(Clone, Debug, Default)]
pub(crate) struct PaneSums {
    /// By pane modulo their number, which is a power of two: everything up to its end.
    totals: Box<[Tally]>,
    /// Panes of the longest window.
    longest: i64,
}

/// Memory comes in lines of so many totals.
const LINE: usize = 2;

/// A turn closes about so many panes, and most windows are as long.
const NEAR: i64 = 8;

#[expect(clippy::indexing_slicing, reason = "a remainder is a place")]
impl PaneSums {
    /// Of windows of so many panes at most.
    pub fn of(longest: i64) -> Self {
        // One that ends with the first of a stretch is asked for when all of it is closed.
        let panes = (longest + STRETCH) as usize;
        Self {
            totals: vec![Tally::default(); panes.next_power_of_two()].into(),
            longest,
        }
    }

    /// How many panes back sums are known.
    pub fn len(&self) -> i64 {
        self.totals.len() as i64
    }

    fn place(&self, pane: i64) -> usize {
        // The number of places is a power of two.
        pane as usize & (self.totals.len() - 1)
    }

    /// Everything up to the end of a pane.
    fn total(&self, pane: i64) -> Tally {
        self.totals[self.place(pane)]
    }

    /// Asks for the totals that windows are the difference of which end right behind this pane: those around it, and those where
    /// the longest of them begin.
    pub fn prefetch(&self, pane: i64) {
        for at in [pane, pane - self.longest] {
            let around = (at - NEAR..at + NEAR).step_by(LINE);
            around.for_each(|pane| prefetch(&self.totals[self.place(pane)]));
        }
    }

    /// The next panes are closed; nothing is known of them.
    pub fn pass(&mut self, panes: Range<i64>) {
        let total = self.total(panes.start - 1);
        let panes = panes.start.max(panes.end - self.len())..panes.end;
        for pane in panes {
            let place = self.place(pane);
            self.totals[place] = total;
        }
    }

    /// The next pane is closed, and held these events.
    pub fn close(&mut self, pane: i64, seen: &[Observation]) {
        let mut total = self.total(pane - 1);
        seen.iter().for_each(|one| total.add(one));
        let place = self.place(pane);
        self.totals[place] = total;
    }

    /// More events of the first of these panes came late; the others are all that were closed behind it.
    pub fn add(&mut self, panes: Range<i64>, seen: &[Observation]) {
        let more = Tally::of(seen);
        self.change(panes, |tally| tally.with(&more));
    }

    /// The events of the first of these panes, which are these, are not single ones any more.
    pub fn remove(&mut self, panes: Range<i64>, seen: &[Observation]) {
        let gone = Tally::of(seen);
        self.change(panes, |tally| tally.less(&gone));
    }

    fn change(&mut self, panes: Range<i64>, change: impl Fn(&Tally) -> Tally) {
        // Further back than the ring goes, all totals would change by the same: no difference does.
        if panes.end - panes.start > self.len() {
            return;
        }
        for pane in panes {
            let place = self.place(pane);
            self.totals[place] = change(&self.totals[place]);
        }
    }

    /// The sums of some panes.
    pub fn between(&self, panes: &Range<i64>) -> Tally {
        self.total(panes.end - 1).less(&self.total(panes.start - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::confidences::Extremes;
    use super::*;
    use proptest::prelude::*;
    use throng_model::Measure;
    use throng_model::pane::pane_start;

    fn seen(pane: i64, confidence: Option<u16>) -> Observation {
        Observation::new(pane_start(pane), Measure::In, 1_000, confidence, None)
    }

    /// What the sums say of some panes: events, confidences and their sum.
    fn told(sums: &PaneSums, panes: &Range<i64>) -> (u64, u64, i128) {
        let tally = sums.between(panes);
        let extremes = Extremes { least: 0, most: 0 };
        (tally.events(), tally.sure(), tally.confidence(extremes).sum)
    }

    proptest! {
        #[test]
        fn any_panes_of_the_ring_are_told(
            held in prop::collection::vec(prop::collection::vec(prop::option::of(0u16..1_001), 0..4), 1..60),
            late in prop::collection::vec((0usize..60, prop::option::of(0u16..1_001)), 0..8),
            gone in 0usize..60, first in -70i64..70, gap in 0i64..60,
        ) {
            let mut sums = PaneSums::of(16);
            sums.pass(first - 40..first);
            let mut all: Vec<(i64, Vec<Observation>)> = Vec::new();
            for (place, confidences) in held.into_iter().enumerate() {
                // In the middle, some panes are left out.
                let pane = first + place as i64 + if place > 20 { gap } else { 0 };
                if let Some(last) = all.last() {
                    sums.pass(last.0 + 1..pane);
                }
                let events: Vec<_> = confidences.into_iter().map(|confidence| seen(pane, confidence)).collect();
                sums.close(pane, &events);
                all.push((pane, events));
            }
            let end = all[all.len() - 1].0 + 1;
            for (place, confidence) in late {
                let count = all.len();
                let (pane, events) = &mut all[place % count];
                let one = seen(*pane, confidence);
                sums.add(*pane..end, &[one]);
                events.push(one);
            }
            let count = all.len();
            let (pane, events) = &mut all[gone % count];
            sums.remove(*pane..end, &std::mem::take(events));
            for from in end - sums.len() + 1..end {
                for to in from + 1..=end {
                    let inside = || all.iter().filter(|(pane, _)| (from..to).contains(pane));
                    let confidences = || inside().flat_map(|(_, events)| events).filter_map(Observation::confidence);
                    let expected = (
                        inside().map(|(_, events)| events.len()).sum::<usize>() as u64,
                        confidences().count() as u64,
                        confidences().map(i128::from).sum::<i128>(),
                    );
                    prop_assert_eq!(told(&sums, &(from..to)), expected, "{} to {}", from, to);
                }
            }
        }
    }

    #[test]
    fn sums_of_nothing_are_nothing() {
        let sums = PaneSums::of(3);
        assert_eq!(sums.len(), 32);
        assert_eq!(told(&sums, &(0..2)), (0, 0, 0));
    }
}
