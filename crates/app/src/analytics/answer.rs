//! From a stored row to an answer.

use super::feeding::{Feeding, FirstTold};
use crate::App;
use jiff::tz::TimeZone;
use std::str::FromStr;
use throng_model::pane::PANE;
use throng_model::row::Row;
use throng_model::site::Site;
use throng_model::time::HOUR;
use throng_model::{Fault, Measure, Reason, Rung, Scope, Summary, TimeRange, Timestamp};

/// What can be asked for, in the words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// People inside: time-weighted mean.
    Occupancy,
    /// People counted inwards, and those who passed a counter that knows no direction.
    Count,
    /// People in.
    In,
    /// People out.
    Out,
    /// The last validation's accuracy. None is there before somebody validated: it is never guessed.
    Accuracy,
    /// Mean time from event to arrival, milliseconds.
    Latency,
    /// The detector's mean confidence, 0 to 1.
    Confidence,
}

impl Metric {
    /// All metrics.
    pub const ALL: [Metric; 7] = [
        Metric::Occupancy,
        Metric::Count,
        Metric::In,
        Metric::Out,
        Metric::Accuracy,
        Metric::Latency,
        Metric::Confidence,
    ];

    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Metric::Occupancy => "occupancy",
            Metric::Count => "count",
            Metric::In => "in",
            Metric::Out => "out",
            Metric::Accuracy => "accuracy",
            Metric::Latency => "latency",
            Metric::Confidence => "confidence",
        }
    }

    /// This metric in a row; none where the row cannot know.
    pub fn of(self, row: &Row) -> Option<f64> {
        let mean = |measure| row.measure(measure).and_then(throng_model::Summary::mean);
        match self {
            Metric::Occupancy => mean(Measure::Occupancy),
            Metric::Count => Some((row.people(Measure::In) + row.people(Measure::Pass)) as f64),
            Metric::In => Some(row.people(Measure::In) as f64),
            Metric::Out => Some(row.people(Measure::Out) as f64),
            Metric::Accuracy => None,
            Metric::Latency => mean(Measure::Latency),
            Metric::Confidence => mean(Measure::Confidence),
        }
    }
}

impl FromStr for Metric {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|metric| metric.as_str()).collect();
                Fault::invalid(
                    Reason::NotListed,
                    format!("metric {text:?} is not one of {}", known.join(", ")),
                )
            })
    }
}

/// How settled a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultState {
    /// The bucket is not over yet, as far as its cameras have said; an hour after its end nobody waits for them any more.
    Live,
    /// The bucket is over; stragglers are still likely.
    Provisional,
    /// An hour has passed since: reports may be made. Not that nothing can change any more: an event that comes within the
    /// engine's lateness makes a new revision of a final number, and says so in it.
    Final,
}

impl ResultState {
    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ResultState::Live => "live",
            ResultState::Provisional => "provisional",
            ResultState::Final => "final",
        }
    }

    /// Live until what was heard of the scope ([`App::reached`]) lies behind the bucket, provisional for an hour, then final.
    pub fn of(bucket: TimeRange, reached: Option<Timestamp>) -> Self {
        match reached {
            Some(reached) if reached >= bucket.end.plus(HOUR) => ResultState::Final,
            Some(reached) if reached >= bucket.end => ResultState::Provisional,
            _ => ResultState::Live,
        }
    }
}

/// One bucket of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The bucket.
    pub bucket: TimeRange,
    /// Its numbers; none means no data, which is not the same as nobody.
    pub row: Option<Row>,
    /// Observed panes over those in which its cameras were expected, up to now and since each of them is known, 0 to 1; none where
    /// nobody was.
    pub coverage: Option<f64>,
    /// In how many panes, up to now, its cameras should have been heard from, of all of them together.
    pub(super) expected: i64,
    /// For how long, up to now, any camera should have been heard from, microseconds: from when the first one came on.
    pub(super) missed: i64,
    /// Whether its occupancy is known for half of the time in which they were. What is put together of many buckets is judged as a
    /// whole, or it would hang on how it was cut.
    pub(super) knows_occupancy: bool,
    /// How settled it is.
    pub state: ResultState,
}

impl Point {
    /// A metric; none where there is no data.
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        let row = self.row.as_ref()?;
        let is_known = metric != Metric::Occupancy || self.knows_occupancy;
        is_known.then(|| metric.of(row)).flatten()
    }

    /// The values of a measure, none that do not stand for the bucket: none without data, an empty summary where somebody looked and
    /// nothing happened.
    pub(super) fn values(&self, measure: Measure) -> Option<Summary> {
        let row = self.row.as_ref()?;
        let is_known = measure != Measure::Occupancy || self.knows_occupancy;
        is_known.then(|| row.measure(measure).cloned().unwrap_or_default())
    }

    /// How much of it has passed, microseconds.
    pub(super) fn elapsed(&self, now: Timestamp) -> i64 {
        self.bucket.end.min(now).since(self.bucket.start).max(0)
    }

    /// In how much of it, up to now, its cameras were heard from, microseconds; the mean over them.
    pub(super) fn heard(&self, now: Timestamp) -> i64 {
        let Some(row) = &self.row else { return 0 };
        // Without a camera at the start of it there is no coverage, but one that came later may have counted.
        let heard = self.coverage.map_or_else(
            || (row.observed as i64).saturating_mul(PANE),
            |coverage| (coverage * self.missed as f64).round() as i64,
        );
        heard.min(self.elapsed(now))
    }

    /// In how many panes its cameras were heard from, of all of them together.
    pub(super) fn observed(&self) -> u64 {
        self.row.as_ref().map_or(0, |row| row.observed)
    }

    /// How often late events changed it.
    pub fn revision(&self) -> u32 {
        self.row.as_ref().map_or(0, |row| row.revision)
    }
}

/// In which the days of a scope are cut: a camera's in that of where it stands.
pub(super) fn zone_of(site: &Site, scope: &Scope) -> TimeZone {
    let place = match scope {
        Scope::Place(place) => site.place(place),
        Scope::Camera(camera) => site.camera(camera).and_then(|camera| site.home(camera)),
    };
    place.map_or(TimeZone::UTC, throng_model::place::Place::zone)
}

impl App {
    /// Every bucket of the range, with its row where there is one.
    pub(crate) fn points(
        &self,
        scope: &Scope,
        rung: Rung,
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<Point>, Fault> {
        self.rows_of(scope, &self.heard()).points(rung, range, limit)
    }

    /// The cameras that feed a scope, as they came and went.
    pub(super) fn feeding(&self, scope: &Scope) -> Feeding {
        let told = FirstTold::of(&self.parts.feed.snapshot().1);
        Feeding::new(&self.parts.catalog.site(), scope, &told)
    }

    /// The zone a scope's days are cut in.
    pub(crate) fn zone_of(&self, scope: &Scope) -> TimeZone {
        zone_of(&self.parts.catalog.site(), scope)
    }

    /// When the occupancy of a scope starts anew, minutes after midnight.
    pub(crate) fn reset_of(&self, scope: &Scope) -> u16 {
        let site = self.parts.catalog.site();
        let place = match scope {
            Scope::Place(place) => site.place(place),
            Scope::Camera(camera) => site.camera(camera).and_then(|camera| site.home(camera)),
        };
        place.map_or(0, |place| place.resets_at)
    }

    /// How far the time of a scope has come: its latest event, or, where nothing more is heard of it, an hour behind the
    /// server's clock. A recording of last year is over, and so is the last day of a camera that fell silent; what it still
    /// sends makes revisions. None where nothing was ever heard.
    pub(crate) fn reached(&self, scope: &Scope) -> Option<Timestamp> {
        self.reached_since(self.as_of(scope))
    }

    /// The same where its latest event is known.
    pub(crate) fn reached_since(&self, as_of: Option<Timestamp>) -> Option<Timestamp> {
        let waited = self.parts.clock.now().plus(-HOUR);
        as_of.map(|as_of| as_of.max(waited))
    }

    pub(crate) fn as_of(&self, scope: &Scope) -> Option<Timestamp> {
        self.present_of(scope).and_then(|now| now.as_of)
    }

    pub(crate) fn present_of(&self, scope: &Scope) -> Option<throng_model::live::Now> {
        self.parts
            .feed
            .snapshot()
            .1
            .into_iter()
            .find(|now| now.scope == *scope)
    }
}

/// Whether an occupancy that is known in so many panes is known for half of the time in which cameras were heard from. What was
/// counted in windows is in the minutes only where it moved somebody, and their mean is that of none of the others. Of the last
/// minutes, which are not settled yet, it is never known.
pub(super) fn stands_for(panes: u64, heard: i64) -> bool {
    let known = (panes as i64).saturating_mul(PANE);
    known.saturating_mul(2).saturating_add(UNSETTLED) >= heard
}

/// Twice the time by which the occupancy may be behind.
const UNSETTLED: i64 = 4 * HOUR / 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_heard_no_longer_than_somebody_could_be() {
        let day = Point {
            bucket: TimeRange {
                start: Timestamp(0),
                end: Timestamp(24 * HOUR),
            },
            row: Some(Row::default()),
            // The only camera came at 18:00 and was heard from then on.
            coverage: Some(1.0),
            expected: 6 * 360,
            missed: 6 * HOUR,
            knows_occupancy: false,
            state: ResultState::Live,
        };
        assert_eq!(day.heard(Timestamp(48 * HOUR)), 6 * HOUR);
    }
}
