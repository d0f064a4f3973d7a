#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::analytics::ladder::{Ladder, at, camera};
use crate::analytics::total::Total;
use std::sync::Mutex;
use throng_model::row::{Row, RowKey};
use throng_model::time::HOUR;
use throng_model::{Measure, Scope};
use throng_ports::Rollups;

/// A store in which somebody is counted after each read.
struct Busy(Mutex<Ladder>, Timestamp);

impl Rollups for Busy {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        self.0.lock().unwrap().row(key)
    }

    fn rows_together(
        &self,
        scope: &Scope,
        parts: &[(Rung, TimeRange)],
        limit: usize,
    ) -> Result<Vec<Vec<(Timestamp, Row)>>, Fault> {
        let mut ladder = self.0.lock().unwrap();
        let found = ladder.rows_together(scope, parts, limit);
        ladder.add(self.1, 2, 1, 1);
        found
    }
}

#[test]
fn whoever_is_counted_during_a_read_is_not_taken_for_a_window_across_an_hour() {
    let (scope, day) = (camera(), at("2026-03-01T00:00:00Z"));
    let mut ladder = Ladder::new("UTC");
    (0..24).for_each(|hour| ladder.add(day.plus(hour * HOUR), 5, 1, 300));
    let busy = Busy(Mutex::new(ladder), day.plus(23 * HOUR));
    let nothing = Ladder::new("UTC");
    let rows = ScopeRows {
        rollups: &busy,
        ..nothing.rows(&scope)
    };
    let last_hours = |hours: i64| {
        let range = TimeRange {
            start: day.plus((24 - hours) * HOUR),
            end: day.plus(24 * HOUR),
        };
        let days = Days::read(&rows, range).unwrap();
        let part = days.part(|hour| range.contains(hour.start));
        assert_eq!(part.beyond, Beyond::default());
        Total::of(&part, rows.now).people()
    };
    assert_eq!(
        [6, 6, 24, 24].map(last_hours),
        [Some(30), Some(32), Some(124), Some(126)]
    );
}

#[test]
fn what_no_hour_has_belongs_to_all_hours_of_its_day() {
    let (scope, day) = (camera(), at("2026-03-01T00:00:00Z"));
    let mut ladder = Ladder::new("UTC");
    (0..24).for_each(|hour| ladder.add(day.plus(hour * HOUR), 5, 1, 300));
    ladder.add_beyond(day, 3, 90);
    let noon = ScopeRows {
        now: day.plus(12 * HOUR),
        ..ladder.rows(&scope)
    };
    let range = TimeRange {
        start: day.plus(-24 * HOUR),
        end: day.plus(48 * HOUR),
    };
    let days = Days::read(&noon, range).unwrap();
    let people = |from: i64, to: i64| {
        let part = days.part(|hour| day.plus(from * HOUR) <= hour.start && hour.end <= day.plus(to * HOUR));
        let beyond = part.beyond;
        (!beyond.is_cut).then(|| beyond.people(Measure::In))
    };
    assert_eq!([people(0, 24), people(-9, 30)], [Some(3); 2]);
    assert_eq!(people(0, 12), Some(3), "the rest of the day is to come");
    assert_eq!([people(1, 12), people(0, 11)], [None; 2]);
    assert_eq!(
        [people(-9, 0), people(24, 30)],
        [Some(0); 2],
        "it is not of these days"
    );
}

#[test]
fn what_was_observed_somewhere_on_a_day_that_is_cut_has_no_more_room_than_its_hours_leave() {
    let (scope, day) = (camera(), at("2026-03-01T00:00:00Z"));
    let mut ladder = Ladder::new("UTC");
    // Nobody came: from nine to ten in an hour that was observed half, and in windows of six hours that no hour has.
    ladder.add(day.plus(9 * HOUR), 0, 1, 180);
    ladder.add_beyond(day, 0, 6 * 360);
    let rows = ladder.rows(&scope);
    let range = TimeRange {
        start: day,
        end: day.plus(24 * HOUR),
    };
    let days = Days::read(&rows, range).unwrap();
    let part = |from: i64, to: i64| {
        days.part(|hour| day.plus(from * HOUR) <= hour.start && hour.end <= day.plus(to * HOUR))
    };
    let unplaced = |from, to| {
        let unplaced = part(from, to).beyond.unplaced;
        (unplaced.panes, unplaced.time)
    };
    assert_eq!(unplaced(0, 24), (0, 0), "it is in the day");
    assert_eq!(unplaced(0, 23), (6 * 360, 6 * HOUR));
    assert_eq!(unplaced(9, 10), (180, HOUR / 2));
    assert_eq!(unplaced(10, 12), (2 * 360, 2 * HOUR));
    let total = |from, to| Total::of(&part(from, to), rows.now);
    // The coverage of what is left, and an occupancy that is known for half of an hour of which more may have been observed.
    assert_eq!(total(9, 10).coverage(360), Some(1.0));
    assert_eq!(total(9, 12).coverage(3 * 360), Some(1.0));
    assert_eq!(total(10, 12).coverage(2 * 360), None);
    assert!(total(9, 10).knows_occupancy());
    assert!(!total(9, 12).knows_occupancy() && !total(0, 24).knows_occupancy());
    assert_eq!([total(9, 12).people(), total(10, 12).people()], [Some(0), None]);
}
