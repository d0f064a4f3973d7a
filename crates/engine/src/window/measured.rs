//! What a window measured, in the form in which it is at hand.

use super::confidences::{Confidences, Extremes};
use super::observation::Observation;
use super::tally::{Tally, pour_counted};
use throng_model::summary::{Moments, bucket_of, middle_of, rank_of};
use throng_model::{Measure, Measures};

/// A window's numbers. Of few people, those one camera sees in minutes or those of a short count window, the events themselves
/// are the smallest summary there is: they are given out with their power sums, and whoever asks for more (a percentile, a sketch to merge) has it made of them.
/// Either form gives the same answers.
#[derive(Clone, Copy, Debug)]
pub enum Measured<'a> {
    /// Sums of many events.
    Sums(&'a Measures),
    /// Single events.
    Few(&'a Few<'a>),
}

/// Single events with what they add up to.
#[derive(Clone, Copy, Debug)]
pub struct Few<'a> {
    seen: &'a [Observation],
    confidences: Confidences<'a>,
    tally: Tally,
    extremes: Extremes,
}

impl Measured<'_> {
    /// Count, power sums and extremes of every measure that occurs.
    pub fn moments(&self, mut each: impl FnMut(Measure, Moments)) {
        match self {
            Self::Sums(sums) => {
                for (measure, summary) in sums.iter() {
                    each(measure, summary.moments());
                }
            }
            Self::Few(few) => few.moments(each),
        }
    }

    /// The value below which a share `q` (0 to 1) of a measure's values lies, in whole units, as
    /// [`Summary::percentile`](throng_model::Summary::percentile) says it; none where nothing was measured.
    #[inline]
    pub fn percentile(&self, measure: Measure, q: f64) -> Option<f64> {
        match self {
            Self::Sums(sums) => sums.get(measure)?.percentile(q),
            Self::Few(few) if measure == Measure::Confidence => few.confidence(q),
            Self::Few(few) => few.other(measure, q),
        }
    }

    /// Adds everything to sums.
    pub fn add_to(&self, sums: &mut Measures) {
        match self {
            Self::Sums(more) => sums.merge(more),
            Self::Few(few) => few.add_to(sums),
        }
    }

    /// All of it as sums.
    pub fn to_measures(&self) -> Measures {
        let mut sums = Measures::default();
        self.add_to(&mut sums);
        sums
    }
}

impl<'a> Few<'a> {
    /// Events in any order, how sure each of them is, and their sums.
    pub(crate) fn new(seen: &'a [Observation], confidences: Confidences<'a>, tally: Tally) -> Self {
        debug_assert_eq!(
            seen.len() as u64,
            tally.events(),
            "other events than were added up"
        );
        debug_assert_eq!(confidences.0.len(), seen.len(), "confidences of other events");
        Self {
            seen,
            confidences,
            tally,
            extremes: confidences.extremes(),
        }
    }

    /// How many events.
    pub(crate) fn events(&self) -> u64 {
        self.tally.events()
    }

    /// The events.
    #[cfg(test)]
    pub(crate) fn seen(&self) -> &[Observation] {
        self.seen
    }

    fn add_to(&self, sums: &mut Measures) {
        pour_counted(self.seen, &self.tally, self.extremes, sums);
    }

    fn moments(&self, mut each: impl FnMut(Measure, Moments)) {
        if self.tally.others() == 0 {
            for (measure, people) in self.tally.alone_by_measure() {
                each(measure, single(people));
            }
            self.sure(&mut each);
            return;
        }
        let mut lanes = [Moments::default(); Measure::ALL.len()];
        let mut add = |measure: Measure, more: Moments| {
            if let Some(lane) = lanes.get_mut(measure as usize) {
                lane.merge(&more);
            }
        };
        for (measure, people) in self.tally.alone_by_measure() {
            add(measure, single(people));
        }
        self.sure(&mut add);
        for seen in self.seen {
            seen.others(|measure, value| add(measure, Moments::of_times(value, 1)));
        }
        for (measure, lane) in Measure::ALL.into_iter().zip(lanes) {
            if lane.count > 0 {
                each(measure, lane);
            }
        }
    }

    fn sure(&self, each: &mut impl FnMut(Measure, Moments)) {
        if self.tally.sure() > 0 {
            each(Measure::Confidence, self.tally.confidence(self.extremes));
        }
    }

    /// A percentile of the confidences.
    #[inline]
    fn confidence(&self, q: f64) -> Option<f64> {
        let count = self.tally.sure();
        if count == 0 {
            return None;
        }
        let Extremes { least, most } = self.extremes;
        let above = count - rank_of(q, count);
        let bucket = if above == 0 {
            bucket_of(most.into())
        } else {
            self.confidences.bucket_below(above, self.extremes)
        };
        let value = middle_of(bucket).clamp(least.into(), most.into());
        Some(value as f64 / Measure::SCALE as f64)
    }

    /// A percentile of another measure.
    #[cold]
    fn other(&self, measure: Measure, q: f64) -> Option<f64> {
        let mut sums = Measures::default();
        self.add_to(&mut sums);
        sums.get(measure)?.percentile(q)
    }
}

/// So many single people. There are some thousands at most, so everything fits 64 bits.
fn single(people: u64) -> Moments {
    const ONE: u64 = Measure::SCALE as u64;
    Moments {
        count: people,
        sum: (people * ONE).into(),
        sum_squares: (people * ONE * ONE).into(),
        sum_cubes: (people * ONE * ONE * ONE).into(),
        min: Measure::SCALE,
        max: Measure::SCALE,
    }
}

#[cfg(test)]
mod tests {
    use super::super::events::Events;
    use super::super::tally::pour;
    use super::*;
    use proptest::prelude::*;
    use throng_model::Timestamp;

    proptest! {
        /// Whatever is asked: events answer as the sums of them do, and so do sums that are handed on.
        #[test]
        fn few_events_say_what_their_sums_say(
            seen in prop::collection::vec((0usize..5, 1u32..4, prop::option::weighted(0.9, prop_oneof![500u16..1_001, 0u16..60_000]), prop::option::weighted(0.2, 0u32..5_000_000)), 0..200),
            q in 0.0f64..=1.0,
            (are_alone, are_near, timed) in (any::<bool>(), any::<bool>(), 0u8..3),
        ) {
            let measures = [Measure::In, Measure::Out, Measure::Pass, Measure::Dwell, Measure::Queue];
            let seen: Vec<Observation> = seen.into_iter().map(|(measure, people, confidence, latency)| {
                // Often all are of the kind that needs least room, or all but for one thing.
                let (measure, people) = if are_alone { (measure % 3, 1) } else { (measure, people) };
                let confidence = confidence.map(|confidence| if are_near { 500 + confidence % 100 } else { confidence });
                let latency = match timed {
                    0 => None,
                    1 => Some(latency.unwrap_or(measure as u32)),
                    _ => latency,
                };
                Observation::new(Timestamp(0), measures[measure], people * 1_000, confidence, latency)
            }).collect();
            let events = Events::from(seen.clone());
            let (_, confidences) = events.with_confidences(0..seen.len());
            let few = Few::new(&seen, confidences, Tally::of(&seen));
            let mut sums = Measures::default();
            pour(&seen, &mut sums);
            let of_sums: Vec<(Measure, Moments)> = sums.iter().map(|(measure, sums)| (measure, sums.moments())).collect();
            let moments = |measured: Measured<'_>| {
                let mut all = Vec::new();
                measured.moments(|measure, moments| all.push((measure, moments)));
                all
            };
            for told in [Measured::Sums(&sums), Measured::Few(&few)] {
                prop_assert_eq!(&told.to_measures(), &sums);
                prop_assert_eq!(&moments(told), &of_sums);
                for measure in Measure::ALL {
                    for q in [q, 0.5, 0.9, 0.95, 0.99] {
                        let expected = sums.get(measure).and_then(|sums| sums.percentile(q));
                        prop_assert_eq!(told.percentile(measure, q), expected, "{} of {}", q, measure);
                    }
                }
            }
        }
    }
}
