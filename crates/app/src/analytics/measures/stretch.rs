//! Hours put together: what was counted in them, and how much of them was observed.

use super::Unknown;
use crate::analytics::answer::{Point, stands_for};
use crate::analytics::beyond::Beyond;
use crate::analytics::days::Part;
use crate::analytics::feeding::coverage;
use crate::analytics::scope_rows::ScopeRows;
use throng_model::{Measure, Row, Summary, Timestamp};

/// Some hours of a place, up to now.
#[derive(Default)]
pub(super) struct Stretch {
    /// From the first to the last moment of every hour, also of those to come, microseconds.
    pub length: i64,
    /// What has passed of them, microseconds.
    pub elapsed: i64,
    /// In how much of that the place's cameras were heard from, microseconds; the mean over its cameras.
    pub observed: i64,
    /// In how many panes its cameras were heard from, and in how many they should have been, of all of them together.
    panes: (i64, i64),
    measures_inside: bool,
    row: Row,
    beyond: Beyond,
}

impl Stretch {
    /// Of some hours, and of whom these do not know.
    pub fn of(part: &Part<'_>, rows: &ScopeRows<'_>) -> Self {
        let mut stretch = Self {
            measures_inside: rows.measures_inside,
            ..Self::default()
        };
        part.hours.iter().for_each(|hour| stretch.add(hour, rows.now));
        stretch.observed = (stretch.observed + part.beyond.observed).min(stretch.elapsed);
        stretch.panes.0 += part.beyond.panes;
        stretch.beyond = part.beyond;
        stretch
    }

    fn add(&mut self, point: &Point, now: Timestamp) {
        self.length += point.bucket.micros();
        self.elapsed += point.elapsed(now);
        self.panes.0 += point.observed() as i64;
        self.panes.1 += point.expected;
        let Some(row) = &point.row else { return };
        self.observed += point.heard(now);
        for (measure, values) in &row.measures {
            self.row.merge_measure(*measure, values);
        }
    }

    /// Its [`coverage`].
    pub fn coverage(&self) -> Option<f64> {
        coverage(
            self.panes.0.unsigned_abs(),
            self.panes.1 - self.beyond.unplaced.panes,
        )
    }

    /// Whether somebody looked on these days, but nobody knows whether in these hours.
    pub fn may_be_observed(&self) -> bool {
        !self.beyond.is_empty() || self.beyond.unplaced.time > 0
    }

    /// Whether at least half of the time in which somebody may have looked is time in which somebody did. Less does not stand for all
    /// of it.
    pub fn is_mostly_placed(&self) -> bool {
        self.observed >= self.beyond.unplaced.time
    }

    /// The values of a measure; none where there are none.
    pub fn values(&self, measure: Measure) -> Option<&Summary> {
        self.row.measure(measure)
    }

    /// People, exact; unknown where some came in windows of which only a part lies in this time, and of directions that its counters
    /// do not know. A counter that takes something back may leave less than nobody; nobody comes in negatively.
    pub fn people(&self, measure: Measure) -> Result<u64, Unknown> {
        if !self.measures_inside && matches!(measure, Measure::In | Measure::Out) {
            return Err(Unknown::NotMeasured);
        }
        if self.beyond.is_cut {
            return Err(Unknown::TooCoarse);
        }
        let people = self.row.people(measure) + self.beyond.people(measure);
        Ok(people.max(0).unsigned_abs())
    }

    /// Whether people were counted of whom it is not known in which hour they came.
    pub fn has_people_beyond_hours(&self) -> bool {
        !self.beyond.is_empty()
    }

    /// The occupancy, where it is known for half of the time that was observed, or may have been. Windows without movement leave nothing in the minutes, so
    /// the mean of what is known would be that of the minutes in which somebody moved.
    pub fn occupancy(&self) -> Result<&Summary, Unknown> {
        if !self.measures_inside {
            return Err(Unknown::NotMeasured);
        }
        let levels = self.values(Measure::Occupancy);
        levels
            .filter(|levels| stands_for(levels.count, self.observed + self.beyond.unplaced.time))
            .ok_or(Unknown::TooCoarse)
    }

    /// How many values cameras sent.
    pub fn sent(&self) -> u64 {
        let sent = [
            Measure::In,
            Measure::Out,
            Measure::Pass,
            Measure::Dwell,
            Measure::Queue,
            Measure::DwellCut,
        ];
        sent.iter()
            .filter_map(|measure| self.values(*measure))
            .map(|values| values.count)
            .sum()
    }
}
