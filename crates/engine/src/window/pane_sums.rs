//! What the single events of a camera's latest panes add up to, pane by pane.
//!
//! Kept as running totals, so that the sums of any stretch of panes are the difference of two, however many events lie in it:
//! an event is added up once, not once for every window it is in. Totals go around like a clock; a difference does not mind.

use super::observation::{Observation, Tally};
use std::ops::Range;

/// A ring of panes, the last of which is the one that was closed last.
#[derive(Clone, Debug, Default)]
pub(crate) struct PaneSums {
    /// By pane modulo their number, which is a power of two: everything up to its end.
    totals: Box<[Total]>,
    /// The same: the smallest and the largest confidence in it.
    extremes: Box<[Extremes]>,
}

/// What happened up to the end of a pane.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    tally: Tally,
    /// In how many panes the camera was observed.
    observed: u64,
}

/// The smallest and the largest of some confidences: how far the smallest is below the largest value there can be, and the
/// largest. So both are maxima, and many are found at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extremes([u16; 2]);

/// So many are compared at once.
const AT_ONCE: usize = 8;

impl Extremes {
    pub fn add(&mut self, seen: &Observation) {
        if let Some(confidence) = seen.confidence() {
            *self = self.with(Self([u16::MAX - confidence, confidence]));
        }
    }

    pub fn with(self, other: Self) -> Self {
        let (Self([least, most]), Self([other_least, other_most])) = (self, other);
        Self([least.max(other_least), most.max(other_most)])
    }

    fn of_all(all: &[Self]) -> Self {
        let (chunks, rest) = all.as_chunks::<{ AT_ONCE / 2 }>();
        let widest = rest.iter().copied().fold(Self::default(), Self::with);
        let Some((first, others)) = chunks.split_first() else {
            return widest;
        };
        let mut lanes = *first;
        for chunk in others {
            for (lane, one) in lanes.iter_mut().zip(chunk) {
                *lane = lane.with(*one);
            }
        }
        lanes.into_iter().fold(widest, Self::with)
    }

    /// The smallest confidence; larger than the largest where there is none.
    pub fn least(self) -> u16 {
        u16::MAX - self.0[0]
    }

    /// The largest confidence.
    pub fn most(self) -> u16 {
        self.0[1]
    }
}

#[expect(clippy::indexing_slicing, reason = "a remainder is a place")]
impl PaneSums {
    /// Of so many panes at least.
    pub fn of(panes: usize) -> Self {
        let panes = panes.next_power_of_two();
        Self {
            totals: vec![Total::default(); panes].into(),
            extremes: vec![Extremes::default(); panes].into(),
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

    fn total(&self, pane: i64) -> Total {
        self.totals[self.place(pane)]
    }

    /// How many events there were up to the end of a pane.
    pub fn events(&self, pane: i64) -> u32 {
        self.totals[self.place(pane)].tally.events()
    }

    /// The next panes are closed; nothing is known of them.
    pub fn pass(&mut self, panes: Range<i64>) {
        let total = self.total(panes.start - 1);
        let panes = panes.start.max(panes.end - self.len())..panes.end;
        for pane in panes {
            let place = self.place(pane);
            self.totals[place] = total;
            self.extremes[place] = Extremes::default();
        }
    }

    /// The next pane is closed, and held these events.
    pub fn close<'a>(&mut self, pane: i64, is_observed: bool, seen: impl Iterator<Item = &'a Observation>) {
        let mut total = self.total(pane - 1);
        let mut extremes = Extremes::default();
        for one in seen {
            total.tally.add(one);
            extremes.add(one);
        }
        total.observed += u64::from(is_observed);
        let place = self.place(pane);
        self.totals[place] = total;
        self.extremes[place] = extremes;
    }

    /// More events of the first of these panes came late; the others are all that were closed behind it.
    pub fn add(&mut self, panes: Range<i64>, seen: &[Observation]) {
        let mut more = Tally::default();
        let mut extremes = self.extremes[self.place(panes.start)];
        for one in seen {
            more.add(one);
            extremes.add(one);
        }
        self.change(panes, extremes, |tally| tally.with(&more));
    }

    /// The events of the first of these panes, which are these, are not single ones any more.
    pub fn remove(&mut self, panes: Range<i64>, seen: &[Observation]) {
        let mut gone = Tally::default();
        seen.iter().for_each(|one| gone.add(one));
        self.change(panes, Extremes::default(), |tally| tally.less(&gone));
    }

    fn change(&mut self, panes: Range<i64>, extremes: Extremes, change: impl Fn(&Tally) -> Tally) {
        // Further back than the ring goes, all totals would change by the same: no difference does.
        if panes.end - panes.start > self.len() {
            return;
        }
        let place = self.place(panes.start);
        self.extremes[place] = extremes;
        for pane in panes {
            let place = self.place(pane);
            let tally = &mut self.totals[place].tally;
            *tally = change(tally);
        }
    }

    /// The sums of some panes, and in how many of them the camera was observed.
    pub fn between(&self, panes: &Range<i64>) -> (Tally, u64) {
        let (from, to) = (self.total(panes.start - 1), self.total(panes.end - 1));
        (to.tally.less(&from.tally), to.observed - from.observed)
    }

    /// The smallest and the largest confidence of some panes.
    pub fn extremes(&self, panes: &Range<i64>) -> Extremes {
        let (from, to) = (self.place(panes.start), self.place(panes.end - 1) + 1);
        if from < to {
            Extremes::of_all(&self.extremes[from..to])
        } else {
            Extremes::of_all(&self.extremes[from..]).with(Extremes::of_all(&self.extremes[..to]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use throng_model::Measure;
    use throng_model::pane::pane_start;

    fn seen(pane: i64, confidence: Option<u16>) -> Observation {
        Observation::new(pane_start(pane), Measure::In, 1_000, confidence, None)
    }

    /// What the sums say of some panes: events, confidences, extremes, observed.
    fn told(sums: &PaneSums, panes: &Range<i64>) -> (u32, u64, (u16, u16), u64) {
        let (tally, observed) = sums.between(panes);
        let extremes = sums.extremes(panes);
        (
            tally.events(),
            tally.sure(),
            (extremes.least(), extremes.most()),
            observed,
        )
    }

    proptest! {
        #[test]
        fn any_panes_of_the_ring_are_told(
            held in prop::collection::vec((prop::collection::vec(prop::option::of(0u16..1_001), 0..4), any::<bool>()), 1..60),
            late in prop::collection::vec((0usize..60, prop::option::of(0u16..1_001)), 0..8),
            gone in 0usize..60, first in -70i64..70, gap in 0i64..60,
        ) {
            let mut sums = PaneSums::of(16);
            sums.pass(first - 40..first);
            let mut all: Vec<(i64, Vec<Observation>, bool)> = Vec::new();
            for (place, (confidences, observed)) in held.into_iter().enumerate() {
                // In the middle, some panes are left out.
                let pane = first + place as i64 + if place > 20 { gap } else { 0 };
                if let Some(last) = all.last() {
                    sums.pass(last.0 + 1..pane);
                }
                let events: Vec<_> = confidences.into_iter().map(|confidence| seen(pane, confidence)).collect();
                sums.close(pane, observed, events.iter());
                all.push((pane, events, observed));
            }
            let end = all[all.len() - 1].0 + 1;
            for (place, confidence) in late {
                let count = all.len();
                let (pane, events, _) = &mut all[place % count];
                let one = seen(*pane, confidence);
                sums.add(*pane..end, &[one]);
                events.push(one);
            }
            let count = all.len();
            let (pane, events, _) = &mut all[gone % count];
            sums.remove(*pane..end, &std::mem::take(events));
            for from in end - sums.len() + 1..end {
                for to in from + 1..=end {
                    let inside = || all.iter().filter(|(pane, ..)| (from..to).contains(pane));
                    let confidences = || inside().flat_map(|(_, events, _)| events).filter_map(Observation::confidence);
                    let expected = (
                        inside().map(|(_, events, _)| events.len()).sum::<usize>() as u32,
                        confidences().count() as u64,
                        (confidences().min().unwrap_or(u16::MAX), confidences().max().unwrap_or(0)),
                        inside().filter(|(.., observed)| *observed).count() as u64,
                    );
                    prop_assert_eq!(told(&sums, &(from..to)), expected, "{} to {}", from, to);
                }
            }
        }
    }

    #[test]
    fn sums_of_nothing_are_nothing() {
        let sums = PaneSums::of(3);
        assert_eq!(sums.len(), 4);
        assert_eq!(told(&sums, &(0..2)), (0, 0, (u16::MAX, 0), 0));
    }
}
