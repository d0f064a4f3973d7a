//! API-3: cameras or places side by side.

use super::answer::Metric;
use crate::{Action, Actor, App};
use throng_model::place::PlaceKind;
use throng_model::row::Row;
use throng_model::{Fault, FaultCode, Measure, Rung, Scope, Summary, TimeRange, Timestamp};

/// What is put side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Cameras.
    Camera,
    /// Places of one kind.
    Place(PlaceKind),
}

impl Group {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::Camera => "camera",
            Group::Place(kind) => kind.as_str(),
        }
    }
}

impl std::str::FromStr for Group {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        match text {
            "camera" => Ok(Group::Camera),
            "zone" | "area" | "building" => text.parse().map(Group::Place),
            _ => Err(Fault::new(
                FaultCode::InvalidRequest,
                format!("groupBy {text:?} is not camera, zone, area or building"),
            )),
        }
    }
}

/// One group's numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregated {
    /// The camera's or place's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People counted (see [`Metric::Count`]); none without data.
    pub total_count: Option<i64>,
    /// Time-weighted mean occupancy; none without data.
    pub average_occupancy: Option<f64>,
    /// The start of the clock hour with the largest count; none without any.
    pub peak_hour: Option<Timestamp>,
    /// Mean occupancy over capacity; none without a capacity. May pass 1.
    pub efficiency: Option<f64>,
}

/// The longest range: five years, as long as months are kept.
const DAYS_MAX: i64 = 5 * 366;

impl App {
    /// All groups the actor may see.
    pub async fn aggregated(
        &self,
        actor: &Actor,
        group: Group,
        range: TimeRange,
    ) -> Result<Vec<Aggregated>, Fault> {
        let view = self.require(actor, Action::ReadAnalytics, group.as_str()).await?;
        if range.micros() > DAYS_MAX * 24 * throng_model::time::HOUR {
            return Err(Fault::new(
                FaultCode::InvalidRequest,
                "the range is longer than five years",
            ));
        }
        let site = self.parts.catalog.site();
        let mut answers = Vec::new();
        match group {
            Group::Camera => {
                for camera in site.cameras() {
                    let scope = Scope::Camera(camera.id.clone());
                    if view.shows(&scope) {
                        answers.push(self.aggregate(
                            &scope,
                            camera.id.as_str(),
                            &camera.name,
                            None,
                            range,
                        )?);
                    }
                }
            }
            Group::Place(kind) => {
                for place in site.places().iter().filter(|place| place.kind == kind) {
                    let scope = Scope::Place(place.id.clone());
                    if view.shows(&scope) {
                        answers.push(self.aggregate(
                            &scope,
                            place.id.as_str(),
                            &place.name,
                            place.capacity,
                            range,
                        )?);
                    }
                }
            }
        }
        Ok(answers)
    }

    /// Hours are read for the peak; everything else is their sum, so the parts always agree. A range that cuts an hour
    /// counts the whole hour, as every bucket that overlaps a range is part of it.
    fn aggregate(
        &self,
        scope: &Scope,
        id: &str,
        name: &str,
        capacity: Option<u32>,
        range: TimeRange,
    ) -> Result<Aggregated, Fault> {
        let zone = self.zone_of(scope);
        let whole = TimeRange {
            start: Rung::Hour.bucket(range.start, &zone).start,
            end: range.end,
        };
        let rows = self.parts.rollups.rows(scope, Rung::Hour, whole, usize::MAX)?;
        let mut occupancy = Summary::default();
        let (mut total, mut peak): (Option<i64>, Option<(i64, Timestamp)>) = (None, None);
        for (start, row) in rows.iter().filter(|(_, row)| row.observed > 0) {
            let count = count(row);
            total = Some(total.unwrap_or(0) + count);
            // The earliest of equal hours.
            if count > peak.map_or(0, |peak| peak.0) {
                peak = Some((count, *start));
            }
            if let Some(part) = row.measure(Measure::Occupancy) {
                occupancy.merge(part);
            }
        }
        let average_occupancy = occupancy.mean();
        let efficiency = average_occupancy
            .zip(capacity.filter(|capacity| *capacity > 0))
            .map(|(mean, capacity)| mean / f64::from(capacity));
        Ok(Aggregated {
            id: id.to_owned(),
            name: name.to_owned(),
            total_count: total,
            average_occupancy,
            peak_hour: peak.map(|peak| peak.1),
            efficiency,
        })
    }
}

fn count(row: &Row) -> i64 {
    Metric::Count.of(row).unwrap_or(0.0) as i64
}
