//! The hours of long ranges, summed once.
//!
//! What a range comes to is told from its hours, and of whole days from what no hour of them has ([`super::beyond`]): thirteen
//! months are 9,500 rows a camera. But an hour cannot change without its day and its month: sums travel upwards (I-3), and so do
//! revisions. So what the hours of a day or month came to is kept with a fingerprint of its row and of the cameras expected in it,
//! and holds as long as they stay. The row itself is not the answer: it does not know its busiest hour. Where cumulative counters
//! count, hours can change without their day (a late reading moves people between them), and nobody asks here.
//!
//! One thing of an hour does change without its day: in how much of it a camera was heard from, where windows of the day vouch for
//! the same time ([`throng_model::Row::excess`] of the camera's day, of which neither its month nor its places know). So what is kept
//! tells of a whole day only what that cannot change: how much was heard in the day, and whether the occupancy stands for all of it.

use super::answer::{Point, stands_for};
use super::beyond::Beyond;
use super::scope_rows::ScopeRows;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};
use throng_model::row::Row;
use throng_model::{Fault, Measure, Rung, Scope, Summary, TimeRange, Timestamp};

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
    pub observed: u64,
    /// How often late events changed the hours after their end.
    pub revision: u64,
    /// The hour with the most people and how many these are: the earliest of equals, none when nobody came.
    peak: Option<(i64, Timestamp)>,
}

impl Total {
    /// Hours, as far as they have passed, and what lies between them.
    pub fn of<'a>(hours: impl IntoIterator<Item = &'a Point>, beyond: &Beyond, now: Timestamp) -> Self {
        let mut total = Self {
            people: beyond.people(Measure::In) + beyond.people(Measure::Pass),
            is_cut: beyond.is_cut,
            heard: beyond.observed,
            observed: beyond.panes,
            ..Self::default()
        };
        hours
            .into_iter()
            .for_each(|hour| total.merge(&Self::hour(hour, now)));
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
            is_cut: false,
            occupancy: occupancy.map_or((0, 0), |summary| (summary.count, summary.sum)),
            heard: hour.heard(now),
            observed: row.observed,
            revision: u64::from(row.revision),
            peak: (people > 0).then_some((people, hour.bucket.start)),
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
        self.revision += other.revision;
        let hours = [self.peak, other.peak].into_iter().flatten();
        self.peak = hours.max_by_key(|(people, start)| (*people, Reverse(*start)));
    }

    /// People counted; none without data, or where some came in windows of which only a part lies in this time. A counter that
    /// takes something back may leave less than nobody; nobody comes in negatively.
    pub fn people(&self) -> Option<i64> {
        (self.observed > 0 && !self.is_cut).then_some(self.people.max(0))
    }

    /// Whether the occupancy is known for half of the time in which somebody looked.
    pub fn knows_occupancy(&self) -> bool {
        stands_for(self.occupancy.0, self.heard)
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

/// Totals kept at most, about 150 bytes each: the days and months of 13 months of 480 cameras and places, or the months of
/// five years of 3,300.
const KEPT_MAX: usize = 200_000;

/// Buckets looked up at once at most: the hours of five years, the longest range there is.
pub(super) const BUCKETS_MAX: usize = 5 * 366 * 25 + 48;

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
    point: Point,
    fingerprint: Option<u64>,
    total: Option<Total>,
}

impl Totals {
    /// What the hours come to that start inside the range, which begins and ends where an hour does.
    pub fn of(&self, rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
        let days = whole_days(rows, range);
        let (before, after) = (range.start..days.start, days.end..range.end);
        let mut total = self.of_days(rows, days)?;
        for part in [before, after].into_iter().filter(|part| part.start < part.end) {
            total.merge(&plain(
                rows,
                TimeRange {
                    start: part.start,
                    end: part.end,
                },
            )?);
        }
        Ok(total)
    }

    /// Whole days: by months as far as these are whole.
    fn of_days(&self, rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
        let mut total = Total::default();
        let mut done = range.start;
        // These rows are read before those below them: what is kept may belong to a row that is gone by now, and is then
        // made again, but never to one that is still to come.
        for month in self.look_up(rows, Rung::Month, range)? {
            let before = TimeRange {
                start: done,
                end: month.point.bucket.start,
            };
            total.merge(&self.day_by_day(rows, before)?);
            let of_month = match month.total {
                Some(known) => known,
                None => {
                    let summed = self.day_by_day(rows, month.point.bucket)?;
                    self.keep(rows, Rung::Month, &month, summed);
                    summed
                }
            };
            total.merge(&of_month);
            done = month.point.bucket.end;
        }
        let rest = TimeRange {
            start: done,
            end: range.end,
        };
        total.merge(&self.day_by_day(rows, rest)?);
        Ok(total)
    }

    /// The hours of days that follow each other and are not known are read at once.
    fn day_by_day(&self, rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
        let mut total = Total::default();
        if range.start >= range.end {
            return Ok(total);
        }
        let days = self.look_up(rows, Rung::Day, range)?;
        for days in days.chunk_by(|day, next| day.is_to_be_summed() && next.is_to_be_summed()) {
            let (Some(first), Some(last)) = (days.first(), days.last()) else {
                continue;
            };
            let hours = if first.is_to_be_summed() {
                let over = TimeRange {
                    start: first.point.bucket.start,
                    end: last.point.bucket.end,
                };
                rows.points(Rung::Hour, over, BUCKETS_MAX)?
            } else {
                Vec::new()
            };
            for day in days {
                let from = hours.partition_point(|hour| hour.bucket.start < day.point.bucket.start);
                let to = hours.partition_point(|hour| hour.bucket.start < day.point.bucket.end);
                let hours = hours.get(from..to).unwrap_or_default();
                let of_day = match day.total {
                    Some(known) => known,
                    None => {
                        let beyond = Beyond::of(&day.point, hours, rows.now);
                        let summed = Total::of(hours, &beyond, rows.now);
                        self.keep(rows, Rung::Day, day, summed);
                        summed
                    }
                };
                total.merge(&of_day);
            }
        }
        Ok(total)
    }

    /// The whole buckets of a range. Those without data have no fingerprint and are never known, and neither are those that are
    /// not over: what was to be heard in them grows with the time.
    fn look_up(&self, rows: &ScopeRows<'_>, rung: Rung, range: TimeRange) -> Result<Vec<Bucket>, Fault> {
        let points = rows.points(rung, range, BUCKETS_MAX)?;
        let shelf = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = shelf.by_scope.get(rows.scope);
        let is_whole = |point: &Point| range.start <= point.bucket.start && point.bucket.end <= range.end;
        let buckets = points.into_iter().filter(is_whole).map(|point| {
            let fingerprint = (point.bucket.end <= rows.now)
                .then(|| fingerprint(rows, &point))
                .flatten();
            let kept = kept.and_then(|kept| kept.get(&(rung, point.bucket.start)));
            let known = kept.filter(|(of, _)| fingerprint == Some(*of));
            Bucket {
                total: known.map(|(_, total)| *total),
                point,
                fingerprint,
            }
        });
        Ok(buckets.collect())
    }

    fn keep(&self, rows: &ScopeRows<'_>, rung: Rung, bucket: &Bucket, total: Total) {
        if let Some(fingerprint) = bucket.fingerprint {
            let mut shelf = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            shelf.put(
                rows.scope,
                (rung, bucket.point.bucket.start),
                (fingerprint, total),
            );
        }
    }
}

impl Bucket {
    /// Whether its hours have to be read: not where they are known, nor where nobody looked at any.
    fn is_to_be_summed(&self) -> bool {
        self.total.is_none() && self.point.row.is_some()
    }
}

/// What the hours of a range come to, every one of them read.
pub(super) fn plain(rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
    let hours = rows.points(Rung::Hour, range, BUCKETS_MAX)?;
    Ok(Total::of(&hours, &rows.beyond_hours(range, &hours)?, rows.now))
}

/// The part of a range that consists of whole days; empty where there is none. One that is not over is whole as far as it has come.
fn whole_days(rows: &ScopeRows<'_>, range: TimeRange) -> TimeRange {
    let first = Rung::Day.bucket(range.start, &rows.zone);
    let last = Rung::Day.bucket(range.end.plus(-1), &rows.zone);
    let start = if first.start < range.start {
        first.end
    } else {
        first.start
    };
    let end = if last.end.min(rows.now) <= range.end {
        last.end
    } else {
        last.start
    };
    match start < end {
        true => TimeRange { start, end },
        false => TimeRange {
            start: range.start,
            end: range.start,
        },
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

/// Of a bucket's row, and of the cameras that were expected in it; none without a row.
fn fingerprint(rows: &ScopeRows<'_>, point: &Point) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    point.row.as_ref()?.hash(&mut hasher);
    rows.feeding
        .stretches(point.bucket)
        .for_each(|stretch| stretch.hash(&mut hasher));
    Some(hasher.finish())
}

#[cfg(test)]
mod tests;
