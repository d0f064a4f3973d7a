//! What is said about many values: one file an aggregate, one table of them all.
//!
//! Three kinds. Of the values of a window, a place or a bucket: their [`Summary`], whose exact sums merge in any order.
//! Of a [`Series`] of buckets: one number of the whole (a trend), or one for each bucket (a moving average). A bucket
//! without data is a point without a value, in its place; no aggregate takes it for a zero.
//!
//! A new aggregate is one file with its formula, its source and its tests, and one line in [`AGGREGATES`].

pub mod average;
pub mod extremes;
pub mod moving_average;
pub mod percentile;
pub mod seasonal;
mod series;
pub mod skewness;
pub mod smoothing;
pub mod spread;
pub mod total;
pub mod trend;

pub use seasonal::Decomposition;
pub use series::{Point, Season, Series};

use throng_model::Summary;

/// One aggregate.
#[derive(Clone, Copy, Debug)]
pub struct Aggregate {
    /// The word in code, API and on the screen.
    pub name: &'static str,
    /// What its numbers are in.
    pub unit: Unit,
    /// How it is computed.
    pub compute: Compute,
}

/// The unit of an aggregate's numbers, in terms of the measure it is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// That of the measure.
    Same,
    /// That of the measure, squared.
    Squared,
    /// That of the measure, by hour.
    PerHour,
    /// A number of values.
    Values,
    /// A ratio without a unit.
    Ratio,
}

impl Unit {
    /// In words, for a measure in this unit.
    pub fn of(self, measure: &str) -> String {
        match self {
            Unit::Same => measure.to_owned(),
            Unit::Squared => format!("{measure}²"),
            Unit::PerHour => format!("{measure}/h"),
            Unit::Values => "values".to_owned(),
            Unit::Ratio => "ratio".to_owned(),
        }
    }
}

/// What an aggregate is taken of, and what it gives. None wherever there is nothing to tell.
#[derive(Clone, Copy, Debug)]
pub enum Compute {
    /// One number of a set of values.
    Values(fn(&Summary) -> Option<f64>),
    /// One number of a whole series.
    Whole(fn(&Series<'_>) -> Option<f64>),
    /// One number for each point of a series, as many as it has points.
    Each(fn(&Series<'_>) -> Vec<Option<f64>>),
    /// One number for each point of a series, which is a part of its decomposition. Whoever asks for several parts takes the
    /// series apart once.
    Part(fn(&Decomposition) -> &[Option<f64>]),
}

impl Aggregate {
    /// Its number of a set of values; none of nothing, and none for aggregates of series.
    pub fn of(&self, values: &Summary) -> Option<f64> {
        match self.compute {
            Compute::Values(of) => of(values),
            Compute::Whole(_) | Compute::Each(_) | Compute::Part(_) => None,
        }
    }
}

/// All aggregates.
pub const AGGREGATES: [Aggregate; 19] = [
    total::COUNT,
    total::SUM,
    average::AVERAGE,
    extremes::MINIMUM,
    extremes::MAXIMUM,
    percentile::P50,
    percentile::P90,
    percentile::P95,
    percentile::P99,
    spread::VARIANCE,
    spread::STANDARD_DEVIATION,
    skewness::SKEWNESS,
    moving_average::MOVING_AVERAGE,
    smoothing::SMOOTHING,
    trend::SLOPE,
    trend::R2,
    seasonal::TREND,
    seasonal::SEASONAL,
    seasonal::RESIDUAL,
];

/// The aggregate of this name; none where there is none.
pub fn find(name: &str) -> Option<&'static Aggregate> {
    const ALL: &[Aggregate] = &AGGREGATES;
    ALL.iter().find(|aggregate| aggregate.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use throng_model::Timestamp;

    /// The values of a summary in whole units.
    pub(crate) fn summary(values: &[i64]) -> Summary {
        let mut summary = Summary::default();
        values.iter().for_each(|value| summary.add(value * 1_000));
        summary
    }

    /// Evenly spaced points, an hour apart.
    pub(crate) fn hourly(values: &[Option<f64>]) -> Vec<Point> {
        let hours = (0i64..).map(|hour| Timestamp(hour * throng_model::time::HOUR));
        let points = hours.zip(values).map(|(at, value)| Point { at, value: *value });
        points.collect()
    }

    #[test]
    fn every_name_is_there_once_and_is_found() {
        let names: BTreeSet<_> = AGGREGATES.iter().map(|aggregate| aggregate.name).collect();
        assert_eq!(names.len(), AGGREGATES.len());
        for name in names {
            assert_eq!(find(name).map(|found| found.name), Some(name));
        }
        assert!(find("median").is_none());
    }

    #[test]
    fn nothing_is_told_of_nothing() {
        let unknown = hourly(&[None; 60]);
        let zone = jiff::tz::TimeZone::UTC;
        for points in [&[][..], &unknown] {
            let series = Series {
                points,
                season: Some(Season::HoursOfDay(&zone)),
            };
            for aggregate in AGGREGATES {
                match aggregate.compute {
                    Compute::Values(of) => {
                        let nothing = of(&Summary::default());
                        // A count and a sum of nothing are known.
                        let known = ["count", "sum"].contains(&aggregate.name);
                        assert_eq!(nothing, known.then_some(0.0), "{}", aggregate.name);
                    }
                    Compute::Whole(of) => assert_eq!(of(&series), None, "{}", aggregate.name),
                    Compute::Each(of) => {
                        assert_eq!(of(&series), vec![None; points.len()], "{}", aggregate.name)
                    }
                    Compute::Part(of) => {
                        let parts = seasonal::decompose(&series);
                        assert_eq!(of(&parts), vec![None; points.len()], "{}", aggregate.name)
                    }
                }
            }
        }
    }
}
