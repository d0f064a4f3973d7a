//! What hours come to.

use super::answer::{Point, stands_for};
use super::beyond::Unplaced;
use super::days::Part;
use super::feeding::coverage;
use std::cmp::Reverse;
use throng_model::row::Row;
use throng_model::{Measure, Summary, Timestamp};

/// What hours come to, and what of their days none of them has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Total {
    /// People counted, as [`super::Metric::Count`] has it.
    people: i64,
    /// Whether more were counted in windows of which the range holds only a part.
    is_cut: bool,
    /// How many values of occupancy there are, and their sum.
    occupancy: (u64, i128),
    /// In how much time cameras were heard from, microseconds; the mean over them.
    heard: i64,
    /// In how many panes the cameras were heard from, of all of them together.
    pub observed: i64,
    /// How much more may have been observed in these hours.
    unplaced: Unplaced,
    /// How often late events changed the hours after their end.
    pub revision: u64,
    /// The hour with the most people and how many these are: the earliest of equals, none when nobody came.
    peak: Option<(i64, Timestamp)>,
}

impl Total {
    /// Hours, as far as they have passed, and what lies between them.
    pub fn of(part: &Part<'_>, now: Timestamp) -> Self {
        let beyond = &part.beyond;
        let mut total = Self {
            people: beyond.people(Measure::In) + beyond.people(Measure::Pass),
            is_cut: beyond.is_cut,
            heard: beyond.observed,
            observed: beyond.panes,
            unplaced: beyond.unplaced,
            ..Self::default()
        };
        let hours = part.hours.iter();
        hours.for_each(|hour| total.merge(&Self::hour(hour, now)));
        total
    }

    /// One hour; nothing where nobody looked.
    fn hour(hour: &Point, now: Timestamp) -> Self {
        let Some(row) = &hour.row else {
            return Self::default();
        };
        let people = count(row);
        let occupancy = row.measure(Measure::Occupancy);
        Self {
            people,
            occupancy: occupancy.map_or((0, 0), |summary| (summary.count, summary.sum)),
            heard: hour.heard(now),
            observed: hour.observed() as i64,
            revision: u64::from(row.revision),
            peak: (people > 0).then_some((people, hour.bucket.start)),
            ..Self::default()
        }
    }

    /// Adds other hours.
    pub fn merge(&mut self, other: &Self) {
        self.people += other.people;
        self.is_cut |= other.is_cut;
        self.occupancy.0 += other.occupancy.0;
        self.occupancy.1 += other.occupancy.1;
        self.heard += other.heard;
        self.observed += other.observed;
        self.unplaced.merge(&other.unplaced);
        self.revision += other.revision;
        let hours = [self.peak, other.peak].into_iter().flatten();
        self.peak = hours.max_by_key(|(people, start)| (*people, Reverse(*start)));
    }

    /// People counted; none without data, or where some came in windows of which only a part lies in this time. A counter that
    /// takes something back may leave less than nobody; nobody comes in negatively.
    pub fn people(&self) -> Option<i64> {
        (self.observed > 0 && !self.is_cut).then_some(self.people.max(0))
    }

    /// The coverage of these hours, in which so many panes were expected.
    pub fn coverage(&self, expected: i64) -> Option<f64> {
        coverage(self.observed.unsigned_abs(), expected - self.unplaced.panes)
    }

    /// Whether the occupancy is known for half of the time in which somebody looked, or may have.
    pub fn knows_occupancy(&self) -> bool {
        stands_for(self.occupancy.0, self.heard + self.unplaced.time)
    }

    /// The time-weighted mean of the people inside; none without data, or where it is known for too little of the time.
    pub fn average_occupancy(&self) -> Option<f64> {
        let (count, sum) = self.occupancy;
        let summary = Summary {
            count,
            sum,
            ..Summary::default()
        };
        summary.mean().filter(|_| self.knows_occupancy())
    }

    /// The start of the busiest hour; none when nobody came.
    pub fn peak(&self) -> Option<Timestamp> {
        self.peak.map(|(_, start)| start)
    }
}

/// People counted in a row, as [`super::Metric::Count`] has it.
pub(super) fn count(row: &Row) -> i64 {
    row.people(Measure::In) + row.people(Measure::Pass)
}
