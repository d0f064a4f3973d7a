//! Average: the arithmetic mean `x̄ = Σx / n`.
//!
//! Unit: that of the measure. The sum and the count are exact integers, so the mean is rounded once. The mean of an
//! occupancy is a mean over time, because its values are the time-weighted means of equally long panes.
//! Source: `avg(x)` of SQL.

use super::{Aggregate, Compute, Unit};
use throng_model::Summary;

/// The mean of the values.
pub const AVERAGE: Aggregate = Aggregate {
    name: "avg",
    unit: Unit::Same,
    compute: Compute::Values(Summary::mean),
};

#[cfg(test)]
mod tests {
    use super::super::tests::summary;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_mean_of_merged_parts_is_that_of_all_values_not_that_of_the_means() {
        let mut values = summary(&[1, 2, 3]);
        values.merge(&summary(&[14]));
        // Means 2 and 14: their mean would be 8.
        assert_eq!(AVERAGE.of(&values), Some(5.0));
    }

    proptest! {
        #[test]
        fn it_lies_between_the_extremes_and_moves_with_the_values(values in prop::collection::vec(-9_000i64..9_000, 1..50), by in -500i64..500) {
            let mean_of = |values: &[i64]| AVERAGE.of(&summary(values)).expect("values");
            let mean = mean_of(&values);
            let moved = mean_of(&values.iter().map(|value| value + by).collect::<Vec<_>>());
            let (min, max) = (values.iter().min().expect("values"), values.iter().max().expect("values"));
            prop_assert!(*min as f64 <= mean && mean <= *max as f64);
            prop_assert!((moved - mean - by as f64).abs() < 1e-9);
        }
    }
}
