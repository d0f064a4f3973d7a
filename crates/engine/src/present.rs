//! What a scope looks like right now, kept up to date with every event rather than with every flush.
//!
//! Its time never passes the server's: an event proves that time has come as far as the event says, or as far as its
//! arrival where its camera's clock is ahead. So one fast camera can neither end a place's day before midnight nor have
//! its numbers told of a moment to come. Who it counts is counted at once; who it counts beyond midnight waits for it.

use crate::cutter::Cutter;
use crate::occupancy::Level;
use serde::{Deserialize, Serialize};
use throng_model::row::Setting;
use throng_model::{Rung, TimeRange, Timestamp};

/// Today's counts of one scope. Sums only, so the order of events does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Local midnight to midnight.
    today: Option<TimeRange>,
    /// People in since local midnight.
    pub in_today: i64,
    /// People out since local midnight.
    pub out_today: i64,
    /// People of unknown direction since local midnight.
    pub pass_today: i64,
    /// Reset to reset.
    occupancy_day: Option<TimeRange>,
    /// Raw occupancy since the reset, and the floor and words as of the last flush.
    pub level: Level,
    /// The latest event time counted, or its arrival where that was before.
    pub as_of: Option<Timestamp>,
    /// The latest event time counted, as its camera said it: no row starts after it.
    pub latest: Option<Timestamp>,
    /// Of the day after today, what cameras whose clocks are ahead have counted already: in, out and of unknown direction.
    tomorrow: [i64; 3],
    /// And the level they make after the next reset.
    next_level: Level,
}

/// As it stood in states up to version 3, in which the latest event was also how far the time had come.
#[derive(Deserialize)]
pub(crate) struct PresentOfVersion3 {
    today: Option<TimeRange>,
    in_today: i64,
    out_today: i64,
    occupancy_day: Option<TimeRange>,
    level: Level,
    as_of: Option<Timestamp>,
}

impl From<PresentOfVersion3> for Present {
    fn from(present: PresentOfVersion3) -> Self {
        Self {
            today: present.today,
            in_today: present.in_today,
            out_today: present.out_today,
            occupancy_day: present.occupancy_day,
            level: present.level,
            as_of: present.as_of,
            latest: present.as_of,
            ..Self::default()
        }
    }
}

/// As it stood in states of versions 4 and 5, which counted nobody of unknown direction: whom they counted of today is not
/// known, and today's count is short of them until midnight.
#[derive(Deserialize)]
pub(crate) struct PresentOfVersion5 {
    today: Option<TimeRange>,
    in_today: i64,
    out_today: i64,
    occupancy_day: Option<TimeRange>,
    level: Level,
    as_of: Option<Timestamp>,
    latest: Option<Timestamp>,
    tomorrow: (i64, i64),
    next_level: Level,
}

impl From<PresentOfVersion5> for Present {
    fn from(present: PresentOfVersion5) -> Self {
        Self {
            today: present.today,
            in_today: present.in_today,
            out_today: present.out_today,
            pass_today: 0,
            occupancy_day: present.occupancy_day,
            level: present.level,
            as_of: present.as_of,
            latest: present.latest,
            tomorrow: [present.tomorrow.0, present.tomorrow.1, 0],
            next_level: present.next_level,
        }
    }
}

impl Present {
    /// Takes note of an event: a new day starts with the first sign of life in it, be it only a heartbeat.
    pub(crate) fn reach(&mut self, at: Timestamp, received: Timestamp, cutter: &mut Cutter) {
        self.latest = self.latest.max(Some(at));
        let now = at.min(received);
        if self.today.is_none_or(|today| now >= today.end) {
            let day = cutter.bucket(Rung::Day, now);
            let is_next = self.today.is_some_and(|today| today.end == day.start);
            let known = std::mem::take(&mut self.tomorrow);
            [self.in_today, self.out_today, self.pass_today] = if is_next { known } else { [0; 3] };
            self.today = Some(day);
        }
        if self.occupancy_day.is_none_or(|day| now >= day.end) {
            let day = cutter.occupancy_day(now);
            let is_next = self.occupancy_day.is_some_and(|before| before.end == day.start);
            let known = std::mem::take(&mut self.next_level);
            self.level = if is_next { known } else { Level::default() };
            self.occupancy_day = Some(day);
        }
        self.as_of = self.as_of.max(Some(now));
    }

    /// Counts people at a moment: in, out and of unknown direction; those of days gone by belong to the past only. Doors let
    /// events pass that are minutes ahead, so what is not of today or before is of tomorrow. `booked` is the moment whose day
    /// has them in its row, which is another one where they came within a time that reaches over midnight.
    pub(crate) fn count(
        &mut self,
        at: Timestamp,
        booked: Timestamp,
        [people_in, people_out, people_pass]: [i64; 3],
    ) {
        if self.today.is_some_and(|today| today.contains(booked)) {
            self.in_today += people_in;
            self.out_today += people_out;
            self.pass_today += people_pass;
        } else if self.today.is_some_and(|today| booked >= today.end) {
            for (known, people) in self.tomorrow.iter_mut().zip([people_in, people_out, people_pass]) {
                *known += people;
            }
        }
        if self.occupancy_day.is_some_and(|day| day.contains(at)) {
            self.level.raw += people_in - people_out;
        } else if self.occupancy_day.is_some_and(|day| at >= day.end) {
            self.next_level.raw += people_in - people_out;
        }
    }

    /// Somebody said how many are inside. A word from the past waits for the next flush, which follows the day again.
    pub(crate) fn set(&mut self, setting: Setting) {
        let is_newest = self.latest.is_none_or(|latest| setting.at >= latest);
        if is_newest && self.occupancy_day.is_some_and(|day| day.contains(setting.at)) {
            self.level = Level::set_to(setting.to);
        }
    }

    /// The level as found by following the whole day in the order of events.
    pub(crate) fn set_level(&mut self, day: TimeRange, level: Level) {
        if self.occupancy_day == Some(day) {
            self.level = level;
        } else if self.occupancy_day.is_some_and(|today| today.end == day.start) {
            self.next_level = level;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::event::ResetReason;
    use throng_model::time::{HOUR, MINUTE, SECOND};

    const MIDNIGHT: Timestamp = Timestamp(24 * HOUR);

    fn cutter() -> Cutter {
        Cutter::new(jiff::tz::TimeZone::UTC, 0)
    }

    /// A minute before midnight, at which two had come and one had gone, by the counts of this day.
    fn evening(cutter: &mut Cutter) -> Present {
        let (mut present, now) = (Present::default(), MIDNIGHT.plus(-MINUTE));
        present.reach(now, now, cutter);
        present.count(now, now, [2, 1, 4]);
        present
    }

    /// In, out, of unknown direction, and how many that leaves inside.
    fn told(present: &Present) -> [i64; 4] {
        [
            present.in_today,
            present.out_today,
            present.pass_today,
            present.level.raw,
        ]
    }

    #[test]
    fn who_a_fast_camera_counts_beyond_midnight_waits_for_it() {
        let cutter = &mut cutter();
        let mut present = evening(cutter);
        let (ahead, now) = (MIDNIGHT.plus(SECOND), MIDNIGHT.plus(-30 * SECOND));
        present.reach(ahead, now, cutter);
        present.count(ahead, ahead, [7, 3, 2]);
        present.count(MIDNIGHT, MIDNIGHT, [1, 0, 1]);
        assert_eq!(told(&present), [2, 1, 4, 1], "the day is not over");
        assert_eq!((present.as_of, present.latest), (Some(now), Some(ahead)));
        present.reach(MIDNIGHT, MIDNIGHT, cutter);
        assert_eq!(told(&present), [8, 3, 3, 5]);
        present.count(now, now, [9, 9, 9]);
        assert_eq!(told(&present), [8, 3, 3, 5], "days gone by belong to the past");
        let later = MIDNIGHT.plus(49 * HOUR);
        present.reach(later, later, cutter);
        assert_eq!(told(&present), [0; 4]);
    }

    #[test]
    fn who_came_within_a_time_over_midnight_is_of_the_day_that_has_them_in_its_row() {
        let cutter = &mut cutter();
        let mut present = evening(cutter);
        present.reach(MIDNIGHT.plus(MINUTE), MIDNIGHT.plus(MINUTE), cutter);
        present.count(MIDNIGHT.plus(MINUTE), MIDNIGHT.plus(-MINUTE), [4, 1, 1]);
        assert_eq!(told(&present), [0, 0, 0, 3], "inside they are");
    }

    #[test]
    fn the_newest_word_holds_at_once() {
        let cutter = &mut cutter();
        let mut present = evening(cutter);
        let word = |at, to| Setting {
            at,
            reason: Some(ResetReason::Manual),
            to,
        };
        let newest = MIDNIGHT.plus(-MINUTE);
        present.set(word(newest.plus(-1), 50));
        assert_eq!(present.level.raw, 1, "the past is followed by the next flush");
        present.set(word(newest, 40));
        assert_eq!(present.level.raw, 40);
        present.set(word(MIDNIGHT, 30));
        assert_eq!(present.level.raw, 40, "of a day to come");
    }

    #[test]
    fn a_flush_corrects_this_day_and_the_next_and_no_other() {
        let cutter = &mut cutter();
        let mut present = evening(cutter);
        let day = |number: i64| TimeRange {
            start: Timestamp(number * 24 * HOUR),
            end: Timestamp((number + 1) * 24 * HOUR),
        };
        for (number, people) in [(-1, 10), (0, 20), (1, 30), (2, 40)] {
            present.set_level(day(number), Level::set_to(people));
        }
        assert_eq!(present.level.raw, 20);
        present.reach(MIDNIGHT, MIDNIGHT, cutter);
        assert_eq!(present.level.raw, 30);
    }
}
