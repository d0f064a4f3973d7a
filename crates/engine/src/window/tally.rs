//! What events add up to: single people are counted, confidences are summed, and all else is added one by one.

use super::confidences::Extremes;
use super::observation::{Observation, Walk};
use throng_model::summary::Moments;
use throng_model::{Measure, Measures, Summary};

/// What events of one camera add up to, as far as nearly all of them say it: single people and their confidences.
///
/// Totals may go around; the difference of two is exact where what lies between is some thousands of events, and
/// [crowds](super::recent::CROWD) are not among them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// How many walked alone, by [`Walk`], sixteen bits each; in the last place, of how many there is more to say.
    walks: u64,
    /// How many events there are and how many confidences, sixteen bits each, and above them the sum of the confidences.
    counts: u64,
    squares: u64,
    cubes: u64,
}

impl Tally {
    /// Bits of each count.
    const COUNT: u32 = 16;

    /// Of all these.
    pub fn of(all: &[Observation]) -> Self {
        let mut tally = Self::default();
        all.iter().for_each(|seen| tally.add(seen));
        tally
    }

    /// One event more.
    pub fn add(&mut self, seen: &Observation) {
        let is_timed = u64::from(seen.latency().is_some());
        let walk = 1 << (Self::COUNT * seen.walk() as u32);
        let more = is_timed << (Self::COUNT * Walk::Other as u32);
        let is_sure = u64::from(seen.thousandths() != Observation::UNSURE);
        let confidence = u64::from(seen.thousandths()) * is_sure;
        let square = confidence * confidence;
        *self = self.with(&Tally {
            // One more for whoever has anything else to say, however much.
            walks: walk | more,
            counts: 1 + (is_sure << Self::COUNT) + (confidence << (2 * Self::COUNT)),
            squares: square,
            cubes: square * confidence,
        });
    }

    /// Both.
    pub fn with(&self, other: &Tally) -> Tally {
        Tally {
            walks: self.walks.wrapping_add(other.walks),
            counts: self.counts.wrapping_add(other.counts),
            squares: self.squares.wrapping_add(other.squares),
            cubes: self.cubes.wrapping_add(other.cubes),
        }
    }

    /// What is left without the events of another one, which are among those of this one.
    pub fn less(&self, other: &Tally) -> Tally {
        Tally {
            walks: self.walks.wrapping_sub(other.walks),
            counts: self.counts.wrapping_sub(other.counts),
            squares: self.squares.wrapping_sub(other.squares),
            cubes: self.cubes.wrapping_sub(other.cubes),
        }
    }

    /// How many events there are.
    pub fn events(&self) -> u64 {
        Self::count(self.counts, 0)
    }

    /// How many confidences there are.
    pub fn sure(&self) -> u64 {
        Self::count(self.counts, 1)
    }

    /// How many people walked alone, as far as any did.
    pub fn alone_by_measure(&self) -> impl Iterator<Item = (Measure, u64)> + use<> {
        let walks = self.walks;
        let each = [
            (Measure::In, Walk::In),
            (Measure::Out, Walk::Out),
            (Measure::Pass, Walk::Pass),
        ];
        each.into_iter()
            .map(move |(measure, walk)| (measure, Self::count(walks, walk as u32)))
            .filter(|(_, people)| *people > 0)
    }

    /// Of some events there is more to say ([`Observation::others`]) where this is not 0.
    pub fn others(&self) -> u64 {
        Self::count(self.walks, Walk::Other as u32)
    }

    fn count(counts: u64, place: u32) -> u64 {
        (counts >> (Self::COUNT * place)) & ((1 << Self::COUNT) - 1)
    }

    /// The confidences, of which the smallest and the largest are these.
    pub fn confidence(&self, extremes: Extremes) -> Moments {
        Moments {
            count: self.sure(),
            sum: (self.counts >> (2 * Self::COUNT)).into(),
            sum_squares: self.squares.into(),
            sum_cubes: self.cubes.into(),
            min: extremes.least.into(),
            max: extremes.most.into(),
        }
    }
}

/// A tally of so many is exact: their count fits sixteen bits.
const EXACT: usize = 1 << 15;

/// Adds the values of observations.
pub(crate) fn pour(observations: &[Observation], into: &mut Measures) {
    for some in observations.chunks(EXACT) {
        pour_counted(
            some,
            &Tally::of(some),
            Extremes::of(some.iter().map(Observation::thousandths)),
            into,
        );
    }
}

/// The same, where they are added up already.
pub(crate) fn pour_counted(
    observations: &[Observation],
    tally: &Tally,
    extremes: Extremes,
    into: &mut Measures,
) {
    let buckets = observations.iter().filter_map(Observation::bucket);
    let confidence = tally.confidence(extremes);
    into.lane(Measure::Confidence).add_counted(&confidence, buckets);
    for (measure, times) in tally.alone_by_measure() {
        into.lane(measure).add_times(Measure::SCALE, times);
    }
    if tally.others() > 0 {
        let mut add = |measure, value| into.lane(measure).add(value);
        observations.iter().for_each(|seen| seen.others(&mut add));
    }
}

/// Takes the values of observations away that were added before. `extremes` finds the smallest and the largest value of a
/// measure among those that stay.
pub(crate) fn take_out(
    gone: &[Observation],
    from: &mut Measures,
    extremes: impl Fn(Measure) -> Option<(i64, i64)>,
) {
    let settle = |lane: &mut Summary, measure, extreme: bool| {
        if extreme && let Some((min, max)) = extremes(measure) {
            lane.set_extremes(min, max);
        }
    };
    for gone in gone.chunks(EXACT) {
        let tally = Tally::of(gone);
        let confidence = tally.confidence(Extremes::of(gone.iter().map(Observation::thousandths)));
        let lane = from.lane(Measure::Confidence);
        let extreme = lane.remove_counted(&confidence, gone.iter().filter_map(Observation::bucket));
        settle(lane, Measure::Confidence, extreme);
        let mut remove = |measure, value, times| {
            let lane = from.lane(measure);
            let extreme = lane.remove_times(value, times);
            settle(lane, measure, extreme);
        };
        for (measure, times) in tally.alone_by_measure() {
            remove(measure, Measure::SCALE, times);
        }
        if tally.others() > 0 {
            let mut remove = |measure, value| remove(measure, value, 1);
            gone.iter().for_each(|seen| seen.others(&mut remove));
        }
    }
}

/// The smallest and the largest value of a measure.
pub(crate) fn extremes(observations: &[Observation], measure: Measure) -> Option<(i64, i64)> {
    let values = || observations.iter().filter_map(|seen| seen.value_of(measure));
    Some((values().min()?, values().max()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::Timestamp;

    #[test]
    fn nobody_is_lost_in_the_largest_tally_there_is() {
        for measure in [Measure::Dwell, Measure::Queue, Measure::In] {
            let one = Observation::new(Timestamp(0), measure, 3_000, Some(900), Some(40));
            for count in [EXACT, EXACT + 1, 2 * EXACT] {
                let mut sums = Measures::default();
                pour(&vec![one; count], &mut sums);
                for measure in [measure, Measure::Latency, Measure::Confidence] {
                    assert_eq!(
                        sums.get(measure).map(|sums| sums.count),
                        Some(count as u64),
                        "{measure}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_surest_of_all_fit_into_one_tally() {
        let one = Observation::new(Timestamp(0), Measure::In, 1_000, Some(u16::MAX - 1), None);
        let all = vec![one; EXACT];
        let extremes = Extremes::of(all.iter().map(Observation::thousandths));
        let expected = Moments::of_times(i64::from(u16::MAX) - 1, EXACT as u64);
        assert_eq!(Tally::of(&all).confidence(extremes), expected);
    }
}
