//! What a window measured, in the form in which it is at hand.

use super::confidences::{Confidences, Extremes};
use super::observation::{Observation, Tally, pour};
use throng_model::summary::{Moments, Sketch, bucket_of, middle_of, rank_of};
use throng_model::{Measure, Measures, TimeRange, Timestamp};

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
            Self::Few(few) => pour(few.seen, sums),
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

    /// From the first to behind the last of them.
    pub(crate) fn range(&self) -> TimeRange {
        let moments = || self.seen.iter().map(|seen| seen.at);
        TimeRange {
            start: moments().min().unwrap_or(Timestamp::MIN),
            end: moments().max().map_or(Timestamp::MIN, |last| last.plus(1)),
        }
    }

    fn moments(&self, mut each: impl FnMut(Measure, Moments)) {
        let alone = self.tally.alone();
        let alone = [Measure::In, Measure::Out, Measure::Pass].into_iter().zip(alone);
        if self.tally.others() == 0 {
            for (measure, people) in alone {
                if people > 0 {
                    each(measure, single(people));
                }
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
        for (measure, people) in alone {
            if people > 0 {
                add(measure, single(people));
            }
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
    fn confidence(&self, q: f64) -> Option<f64> {
        let count = self.tally.sure();
        if count == 0 {
            return None;
        }
        let Extremes { least, most } = self.extremes;
        let above = count - rank_of(q, count);
        let bucket = if above == 0 {
            bucket_of(most.into())
        } else if above <= NEAR {
            bucket_of(self.confidences.largest_but(above, most).into())
        } else {
            self.bucket_below(above)?
        };
        let value = middle_of(bucket).clamp(least.into(), most.into());
        Some(value as f64 / Measure::SCALE as f64)
    }

    /// A percentile of another measure.
    #[cold]
    fn other(&self, measure: Measure, q: f64) -> Option<f64> {
        let mut sums = Measures::default();
        pour(self.seen, &mut sums);
        sums.get(measure)?.percentile(q)
    }

    /// The bucket of the largest confidence but so many.
    #[inline(never)]
    fn bucket_below(&self, above: u64) -> Option<i16> {
        let buckets = self.seen.iter().filter_map(|seen| Some(seen.sure()?.1));
        let (first, last) = (
            bucket_of(self.extremes.least.into()),
            bucket_of(self.extremes.most.into()),
        );
        let mut counts = [0_u16; RUN];
        let Some(counts) = counts.get_mut(..=(last - first) as usize) else {
            let sketch: Sketch = buckets.map(|bucket| (bucket, 1)).collect();
            return sketch.bucket_of_rank(self.tally.sure() - above);
        };
        for bucket in buckets {
            if let Some(count) = counts.get_mut((bucket - first) as usize) {
                *count += 1;
            }
        }
        let mut passed = 0;
        let place = counts.iter().rposition(|count| {
            passed += u64::from(*count);
            passed > above
        });
        Some(first + place? as i16)
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

/// Confidences that lie so many buckets apart at most are counted in a row: two powers of two.
const RUN: usize = 128;

/// Where so many confidences lie above the one that is asked for at most, they are passed one by one, from the largest downwards.
const NEAR: u64 = 8;

#[cfg(test)]
mod tests {
    use super::super::events::Events;
    use super::*;
    use proptest::prelude::*;

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
