//! Moving average of seven buckets: the mean of a bucket and the six before it, as far as they hold data.
//!
//! `Mₜ = Σ xᵢ / |known i|` over `t-6 ≤ i ≤ t`. Unit: that of the measure. It trails, so that the last bucket has one and
//! none changes when the next one comes. Buckets without data neither count nor weigh; seven of them in a row have no
//! average. Source: `avg(x) over (order by t rows 6 preceding)` of SQL, which skips nulls the same way.

use super::{Aggregate, Compute, Series, Unit};

/// Buckets in one average.
pub const WIDTH: usize = 7;

/// One average for each bucket.
pub const MOVING_AVERAGE: Aggregate = Aggregate {
    name: "moving_average",
    unit: Unit::Same,
    compute: Compute::Each(moving_average),
};

fn moving_average(series: &Series<'_>) -> Vec<Option<f64>> {
    let last = (1..=series.points.len()).filter_map(|end| series.points.get(end.saturating_sub(WIDTH)..end));
    last.map(|window| {
        // Summed anew each time: a running sum would carry the rounding of all buckets before.
        let (sum, known) = window
            .iter()
            .filter_map(|point| point.value)
            .fold((0.0, 0u32), |(sum, known), value| (sum + value, known + 1));
        (known > 0).then(|| sum / f64::from(known))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::hourly;
    use super::*;

    fn averages(values: &[Option<f64>]) -> Vec<Option<f64>> {
        moving_average(&Series {
            points: &hourly(values),
            season: None,
        })
    }

    #[test]
    fn the_eighth_bucket_forgets_the_first() {
        let values: Vec<_> = (1..=8).map(|value| Some(f64::from(value))).collect();
        let expected: Vec<_> = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0].map(Some).into();
        assert_eq!(averages(&values), expected);
    }

    #[test]
    fn a_gap_is_not_a_zero() {
        assert_eq!(
            averages(&[Some(6.0), None, Some(2.0)]),
            [Some(6.0), Some(6.0), Some(4.0)]
        );
        let mut values = vec![Some(3.0)];
        values.resize(8, None);
        assert_eq!(averages(&values)[6..], [Some(3.0), None]);
    }
}
