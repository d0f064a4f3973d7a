//! API-3: cameras or places side by side.

use super::answer::{Metric, ResultState};
use super::days::{Days, Part};
use super::open_time::OpenTime;
use super::peak_hour::QUARTERS_MAX;
use super::scope_rows::{Heard, ScopeRows};
use super::total::Total;
use super::totals;
use crate::{Action, Actor, App};
use throng_engine::measure::utilisation::{OpenHour, utilisation};
use throng_model::camera::{Camera, Semantics};
use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::{Fault, Reason, Rung, Scope, TimeRange, Timestamp};

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
            _ => Err(Fault::invalid(
                Reason::NotListed,
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
    /// People counted (see [`Metric::Count`]); none without data, or where a part of them came in windows across an hour of a day
    /// that is not whole in these hours.
    pub total_count: Option<i64>,
    /// Time-weighted mean occupancy; none without data, or where it is known for less than half of the observed time.
    pub average_occupancy: Option<f64>,
    /// The start of the 60 minutes with the largest count; none without any.
    pub peak_hour: Option<Timestamp>,
    /// How much of the place's capacity was used in its open hours
    /// ([utilisation](throng_engine::measure::utilisation)); none without a capacity, or
    /// where the occupancy is known for too little of them. May pass 1.
    pub efficiency: Option<f64>,
    /// The whole hours, in the group's own zone, that these are told of.
    pub hours: TimeRange,
    /// Observed panes of those hours over those in which its cameras were expected, up to now and since each of them is known, 0 to 1;
    /// none where nobody was. Without those that were observed on the same day in windows which may lie in other hours.
    pub coverage: Option<f64>,
    /// How settled these hours are.
    pub state: ResultState,
    /// How often late events changed these hours after their end.
    pub revision: u64,
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
            return Err(Fault::invalid(
                Reason::OutOfRange,
                "the range is longer than five years",
            ));
        }
        let site = self.parts.catalog.site();
        let groups: Vec<Asked> = match group {
            Group::Camera => site.cameras().iter().map(Asked::camera).collect(),
            Group::Place(kind) => {
                let places = site.places().iter().filter(|place| place.kind == kind);
                places.map(|place| Asked::place(place, &site)).collect()
            }
        };
        let shown = groups.into_iter().filter(|group| view.shows(&group.scope));
        let shown: Vec<Asked> = shown.collect();
        // Once for all groups: it is a copy of the present of every scope.
        let heard = self.heard();
        self.read_each(&shown, move |app, group| app.aggregate(group, range, &heard))
            .await
    }

    /// Everything is told from the hours, so the parts always agree, and from what whole days have beside their hours. A range
    /// that cuts an hour counts the whole hour, as every bucket that overlaps a range is part of it.
    fn aggregate(&self, group: Asked, range: TimeRange, heard: &Heard) -> Result<Aggregated, Fault> {
        let rows = self.rows_of(&group.scope, heard);
        let whole = rows.whole_hours(range);
        let place = group.place.as_ref().filter(|place| place.capacity.is_some());
        // Quarters and open hours need the hours themselves.
        let hours_are_needed = range.micros() <= QUARTERS_MAX || place.is_some();
        let (total, peak_hour, efficiency) = if hours_are_needed {
            let days = Days::read(&rows, whole)?;
            let hours = days.part(|hour| whole.contains(hour.start));
            let efficiency = place.and_then(|place| {
                let open = OpenTime::of(&self.parts.catalog.site(), place, whole);
                let hours = days.part(|hour| whole.contains(hour.start) && open.holds(hour));
                efficiency(&rows, &hours, place)
            });
            let peak_hour = self.peak_hour(&group.scope, range, &hours.counts())?;
            (Total::of(&hours, rows.now), peak_hour, efficiency)
        } else {
            // A counter can move people from one hour to another of a day that stays as it is.
            let total = match group.has_counters {
                true => totals::plain(&rows, whole)?,
                false => self.reading.totals.of(&rows, whole)?,
            };
            (total, total.peak(), None)
        };
        Ok(Aggregated {
            id: group.id,
            name: group.name,
            total_count: total.people(),
            average_occupancy: total.average_occupancy(),
            peak_hour,
            efficiency,
            hours: whole,
            coverage: total.coverage(rows.feeding.expected(whole, rows.now)),
            state: ResultState::of(whole, rows.reached),
            revision: total.revision,
        })
    }
}

/// How much of the capacity was used in the open hours; none where the occupancy is known for too little of them.
fn efficiency(rows: &ScopeRows<'_>, open: &Part<'_>, place: &Place) -> Option<f64> {
    if !Total::of(open, rows.now).knows_occupancy() {
        return None;
    }
    let open_hours = open.hours.iter().map(|hour| OpenHour {
        day: Rung::Day.bucket(hour.bucket.start, &rows.zone).start,
        occupancy: hour.metric(Metric::Occupancy),
    });
    utilisation(&open_hours.collect::<Vec<_>>(), place.capacity)
}

/// A group as it is asked for.
#[derive(Clone)]
struct Asked {
    scope: Scope,
    id: String,
    name: String,
    place: Option<Place>,
    /// Whether a camera that counts here may have cumulative counters.
    has_counters: bool,
}

impl Asked {
    fn camera(camera: &Camera) -> Self {
        Self {
            scope: Scope::Camera(camera.id.clone()),
            id: camera.id.to_string(),
            name: camera.name.clone(),
            place: None,
            has_counters: has_counters(camera),
        }
    }

    fn place(place: &Place, site: &Site) -> Self {
        let feeds = |camera: &&Camera| {
            let zones = camera.memberships.iter().map(|membership| &membership.zone);
            zones
                .flat_map(|zone| site.chain(zone))
                .any(|around| around.id == place.id)
        };
        Self {
            scope: Scope::Place(place.id.clone()),
            id: place.id.to_string(),
            name: place.name.clone(),
            place: Some(place.clone()),
            has_counters: site.cameras().iter().filter(feeds).any(has_counters),
        }
    }
}

/// A line that does not say how it counts may count by readings.
fn has_counters(camera: &Camera) -> bool {
    let mut semantics = camera.lines.iter().map(|line| line.semantics);
    semantics.any(|semantics| semantics.is_none_or(|semantics| semantics == Semantics::Cumulative))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    #[test]
    fn a_place_has_counters_where_a_line_around_it_may_be_one() {
        use throng_model::camera::{Line, Membership};
        use throng_model::{CameraId, LineId, PlaceId};
        let place = |id: &str, kind, parent: Option<&str>| Place {
            id: PlaceId::new(id).unwrap(),
            kind,
            name: id.to_owned(),
            parent: parent.map(|parent| PlaceId::new(parent).unwrap()),
            time_zone: "UTC".to_owned(),
            capacity: None,
            resets_at: 0,
            calendar: None,
            counting: Default::default(),
        };
        let camera = |zone: &str, semantics: &[Option<Semantics>]| Camera {
            id: CameraId::new(zone).unwrap(),
            name: zone.to_owned(),
            lines: (0..)
                .zip(semantics)
                .map(|(number, semantics)| Line {
                    semantics: *semantics,
                    ..Line::new(LineId::new(format!("line-{number}")).unwrap(), "Line")
                })
                .collect(),
            memberships: vec![Membership {
                zone: PlaceId::new(zone).unwrap(),
                boundary: PlaceKind::Zone,
                since: None,
                until: None,
            }],
            heartbeat_s: 30,
            registered: None,
        };
        let places = vec![
            place("org", PlaceKind::Organisation, None),
            place("house", PlaceKind::Building, Some("org")),
            place("floor", PlaceKind::Area, Some("house")),
            place("hall", PlaceKind::Zone, Some("floor")),
            place("yard", PlaceKind::Zone, Some("floor")),
        ];
        let cameras = vec![
            camera("hall", &[Some(Semantics::Event), Some(Semantics::Cumulative)]),
            camera("yard", &[Some(Semantics::Event)]),
        ];
        let site = Site::new(places, cameras).unwrap();
        let counters: Vec<_> = site
            .places()
            .iter()
            .map(|place| (place.id.as_str(), Asked::place(place, &site).has_counters))
            .collect();
        assert_eq!(
            counters,
            [
                ("org", true),
                ("house", true),
                ("floor", true),
                ("hall", true),
                ("yard", false)
            ]
        );
        assert!(has_counters(&camera("hall", &[None])), "it does not say");
        assert!(!has_counters(&camera("hall", &[])));
        assert!(!has_counters(&camera("hall", &[Some(Semantics::Window)])));
        let singly = [Some(Semantics::Event), Some(Semantics::State)];
        assert!(!has_counters(&camera("hall", &singly)));
    }
}
