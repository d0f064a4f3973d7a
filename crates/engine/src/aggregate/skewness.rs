//! Skewness of the population: `g₁ = m₃ / m₂^(3/2)` with the central moments `mₖ = Σ(x - x̄)ᵏ / n`.
//!
//! A ratio without a unit: 0 when the values lie evenly about their mean, positive when a few lie far above it (stays
//! in a shop), negative when a few lie far below. None when all values are equal, because there is nothing to lean.
//! Source: Fisher's moment coefficient, `g₁` of Joanes and Gill 1998; `skewness` of Spark, and of SciPy without bias correction.

use super::{Aggregate, Compute, Unit};
use throng_model::Summary;

/// To which side the values lean.
pub const SKEWNESS: Aggregate = Aggregate {
    name: "skewness",
    unit: Unit::Ratio,
    compute: Compute::Values(Summary::skewness),
};

#[cfg(test)]
mod tests {
    use super::super::tests::summary;
    use super::*;
    use proptest::prelude::*;

    fn skewness(values: &Summary) -> Option<f64> {
        SKEWNESS.of(values)
    }

    #[test]
    fn by_hand() {
        // Mean 5, variance 4; cubes of the distances -27 -1 -1 -1 0 0 8 64, together 42: 42/8 / 2³.
        let values = summary(&[2, 4, 4, 4, 5, 5, 7, 9]);
        assert_eq!(skewness(&values), Some(0.656_25));
        assert_eq!(skewness(&summary(&[1, 2, 3])), Some(0.0));
        assert_eq!(skewness(&summary(&[7, 7])), None);
    }

    #[test]
    fn of_the_smallest_values() {
        // 0 0 1 thousandths: m₂ 2/9, m₃ 2/27, together 1/√2. The mean is no whole number.
        let mut values = Summary::default();
        [0, 0, 1].iter().for_each(|value| values.add(*value));
        let got = skewness(&values).expect("spread");
        assert!((got - 0.5f64.sqrt()).abs() < 1e-12, "{got}");
    }

    #[test]
    fn far_from_zero_it_is_the_same() {
        let far: Vec<i64> = [2, 4, 4, 4, 5, 5, 7, 9]
            .iter()
            .map(|value| value + 4_000_000)
            .collect();
        let got = skewness(&summary(&far)).expect("spread");
        assert!((got - 0.656_25).abs() < 1e-12, "{got}");
    }

    proptest! {
        #[test]
        fn mirrored_values_lean_the_other_way(values in prop::collection::vec(-3_000i64..3_000, 2..40), by in -4_000_000i64..4_000_000) {
            let mirrored: Vec<_> = values.iter().map(|value| by - value).collect();
            match (skewness(&summary(&values)), skewness(&summary(&mirrored))) {
                (Some(one), Some(other)) => prop_assert!((one + other).abs() < 1e-9, "{one} and {other}"),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
