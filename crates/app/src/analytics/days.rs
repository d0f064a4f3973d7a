//! Days with all of their hours, and what some of these hours come to.
//!
//! Day and hours are of one checkpoint: what stands in the day alone is a difference of both, and whoever was counted between two
//! reads would look like somebody of a window across an hour.

use super::answer::Point;
use super::beyond::Beyond;
use super::scope_rows::ScopeRows;
use super::total::count;
use throng_model::{Fault, Rung, TimeRange, Timestamp};

/// Days read at once at most, and hours: those of five years, the longest range there is, with the rest of the days at both ends.
const DAYS_MAX: usize = 5 * 366 + 2;
const HOURS_MAX: usize = DAYS_MAX * 25;

/// Days of one scope that follow each other.
pub(super) struct Days {
    days: Vec<Point>,
    hours: Vec<Point>,
    now: Timestamp,
}

/// Some hours of days, in order.
#[derive(Default)]
pub(super) struct Part<'a> {
    pub hours: Vec<&'a Point>,
    pub beyond: Beyond,
}

impl Days {
    /// Those of which a part lies in the range.
    pub fn read(rows: &ScopeRows<'_>, range: TimeRange) -> Result<Self, Fault> {
        let over = TimeRange {
            start: Rung::Day.bucket(range.start, &rows.zone).start,
            end: Rung::Day.bucket(range.end.plus(-1), &rows.zone).end,
        };
        let [days, hours] = rows.points_together([(Rung::Day, DAYS_MAX), (Rung::Hour, HOURS_MAX)], over)?;
        Ok(Self {
            days,
            hours,
            now: rows.now,
        })
    }

    /// The hours that are chosen, and what lies between them.
    pub fn part(&self, is_chosen: impl Fn(TimeRange) -> bool) -> Part<'_> {
        let mut part = Part::default();
        for day in &self.days {
            let (hours, beyond) = self.part_of(day, &is_chosen);
            part.hours.extend(hours);
            part.beyond.merge(&beyond);
        }
        part
    }

    /// Each day with all of its hours.
    pub fn each(&self) -> impl Iterator<Item = (&Point, Part<'_>)> {
        self.days.iter().map(|day| {
            let (hours, beyond) = self.part_of(day, &|_| true);
            (day, Part { hours, beyond })
        })
    }

    /// What no hour has belongs to a part of the day only where this is all of it. Of a day that is not over, what is to come is in
    /// nobody's count yet.
    fn part_of(&self, day: &Point, is_chosen: &impl Fn(TimeRange) -> bool) -> (Vec<&Point>, Beyond) {
        let from = self
            .hours
            .partition_point(|hour| hour.bucket.start < day.bucket.start);
        let to = self
            .hours
            .partition_point(|hour| hour.bucket.start < day.bucket.end);
        let of_day = self.hours.get(from..to).unwrap_or_default();
        let (chosen, others): (Vec<_>, Vec<_>) = of_day.iter().partition(|hour| is_chosen(hour.bucket));
        let is_whole = others.iter().all(|hour| hour.bucket.start >= self.now);
        let beyond = match (chosen.is_empty(), is_whole) {
            (true, _) => Beyond::default(),
            (_, true) => Beyond::of(day, of_day, self.now),
            (_, false) => Beyond::cut(day, of_day, &chosen, self.now),
        };
        (chosen, beyond)
    }
}

impl Part<'_> {
    /// The people of each hour with data.
    pub fn counts(&self) -> Vec<(Timestamp, i64)> {
        let hours = self.hours.iter();
        hours
            .filter_map(|hour| Some((hour.bucket.start, count(hour.row.as_ref()?))))
            .collect()
    }
}

#[cfg(test)]
mod tests;
