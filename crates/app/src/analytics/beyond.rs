//! What stands in the rows of days and in none of their hours: people of windows and outages that cross an hour.
//!
//! Of a day that lies in the hours asked for, they are the difference between the day and its hours. Of a day that is cut
//! nobody can know on which side of the cut they came: then the sum of those hours is not known either, which is not 0.
//! What crosses midnight is in the day it began in, as in its row.

use super::POINTS_MAX;
use crate::App;
use crate::analytics::Point;
use throng_model::{Fault, Measure, Rung, Scope, TimeRange, Timestamp};

/// Hours of one day, on which the clocks may go back, and room for odd zones.
const HOURS_OF_A_DAY: usize = 48;

/// People between the hours of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beyond {
    /// In, out, passing: of the days that lie whole in the range.
    people: [i64; 3],
    /// In how much time they were counted, microseconds; the mean over the cameras.
    pub observed: i64,
    /// Whether there are more, of a day of which the range holds only a part.
    pub is_cut: bool,
}

const COUNTED: [Measure; 3] = [Measure::In, Measure::Out, Measure::Pass];

impl Beyond {
    /// People of a measure; 0 of one that does not count them.
    pub fn people(&self, measure: Measure) -> i64 {
        let counted = COUNTED.into_iter().zip(self.people);
        counted
            .filter(|(known, _)| *known == measure)
            .map(|(_, people)| people)
            .sum()
    }

    /// Whether there is anybody, known or not.
    pub fn is_empty(&self) -> bool {
        self.people == [0; 3] && !self.is_cut
    }

    /// The same where it is not known of which part of the hours they are.
    pub fn cut(&self) -> Self {
        Self {
            is_cut: !self.is_empty(),
            ..Self::default()
        }
    }

    fn add(&mut self, day: &Point, hours: &[Point], is_whole: bool, now: Timestamp) {
        let people = COUNTED.map(|measure| {
            let of = |point: &Point| point.row.as_ref().map_or(0, |row| row.people(measure));
            of(day) - hours.iter().map(of).sum::<i64>()
        });
        if !is_whole {
            self.is_cut |= people != [0; 3];
            return;
        }
        for (all, people) in self.people.iter_mut().zip(people) {
            *all += people;
        }
        if people != [0; 3] {
            let heard = hours.iter().map(|hour| hour.heard(now)).sum::<i64>();
            self.observed += (day.heard(now) - heard).max(0);
        }
    }
}

impl App {
    /// The people between these hours of a scope.
    pub(super) fn beyond_hours(
        &self,
        scope: &Scope,
        range: TimeRange,
        hours: &[Point],
    ) -> Result<Beyond, Fault> {
        let now = self.parts.clock.now();
        let mut beyond = Beyond::default();
        for day in self.points(scope, Rung::Day, range, POINTS_MAX)? {
            if day.row.is_none() {
                continue;
            }
            // Of a day that is not over, what is to come is in nobody's count yet.
            let is_whole = range.start <= day.bucket.start && day.bucket.end.min(now) <= range.end;
            if is_whole {
                let from = hours.partition_point(|hour| hour.bucket.start < day.bucket.start);
                let to = hours.partition_point(|hour| hour.bucket.start < day.bucket.end);
                beyond.add(&day, hours.get(from..to).unwrap_or_default(), true, now);
            } else {
                let hours = self.points(scope, Rung::Hour, day.bucket, HOURS_OF_A_DAY)?;
                beyond.add(&day, &hours, false, now);
            }
        }
        Ok(beyond)
    }
}
