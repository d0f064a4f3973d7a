//! The factor of a day that is not over, learned from the same weekday of the weeks before.
//!
//! The [factor](super::factor) of a day is known when the day is. Until then the error of its counters is taken to be
//! that of a usual day: the middle one, by its ratio of out to in, of the same weekday's closed days of the last eight
//! weeks; of an even number the two middle ones together. The middle, not the sum, because a day on which part of the
//! people took another way must not bend the others.
//!
//! Constraints:
//! - Only days inside the factor's own guards teach anything, and there must be [`DAYS_MIN`]: of fewer one odd day would be
//!   the middle. On CalIt2, walking forward through its 75 busy days, 58 have so many: none of them ends worse than by the
//!   floor alone, and the level is off by 4.9 people through the day (root mean square against the closed day) where the
//!   floor alone is by 9.9. At night 1 is left in the median of all 75, 25 in one of ten and 7.4 in the mean; the floor alone
//!   leaves 13, 34 and 15.5, the closed day's own factor 1, 3 and 1.3 (`tests/calit2.rs`).
//! - Where the newest of the days before asks for a missing door, or today has twice as many exits as entries, nothing is
//!   scaled: what was usual does not hold. Twice as many entries are how any day begins, and say nothing.
//! - Factor first, then floor, in the order things happened, from the day's counts alone: a late event changes the level as
//!   if it had come in time.
//!
//! Learned live correction: Irisys learns by weekday for two weeks to two months; PreCount, Sangogboye and Kjærgaard 2018.

use super::day::{Crossings, Follower, follow};
use super::factor::{Factor, NoFactor, RATIO_MAX, Sides};
use super::reset::Setting;
use throng_model::TimeRange;

/// How many weeks back days teach something: long enough for eight of a weekday, short enough for the cameras to hang where
/// they hung.
pub const WEEKS: i64 = 8;
/// So many days inside the guards there must be.
pub const DAYS_MIN: usize = 3;

/// The sums of a closed day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastDay {
    /// From reset to reset.
    pub day: TimeRange,
    /// People in.
    pub people_in: u64,
    /// People out.
    pub people_out: u64,
}

impl PastDay {
    /// In minus out: the net error of all counters of the place.
    pub fn residual(&self) -> i64 {
        self.people_in as i64 - self.people_out as i64
    }
}

/// Why a day that is not over is not scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLearned {
    /// Fewer than [`DAYS_MIN`] of the days before are inside the guards.
    TooFewDays,
    /// On the newest of them people probably used a door that is not counted.
    DoorMissing,
    /// Today more than [`RATIO_MAX`] times as many left as came.
    RatioOutside,
}

impl NotLearned {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            NotLearned::TooFewDays => "too_few_days",
            NotLearned::DoorMissing => "door_missing",
            NotLearned::RatioOutside => "ratio_outside",
        }
    }
}

/// What was learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// What the counts are multiplied by.
    pub factor: Factor,
    /// The days inside the guards, oldest first.
    pub from: Vec<PastDay>,
}

impl Learned {
    /// The residuals of its days together, over the mean of in and out, -2 to 2.
    pub fn relative_residual(&self) -> Option<f64> {
        let sum = |people: fn(&PastDay) -> u64| self.from.iter().map(people).sum();
        crate::measure::consistency::imbalance(sum(|day| day.people_in), sum(|day| day.people_out))
    }
}

/// Learns from the closed days of one weekday, oldest first.
pub fn learn(past: &[PastDay], sides: Sides) -> Result<Learned, NotLearned> {
    let factor = |day: &PastDay| Factor::of(day.people_in, day.people_out, sides);
    if past
        .last()
        .is_some_and(|day| factor(day) == Err(NoFactor::RatioOutside))
    {
        return Err(NotLearned::DoorMissing);
    }
    let from: Vec<PastDay> = past.iter().filter(|day| factor(day).is_ok()).copied().collect();
    if from.len() < DAYS_MIN {
        return Err(NotLearned::TooFewDays);
    }
    let mut by_ratio = from.clone();
    // Out over in, without dividing.
    let product = |out: &PastDay, over: &PastDay| u128::from(out.people_out) * u128::from(over.people_in);
    // Of days of one ratio the smaller first, or which of them is in the middle would depend on their order.
    by_ratio.sort_by(|a, b| {
        let by_people = || a.people_in.cmp(&b.people_in);
        product(a, b).cmp(&product(b, a)).then_with(by_people)
    });
    let middle = by_ratio
        .get((from.len() - 1) / 2..=from.len() / 2)
        .unwrap_or_default();
    let sum = |people: fn(&PastDay) -> u64| {
        // Of an odd number both ends are the same day.
        middle.iter().map(people).sum()
    };
    Factor::of(sum(|day| day.people_in), sum(|day| day.people_out), sides)
        .map(|factor| Learned { factor, from })
        .map_err(|_| NotLearned::TooFewDays)
}

/// A day that is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    /// People in.
    pub people_in: u64,
    /// People out.
    pub people_out: u64,
    /// As counted since the last reset, people; may be negative.
    pub raw: i64,
    /// By the floor rule alone, thousandths of a person; never negative.
    pub floored: i64,
    /// By what was learned, then the floor rule, thousandths of a person; never negative. The same as `floored` where nothing
    /// was learned.
    pub corrected: i64,
    /// What was learned, or why nothing is scaled.
    pub learned: Result<Learned, NotLearned>,
}

/// Follows a day as far as it is known. Steps and settings are as for [`super::close`], the days before as for [`learn`].
pub fn so_far(
    day: TimeRange,
    steps: &[Crossings],
    settings: &[Setting],
    past: &[PastDay],
    sides: Sides,
) -> Today {
    let within = || steps.iter().filter(|step| day.contains(step.at));
    let people_in: u64 = within().map(|step| step.people_in).sum();
    let people_out: u64 = within().map(|step| step.people_out).sum();
    let learned = if people_out > people_in.saturating_mul(RATIO_MAX) {
        Err(NotLearned::RatioOutside)
    } else {
        learn(past, sides)
    };
    let factor = learned.as_ref().ok().map(|learned| learned.factor);
    let level = |factor| follow(day, steps, settings, factor, |_| ());
    let plain: Follower = level(None);
    Today {
        people_in,
        people_out,
        raw: plain.raw(),
        floored: plain.corrected(),
        corrected: factor.map_or(plain.corrected(), |factor| level(Some(factor)).corrected()),
        learned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use throng_model::Timestamp;
    use throng_model::time::HOUR;

    const DAY: TimeRange = TimeRange {
        start: Timestamp(0),
        end: Timestamp(24 * HOUR),
    };

    fn past(days: &[(u64, u64)]) -> Vec<PastDay> {
        let day = |(people_in, people_out): &(u64, u64)| PastDay {
            day: DAY,
            people_in: *people_in,
            people_out: *people_out,
        };
        days.iter().map(day).collect()
    }

    fn steps(crossings: &[(u64, u64)]) -> Vec<Crossings> {
        let step = |(hour, (people_in, people_out)): (i64, &(u64, u64))| Crossings {
            at: Timestamp(hour * HOUR),
            people_in: *people_in,
            people_out: *people_out,
        };
        (0..).zip(crossings).map(step).collect()
    }

    #[test]
    fn the_middle_day_is_learned_from() {
        // Ratios 1, 0.81, 0.5; a quiet day between them teaches nothing.
        let learned =
            learn(&past(&[(100, 100), (100, 50), (9, 9), (400, 324)]), Sides::Two).expect("learned");
        assert_eq!(learned.from.len(), 3);
        let residuals: Vec<_> = learned.from.iter().map(PastDay::residual).collect();
        assert_eq!(residuals, [0, 50, 76]);
        // 600 in and 474 out: 126 more, of 537 on average.
        let residual = learned.relative_residual().expect("people came");
        assert!((residual - 126.0 / 537.0).abs() < 1e-12);
        assert!((learned.factor.of_entries() - 0.9).abs() < 1e-12);
        // Of four the two middle ones: 100 + 300 in, 90 + 234 out.
        let four = past(&[(100, 200), (100, 90), (300, 234), (100, 60)]);
        let learned = learn(&four, Sides::Two).expect("learned");
        assert!((learned.factor.of_entries() - 0.9).abs() < 1e-12);
    }

    #[test]
    fn of_days_of_one_ratio_the_smaller_is_nearer_to_those_below() {
        // Ratios 0.5, 0.8, 0.9, 0.9: 100 + 100 in, 80 + 90 out, whichever of the last two came first.
        for days in [
            [(100, 50), (100, 80), (100, 90), (400, 360)],
            [(400, 360), (100, 90), (100, 80), (100, 50)],
        ] {
            let learned = learn(&past(&days), Sides::One).expect("learned");
            assert!((learned.factor.of_exits() - 200.0 / 170.0).abs() < 1e-12);
        }
    }

    #[test]
    fn what_was_not_usual_teaches_nothing() {
        let why = |days: &[(u64, u64)]| learn(&past(days), Sides::Two).err();
        assert_eq!(why(&[]), Some(NotLearned::TooFewDays));
        assert_eq!(
            why(&[(60, 50), (60, 10), (60, 50), (49, 49)]),
            Some(NotLearned::TooFewDays)
        );
        assert_eq!(why(&[(60, 50), (60, 10), (60, 50), (60, 50)]), None, "long ago");
        assert_eq!(
            why(&[(60, 50), (60, 50), (60, 50), (60, 10)]),
            Some(NotLearned::DoorMissing)
        );
    }

    #[test]
    fn a_day_is_scaled_from_its_first_hour_on() {
        // A fifth of the exits is usually not seen: entries count 0.9, exits 1/0.9.
        let usual = past(&[(400, 324); 3]);
        let today = so_far(DAY, &steps(&[(100, 0), (0, 45)]), &[], &usual, Sides::Two);
        assert_eq!((today.raw, today.floored, today.corrected), (55, 55_000, 40_000));
        let one = so_far(DAY, &steps(&[(100, 0), (0, 81)]), &[], &usual, Sides::One);
        assert_eq!((one.floored, one.corrected), (19_000, 0));
    }

    #[test]
    fn the_floor_comes_after_the_factor() {
        // 90 - 111.1 is 21.1 below zero: lifted, and the next ten count nine.
        let usual = past(&[(400, 324); 3]);
        let today = so_far(DAY, &steps(&[(100, 100), (10, 0)]), &[], &usual, Sides::Two);
        assert_eq!((today.raw, today.floored, today.corrected), (10, 10_000, 9_000));
    }

    #[test]
    fn a_day_by_another_door_is_not_scaled() {
        let usual = past(&[(400, 324); 3]);
        let today = so_far(DAY, &steps(&[(10, 0), (0, 21), (5, 0)]), &[], &usual, Sides::Two);
        assert_eq!(today.learned.err(), None, "21 of 15 are inside the ratio");
        let today = so_far(DAY, &steps(&[(10, 0), (0, 20)]), &[], &usual, Sides::Two);
        assert_eq!(today.learned.err(), None, "20 of 10 are just inside");
        let today = so_far(DAY, &steps(&[(10, 0), (0, 21)]), &[], &usual, Sides::Two);
        assert_eq!(today.learned, Err(NotLearned::RatioOutside));
        assert_eq!((today.floored, today.corrected), (0, 0));
    }

    proptest! {
        #[test]
        fn learning_knows_no_order_but_the_newest_day_and_lies_within_what_it_saw(mut days in prop::collection::vec((50u64..900, 500u64..=2_000), 3..9), by in 0usize..9) {
            days.iter_mut().for_each(|(people_in, ratio)| *ratio = (*people_in * *ratio / 1_000).max(people_in.div_ceil(2)));
            let learned = learn(&past(&days), Sides::One).expect("all inside the guards").factor;
            let length = days.len();
            days.rotate_left(by % length);
            let again = learn(&past(&days), Sides::One).expect("the same").factor;
            prop_assert!((again.of_exits() - learned.of_exits()).abs() < 1e-12);
            let ratios = days.iter().map(|(people_in, people_out)| *people_in as f64 / *people_out as f64);
            let (least, most) = ratios.fold((f64::MAX, 0.0_f64), |(least, most), ratio| (least.min(ratio), most.max(ratio)));
            prop_assert!(least - 1e-12 <= learned.of_exits() && learned.of_exits() <= most + 1e-12);
        }

        #[test]
        fn nothing_learned_is_the_floor_alone(crossings in prop::collection::vec((0u64..40, 0u64..40), 0..24)) {
            let today = so_far(DAY, &steps(&crossings), &[], &[], Sides::Two);
            prop_assert_eq!(today.corrected, today.floored);
            let scaled = so_far(DAY, &steps(&crossings), &[], &past(&[(400, 324); 3]), Sides::Two);
            prop_assert!(scaled.corrected >= 0 && scaled.floored == today.floored && scaled.raw == today.raw);
        }
    }
}
