//! What a number is: exact moments and a quantile sketch that merge in any order.
//!
//! A [`Summary`] is a commutative monoid: [`Summary::merge`] of parts, in any order and any grouping, gives the same
//! bytes as adding every value to one summary. Lateness, replay and parallelism therefore cannot change a digit.
//! Everything stored is an integer; floating point appears only in the answers ([`Summary::mean`] and friends).

mod central;
mod moments;
mod sketch;

use central::Central;
pub use moments::Moments;
pub use sketch::{Sketch, bucket_bounds, bucket_of, middle_of, rank_of};

use serde::{Deserialize, Serialize};

/// The largest magnitude of a value, in milli-units (4.29 million units).
///
/// With it the sum of cubes stays inside `i128` for two thousand million values, so no summary a camera can fill in
/// years overflows. Doors refuse larger values; see [`Summary::add`].
pub const VALUE_MAX: i64 = u32::MAX as i64;

/// Count, sums of powers, extremes and a sketch of a set of fixed-point values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Summary {
    /// How many values.
    pub count: u64,
    /// Their sum, in milli-units.
    pub sum: i128,
    /// The sum of their squares, in milli-units squared.
    pub sum_squares: i128,
    /// The sum of their cubes, in milli-units cubed.
    pub sum_cubes: i128,
    /// The smallest value; meaningless while `count` is 0.
    pub min: i64,
    /// The largest value; meaningless while `count` is 0.
    pub max: i64,
    /// How the values are distributed, to 1 % of each value.
    pub sketch: Sketch,
}

impl Summary {
    /// The summary of one value.
    pub fn of(value: i64) -> Self {
        let mut summary = Self::default();
        summary.add(value);
        summary
    }

    /// Adds one value in milli-units. The caller has checked that it is at most [`VALUE_MAX`] in magnitude.
    pub fn add(&mut self, value: i64) {
        self.add_times(value, 1);
    }

    /// Adds the same value so many times.
    pub fn add_times(&mut self, value: i64, times: u64) {
        debug_assert!(
            value.abs() <= VALUE_MAX,
            "value {value} was not checked at the door"
        );
        if times == 0 {
            return;
        }
        self.reach(value, value);
        self.count += times;
        // Squares fit 64 bits, so the products are single multiplications.
        let square = value.unsigned_abs() * value.unsigned_abs();
        self.sum += i128::from(value) * i128::from(times);
        self.sum_squares += i128::from(square) * i128::from(times);
        self.sum_cubes += i128::from(square) * i128::from(value) * i128::from(times);
        self.sketch.add(value, times);
    }

    /// Adds values that were added up already; each has its [bucket](bucket_of).
    pub fn add_counted(&mut self, values: &Moments, buckets: impl Iterator<Item = i16>) {
        if values.count == 0 {
            return;
        }
        let ends = (bucket_of(values.min), bucket_of(values.max));
        self.sketch.add_each(buckets, values.count, ends);
        self.reach(values.min, values.max);
        self.count += values.count;
        self.sum += values.sum;
        self.sum_squares += values.sum_squares;
        self.sum_cubes += values.sum_cubes;
    }

    /// Takes such values away; says what [`Summary::take_away`] says.
    #[must_use]
    pub fn remove_counted(&mut self, values: &Moments, buckets: impl Iterator<Item = i16>) -> bool {
        buckets.for_each(|bucket| self.sketch.remove_one(bucket));
        if values.count >= self.count {
            self.clear();
            return false;
        }
        self.count -= values.count;
        self.sum -= values.sum;
        self.sum_squares -= values.sum_squares;
        self.sum_cubes -= values.sum_cubes;
        values.count > 0 && self.min != self.max && (values.min <= self.min || values.max >= self.max)
    }

    fn reach(&mut self, min: i64, max: i64) {
        if self.count == 0 {
            (self.min, self.max) = (min, max);
        } else {
            self.min = self.min.min(min);
            self.max = self.max.max(max);
        }
    }

    /// Adds everything the other summary holds.
    pub fn merge(&mut self, other: &Summary) {
        if other.count == 0 {
            return;
        }
        self.reach(other.min, other.max);
        self.count += other.count;
        self.sum += other.sum;
        self.sum_squares += other.sum_squares;
        self.sum_cubes += other.sum_cubes;
        self.sketch.merge(&other.sketch);
    }

    /// Takes values away that were merged before. Sums and counts are integers, so they are exactly what they were; the
    /// extremes are not sums: where this says true, one of them was taken and [`Summary::set_extremes`] has to follow.
    #[must_use]
    pub fn take_away(&mut self, other: &Summary) -> bool {
        if other.count == 0 {
            return false;
        }
        if other.count >= self.count {
            self.clear();
            return false;
        }
        self.count -= other.count;
        self.sum -= other.sum;
        self.sum_squares -= other.sum_squares;
        self.sum_cubes -= other.sum_cubes;
        self.sketch.take_away(&other.sketch);
        // Where all values are equal, those that are left are, too.
        self.min != self.max && (other.min <= self.min || other.max >= self.max)
    }

    /// Takes the same value away so many times; says what [`Summary::take_away`] says.
    #[must_use]
    pub fn remove_times(&mut self, value: i64, times: u64) -> bool {
        if times >= self.count {
            self.clear();
            return false;
        }
        self.count -= times;
        let square = value.unsigned_abs() * value.unsigned_abs();
        self.sum -= i128::from(value) * i128::from(times);
        self.sum_squares -= i128::from(square) * i128::from(times);
        self.sum_cubes -= i128::from(square) * i128::from(value) * i128::from(times);
        self.sketch.remove(value, times);
        self.min != self.max && (value <= self.min || value >= self.max)
    }

    /// Sets the extremes after values were taken away.
    pub fn set_extremes(&mut self, min: i64, max: i64) {
        (self.min, self.max) = (min, max);
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Forgets all values but keeps the memory: for sums that are made over and over.
    pub fn clear(&mut self) {
        let mut sketch = std::mem::take(&mut self.sketch);
        sketch.clear();
        *self = Self {
            sketch,
            ..Self::default()
        };
    }

    /// The sum in whole units.
    pub fn total(&self) -> f64 {
        self.sum as f64 / SCALE
    }

    /// The arithmetic mean in whole units; none when empty.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / SCALE)
    }

    /// The smallest value in whole units; none when empty.
    pub fn minimum(&self) -> Option<f64> {
        (self.count > 0).then(|| self.min as f64 / SCALE)
    }

    /// The largest value in whole units; none when empty.
    pub fn maximum(&self) -> Option<f64> {
        (self.count > 0).then(|| self.max as f64 / SCALE)
    }

    /// The population variance in units squared; none when empty.
    ///
    /// `(n Σx² - (Σx)²) / n²`, so that equal values give exactly 0. See [`Central`] for how exact it is.
    pub fn variance(&self) -> Option<f64> {
        let n = self.count as f64;
        (self.count > 0).then(|| Central::of(self).second / (n * n) / (SCALE * SCALE))
    }

    /// The population standard deviation in whole units; none when empty.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// The population skewness (Fisher, `m₃ / m₂^1.5` with the central moments `mₖ = Σ(x - mean)ᵏ / n`); none when empty
    /// or when all values are equal.
    ///
    /// `(n³ m₃) / (n² m₂)^1.5`, which is the same: see [`Central`] for these two and how exact they are.
    pub fn skewness(&self) -> Option<f64> {
        let Central { second, third } = Central::of(self);
        (second > 0.0).then(|| third / second.powf(1.5))
    }

    /// The value below which a share `q` (0 to 1) of the values lies, within 1 % of the value; none when empty.
    ///
    /// Nearest rank: the smallest value with at least `⌈q n⌉` values at or below it.
    pub fn percentile(&self, q: f64) -> Option<f64> {
        let value = self.sketch.quantile(q)?;
        // The extremes are known exactly; the sketch must not step outside them.
        Some(value.clamp(self.min, self.max) as f64 / SCALE)
    }
}

const SCALE: f64 = crate::measure::Measure::SCALE as f64;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[i64]) -> Summary {
        let mut summary = Summary::default();
        for value in values {
            summary.add(*value);
        }
        summary
    }

    #[test]
    fn known_values() {
        let summary = of(&[2_000, 4_000, 4_000, 4_000, 5_000, 5_000, 7_000, 9_000]);
        assert_eq!(summary.total(), 40.0);
        assert_eq!(summary.mean(), Some(5.0));
        assert_eq!(summary.standard_deviation(), Some(2.0));
        assert!((summary.skewness().expect("spread") - 0.656_25).abs() < 1e-12);
        assert_eq!((summary.minimum(), summary.maximum()), (Some(2.0), Some(9.0)));
        assert_eq!(of(&[]).mean(), None);
        assert_eq!(of(&[7, 7, 7]).variance(), Some(0.0));
        assert_eq!(of(&[7, 7, 7]).skewness(), None);
    }

    /// Variance in milli-units squared, and skewness, of `n² m₂` and `n³ m₃` in integers: of the differences to the first
    /// value, which have the same central moments.
    fn by_fractions(values: &[i64]) -> (f64, Option<f64>) {
        let n = values.len() as i128;
        let power = |power| {
            let differences = values.iter().map(|value| i128::from(value - values[0]));
            differences.map(|difference| difference.pow(power)).sum::<i128>()
        };
        let (sum, squares, cubes) = (power(1), power(2), power(3));
        let second = n * squares - sum * sum;
        let third = n * n * cubes - 3 * n * sum * squares + 2 * sum * sum * sum;
        let skewness = (second > 0).then(|| third as f64 / (second as f64).powf(1.5));
        (second as f64 / (n * n) as f64, skewness)
    }

    #[test]
    fn many_values_far_out_are_as_exact_as_few() {
        // 1 2 2 5: mean 2.5, squares of the distances 2.25 0.25 0.25 6.25, cubes -3.375 -0.125 -0.125 15.625.
        let (mut summary, skewness) = (Summary::default(), 3.0 / 3.375);
        for (step, times) in [(1, 1), (2, 2), (5, 1)] {
            summary.add_times(3_000_000_000 + step, times * 50_000_000);
        }
        assert_eq!(summary.variance(), Some(2.25 / (SCALE * SCALE)));
        let got = summary.skewness().expect("spread");
        assert!((got - skewness).abs() < 1e-14, "{got} for {skewness}");
    }

    #[test]
    fn values_that_leave_the_integers_are_as_exact() {
        // Three of four are 0: variance 3/16 of the distance squared, skewness 2/√3 whatever the distance. Once so many that the
        // sums around the mean are products of powers of two, once so far apart that hardly anything is left of the others.
        for (distance, times) in [(1, 1 << 42), (4_000_000_000, 250_000)] {
            let mut summary = Summary::default();
            summary.add_times(0, 3 * times);
            summary.add_times(distance, times);
            let squared = (distance as f64).powi(2);
            let variance = summary.variance().expect("values") * SCALE * SCALE / squared;
            assert!((variance - 0.1875).abs() < 1e-15, "{variance} by {distance}");
            let skewness = summary.skewness().expect("spread");
            assert!(
                (skewness - 2.0 / 3f64.sqrt()).abs() < 1e-14,
                "{skewness} by {distance}"
            );
        }
    }

    proptest! {
        #[test]
        fn moments_are_those_of_exact_fractions(
            centre in -VALUE_MAX + 1_000..=VALUE_MAX - 1_000,
            near in prop::collection::vec(-1_000i64..=1_000, 1..60),
            wide in prop::collection::vec(-VALUE_MAX..=VALUE_MAX, 1..60),
        ) {
            for values in [near.iter().map(|value| centre + value).collect(), wide] {
                let (summary, (variance, skewness)) = (of(&values), by_fractions(&values));
                let got = summary.variance().expect("values") * SCALE * SCALE;
                prop_assert!((got - variance).abs() <= 1e-14 * variance, "{got} for {variance}");
                prop_assert_eq!(summary.skewness().is_some(), skewness.is_some());
                let (got, exact) = summary.skewness().zip(skewness).unwrap_or_default();
                prop_assert!((got - exact).abs() <= 1e-13 * exact.abs(), "{got} for {exact}");
            }
        }

        #[test]
        fn merging_is_adding(values in prop::collection::vec(-VALUE_MAX..=VALUE_MAX, 0..60), cut in 0usize..60) {
            let cut = cut.min(values.len());
            let (left, right) = values.split_at(cut);
            let mut forwards = of(left);
            forwards.merge(&of(right));
            let mut backwards = of(right);
            backwards.merge(&of(left));
            let mut reversed = values.clone();
            reversed.reverse();
            prop_assert_eq!(&forwards, &of(&values));
            prop_assert_eq!(&backwards, &of(&values));
            prop_assert_eq!(&of(&reversed), &of(&values));
        }

        #[test]
        fn what_is_taken_away_was_never_there(kept in prop::collection::vec(-2_000i64..2_000, 0..30), gone in prop::collection::vec(-2_000i64..2_000, 0..30)) {
            let mut summary = of(&kept);
            summary.merge(&of(&gone));
            if summary.take_away(&of(&gone)) {
                let (min, max) = (kept.iter().min(), kept.iter().max());
                summary.set_extremes(*min.expect("kept"), *max.expect("kept"));
            }
            prop_assert_eq!(&summary, &of(&kept));
            summary.merge(&of(&gone));
            for (place, value) in gone.iter().enumerate() {
                if summary.remove_times(*value, 1) {
                    let left = || kept.iter().chain(gone.iter().skip(place + 1));
                    summary.set_extremes(*left().min().expect("left"), *left().max().expect("left"));
                }
            }
            prop_assert_eq!(summary, of(&kept));
        }

        #[test]
        fn the_short_ways_add_the_same(values in prop::collection::vec(any::<u16>(), 0..40), times in 0u64..9) {
            let mut one_by_one = Summary::default();
            let mut short = Summary::default();
            for value in &values {
                one_by_one.add(i64::from(*value));
            }
            let buckets = values.iter().map(|value| bucket_of(i64::from(*value)));
            short.add_counted(&one_by_one.moments(), buckets);
            for value in &values {
                (0..times).for_each(|_| one_by_one.add(-i64::from(*value)));
                short.add_times(-i64::from(*value), times);
            }
            prop_assert_eq!(short, one_by_one);
        }

        #[test]
        fn the_short_ways_take_away_the_same(
            kept in prop::collection::vec(0i64..300, 0..9), gone in prop::collection::vec(0i64..300, 0..9),
            (value, times) in (-300i64..300, 1u64..4),
        ) {
            let all = of(&[&kept[..], &gone].concat());
            let (mut merged, mut short) = (all.clone(), all.clone());
            let took_an_extreme = merged.take_away(&of(&gone));
            let buckets = gone.iter().map(|value| bucket_of(*value));
            prop_assert_eq!(short.remove_counted(&of(&gone).moments(), buckets), took_an_extreme);
            if took_an_extreme {
                let kept = of(&kept);
                short.set_extremes(kept.min, kept.max);
            }
            prop_assert_eq!(short, of(&kept));

            let mut more = all.clone();
            more.add_times(value, times);
            let took_an_extreme = more.clone().take_away(&of(&vec![value; times as usize]));
            prop_assert_eq!(more.remove_times(value, times), took_an_extreme);
            if took_an_extreme {
                more.set_extremes(all.min, all.max);
            }
            prop_assert_eq!(more, all);
        }

        #[test]
        fn percentiles_are_within_one_percent(mut values in prop::collection::vec(-5_000_000i64..5_000_000, 1..200), q in 0.0f64..=1.0) {
            let summary = of(&values);
            values.sort_unstable();
            let rank = ((q * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact = values[rank - 1] as f64;
            let got = summary.percentile(q).expect("not empty") * SCALE;
            prop_assert!((got - exact).abs() <= exact.abs() * 0.01, "{got} for {exact}");
        }
    }
}
