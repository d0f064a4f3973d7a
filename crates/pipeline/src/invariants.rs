//! What must hold whenever a checkpoint is made. Cheap enough for every one: counts, and one of the changed buckets.

use std::collections::HashMap;
use std::sync::Arc;
use throng_engine::source::Source;
use throng_engine::{Counts, RowSource};
use throng_model::invariant::{ACKNOWLEDGED, LATE, RECEIVED, REVISIONS, SUMS, WATERMARK};
use throng_model::row::{Row, RowKey};
use throng_model::time::MINUTE;
use throng_model::{CameraId, Fault, Measure, Rung, Scope, TimeRange, Timestamp};
use throng_ports::Counters;

/// I-1: what the doors counted.
pub(crate) fn check_doors(counters: Counters) {
    let told = counters.accepted + counters.duplicate + counters.quarantined;
    RECEIVED.check(counters.received == told, || format!("{counters:?}"));
}

/// I-2 and I-6: what the engine counted of a log that held so many events.
pub(crate) fn check_counts(counts: Counts, logged: u64) {
    let taken = counts.folded + counts.orphaned;
    ACKNOWLEDGED.check(taken == logged, || {
        format!("{logged} events in the log, {taken} taken in")
    });
    let late = counts.late_applied + counts.late_beyond;
    LATE.check(counts.late_received == late, || format!("{counts:?}"));
}

/// I-5: how far the time of each camera had come at the checkpoint before.
#[derive(Debug, Default)]
pub(crate) struct Watermarks(HashMap<CameraId, Timestamp>);

impl Watermarks {
    /// Holds each camera to where it was.
    pub fn check<'a>(&mut self, sources: impl Iterator<Item = (&'a CameraId, &'a Source)>) {
        for (camera, source) in sources {
            let Some(latest) = source.latest else { continue };
            match self.0.get_mut(camera) {
                Some(known) => {
                    let before = std::mem::replace(known, latest);
                    WATERMARK.check(before <= latest, || {
                        format!("camera {camera}: {before} became {latest}")
                    });
                }
                None => drop(self.0.insert(camera.clone(), latest)),
            }
        }
    }
}

/// I-3 and I-4 for one of the changed rows, another one each `turn`. `before` are the rows of the checkpoint before; `is_exact`
/// says of a scope that everything in it was told to the minute.
pub(crate) fn check_a_row(
    rows: &[(RowKey, Arc<Row>)],
    before: &dyn RowSource,
    turn: u64,
    is_exact: impl Fn(&Scope) -> bool,
) -> Result<(), Fault> {
    let skipped = turn.checked_rem(rows.len() as u64).unwrap_or_default() as usize;
    let mut turned = rows.iter().skip(skipped).chain(rows);
    let Some((key, row)) = turned.find(|(key, _)| key.rung == Rung::FiveMinutes) else {
        return Ok(());
    };
    let known = before.row(key)?.map_or(0, |row| row.revision);
    REVISIONS.check(known <= row.revision, || {
        format!("{key:?} was at {known} and is at {}", row.revision)
    });
    let range = TimeRange {
        start: key.start,
        end: key.start.plus(5 * MINUTE),
    };
    let is_inside = |other: &RowKey| {
        other.rung == Rung::Minute && range.contains(other.start) && other.scope == key.scope
    };
    let changed: Vec<_> = rows.iter().filter(|(key, _)| is_inside(key)).collect();
    let mut minutes = before.rows(&key.scope, Rung::Minute, range)?;
    minutes.retain(|(start, _)| changed.iter().all(|(key, _)| key.start != *start));
    for measure in [Measure::In, Measure::Out] {
        let sum = |row: &Row| row.measure(measure).map_or(0, |summary| summary.sum);
        let below = minutes.iter().map(|(_, row)| sum(row)).sum::<i128>()
            + changed.iter().map(|(_, row)| sum(row)).sum::<i128>();
        // More than the minutes know: a counted window may begin at five minutes.
        let is_sum = sum(row) == below || sum(row) > below && !is_exact(&key.scope);
        SUMS.check(is_sum, || {
            format!("{measure} of {key:?} is {}, of its minutes {below}", sum(row))
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use throng_model::Summary;
    use throng_model::invariant::Invariant;
    use throng_sim::replay::Memory;

    /// Whether a check finds this invariant broken. Each invariant is broken by one test only, for the counts are shared.
    fn breaks(invariant: &Invariant, check: impl FnOnce()) -> bool {
        let before = invariant.broken();
        let stopped = catch_unwind(AssertUnwindSafe(check)).is_err();
        assert_eq!(stopped, cfg!(debug_assertions) && invariant.broken() > before);
        invariant.broken() == before + 1
    }

    fn row(rung: Rung, minute: i64, people: i64, revision: u32) -> (RowKey, Arc<Row>) {
        let key = RowKey {
            scope: Scope::Camera(CameraId::new("door").unwrap()),
            rung,
            start: Timestamp(minute * MINUTE),
        };
        let mut row = Row {
            revision,
            ..Row::default()
        };
        row.set_measure(Measure::In, Summary::of(people * Measure::SCALE));
        (key, Arc::new(row))
    }

    #[test]
    fn an_event_that_a_door_lost_sight_of() {
        let whole = Counters {
            received: 6,
            accepted: 3,
            duplicate: 2,
            quarantined: 1,
        };
        assert!(!breaks(&RECEIVED, || check_doors(whole)));
        let lost = Counters { accepted: 2, ..whole };
        assert!(breaks(&RECEIVED, || check_doors(lost)));
    }

    #[test]
    fn an_event_that_was_folded_twice_or_was_late_and_nothing_came_of_it() {
        let whole = Counts {
            folded: 5,
            orphaned: 1,
            late_received: 3,
            late_applied: 2,
            late_beyond: 1,
        };
        assert!(!breaks(&ACKNOWLEDGED, || check_counts(whole, 6)));
        assert!(breaks(&ACKNOWLEDGED, || check_counts(whole, 5)));
        let lost = Counts {
            late_received: 4,
            ..whole
        };
        assert!(breaks(&LATE, || check_counts(lost, 6)));
    }

    #[test]
    fn a_camera_whose_time_went_back() {
        let camera = CameraId::new("door").unwrap();
        let at = |latest| Source {
            latest: Some(Timestamp(latest)),
            ..Source::default()
        };
        let mut watermarks = Watermarks::default();
        let mut checked = |source: &Source| {
            let check = || watermarks.check(std::iter::once((&camera, source)));
            breaks(&WATERMARK, check)
        };
        assert!(!checked(&Source::default()) && !checked(&at(5)) && !checked(&at(6)));
        assert!(checked(&at(5)));
    }

    #[test]
    fn five_minutes_that_have_less_than_their_minutes() {
        let before: Memory = Memory(
            [row(Rung::Minute, 6, 2, 0), row(Rung::Minute, 7, 1, 0)]
                .map(|(key, row)| (key, (*row).clone()))
                .into(),
        );
        let flushed = |five, revision| {
            vec![
                row(Rung::Minute, 7, 3, 0),
                row(Rung::FiveMinutes, 5, five, revision),
            ]
        };
        for turn in 0..3 {
            let checked = |five, exact| {
                let check = || check_a_row(&flushed(five, 1), &before, turn, |_| exact).unwrap();
                breaks(&SUMS, check)
            };
            assert!(
                !checked(5, false) && !checked(6, false),
                "a counted window makes it more"
            );
            assert!(checked(4, false));
            assert!(!checked(5, true) && checked(6, true), "and nothing else does");
        }
    }

    #[test]
    fn a_revision_that_went_back() {
        let known = row(Rung::FiveMinutes, 5, 5, 2);
        let before = Memory([(known.0, (*known.1).clone())].into());
        let checked = |revision| {
            let flushed = [row(Rung::FiveMinutes, 5, 5, revision)];
            breaks(&REVISIONS, || {
                check_a_row(&flushed, &before, 0, |_| false).unwrap()
            })
        };
        assert!(!checked(2) && !checked(3) && checked(1));
    }
}
