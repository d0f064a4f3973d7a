//! Hours put together: what was counted in them, and how much of them was observed.

use crate::analytics::Point;
use throng_model::pane::PANE;
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
    row: Row,
}

impl Stretch {
    /// Adds an hour.
    pub fn add(&mut self, point: &Point, now: Timestamp) {
        self.length += point.bucket.micros();
        let elapsed = point.bucket.end.min(now).since(point.bucket.start).max(0);
        self.elapsed += elapsed;
        let Some(row) = &point.row else { return };
        // Without a camera at the start of the hour there is no coverage, but one that came later may have counted.
        let heard = point.coverage.map_or_else(
            || (row.observed as i64).saturating_mul(PANE),
            |coverage| (coverage * elapsed as f64).round() as i64,
        );
        self.observed += heard.min(elapsed);
        for (measure, values) in &row.measures {
            self.row.merge_measure(*measure, values);
        }
    }

    /// The observed share of what has passed; none before anything has.
    pub fn coverage(&self) -> Option<f64> {
        (self.elapsed > 0).then(|| self.observed as f64 / self.elapsed as f64)
    }

    /// The values of a measure; none where there are none.
    pub fn values(&self, measure: Measure) -> Option<&Summary> {
        self.row.measure(measure)
    }

    /// People, exact. A counter that takes something back may leave less than nobody; nobody comes in negatively.
    pub fn people(&self, measure: Measure) -> u64 {
        self.row.people(measure).max(0).unsigned_abs()
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
