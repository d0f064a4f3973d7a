//! Percentiles p50, p90, p95, p99: the value of nearest rank, `x₍⌈q n⌉₎` of the ascending values.
//!
//! Unit: that of the measure. Told from the counts of the [sketch](throng_model::summary::Sketch), so that windows and
//! places merge: at most 1/128 (0.8 %) of the value away from the exact one, and never outside minimum and maximum.
//! Integers of less than 128 milli-units are exact. Source: `percentile_disc(q)` of SQL (nearest rank, always a value
//! that was there); `percentile_cont` would invent values between two, which a merged sketch cannot know.

use super::{Aggregate, Compute, Unit};

/// Half of the values lie at or below it.
pub const P50: Aggregate = Aggregate {
    name: "p50",
    unit: Unit::Same,
    compute: Compute::Values(|values| values.percentile(0.5)),
};

/// Nine of ten values lie at or below it.
pub const P90: Aggregate = Aggregate {
    name: "p90",
    unit: Unit::Same,
    compute: Compute::Values(|values| values.percentile(0.9)),
};

/// Nineteen of twenty values lie at or below it.
pub const P95: Aggregate = Aggregate {
    name: "p95",
    unit: Unit::Same,
    compute: Compute::Values(|values| values.percentile(0.95)),
};

/// 99 of 100 values lie at or below it.
pub const P99: Aggregate = Aggregate {
    name: "p99",
    unit: Unit::Same,
    compute: Compute::Values(|values| values.percentile(0.99)),
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use throng_model::Summary;

    fn percentiles(values: &Summary) -> [f64; 4] {
        [P50, P90, P95, P99].map(|aggregate| aggregate.of(values).expect("values"))
    }

    #[test]
    fn of_the_first_hundred_numbers() {
        let mut values = Summary::default();
        (1..=100).for_each(|value| values.add(value));
        // Milli-units below 128 have a bucket each.
        assert_eq!(percentiles(&values), [0.05, 0.09, 0.095, 0.099]);
    }

    proptest! {
        #[test]
        fn at_most_one_part_in_128_from_the_exact_one(
            mut values in prop::collection::vec(-4_000_000_000i64..4_000_000_000, 1..300),
            cut in 0usize..300,
        ) {
            let (left, right) = values.split_at(cut.min(values.len()));
            let [mut merged, right] = [left, right].map(|part| {
                let mut summary = Summary::default();
                part.iter().for_each(|value| summary.add(*value));
                summary
            });
            merged.merge(&right);
            values.sort_unstable();
            for (got, hundredths) in percentiles(&merged).into_iter().zip([50, 90, 95, 99]) {
                let rank = (values.len() * hundredths).div_ceil(100);
                let exact = values[rank - 1] as f64 / 1_000.0;
                // Half a milli-unit more: the middle of a bucket is a whole number.
                prop_assert!((got - exact).abs() <= exact.abs() / 128.0 + 0.0005, "p{hundredths} {got} for {exact}");
            }
        }
    }
}
