//! Occupancy in the rows: follows the level of one scope minute by minute and puts its summary into every rung.
//!
//! Minutes up to the scope's *frontier* (the furthest watermark of its cameras, as far as the server's time had come) are
//! settled: their occupancy is part of the rungs above. The usual flush continues from where the last one stopped (the tail). A change before the tail
//! is the rare way: that day is followed again from there on, and in the rungs above the minutes it changes the old
//! occupancy is exchanged for the new one, which is exact; only where a least or greatest value may have gone they are made
//! anew from the rungs below. Both ways end in the same rows; a property test holds them to it.

use crate::desk::Work;
use crate::directory::ScopeEntry;
use crate::engine::ScopeMemory;
use crate::occupancy::Level;
use crate::open::Open;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use throng_model::time::{HOUR, MINUTE};
use throng_model::{Fault, Measure, Rung, Summary, TimeRange, Timestamp};

/// Where following the level stopped: the first minute that is not settled, and the level at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tail {
    /// The first minute that is not settled.
    pub minute: Timestamp,
    /// The level at its start.
    pub level: Level,
}

/// Levels at the start of some minute of each hour of the last days, so that following again need not begin at the reset.
/// Not part of any state: without them it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(BTreeMap<Timestamp, Level>);

impl Marks {
    /// Two days of hours.
    const KEPT: usize = 48;

    /// The level at the start of this minute. One mark an hour stays, the first.
    fn pass(&mut self, minute: Timestamp, level: Level) {
        let hour = Timestamp(minute.0.div_euclid(HOUR) * HOUR);
        if self.0.range(hour..minute).next().is_none() {
            self.0.insert(minute, level);
        }
        while self.0.len() > Self::KEPT {
            self.0.pop_first();
        }
    }

    /// Forgets everything from this minute to the day's end, and says where to begin instead of at the day's start.
    fn begin(&mut self, day: TimeRange, changed: Timestamp) -> (Timestamp, Level) {
        // A mark tells the level before its minute, so one that stands at the changed minute is right.
        self.0
            .retain(|minute, _| *minute <= changed || *minute >= day.end);
        let before = self.0.range(day.start..=changed).next_back();
        before.map_or((day.start, Level::default()), |(minute, level)| (*minute, *level))
    }
}

/// How far a scope has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// Minutes before this one are settled.
    pub settled: Timestamp,
    /// The last minute that can have a row.
    pub last: Timestamp,
}

impl Reach {
    /// From a scope's frontier and the latest event counted in it, which may be ahead of the server's time.
    pub fn new(frontier: Timestamp, latest: Timestamp) -> Self {
        let minute = |at: Timestamp| Timestamp(at.0.div_euclid(MINUTE) * MINUTE);
        Self {
            settled: minute(frontier),
            last: minute(latest),
        }
    }
}

/// Whether minutes have become settled that are not part of the rungs above yet.
pub(crate) fn is_behind(tail: Option<Tail>, reach: Reach) -> bool {
    tail.is_some_and(|tail| tail.minute < reach.settled)
}

/// Follows the level through the changed minutes and up to the latest event, and leaves with the scope what is open behind.
pub(crate) fn follow(
    desk: &mut Work<'_>,
    scope: &mut ScopeEntry,
    memory: &mut ScopeMemory,
    reach: Reach,
    changed: &BTreeSet<Timestamp>,
) -> Result<(), Fault> {
    let ScopeMemory {
        tail, marks, open, ..
    } = memory;
    let settled = reach.settled;
    let start = match (tail.as_mut(), changed.first()) {
        (Some(tail), _) => tail,
        // Nothing came before the first change, so the level is 0 wherever one begins; but never beyond what is settled.
        (None, Some(first)) => {
            let minute = scope.cutter.occupancy_day(*first).start.min(settled);
            tail.insert(Tail {
                minute,
                level: Level::default(),
            })
        }
        (None, None) => return Ok(()),
    };
    if changed.first().is_some_and(|first| *first < start.minute) {
        follow_again(desk, scope, start, marks, changed)?;
    }
    let mut level = start.level;
    let mut day = scope.cutter.occupancy_day(start.minute);
    let mut open_minutes = Vec::new();
    let last = changed.last().copied().unwrap_or(reach.last).max(reach.last);
    let known = TimeRange {
        start: start.minute,
        end: last.plus(MINUTE),
    };
    for minute in desk.starts(scope.who(), Rung::Minute, known)? {
        if minute >= day.end {
            day = scope.cutter.occupancy_day(minute);
            level = Level::default();
        }
        let before = level;
        let means = set_minute(desk, scope, minute, &mut level)?.is;
        if minute >= settled {
            let row = desk.look(scope.who(), Rung::Minute, minute)?;
            open_minutes.extend(row.map(|row| (minute, row.minute.clone())));
        } else {
            marks.pass(minute, before);
            let next = minute.plus(MINUTE);
            *start = Tail {
                minute: next,
                level: if next >= day.end { Level::default() } else { level },
            };
            for rung in Rung::ALL.into_iter().skip(1) {
                let bucket = scope.cutter.bucket(rung, minute);
                desk.change(scope.who(), rung, bucket.start)?
                    .merge_measure(Measure::Occupancy, &means);
            }
        }
    }
    if start.minute < settled {
        // Nothing was heard in the last settled minutes; the level just goes on, through a reset if there was one.
        let new_day =
            scope.cutter.occupancy_day(settled) != scope.cutter.occupancy_day(start.minute.plus(-1));
        *start = Tail {
            minute: settled,
            level: if new_day { Level::default() } else { start.level },
        };
    }
    *open = Open::found(*start, open_minutes);
    Ok(())
}

/// What the occupancy of a minute is, and what it was before.
struct Minute {
    is: Summary,
    was: Option<Summary>,
}

/// Puts the occupancy of one minute into its row and moves the level to the minute's end.
fn set_minute(
    desk: &mut Work<'_>,
    scope: &ScopeEntry,
    minute: Timestamp,
    level: &mut Level,
) -> Result<Minute, Fault> {
    let Some(row) = desk.look(scope.who(), Rung::Minute, minute)? else {
        return Ok(Minute {
            is: Summary::default(),
            was: None,
        });
    };
    let is = level.walk_minute(&row.minute);
    let was = row.measure(Measure::Occupancy).cloned();
    if was.as_ref() != Some(&is) {
        desk.change(scope.who(), Rung::Minute, minute)?
            .set_measure(Measure::Occupancy, is.clone());
    }
    Ok(Minute { is, was })
}

/// What goes from a bucket above the minutes, and what comes into its place.
#[derive(Default)]
struct Exchange {
    goes: Summary,
    comes: Summary,
}

/// Follows every day with a changed minute before the tail again, from the first such minute on, and puts right what is
/// above those minutes whose occupancy is another now.
fn follow_again(
    desk: &mut Work<'_>,
    scope: &mut ScopeEntry,
    tail: &mut Tail,
    marks: &mut Marks,
    changed: &BTreeSet<Timestamp>,
) -> Result<(), Fault> {
    let mut days: Vec<(TimeRange, Timestamp)> = Vec::new();
    for minute in changed.range(..tail.minute) {
        let day = scope.cutter.occupancy_day(*minute);
        if days.last().is_none_or(|last| last.0 != day) {
            days.push((day, *minute));
        }
    }
    let mut above: BTreeMap<(Rung, Timestamp), Exchange> = BTreeMap::new();
    for (day, first) in days {
        let (start, mut level) = marks.begin(day, first);
        let settled = TimeRange {
            start,
            end: day.end.min(tail.minute),
        };
        for minute in desk.starts(scope.who(), Rung::Minute, settled)? {
            marks.pass(minute, level);
            let Minute { is, was } = set_minute(desk, scope, minute, &mut level)?;
            if was.as_ref() != Some(&is) {
                for rung in Rung::ALL.into_iter().skip(1) {
                    let bucket = scope.cutter.bucket(rung, minute).start;
                    let exchange = above.entry((rung, bucket)).or_default();
                    exchange.comes.merge(&is);
                    was.iter().for_each(|was| exchange.goes.merge(was));
                }
            }
        }
        if day.contains(tail.minute) {
            tail.level = level;
        }
    }
    // Finest first: an hour must be right before its day is made of it.
    for ((rung, start), Exchange { goes, comes }) in above {
        let row = desk.change(scope.who(), rung, start)?;
        if !row.exchange(Measure::Occupancy, &goes, &comes) {
            make_from_below(desk, scope, rung, start, tail.minute)?;
        }
    }
    Ok(())
}

/// Makes the occupancy of one bucket anew from the rung below; of minutes only the settled ones count.
fn make_from_below(
    desk: &mut Work<'_>,
    scope: &mut ScopeEntry,
    rung: Rung,
    start: Timestamp,
    settled: Timestamp,
) -> Result<(), Fault> {
    let Some(below) = rung.made_of() else {
        return Ok(());
    };
    let mut range = scope.cutter.bucket(rung, start);
    if below == Rung::Minute {
        range.end = range.end.min(settled);
    }
    let mut occupancy = Summary::default();
    for start in desk.starts(scope.who(), below, range)? {
        if let Some(part) = desk
            .look(scope.who(), below, start)?
            .and_then(|row| row.measure(Measure::Occupancy))
        {
            occupancy.merge(part);
        }
    }
    desk.change(scope.who(), rung, start)?
        .set_measure(Measure::Occupancy, occupancy);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: TimeRange = TimeRange {
        start: Timestamp(0),
        end: Timestamp(24 * HOUR),
    };

    fn level(raw: i64) -> Level {
        Level {
            raw,
            ..Level::default()
        }
    }

    #[test]
    fn the_first_minute_of_an_hour_is_marked() {
        let mut marks = Marks::default();
        for minute in [60, 90, 119, 120] {
            marks.pass(Timestamp(minute * MINUTE), level(minute));
        }
        for (changed, from) in [(59, 0), (60, 60), (119, 60), (120, 120), (500, 120)] {
            let begun = marks.clone().begin(DAY, Timestamp(changed * MINUTE));
            assert_eq!(begun, (Timestamp(from * MINUTE), level(from)), "{changed}");
        }
    }

    #[test]
    fn what_a_change_makes_wrong_is_forgotten_and_the_next_day_is_not() {
        let mut marks = Marks::default();
        for hour in [1, 2, 3, 24] {
            marks.pass(Timestamp(hour * HOUR), level(hour));
        }
        marks.begin(DAY, Timestamp(2 * HOUR));
        let left: Vec<_> = marks.0.values().copied().collect();
        assert_eq!(left, [1, 2, 24].map(level));
    }

    #[test]
    fn two_days_of_hours_are_kept() {
        let mut marks = Marks::default();
        for hour in 0..50 {
            marks.pass(Timestamp(hour * HOUR), level(hour));
            assert_eq!(marks.0.len(), (hour as usize + 1).min(48));
        }
        assert_eq!(marks.0.first_key_value(), Some((&Timestamp(2 * HOUR), &level(2))));
    }
}
