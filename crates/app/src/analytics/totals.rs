//! The hours of long ranges, summed once.
//!
//! What a range comes to is told from its hours, and of whole days from what no hour of them has ([`super::beyond`]): thirteen
//! months are 9,500 rows a camera. But an hour cannot change without its day and its month: sums travel upwards (I-3), and so do
//! revisions. So what the hours of a day or month came to is kept with a fingerprint of its row and of the cameras expected in it,
//! and holds as long as they stay. The row itself is not the answer: it does not know its busiest hour. While a camera has not come
//! to the end of a day, a window it says again may move people from one hour to another, and the row stays as it is: such a day is
//! not kept. Where cumulative counters may count, late readings move people as well, and nobody asks here.
//!
//! One thing of an hour does change without its day: in how much of it a camera was heard from, where windows of the day vouch for
//! the same time ([`throng_model::Row::excess`] of the camera's day, of which neither its month nor its places know). So what is kept
//! tells of a whole day only what that cannot change: how much was heard in the day by its own row, and whether the occupancy stands
//! for all of it.

use super::answer::Point;
use super::days::Days;
use super::scope_rows::ScopeRows;
use super::total::Total;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// Totals kept at most, about 150 bytes each: the days and months of 13 months of 480 cameras and places, or the months of
/// five years of 3,300.
const KEPT_MAX: usize = 200_000;

/// Buckets looked up at once at most: the days of five years, the longest range there is.
const BUCKETS_MAX: usize = 5 * 366 + 2;

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

/// A bucket of a range, with what is known of it.
struct Bucket {
    point: Point,
    total: Option<Total>,
}

impl Totals {
    /// What the hours come to that start inside the range, which begins and ends where an hour does.
    pub fn of(&self, rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
        let mut total = Total::default();
        // These rows are read before those below them: what is kept may belong to a row that is gone by now, and is then
        // made again, but never to one that is still to come. Whatever was heard is in some month: in the others there is
        // nothing to be read.
        let months = self.look_up(rows, Rung::Month, range)?;
        for month in months.into_iter().filter(|month| month.point.row.is_some()) {
            let of_month = match month.total {
                Some(known) => known,
                None if month.is_within(range) => {
                    let summed = self.day_by_day(rows, month.point.bucket)?;
                    self.keep(rows, Rung::Month, &month.point, summed);
                    summed
                }
                None => self.of_part(rows, month.part_in(range))?,
            };
            total.merge(&of_month);
        }
        Ok(total)
    }

    /// A part of a month. A day that is not over is whole as far as it has come.
    fn of_part(&self, rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
        let last = Rung::Day.bucket(range.end.plus(-1), &rows.zone);
        let is_whole = last.end.min(rows.now) <= range.end;
        let end = if is_whole { last.end } else { range.end };
        self.day_by_day(rows, TimeRange { end, ..range })
    }

    /// The hours of days that follow each other and are not known are read at once.
    fn day_by_day(&self, rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
        let mut total = Total::default();
        let days = self.look_up(rows, Rung::Day, range)?;
        let is_to_be_summed = |day: &Bucket| day.is_to_be_summed() && day.is_within(range);
        for days in days.chunk_by(|day, next| is_to_be_summed(day) && is_to_be_summed(next)) {
            let (Some(first), Some(last)) = (days.first(), days.last()) else {
                continue;
            };
            if !is_to_be_summed(first) {
                total.merge(&match first.total {
                    None if first.is_to_be_summed() => plain(rows, first.part_in(range))?,
                    known => known.unwrap_or_default(),
                });
                continue;
            }
            let over = TimeRange {
                start: first.point.bucket.start,
                end: last.point.bucket.end,
            };
            // The days once more, with their hours: these may be newer than what was looked up.
            for (day, hours) in Days::read(rows, over)?.each() {
                let summed = Total::of(&hours, rows.now);
                self.keep(rows, Rung::Day, day, summed);
                total.merge(&summed);
            }
        }
        Ok(total)
    }

    /// The buckets of a range. Of those that are only partly inside nothing is known.
    fn look_up(&self, rows: &ScopeRows<'_>, rung: Rung, range: TimeRange) -> Result<Vec<Bucket>, Fault> {
        let points = rows.points(rung, range, BUCKETS_MAX)?;
        let shelf = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = shelf.by_scope.get(rows.scope);
        let buckets = points.into_iter().map(|point| {
            let mut bucket = Bucket { point, total: None };
            if bucket.is_within(range) {
                let kept = kept.and_then(|kept| kept.get(&(rung, bucket.point.bucket.start)));
                let known = kept.filter(|(of, _)| fingerprint(rows, &bucket.point) == Some(*of));
                bucket.total = known.map(|(_, total)| *total);
            }
            bucket
        });
        Ok(buckets.collect())
    }

    fn keep(&self, rows: &ScopeRows<'_>, rung: Rung, point: &Point, total: Total) {
        if let Some(fingerprint) = fingerprint(rows, point) {
            let mut shelf = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            shelf.put(rows.scope, (rung, point.bucket.start), (fingerprint, total));
        }
    }
}

impl Bucket {
    /// Whether all of it lies in a range.
    fn is_within(&self, range: TimeRange) -> bool {
        range.start <= self.point.bucket.start && self.point.bucket.end <= range.end
    }

    fn part_in(&self, range: TimeRange) -> TimeRange {
        TimeRange {
            start: self.point.bucket.start.max(range.start),
            end: self.point.bucket.end.min(range.end),
        }
    }

    /// Whether its hours have to be read: not where they are known, nor where nobody looked at any.
    fn is_to_be_summed(&self) -> bool {
        self.total.is_none() && self.point.row.is_some()
    }
}

/// What the hours of a range come to, every one of them read. Month by month: an hour holds all its measures with their sketches, and
/// five years have 44,000.
pub(super) fn plain(rows: &ScopeRows<'_>, range: TimeRange) -> Result<Total, Fault> {
    let mut total = Total::default();
    for month in Rung::Month.buckets(range, &rows.zone) {
        let over = TimeRange {
            start: month.start.max(range.start),
            end: month.end.min(range.end),
        };
        let days = Days::read(rows, over)?;
        total.merge(&Total::of(&days.part(|hour| over.contains(hour.start)), rows.now));
    }
    Ok(total)
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

/// Of a bucket's row, and of the cameras that were expected in it. None without data, and none where it is not over: what was to be
/// heard in it grows with the time.
fn fingerprint(rows: &ScopeRows<'_>, point: &Point) -> Option<u64> {
    if point.bucket.end > rows.now.min(rows.settled) {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    point.row.as_ref()?.hash(&mut hasher);
    rows.feeding
        .stretches(point.bucket)
        .for_each(|stretch| stretch.hash(&mut hasher));
    Some(hasher.finish())
}

#[cfg(test)]
mod tests;
