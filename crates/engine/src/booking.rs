//! Puts what a counter booked into the rows, and takes back what no longer holds.
//!
//! A person booked is one value of one person, like a crossing, so that a row does not tell how often a counter was
//! read; and it can be taken back exactly. People of a cumulative counter are booked at the reading that tells of them;
//! those of a long silence go where the whole time fits, and so do those of a counted window.
//!
//! The usual reading only adds people to a pane and goes the way of crossings. A late one moves people: what it takes and
//! what it gives are put together first, so that a bucket changes once, and not at all where everybody stays inside it; and
//! so is what all of them take and give until the next flush.

use crate::desk::Work;
use crate::directory::{CameraEntry, ScopeEntry};
use crate::ladder::revisions;
use crate::observed::Observed;
use crate::source::counter::{Correction, Moved, REGISTERS};
use std::collections::BTreeMap;
use throng_model::pane::pane_of;
use throng_model::row::Row;
use throng_model::summary::bucket_bounds;
use throng_model::time::MINUTE;
use throng_model::{Fault, Measure, Rung, Summary, TimeRange, Timestamp};

/// What the registers of a counter measure.
pub(crate) const MEASURES: [Measure; REGISTERS] = [Measure::In, Measure::Out, Measure::Pass];

/// What readings and windows of one camera's counters moved since the last flush, put together as they come: a bucket that a
/// thousand reports turn round takes the room of one. Revisions are counted report by report, or they would hang on when a
/// flush came.
#[derive(Debug, Default)]
pub(crate) struct Recounts(BTreeMap<Bucket, Recount>);

#[derive(Debug)]
struct Recount {
    bucket: TimeRange,
    people: [i64; REGISTERS],
    /// Observed panes more, or fewer.
    panes: i64,
    revisions: u32,
}

impl Recount {
    fn nothing(bucket: TimeRange) -> Self {
        Self {
            bucket,
            people: [0; REGISTERS],
            panes: 0,
            revisions: 0,
        }
    }

    fn add(&mut self, people: [i64; REGISTERS], panes: i64) {
        for (people, more) in self.people.iter_mut().zip(people) {
            *people += more;
        }
        self.panes += panes;
    }

    fn moves(&self) -> bool {
        self.people != [0; REGISTERS] || self.panes != 0
    }
}

/// People more, or fewer, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    /// Whoever counts the camera at this moment counts them.
    counted: Timestamp,
    /// Where they go.
    place: Grain,
    people: [i64; REGISTERS],
    /// Observed panes more, or fewer.
    panes: i64,
}

#[derive(Clone, Copy, Debug)]
enum Grain {
    /// Into the minute of this moment, and above.
    Minute(Timestamp),
    /// Where the whole time fits.
    Whole(TimeRange),
}

impl Move {
    /// The moment whose buckets they go into: of a time that no bucket of a day or less holds whole, its start.
    pub fn booked(&self) -> Timestamp {
        match self.place {
            Grain::Minute(at) => at,
            Grain::Whole(over) => over.start,
        }
    }
}

impl From<&Correction> for Move {
    fn from(correction: &Correction) -> Self {
        let booking = correction.booking();
        let place = if booking.is_known_to_the_minute() {
            Grain::Minute(booking.at)
        } else {
            Grain::Whole(TimeRange {
                start: booking.after,
                end: booking.at,
            })
        };
        Self {
            counted: minute_of(booking.at),
            place,
            people: correction.people(),
            panes: 0,
        }
    }
}

impl From<&Moved> for Move {
    fn from(moved: &Moved) -> Self {
        Self {
            counted: moved.over.start,
            place: Grain::Whole(moved.over),
            people: moved.people,
            panes: moved.panes,
        }
    }
}

/// What a reader adds who cannot take back what it gave out (windows): people it has not given out yet, and when they
/// came. A late reading moves nobody there; `at` is its moment.
pub(crate) fn additions(corrections: &[Correction], at: Timestamp) -> Vec<(Timestamp, [u64; REGISTERS])> {
    let known = || {
        corrections
            .iter()
            .filter(|correction| correction.booking().is_known_to_the_minute())
    };
    if known().all(|correction| matches!(correction, Correction::Book(_))) {
        return known()
            .map(|correction| (correction.booking().at, correction.booking().people))
            .collect();
    }
    let mut people = [0; REGISTERS];
    for correction in known() {
        for (people, more) in people.iter_mut().zip(correction.people()) {
            *people += more;
        }
    }
    vec![(at, people.map(|people| people.max(0).unsigned_abs()))]
}

/// The same for counted windows. Only those inside one pane are events to a window: how others spread over their minutes is
/// not known. `at` is the moment of the report that moved them.
pub(crate) fn window_additions(moved: &[Moved], at: Timestamp) -> Vec<(Timestamp, [u64; REGISTERS])> {
    let fine = || {
        let in_one = |moved: &&Moved| pane_of(moved.over.start) == pane_of(moved.over.end.plus(-1));
        moved.iter().filter(in_one)
    };
    if fine().all(|moved| moved.people.iter().all(|people| *people >= 0)) {
        let given = fine().map(|moved| (moved.over.end.plus(-1), moved.people.map(i64::unsigned_abs)));
        return given.collect();
    }
    let mut people = [0; REGISTERS];
    for moved in fine() {
        for (people, more) in people.iter_mut().zip(moved.people) {
            *people += more;
        }
    }
    vec![(at, people.map(|people| people.max(0).unsigned_abs()))]
}

/// A bucket of a scope by number, coarsest rung last.
type Bucket = (usize, Rung, Timestamp);

impl Recounts {
    /// Whether nothing was moved.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What one reading or report moved in the scopes that count the camera; `watermark` is how far the camera's was when it
    /// came.
    pub fn add(
        &mut self,
        camera: &CameraEntry,
        scopes: &mut [ScopeEntry],
        moves: impl Iterator<Item = Move>,
        watermark: Option<Timestamp>,
    ) {
        let mut moved: BTreeMap<Bucket, Recount> = BTreeMap::new();
        for step in moves {
            for number in camera.counted_by(step.counted) {
                let Some(scope) = scopes.get_mut(number) else {
                    continue;
                };
                let (finest, start) = match step.place {
                    Grain::Minute(at) => (Rung::Minute, at),
                    Grain::Whole(over) => (scope.cutter.grain(over), over.start),
                };
                for rung in Rung::ALL.into_iter().filter(|rung| *rung >= finest) {
                    let bucket = scope.cutter.bucket(rung, start);
                    let entry = moved.entry((number, rung, bucket.start));
                    entry
                        .or_insert_with(|| Recount::nothing(bucket))
                        .add(step.people, step.panes);
                }
            }
        }
        for (key, step) in moved.into_iter().filter(|(_, step)| step.moves()) {
            let known = self.0.entry(key);
            let known = known.or_insert_with(|| Recount::nothing(step.bucket));
            known.add(step.people, step.panes);
            known.revisions += revisions(watermark.as_slice(), step.bucket);
        }
    }

    /// Carries all of it into the rows.
    pub fn post(
        &mut self,
        desk: &mut Work<'_>,
        observed: &mut Observed,
        scopes: &[ScopeEntry],
    ) -> Result<(), Fault> {
        for ((number, rung, start), moved) in std::mem::take(&mut self.0) {
            let Some(scope) = scopes.get(number) else {
                continue;
            };
            if !moved.moves() && moved.revisions == 0 {
                continue;
            }
            let row = desk.change(scope.who(), rung, start)?;
            for (measure, people) in MEASURES.into_iter().zip(moved.people) {
                let mut persons = Summary::default();
                persons.add_times(Measure::SCALE, people.unsigned_abs());
                if people > 0 {
                    row.merge_measure(measure, &persons);
                } else if people < 0 {
                    take_out(row, measure, &persons);
                }
            }
            row.revision += moved.revisions;
            observed.add(number, rung, moved.bucket, moved.panes);
        }
        Ok(())
    }
}

fn minute_of(at: Timestamp) -> Timestamp {
    Timestamp(at.0.div_euclid(MINUTE) * MINUTE)
}

/// Takes single persons out of a measure.
fn take_out(row: &mut Row, measure: Measure, persons: &Summary) {
    let Some((_, summary)) = row.measures.iter_mut().find(|entry| entry.0 == measure) else {
        return;
    };
    if summary.take_away(persons) {
        // No value is less than one person, so only the least one can have been lost. What is left are whole people, and
        // up to a hundred of them together a bucket of the sketch holds one size only; beyond that the least is known to
        // the sketch's one per cent.
        let least = summary
            .sketch
            .buckets()
            .next()
            .map(|(bucket, _)| bucket_bounds(bucket).1);
        let whole = |bound: i64| bound.div_euclid(Measure::SCALE) * Measure::SCALE;
        let (least, most) = (least.map_or(summary.max, whole), summary.max);
        summary.set_extremes(least, most);
    }
    row.measures.retain(|entry| !entry.1.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::pane::PANE;

    #[test]
    fn what_a_window_report_takes_back_comes_off_what_it_gives() {
        let moved = |pane: i64, people| Moved {
            over: TimeRange {
                start: Timestamp(pane * PANE),
                end: Timestamp((pane + 1) * PANE),
            },
            people,
            panes: 0,
        };
        let at = Timestamp(77);
        let end = |pane: i64| Timestamp((pane + 1) * PANE - 1);
        let given = [moved(0, [5, 0, 1]), moved(3, [2, 4, 0])];
        assert_eq!(
            window_additions(&given, at),
            [(end(0), [5, 0, 1]), (end(3), [2, 4, 0])],
            "each where it was counted"
        );
        let back = [given[0], given[1], moved(1, [-3, -6, 0])];
        assert_eq!(
            window_additions(&back, at),
            [(at, [4, 0, 1])],
            "windows that were given out are not taken back"
        );
        let mut wide = moved(0, [9, 9, 9]);
        wide.over.end = wide.over.end.plus(1);
        assert!(
            window_additions(&[wide], at).is_empty(),
            "in which pane is not known"
        );
    }
}
