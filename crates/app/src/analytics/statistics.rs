//! AGG-3: what is said about a measure, bucket by bucket and of the whole range, by every aggregate of the engine's table.
//!
//! Aggregates of values are taken of each bucket's summary and of the merged summary of all of them. Aggregates of series
//! are taken of one number a bucket: the sum of what is counted (people in), the mean of what is sampled (people inside).
//! A bucket that is not over has no place in a series yet: half an hour would look like a fall.

use super::POINTS_MAX;
use super::answer::{Point, ResultState};
use crate::{Action, Actor, App};
use std::cell::LazyCell;
use throng_engine::aggregate::seasonal::decompose;
use throng_engine::aggregate::{self, AGGREGATES, Compute, Season, Series};
use throng_model::{CameraId, Fault, Measure, PlaceId, Reason, Rung, Scope, Summary, TimeRange};

/// One aggregate, chosen by its name.
#[derive(Clone, Copy, Debug)]
pub struct Aggregate(&'static aggregate::Aggregate);

impl Aggregate {
    /// All of them, in the order of the table.
    pub fn all() -> Vec<Self> {
        const ALL: &[aggregate::Aggregate] = &AGGREGATES;
        ALL.iter().map(Self).collect()
    }

    /// The word in the API.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The unit of its numbers for a measure.
    pub fn unit(self, measure: Measure) -> String {
        self.0.unit.of(measure.unit())
    }
}

impl std::str::FromStr for Aggregate {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        aggregate::find(text).map(Self).ok_or_else(|| {
            let known = AGGREGATES.map(|aggregate| aggregate.name).join(", ");
            Fault::invalid(
                Reason::NotListed,
                format!("aggregate {text:?} is not one of {known}"),
            )
        })
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct StatisticsQuestion {
    /// Of which time.
    pub range: TimeRange,
    /// In buckets of this rung.
    pub rung: Rung,
    /// Of what.
    pub measure: Measure,
    /// Which aggregates.
    pub aggregates: Vec<Aggregate>,
}

/// Numbers by aggregate, in the order they were asked for; none where there is nothing to tell.
type Numbers = Vec<(Aggregate, Option<f64>)>;

/// One bucket's numbers.
#[derive(Clone, Debug)]
pub struct BucketStatistics {
    /// The bucket with its coverage, state and revision.
    pub point: Point,
    /// Those of its values, and those of the series at it.
    pub numbers: Numbers,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Of all values of the range, and of the series as a whole.
    pub whole: Numbers,
    /// Every bucket that overlaps the range, also those without data.
    pub buckets: Vec<BucketStatistics>,
}

impl App {
    /// A camera's statistics.
    pub async fn camera_statistics(
        &self,
        actor: &Actor,
        camera: &CameraId,
        question: &StatisticsQuestion,
    ) -> Result<Statistics, Fault> {
        self.require_camera(actor, Action::ReadAnalytics, camera).await?;
        let (scope, question) = (Scope::Camera(camera.clone()), question.clone());
        self.read(move |app| app.statistics(&scope, &question)).await
    }

    /// A place's statistics.
    pub async fn place_statistics(
        &self,
        actor: &Actor,
        place: &PlaceId,
        question: &StatisticsQuestion,
    ) -> Result<Statistics, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        let (scope, question) = (Scope::Place(place.clone()), question.clone());
        self.read(move |app| app.statistics(&scope, &question)).await
    }

    fn statistics(&self, scope: &Scope, question: &StatisticsQuestion) -> Result<Statistics, Fault> {
        let points = self.points(scope, question.rung, question.range, POINTS_MAX)?;
        let zone = self.zone_of(scope);
        Ok(tell(points, question, Season::of(question.rung, &zone)))
    }
}

fn tell(points: Vec<Point>, question: &StatisticsQuestion, season: Option<Season<'_>>) -> Statistics {
    let measure = question.measure;
    let series: Vec<_> = points
        .iter()
        .map(|point| aggregate::Point {
            at: point.bucket.start,
            value: in_series(point, measure),
        })
        .collect();
    let series = Series {
        points: &series,
        season,
    };
    let values: Vec<Option<Summary>> = points.iter().map(|point| point.values(measure)).collect();
    let mut all: Option<Summary> = None;
    for values in values.iter().flatten() {
        all.get_or_insert_default().merge(values);
    }
    let mut whole = Vec::new();
    let mut buckets: Vec<_> = points
        .into_iter()
        .map(|point| BucketStatistics {
            point,
            numbers: Vec::new(),
        })
        .collect();
    let parts = LazyCell::new(|| decompose(&series));
    for aggregate in &question.aggregates {
        let by_bucket = match aggregate.0.compute {
            Compute::Values(of) => {
                whole.push((*aggregate, all.as_ref().and_then(of)));
                values.iter().map(|values| values.as_ref().and_then(of)).collect()
            }
            Compute::Each(of) => of(&series),
            Compute::Part(of) => of(&parts).to_vec(),
            Compute::Whole(of) => {
                whole.push((*aggregate, of(&series)));
                Vec::new()
            }
        };
        for (bucket, number) in buckets.iter_mut().zip(by_bucket) {
            bucket.numbers.push((*aggregate, number));
        }
    }
    Statistics { whole, buckets }
}

/// The one number a bucket stands for in a series.
fn in_series(point: &Point, measure: Measure) -> Option<f64> {
    let over = point.state != ResultState::Live;
    let values = point.values(measure).filter(|_| over)?;
    match measure {
        Measure::In | Measure::Out | Measure::Pass => Some(values.total()),
        Measure::Occupancy
        | Measure::Confidence
        | Measure::Latency
        | Measure::Dwell
        | Measure::Queue
        | Measure::DwellCut => values.mean(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::Timestamp;
    use throng_model::row::Row;
    use throng_model::time::HOUR;

    /// Hours with crossings of so many people each; none without data. The last one is not over.
    fn hours(crossings: &[Option<&[i64]>]) -> Vec<Point> {
        let point = |(hour, people): (i64, &Option<&[i64]>)| Point {
            bucket: TimeRange {
                start: Timestamp(hour * HOUR),
                end: Timestamp((hour + 1) * HOUR),
            },
            row: people.map(|people| {
                let mut row = Row::default();
                let mut values = Summary::default();
                people
                    .iter()
                    .for_each(|people| values.add(people * Measure::SCALE));
                row.merge_measure(Measure::In, &values);
                row
            }),
            coverage: None,
            expected: 360,
            missed: HOUR,
            knows_occupancy: true,
            state: if hour + 1 == crossings.len() as i64 {
                ResultState::Live
            } else {
                ResultState::Final
            },
        };
        (0..).zip(crossings).map(point).collect()
    }

    fn told(numbers: &Numbers) -> Vec<(&'static str, Option<f64>)> {
        numbers
            .iter()
            .map(|(aggregate, number)| (aggregate.name(), *number))
            .collect()
    }

    #[test]
    fn values_merge_and_the_unfinished_hour_is_no_fall() {
        let aggregates =
            ["sum", "avg", "moving_average", "trend_slope"].map(|name| name.parse().expect("known"));
        let question = StatisticsQuestion {
            range: TimeRange {
                start: Timestamp(0),
                end: Timestamp(4 * HOUR),
            },
            rung: Rung::Hour,
            measure: Measure::In,
            aggregates: aggregates.to_vec(),
        };
        // 2 people, none, no data, 6 people, and 1 in an hour that goes on.
        let points = hours(&[Some(&[1, 1]), Some(&[]), None, Some(&[3, 3]), Some(&[1])]);
        let got = tell(points, &question, None);
        // Nine people in five crossings. The line through (0, 2), (1, 0), (3, 6): slope 66/42 by hand.
        assert_eq!(told(&got.whole)[..2], [("sum", Some(9.0)), ("avg", Some(1.8))]);
        let slope = told(&got.whole)[2].1.expect("three points");
        assert!((slope - 66.0 / 42.0).abs() < 1e-12, "{slope}");
        let by_hour: Vec<_> = got.buckets.iter().map(|bucket| told(&bucket.numbers)).collect();
        let hour = |sum, avg, moving| vec![("sum", sum), ("avg", avg), ("moving_average", moving)];
        assert_eq!(
            by_hour,
            [
                hour(Some(2.0), Some(1.0), Some(2.0)),
                hour(Some(0.0), None, Some(1.0)),
                hour(None, None, Some(1.0)),
                hour(Some(6.0), Some(3.0), Some(8.0 / 3.0)),
                hour(Some(1.0), Some(1.0), Some(8.0 / 3.0)),
            ]
        );
    }

    #[test]
    fn unknown_aggregates_are_refused_with_those_there_are() {
        let fault = "median".parse::<Aggregate>().expect_err("unknown");
        assert!(
            fault.detail.contains("p50") && fault.detail.contains("seasonal_residual"),
            "{}",
            fault.detail
        );
    }
}
