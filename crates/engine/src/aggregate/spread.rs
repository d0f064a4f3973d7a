//! Variance and standard deviation of the population: `σ² = Σ(x - x̄)² / n = (n Σx² - (Σx)²) / n²`, and `σ`.
//!
//! Units: that of the measure squared, and that of the measure. The numerator is exact in integers, so equal values
//! have a variance of exactly 0 however large they are. Of the population (`n`, not `n - 1`), because the values of a
//! window are all there are, not a sample. Source: `var_pop(x)` and `stddev_pop(x)` of SQL.

use super::{Aggregate, Compute, Unit};
use throng_model::Summary;

/// The mean square distance from the mean.
pub const VARIANCE: Aggregate = Aggregate {
    name: "variance",
    unit: Unit::Squared,
    compute: Compute::Values(Summary::variance),
};

/// Its root.
pub const STANDARD_DEVIATION: Aggregate = Aggregate {
    name: "stddev",
    unit: Unit::Same,
    compute: Compute::Values(Summary::standard_deviation),
};

#[cfg(test)]
mod tests {
    use super::super::tests::summary;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // Mean 5; squares of the distances 9 1 1 1 0 0 4 16, together 32, of 8 values.
        let values = summary(&[2, 4, 4, 4, 5, 5, 7, 9]);
        assert_eq!(
            (VARIANCE.of(&values), STANDARD_DEVIATION.of(&values)),
            (Some(4.0), Some(2.0))
        );
        // Far from zero: sums of squares in floating point would lose the spread.
        assert_eq!(VARIANCE.of(&summary(&[4_200_001, 4_200_003])), Some(1.0));
    }

    proptest! {
        #[test]
        fn it_is_the_mean_square_distance_and_does_not_move_with_the_values(
            values in prop::collection::vec(-1_000i64..1_000, 1..50),
            by in -1_000_000i64..1_000_000,
        ) {
            let mean = values.iter().sum::<i64>() as f64 / values.len() as f64;
            let expected = values.iter().map(|value| (*value as f64 - mean).powi(2)).sum::<f64>() / values.len() as f64;
            let moved: Vec<_> = values.iter().map(|value| value + by).collect();
            for got in [summary(&values), summary(&moved)].map(|values| VARIANCE.of(&values).expect("values")) {
                prop_assert!((got - expected).abs() <= 1e-9 * (1.0 + expected), "{got} for {expected}");
            }
        }
    }
}
