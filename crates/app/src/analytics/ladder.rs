//! Rows of one camera as a store holds them, for tests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::feeding::Feeding;
use super::scope_rows::ScopeRows;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use throng_model::row::{Row, RowKey};
use throng_model::{CameraId, Fault, Measure, Rung, Scope, Summary, TimeRange, Timestamp};
use throng_ports::Rollups;

/// The ladder of one camera: hours, and days and months that are the sums of theirs.
pub(super) struct Ladder {
    pub zone: TimeZone,
    rows: BTreeMap<(Rung, Timestamp), Row>,
    /// From when on there are how many.
    pub cameras: Vec<(Timestamp, i64)>,
    /// Rows given out of each rung but the hour, and hours.
    read: [AtomicUsize; 2],
    /// The most hours given out at once.
    at_once: AtomicUsize,
}

impl Rollups for Ladder {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Ok(self.rows.get(&(key.rung, key.start)).cloned())
    }

    fn rows_together(
        &self,
        _: &Scope,
        parts: &[(Rung, TimeRange)],
        _: usize,
    ) -> Result<Vec<Vec<(Timestamp, Row)>>, Fault> {
        let found = parts.iter().map(|(rung, range)| {
            let found = self.rows.range((*rung, range.start)..(*rung, range.end));
            let found: Vec<_> = found.map(|((_, start), row)| (*start, row.clone())).collect();
            self.read[usize::from(*rung == Rung::Hour)].fetch_add(found.len(), Ordering::Relaxed);
            if *rung == Rung::Hour {
                self.at_once.fetch_max(found.len(), Ordering::Relaxed);
            }
            found
        });
        Ok(found.collect())
    }
}

impl Ladder {
    pub fn new(zone: &str) -> Self {
        Self {
            zone: TimeZone::get(zone).unwrap(),
            rows: BTreeMap::new(),
            cameras: vec![(Timestamp::MIN, 1)],
            read: Default::default(),
            at_once: AtomicUsize::new(0),
        }
    }

    pub fn add(&mut self, at: Timestamp, people: u64, inside: i64, observed: u64) {
        for rung in [Rung::Hour, Rung::Day, Rung::Month] {
            let row = self.count(rung, at, people, observed);
            let mut level = Summary::default();
            level.add_times(inside * Measure::SCALE, observed);
            row.merge_measure(Measure::Occupancy, &level);
        }
    }

    /// A window across an hour.
    pub fn add_beyond(&mut self, at: Timestamp, people: u64, observed: u64) {
        for rung in [Rung::Day, Rung::Month] {
            self.count(rung, at, people, observed);
        }
    }

    pub fn count(&mut self, rung: Rung, at: Timestamp, people: u64, observed: u64) -> &mut Row {
        let start = rung.bucket(at, &self.zone).start;
        let row = self.rows.entry((rung, start)).or_default();
        row.observed += observed;
        let mut summary = Summary::default();
        summary.add_times(Measure::SCALE, people);
        row.merge_measure(Measure::In, &summary);
        row
    }

    /// How many rows above the hours, and how many hours, were read since this was asked last.
    pub fn read(&self) -> [usize; 2] {
        [0, 1].map(|which| self.read[which].swap(0, Ordering::Relaxed))
    }

    pub fn hours_at_once(&self) -> usize {
        self.at_once.load(Ordering::Relaxed)
    }

    /// Long after all of it.
    pub fn rows<'a>(&'a self, scope: &'a Scope) -> ScopeRows<'a> {
        ScopeRows {
            rollups: self,
            scope,
            zone: self.zone.clone(),
            feeding: Feeding::of(&self.cameras),
            reached: None,
            settled: at("2027-01-01T00:00:00Z"),
            measures_inside: true,
            now: at("2027-01-01T00:00:00Z"),
        }
    }
}

pub(super) fn camera() -> Scope {
    Scope::Camera(CameraId::new("door").unwrap())
}

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
