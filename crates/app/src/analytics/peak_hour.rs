//! The busiest 60 minutes of a range, by quarter of an hour, found without reading every five minutes of it.
//!
//! No 60 minutes hold more people than the two clock hours they lie in. So the pairs of hours are looked at from the
//! busiest one down, and most are never looked into. Clock hours compete as well: what was counted in windows longer than
//! five minutes is known by the hour only. In ranges longer than a week clock hours are all there is, because even the
//! pairs worth a look would be too many rows.

use super::total::count;
use crate::App;
use throng_engine::measure::peak_hour::{QUARTER, peak_hour};
use throng_model::row::Row;
use throng_model::time::{HOUR, MINUTE};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// The longest range of which quarters are read: a week, and a day for ranges that begin and end inside one.
pub(super) const QUARTERS_MAX: i64 = 8 * 24 * HOUR;

impl App {
    /// When the busiest 60 minutes begin; see [`App::busiest`].
    pub(super) fn peak_hour(
        &self,
        scope: &Scope,
        range: TimeRange,
        hours: &[(Timestamp, i64)],
    ) -> Result<Option<Timestamp>, Fault> {
        Ok(self.busiest(scope, range, hours)?.map(|(_, start)| start))
    }

    /// The peak-hour factor of the 60 minutes that begin here; none where not all of their quarters are known, or where
    /// they are known to hold fewer than `people`, as of an hour that was counted as a whole.
    pub(super) fn peak_factor(
        &self,
        scope: &Scope,
        start: Timestamp,
        people: i64,
    ) -> Result<Option<f64>, Fault> {
        let hour = TimeRange {
            start,
            end: start.plus(HOUR),
        };
        let rows = self
            .parts
            .rollups
            .rows(scope, Rung::FiveMinutes, hour, usize::MAX)?;
        let peak = peak_hour(&quarters(hour, &rows)).filter(|peak| peak.people == people);
        Ok(peak.map(|peak| peak.factor))
    }

    /// The people of the busiest 60 minutes and when they begin; the earliest of equals, none when nobody came. `hours`
    /// holds the people of each clock hour with data, in order.
    pub(super) fn busiest(
        &self,
        scope: &Scope,
        range: TimeRange,
        hours: &[(Timestamp, i64)],
    ) -> Result<Option<(i64, Timestamp)>, Fault> {
        let mut best: Option<(i64, Timestamp)> = None;
        let mut consider = |people: i64, start: Timestamp| {
            let better = best.is_none_or(|(most, at)| (people, at) > (most, start));
            if better && people > 0 {
                best = Some((people, start));
            }
            best.map_or(0, |(most, _)| most)
        };
        let mut most = 0;
        for (start, people) in hours {
            most = consider(*people, *start);
        }
        if range.micros() <= QUARTERS_MAX {
            for (both, pair) in pairs(hours) {
                if both < most {
                    break;
                }
                let rows = self
                    .parts
                    .rollups
                    .rows(scope, Rung::FiveMinutes, pair, usize::MAX)?;
                if let Some(peak) = peak_hour(&quarters(pair, &rows)) {
                    most = consider(peak.people, peak.start);
                }
            }
        }
        Ok(best)
    }
}

/// Hours that follow each other, with the people of both, the busiest first.
fn pairs(hours: &[(Timestamp, i64)]) -> Vec<(i64, TimeRange)> {
    let follow = |pair: &&[(Timestamp, i64); 2]| pair[1].0.since(pair[0].0) == HOUR;
    let mut pairs: Vec<_> = hours
        .array_windows::<2>()
        .filter(follow)
        .map(|[first, second]| {
            let range = TimeRange {
                start: first.0,
                end: second.0.plus(HOUR),
            };
            (first.1 + second.1, range)
        })
        .collect();
    pairs.sort_by_key(|(people, range)| (std::cmp::Reverse(*people), range.start));
    pairs
}

/// People by quarter; none where one of its five minutes holds no data.
fn quarters(pair: TimeRange, rows: &[(Timestamp, Row)]) -> Vec<(Timestamp, Option<i64>)> {
    let five_minutes = |at: Timestamp| {
        let found = rows.binary_search_by_key(&at, |(start, _)| *start).ok()?;
        rows.get(found)
            .filter(|(_, row)| row.observed > 0)
            .map(|(_, row)| count(row))
    };
    let quarter = |place: i64| {
        let start = pair.start.plus(place * QUARTER);
        let parts = [0, 5, 10].map(|minutes| five_minutes(start.plus(minutes * MINUTE)));
        (start, parts.into_iter().sum())
    };
    (0..pair.micros() / QUARTER).map(quarter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::{Measure, Summary};

    #[test]
    fn busy_pairs_come_first_and_a_gap_makes_none() {
        let hours =
            [(0, 5), (1, 7), (2, 1), (4, 90), (5, 2)].map(|(hour, people)| (Timestamp(hour * HOUR), people));
        let found: Vec<_> = pairs(&hours)
            .iter()
            .map(|(both, pair)| (*both, pair.start.0 / HOUR))
            .collect();
        assert_eq!(found, [(92, 4), (12, 0), (8, 1)]);
    }

    #[test]
    fn a_quarter_with_a_gap_is_not_known() {
        let row = |minute: i64, people: u64, observed: u64| {
            let mut row = Row {
                observed,
                ..Row::default()
            };
            let mut summary = Summary::default();
            summary.add_times(Measure::SCALE, people);
            row.merge_measure(Measure::In, &summary);
            (Timestamp(minute * MINUTE), row)
        };
        let rows = [
            row(0, 1, 30),
            row(5, 0, 30),
            row(10, 4, 30),
            row(15, 9, 30),
            row(20, 9, 0),
            row(25, 9, 30),
        ];
        let hour = TimeRange {
            start: Timestamp(0),
            end: Timestamp(HOUR),
        };
        let people: Vec<_> = quarters(hour, &rows)
            .into_iter()
            .map(|(_, people)| people)
            .collect();
        assert_eq!(people, [Some(5), None, None, None]);
    }
}
