//! The hours of long ranges, summed once.
//!
//! What a range comes to is told from its hours, thirteen months of which are 9,500 rows a camera. But an hour cannot
//! change without its day and its month: sums travel upwards (I-3), and so do coverage and revisions. So what the hours
//! of a day or month came to is kept with a fingerprint of its row, and holds as long as the row has it. The row itself is
//! not the answer: it knows neither its busiest hour, nor which of its hours nobody looked at, and it holds people who were
//! counted in windows longer than an hour. Where cumulative counters count, hours can change without their day (a late reading
//! moves people between them), and nobody asks here.

use super::aggregated::count;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};
use throng_model::row::Row;
use throng_model::{Fault, Measure, Rung, Scope, Summary, TimeRange, Timestamp};
use throng_ports::Rollups;

/// What hours with data come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Total {
    /// People counted; none without data.
    pub people: Option<i64>,
    /// How many values of occupancy there are, and their sum.
    occupancy: (u64, i128),
    /// In how many panes the cameras were heard from, of all of them together.
    pub observed: u64,
    /// How often late events changed the hours after their end.
    pub revision: u64,
    /// The hour with the most people and how many these are: the earliest of equals, none when nobody came.
    peak: Option<(i64, Timestamp)>,
}

impl Total {
    /// One hour; nothing where nobody looked.
    pub fn of(start: Timestamp, hour: &Row) -> Self {
        if hour.observed == 0 {
            return Self::default();
        }
        let people = count(hour);
        let occupancy = hour.measure(Measure::Occupancy);
        Self {
            people: Some(people),
            occupancy: occupancy.map_or((0, 0), |summary| (summary.count, summary.sum)),
            observed: hour.observed,
            revision: u64::from(hour.revision),
            peak: (people > 0).then_some((people, start)),
        }
    }

    /// Adds other hours.
    pub fn merge(&mut self, other: &Self) {
        if let Some(people) = other.people {
            *self.people.get_or_insert_default() += people;
        }
        self.occupancy.0 += other.occupancy.0;
        self.occupancy.1 += other.occupancy.1;
        self.observed += other.observed;
        self.revision += other.revision;
        let hours = [self.peak, other.peak].into_iter().flatten();
        self.peak = hours.max_by_key(|(people, start)| (*people, Reverse(*start)));
    }

    /// The time-weighted mean of the people inside; none without data.
    pub fn average_occupancy(&self) -> Option<f64> {
        let (count, sum) = self.occupancy;
        let summary = Summary {
            count,
            sum,
            ..Summary::default()
        };
        summary.mean()
    }

    /// The start of the busiest hour; none when nobody came.
    pub fn peak(&self) -> Option<Timestamp> {
        self.peak.map(|(_, start)| start)
    }
}

/// Totals kept at most, about 150 bytes each: the days and months of 13 months of 480 cameras and places, or the months of
/// five years of 3,300.
const KEPT_MAX: usize = 200_000;

/// The rungs of which totals are kept, the coarsest first.
const KEPT: &[Rung] = &[Rung::Month, Rung::Day];

/// A total and the fingerprint of the row it belongs to.
type Kept = (u64, Total);

/// The totals of days and months that were asked for.
#[derive(Default)]
pub(crate) struct Totals {
    kept: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    count: usize,
    by_scope: HashMap<Scope, HashMap<(Rung, Timestamp), Kept>>,
}

/// A bucket, whole inside of a range, with what is known of it.
struct Bucket {
    range: TimeRange,
    fingerprint: Option<u64>,
    total: Option<Total>,
}

impl Totals {
    /// What the hours come to that start inside the range, which begins where an hour does.
    pub fn of(
        &self,
        rollups: &dyn Rollups,
        scope: &Scope,
        range: TimeRange,
        zone: &jiff::tz::TimeZone,
    ) -> Result<Total, Fault> {
        Ok(sum(&self.parts(rollups, scope, range, zone, KEPT)?))
    }

    /// The range in pieces, in order: months and days that are known, hours where they are not.
    fn parts(
        &self,
        rollups: &dyn Rollups,
        scope: &Scope,
        range: TimeRange,
        zone: &jiff::tz::TimeZone,
        rungs: &[Rung],
    ) -> Result<Vec<(Timestamp, Total)>, Fault> {
        let Some((rung, finer)) = rungs.split_first() else {
            let hours = rollups.rows(scope, Rung::Hour, range, usize::MAX)?;
            let total = |(start, row): &(Timestamp, Row)| (*start, Total::of(*start, row));
            return Ok(hours.iter().map(total).collect());
        };
        // These rows are read before those below them: what is kept may belong to a row that is gone by now, and is then
        // made again, but never to one that is still to come.
        let buckets = self.look_up(rollups, scope, range, zone, *rung)?;
        let mut parts = Vec::new();
        let mut done = range.start;
        let end = TimeRange {
            start: range.end,
            end: range.end,
        };
        let known = buckets
            .iter()
            .filter_map(|bucket| Some((bucket.range, bucket.total?)));
        for (bucket, total) in known.chain([(end, Total::default())]) {
            if done < bucket.start {
                let between = TimeRange {
                    start: done,
                    end: bucket.start,
                };
                parts.extend(self.parts(rollups, scope, between, zone, finer)?);
            }
            parts.push((bucket.start, total));
            done = bucket.end;
        }
        self.keep(scope, *rung, &buckets, &parts);
        Ok(parts)
    }

    /// The whole buckets of a range. Those without a row have no fingerprint and are never known.
    fn look_up(
        &self,
        rollups: &dyn Rollups,
        scope: &Scope,
        range: TimeRange,
        zone: &jiff::tz::TimeZone,
        rung: Rung,
    ) -> Result<Vec<Bucket>, Fault> {
        let rows = rollups.rows(scope, rung, range, usize::MAX)?;
        let shelf = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = shelf.by_scope.get(scope);
        let mut rows = rows.iter().peekable();
        let whole = rung
            .buckets(range, zone)
            .filter(|bucket| range.start <= bucket.start && bucket.end <= range.end);
        let buckets = whole.map(|bucket| {
            while rows.next_if(|(start, _)| *start < bucket.start).is_some() {}
            let row = rows.next_if(|(start, _)| *start == bucket.start);
            let fingerprint = row.map(|(_, row)| fingerprint(row));
            let kept = kept.and_then(|kept| kept.get(&(rung, bucket.start)));
            Bucket {
                range: bucket,
                fingerprint,
                total: kept
                    .filter(|(of, _)| fingerprint == Some(*of))
                    .map(|(_, total)| *total),
            }
        });
        Ok(buckets.collect())
    }

    /// Keeps what was not known.
    fn keep(&self, scope: &Scope, rung: Rung, buckets: &[Bucket], parts: &[(Timestamp, Total)]) {
        let mut shelf = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for bucket in buckets.iter().filter(|bucket| bucket.total.is_none()) {
            let Some(fingerprint) = bucket.fingerprint else {
                continue;
            };
            let from = parts.partition_point(|(start, _)| *start < bucket.range.start);
            let to = parts.partition_point(|(start, _)| *start < bucket.range.end);
            let within = parts.get(from..to).unwrap_or_default();
            shelf.put(scope, (rung, bucket.range.start), (fingerprint, sum(within)));
        }
    }
}

impl Shelf {
    fn put(&mut self, scope: &Scope, bucket: (Rung, Timestamp), kept: Kept) {
        if self.count >= KEPT_MAX {
            self.make_room();
        }
        let of_scope = self.by_scope.entry(scope.clone()).or_default();
        if of_scope.insert(bucket, kept).is_none() {
            self.count += 1;
        }
    }

    /// Days go first: a month stands for thirty of them.
    fn make_room(&mut self) {
        for of_scope in self.by_scope.values_mut() {
            of_scope.retain(|(rung, _), _| *rung != Rung::Day);
        }
        self.count = self.by_scope.values().map(HashMap::len).sum();
        if self.count > KEPT_MAX / 2 {
            *self = Self::default();
        }
    }
}

fn sum(parts: &[(Timestamp, Total)]) -> Total {
    let mut total = Total::default();
    parts.iter().for_each(|(_, part)| total.merge(part));
    total
}

fn fingerprint(row: &Row) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
