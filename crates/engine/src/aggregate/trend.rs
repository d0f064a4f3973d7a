//! Linear trend: the line of least squares through (time, value), its slope by hour and how much it explains.
//!
//! With `t` in hours: `slope = Sₜₓ / Sₜₜ`, `r² = Sₜₓ² / (Sₜₜ Sₓₓ)`, where `Sₐᵦ = Σ(a - ā)(b - b̄)`. Units: that of the measure
//! by hour, and a ratio from 0 to 1. True times are used, so a gap is a stretch without points, not a step of one.
//! None with fewer than two known moments; `r²` is none too for a flat line, which has no variation to explain.
//! Source: ordinary least squares, `regr_slope(x, t)` and `regr_r2(x, t)` of SQL (the latter says 1 for a flat line).

use super::{Aggregate, Compute, Series, Unit};
use throng_model::time::HOUR;

/// How much more by hour.
pub const SLOPE: Aggregate = Aggregate {
    name: "trend_slope",
    unit: Unit::PerHour,
    compute: Compute::Whole(|series| line(series).map(|line| line.slope)),
};

/// The share of the variation that the line explains.
pub const R2: Aggregate = Aggregate {
    name: "trend_r2",
    unit: Unit::Ratio,
    compute: Compute::Whole(|series| line(series).and_then(|line| line.r2)),
};

/// A line of least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Units of the measure by hour.
    pub slope: f64,
    /// The share of the variation it explains, 0 to 1; none when there is no variation.
    pub r2: Option<f64>,
}

/// The line through the known points.
pub fn line(series: &Series<'_>) -> Option<Line> {
    let first = series.points.iter().find(|point| point.value.is_some())?.at;
    // Hours since the first point: from 1970 on the squares would eat the digits.
    let known: Vec<(f64, f64)> = series
        .points
        .iter()
        .filter_map(|point| Some((point.at.since(first) as f64 / HOUR as f64, point.value?)))
        .collect();
    let n = known.len() as f64;
    let (times, values) = known
        .iter()
        .fold((0.0, 0.0), |sums, point| (sums.0 + point.0, sums.1 + point.1));
    let (time_mean, value_mean) = (times / n, values / n);
    let (mut stt, mut stx, mut sxx) = (0.0, 0.0, 0.0);
    for (time, value) in known {
        let (dt, dx) = (time - time_mean, value - value_mean);
        stt += dt * dt;
        stx += dt * dx;
        sxx += dx * dx;
    }
    (stt > 0.0).then(|| Line {
        slope: stx / stt,
        r2: (sxx > 0.0).then(|| (stx * stx / (stt * sxx)).min(1.0)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::hourly;
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[Option<f64>]) -> Option<Line> {
        line(&Series {
            points: &hourly(values),
            season: None,
        })
    }

    #[test]
    fn by_hand() {
        // Times 0 1 2, values 1 2 6: Sₜₜ 2, Sₜₓ 5, Sₓₓ 14; slope 2.5, r² 25/28.
        let got = of(&[Some(1.0), Some(2.0), Some(6.0)]).expect("a line");
        assert!((got.slope - 2.5).abs() < 1e-12);
        assert!((got.r2.expect("varies") - 25.0 / 28.0).abs() < 1e-12);
        assert_eq!(
            of(&[Some(4.0), None, Some(4.0)]),
            Some(Line { slope: 0.0, r2: None })
        );
        assert_eq!(of(&[None, Some(4.0)]), None);
    }

    #[test]
    fn a_gap_takes_time() {
        // From 0 to 6 in three hours; as neighbours it would be 6 by hour.
        let got = of(&[Some(0.0), None, None, Some(6.0)]).expect("a line");
        assert_eq!((got.slope, got.r2), (2.0, Some(1.0)));
    }

    proptest! {
        #[test]
        fn points_on_a_line_give_that_line(slope in -50.0f64..50.0, base in -1e4..1e4, known in prop::collection::vec(any::<bool>(), 3..200)) {
            prop_assume!(known.iter().filter(|known| **known).count() >= 2 && slope.abs() > 0.01);
            let values: Vec<_> = known.iter().enumerate().map(|(hour, known)| known.then_some(base + slope * hour as f64)).collect();
            let got = of(&values).expect("a line");
            prop_assert!((got.slope - slope).abs() < 1e-6, "{} for {slope}", got.slope);
            prop_assert!(got.r2.expect("varies") > 1.0 - 1e-6);
        }
    }
}
