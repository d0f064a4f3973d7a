//! The measures a place lives by, of one range: each with its value, or with why there is none.
//!
//! Told from the hour rows, so that every answer about the same hours agrees. A range that cuts an hour is told of
//! the whole hour, in the place's own zone: a day on which the clocks change has 23 or 25 of them. What was counted in
//! windows that cross an hour is in no hour: of whole days it is taken from the day ([`super::beyond`]), of parts of one it is missing.

mod stretch;
mod table;

use super::answer::{Metric, ResultState};
use super::days::Days;
use super::open_time::OpenTime;
use super::scope_rows::ScopeRows;
use crate::{Action, Actor, App};
use stretch::Stretch;
use table::MEASURES;
use throng_engine::measure::utilisation::OpenHour;
use throng_model::counting::Traffic;
use throng_model::place::PlaceKind;
use throng_model::time::HOUR;
use throng_model::{Fault, PlaceId, Reason, Rung, Scope, TimeRange, Timestamp};

/// Which hours a measure is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hours {
    /// All hours of the range.
    All,
    /// Those of which at least half is open time; all, where no opening hours are known.
    Open,
}

impl Hours {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Hours::All => "all",
            Hours::Open => "open",
        }
    }
}

/// Why a measure cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The range has not begun.
    NotBegun,
    /// The place was closed.
    NeverOpen,
    /// No camera was heard from.
    NothingObserved,
    /// Cameras were heard from, but in too little of the time in which they were expected for a number that stands for all of it.
    TooLittleCoverage,
    /// No camera sent what it is made of.
    NotMeasured,
    /// What it is divided by is zero: nobody was counted.
    NobodyCame,
    /// What it is divided by is zero: nobody was counted out.
    NobodyLeft,
    /// The mean stay is longer than the time it would be told from.
    StayTooLong,
    /// Counted in pieces too long to see it.
    TooCoarse,
    /// Nobody said how many the place holds.
    NoCapacity,
    /// Nobody said how wide its doors are.
    NoWidth,
    /// Nobody said who worked when.
    NoRota,
    /// Nobody counted by hand.
    NotValidated,
    /// So many stays were cut that nobody can know.
    TooManyCut,
    /// The place is more than one zone.
    NotAZone,
}

impl Unknown {
    /// The stable code in the API.
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// The sentence behind it.
    pub fn sentence(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Unknown::NotBegun => ("not_begun", "this time has not begun"),
            Unknown::NeverOpen => ("never_open", "the place was not open in this time"),
            Unknown::NothingObserved => (
                "nothing_observed",
                "no camera of the place was heard from in this time",
            ),
            Unknown::TooLittleCoverage => (
                "too_little_coverage",
                "the place's cameras were heard from in less than half of the time in which they were expected",
            ),
            Unknown::NotMeasured => ("not_measured", "no camera of the place measured any of it"),
            Unknown::NobodyCame => ("nobody_came", "nobody was counted in this time"),
            Unknown::NobodyLeft => (
                "nobody_left",
                "nobody was counted out in this time, so how long one waits is not known",
            ),
            Unknown::StayTooLong => (
                "stay_too_long",
                "the mean stay would be longer than the observed time it is told from",
            ),
            Unknown::TooCoarse => (
                "too_coarse",
                "people were counted in pieces too long to tell it from, or too little of its time was observed",
            ),
            Unknown::NoCapacity => ("no_capacity", "nobody said how many people the place holds"),
            Unknown::NoWidth => ("no_width", "nobody said how wide the place's doors are"),
            Unknown::NoRota => ("no_rota", "nobody said who worked when"),
            Unknown::NotValidated => ("not_validated", "nobody counted by hand in this time"),
            Unknown::TooManyCut => (
                "too_many_cut",
                "so many stays were cut that nobody can know how long the longer ones lasted",
            ),
            Unknown::NotAZone => (
                "not_a_zone",
                "a queue stands in a zone; who leaves a larger place did not all stand in it",
            ),
        }
    }
}

/// One measure of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceMeasure {
    /// The word in the API.
    pub name: &'static str,
    /// What its value is in.
    pub unit: &'static str,
    /// How it is made, in words.
    pub formula: &'static str,
    /// Where the formula comes from.
    pub source: &'static str,
    /// Which hours it is told of.
    pub hours: Hours,
    /// Observed panes of those hours over those in which the place's cameras were expected, up to now and since each of them is known,
    /// 0 to 1; none where nobody was. Without those that were observed on the same day in windows which may lie in other hours.
    pub coverage: Option<f64>,
    /// The value, or why there is none.
    pub value: Result<f64, Unknown>,
    /// When it begins, for what happened at a moment.
    pub at: Option<Timestamp>,
}

/// The measures of a place.
#[derive(Clone, Debug)]
pub struct PlaceMeasures {
    /// The whole hours they are told of.
    pub hours: TimeRange,
    /// The part of them in which the place was open, microseconds, by whole hours.
    pub open: i64,
    /// How many people the place holds, if anybody said so.
    pub capacity: Option<u32>,
    /// Which count stands for its visitors.
    pub traffic: Traffic,
    /// How often late events changed these hours after their end.
    pub revision: u64,
    /// How settled they are.
    pub state: ResultState,
    /// In the order of the table.
    pub measures: Vec<PlaceMeasure>,
}

/// Everything measures are made of.
struct Basis {
    all: Stretch,
    open: Stretch,
    /// The hours of `open`, in order.
    open_hours: Vec<OpenHour>,
    /// How often late events changed the hours of `all`.
    revision: u64,
    /// The busiest 60 minutes: when, how many people, and the peak-hour factor.
    peak: Option<(Timestamp, i64, Option<f64>)>,
    capacity: Option<u32>,
    traffic: Traffic,
    kind: PlaceKind,
}

/// The longest range: a year, and what the ends of its hours and days add.
const DAYS_MAX: i64 = 367;

impl App {
    /// The measures of a place.
    pub async fn place_measures(
        &self,
        actor: &Actor,
        place: &PlaceId,
        range: TimeRange,
    ) -> Result<PlaceMeasures, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        if range.micros() > DAYS_MAX * 24 * HOUR {
            return Err(Fault::invalid(
                Reason::OutOfRange,
                format!("the range is longer than {DAYS_MAX} days"),
            ));
        }
        let place = place.clone();
        self.read(move |app| app.measures(&place, range)).await
    }

    fn measures(&self, place: &PlaceId, range: TimeRange) -> Result<PlaceMeasures, Fault> {
        let scope = Scope::Place(place.clone());
        let heard = self.heard();
        let rows = self.rows_of(&scope, &heard);
        let hours = rows.whole_hours(range);
        let basis = self.basis(place, &rows, hours)?;
        Ok(PlaceMeasures {
            hours,
            open: basis.open.length,
            capacity: basis.capacity,
            traffic: basis.traffic,
            revision: basis.revision,
            state: ResultState::of(hours, rows.reached),
            measures: MEASURES.iter().map(|measure| measure.tell(&basis)).collect(),
        })
    }

    fn basis(&self, place: &PlaceId, rows: &ScopeRows<'_>, hours: TimeRange) -> Result<Basis, Fault> {
        let (site, scope) = (self.parts.catalog.site(), rows.scope);
        let place = site.place(place);
        let time = place.map(|place| OpenTime::of(&site, place, hours));
        let is_open = |hour: TimeRange| time.as_ref().is_none_or(|time| time.holds(hour));
        let days = Days::read(rows, hours)?;
        let all = days.part(|hour| hours.contains(hour.start));
        let open = days.part(|hour| hours.contains(hour.start) && is_open(hour));
        let open_hours = open.hours.iter().map(|hour| OpenHour {
            day: Rung::Day.bucket(hour.bucket.start, &rows.zone).start,
            occupancy: hour.metric(Metric::Occupancy),
        });
        let peak = match self.busiest(scope, hours, &all.counts())? {
            Some((people, start)) => Some((start, people, self.peak_factor(scope, start, people)?)),
            None => None,
        };
        Ok(Basis {
            all: Stretch::of(&all, rows),
            open: Stretch::of(&open, rows),
            open_hours: open_hours.collect(),
            revision: all.hours.iter().map(|hour| u64::from(hour.revision())).sum(),
            peak,
            capacity: place
                .and_then(|place| place.capacity)
                .filter(|capacity| *capacity > 0),
            traffic: place.map_or(Traffic::default(), |place| place.counting.traffic),
            kind: place.map_or(PlaceKind::Zone, |place| place.kind),
        })
    }
}
