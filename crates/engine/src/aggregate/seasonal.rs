//! Classical additive decomposition: `value = trend + seasonal + residual`, over the hours of a day or days of a week.
//!
//! - trend: the centred moving average over one season `m`; for even `m` the two ends weigh half (a "2×m average"). Known
//!   where the whole window is known: a night that is missing would lift the average of that day.
//! - seasonal: the mean of `value - trend` by phase, moved so that the phases sum to 0. By local clock and calendar, not by
//!   position, so that a day of 23 hours does not shift the days after it.
//! - residual: what is left.
//!
//! Unit: that of the measure. None without a season (minutes, weeks, months), and seasonal none until every phase was
//! seen with a trend: the level of a season with a hole is not known. Source: Hyndman and Athanasopoulos, Forecasting:
//! Principles and Practice (3rd ed.), 3.4, additive; `decompose` of R.

use super::{Aggregate, Compute, Season, Series, Unit};

/// Where it is going.
pub const TREND: Aggregate = Aggregate {
    name: "seasonal_trend",
    unit: Unit::Same,
    compute: Compute::Part(|parts| &parts.trend),
};

/// What the hour or weekday adds.
pub const SEASONAL: Aggregate = Aggregate {
    name: "seasonal",
    unit: Unit::Same,
    compute: Compute::Part(|parts| &parts.seasonal),
};

/// What neither explains.
pub const RESIDUAL: Aggregate = Aggregate {
    name: "seasonal_residual",
    unit: Unit::Same,
    compute: Compute::Part(|parts| &parts.residual),
};

/// The three parts, one of each for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// The smooth part.
    pub trend: Vec<Option<f64>>,
    /// The repeating part.
    pub seasonal: Vec<Option<f64>>,
    /// The rest.
    pub residual: Vec<Option<f64>>,
}

/// Takes a series apart.
pub fn decompose(series: &Series<'_>) -> Decomposition {
    let unknown = || vec![None; series.points.len()];
    let Some(season) = series.season else {
        return Decomposition {
            trend: unknown(),
            seasonal: unknown(),
            residual: unknown(),
        };
    };
    let trend = centred_average(series, season.period());
    let Some(by_phase) = phases(series, season, &trend) else {
        return Decomposition {
            trend,
            seasonal: unknown(),
            residual: unknown(),
        };
    };
    let points = series.points.iter();
    let seasonal: Vec<_> = points
        .clone()
        .map(|point| by_phase.get(season.phase(point.at)).copied())
        .collect();
    let parts = points.zip(&trend).zip(&seasonal);
    let residual = parts.map(|((point, trend), seasonal)| Some(point.value? - (*trend)? - (*seasonal)?));
    Decomposition {
        residual: residual.collect(),
        trend,
        seasonal,
    }
}

fn centred_average(series: &Series<'_>, period: usize) -> Vec<Option<f64>> {
    let half = period / 2;
    let average = |middle: usize| {
        let window = series.points.get(middle.checked_sub(half)?..=middle + half)?;
        let mut sum = 0.0;
        for (place, point) in window.iter().enumerate() {
            let end = place == 0 || place == 2 * half;
            let weight = if end && period.is_multiple_of(2) { 0.5 } else { 1.0 };
            sum += weight * point.value?;
        }
        Some(sum / period as f64)
    };
    (0..series.points.len()).map(average).collect()
}

/// What each phase adds, together 0; none while a phase is unknown.
fn phases(series: &Series<'_>, season: Season<'_>, trend: &[Option<f64>]) -> Option<Vec<f64>> {
    let mut sums = vec![(0.0, 0u32); season.period()];
    for (point, trend) in series.points.iter().zip(trend) {
        if let (Some(value), Some(trend)) = (point.value, trend)
            && let Some((sum, known)) = sums.get_mut(season.phase(point.at))
        {
            *sum += value - trend;
            *known += 1;
        }
    }
    let means: Option<Vec<f64>> = sums
        .into_iter()
        .map(|(sum, known)| (known > 0).then(|| sum / f64::from(known)))
        .collect();
    let mut means = means?;
    let level = means.iter().sum::<f64>() / means.len() as f64;
    means.iter_mut().for_each(|mean| *mean -= level);
    Some(means)
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;
    use throng_model::time::HOUR;
    use throng_model::{Rung, TimeRange, Timestamp};

    /// Buckets of local days or hours with the value this rule gives them.
    fn buckets(
        rung: Rung,
        zone: &TimeZone,
        from: &str,
        days: i64,
        value: impl Fn(usize, Timestamp) -> f64,
    ) -> Vec<Point> {
        let start = Timestamp::parse(from).expect("valid");
        let range = TimeRange {
            start,
            end: start.plus(days * 24 * HOUR),
        };
        let starts = rung.buckets(range, zone).map(|bucket| bucket.start).enumerate();
        starts
            .map(|(place, at)| Point {
                at,
                value: Some(value(place, at)),
            })
            .collect()
    }

    fn near(got: &[Option<f64>], expected: impl Fn(usize) -> f64, tolerance: f64) {
        for (place, got) in got.iter().enumerate() {
            if let Some(got) = got {
                assert!(
                    (got - expected(place)).abs() < tolerance,
                    "{place}: {got} for {}",
                    expected(place)
                );
            }
        }
    }

    #[test]
    fn a_line_and_a_week_are_told_apart() {
        let zone = TimeZone::UTC;
        // Monday to Sunday, together 0; and two more every day.
        let week = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];
        let points = buckets(Rung::Day, &zone, "2026-01-05T00:00:00Z", 28, |day, _| {
            100.0 + 2.0 * day as f64 + week[day % 7]
        });
        let season = Season::of(Rung::Day, &zone);
        let parts = decompose(&Series {
            points: &points,
            season,
        });
        assert_eq!(
            parts.trend.iter().flatten().count(),
            28 - 6,
            "half a week is missing at each end"
        );
        assert_eq!(parts.seasonal.iter().flatten().count(), 28);
        near(&parts.trend, |day| 100.0 + 2.0 * day as f64, 1e-9);
        near(&parts.seasonal, |day| week[day % 7], 1e-9);
        near(&parts.residual, |_| 0.0, 1e-9);
    }

    #[test]
    fn noon_stays_noon_across_a_change_of_the_clocks() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled");
        let noon = |at: Timestamp| {
            if Season::HoursOfDay(&zone).phase(at) == 12 {
                24.0
            } else {
                0.0
            }
        };
        let points = buckets(Rung::Hour, &zone, "2026-03-24T23:00:00Z", 10, |_, at| noon(at));
        let season = Season::of(Rung::Hour, &zone);
        let parts = decompose(&Series {
            points: &points,
            season,
        });
        for (point, seasonal) in points.iter().zip(&parts.seasonal) {
            // One in 24 hours holds 24 people: the mean is 1.
            let expected = noon(point.at) - 1.0;
            let got = seasonal.expect("known");
            // The 23-hour day lifts the averages around it a little.
            assert!(
                (got - expected).abs() < 0.2,
                "{:?}: {got} for {expected}",
                point.at
            );
        }
    }

    #[test]
    fn a_gap_takes_the_trend_of_its_surroundings_and_nothing_else() {
        let zone = TimeZone::UTC;
        let mut points = buckets(Rung::Day, &zone, "2026-01-05T00:00:00Z", 35, |day, _| {
            [5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0][day % 7]
        });
        points[17].value = None;
        let season = Season::of(Rung::Day, &zone);
        let parts = decompose(&Series {
            points: &points,
            season,
        });
        let unknown: Vec<_> = (3..32).filter(|day| parts.trend[*day].is_none()).collect();
        assert_eq!(unknown, [14, 15, 16, 17, 18, 19, 20]);
        near(&parts.trend, |_| 1.0, 1e-9);
        near(
            &parts.seasonal,
            |day| [4.0, -1.0, -1.0, -1.0, -1.0, -1.0, 1.0][day % 7],
            1e-9,
        );
        assert_eq!(parts.residual[17], None);
        // Less than two weeks: no weekday was seen with a trend often enough to know them all.
        let short = decompose(&Series {
            points: &points[..12],
            season,
        });
        assert!(short.trend.iter().any(Option::is_some) && short.seasonal.iter().all(Option::is_none));
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_a_season_sums_to_nothing(values in prop::collection::vec(0.0f64..1_000.0, 28..60)) {
            let zone = TimeZone::UTC;
            let days = values.len() as i64;
            let points = buckets(Rung::Day, &zone, "2026-01-05T00:00:00Z", days, |day, _| values[day]);
            let season = Season::of(Rung::Day, &zone);
            let parts = decompose(&Series { points: &points, season });
            let week: f64 = parts.seasonal[..7].iter().map(|seasonal| seasonal.expect("known")).sum();
            prop_assert!(week.abs() < 1e-6, "{week}");
            let inner = values.iter().enumerate().take(values.len() - 3).skip(3);
            for (day, value) in inner {
                let parts = [&parts.trend, &parts.seasonal, &parts.residual].map(|part| part[day].expect("known"));
                prop_assert!((parts.iter().sum::<f64>() - value).abs() < 1e-6);
            }
        }
    }
}
