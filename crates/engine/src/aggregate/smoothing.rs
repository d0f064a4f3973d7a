//! Simple exponential smoothing with `α = 0.3`: `s₀ = x₀`, `sₜ = α xₜ + (1 - α) sₜ₋₁`.
//!
//! Unit: that of the measure. A bucket without data has no smoothed value and leaves the level where it was. Source:
//! Brown 1956, as in Hyndman and Athanasopoulos, Forecasting: Principles and Practice (3rd ed.), 8.1, with `l₀ = x₀`.

use super::{Aggregate, Compute, Series, Unit};

/// The weight of the newest bucket.
pub const ALPHA: f64 = 0.3;

/// One smoothed value for each bucket.
pub const SMOOTHING: Aggregate = Aggregate {
    name: "smoothing",
    unit: Unit::Same,
    compute: Compute::Each(smoothing),
};

fn smoothing(series: &Series<'_>) -> Vec<Option<f64>> {
    let mut level = None;
    let smoothed = series.points.iter().map(|point| {
        let value = point.value?;
        let next = level.map_or(value, |level| ALPHA * value + (1.0 - ALPHA) * level);
        level = Some(next);
        level
    });
    smoothed.collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::hourly;
    use super::*;
    use proptest::prelude::*;

    fn smoothed(values: &[Option<f64>]) -> Vec<Option<f64>> {
        smoothing(&Series {
            points: &hourly(values),
            season: None,
        })
    }

    #[test]
    fn by_hand_and_across_a_gap() {
        let got = smoothed(&[None, Some(10.0), Some(20.0), None, Some(3.0)]);
        // 0.3·20 + 0.7·10 = 13; 0.3·3 + 0.7·13 = 10.
        assert_eq!(got[..2], [None, Some(10.0)]);
        assert_eq!(got[3], None);
        for (got, expected) in [(got[2], 13.0), (got[4], 10.0)] {
            assert!((got.expect("known") - expected).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn it_stays_between_the_extremes_and_a_flat_line_stays_flat(values in prop::collection::vec(prop::option::of(-1e6..1e6), 0..60), flat in -1e6..1e6) {
            let (min, max) = values.iter().flatten().fold((f64::MAX, f64::MIN), |(min, max), value: &f64| (value.min(min), value.max(max)));
            for value in smoothed(&values).into_iter().flatten() {
                prop_assert!(min - 1e-6 <= value && value <= max + 1e-6);
            }
            for value in smoothed(&[Some(flat); 20]).into_iter().flatten() {
                prop_assert!((value - flat).abs() <= 1e-9 * (1.0 + flat.abs()));
            }
        }
    }
}
