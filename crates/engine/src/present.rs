//! What was counted of a scope today, kept up to date with every event rather than with every flush. How many are inside is
//! found by [`crate::open`].
//!
//! Its time never passes the server's: an event proves that time has come as far as the event says, or as far as its
//! arrival where its camera's clock is ahead. So one fast camera can neither end a place's day before midnight nor have
//! its numbers told of a moment to come. Who it counts is counted at once; who it counts beyond midnight waits for it.

use crate::cutter::Cutter;
use serde::{Deserialize, Serialize};
use throng_model::{Rung, TimeRange, Timestamp};

/// Today's counts of one scope. Sums only, so the order of events does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Local midnight to midnight.
    pub(crate) today: Option<TimeRange>,
    /// People in since local midnight.
    pub in_today: i64,
    /// People out since local midnight.
    pub out_today: i64,
    /// People of unknown direction since local midnight.
    pub pass_today: i64,
    /// Reset to reset.
    pub occupancy_day: Option<TimeRange>,
    /// The latest event time counted, or its arrival where that was before.
    pub as_of: Option<Timestamp>,
    /// The latest event time counted, as its camera said it: no row starts after it.
    pub latest: Option<Timestamp>,
    /// Of the day after today, what cameras whose clocks are ahead have counted already: in, out and of unknown direction.
    pub(crate) tomorrow: [i64; 3],
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
            self.occupancy_day = Some(cutter.occupancy_day(now));
        }
        self.as_of = self.as_of.max(Some(now));
    }

    /// Counts people: in, out and of unknown direction; those of days gone by belong to the past only. Doors let events pass
    /// that are minutes ahead, so what is not of today or before is of tomorrow. `booked` is the moment whose day has them in
    /// its row, which is another one than theirs where they came within a time that reaches over midnight.
    pub(crate) fn count(&mut self, booked: Timestamp, [people_in, people_out, people_pass]: [i64; 3]) {
        if self.today.is_some_and(|today| today.contains(booked)) {
            self.in_today += people_in;
            self.out_today += people_out;
            self.pass_today += people_pass;
        } else if self.today.is_some_and(|today| booked >= today.end) {
            for (known, people) in self.tomorrow.iter_mut().zip([people_in, people_out, people_pass]) {
                *known += people;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::{HOUR, MINUTE, SECOND};

    const MIDNIGHT: Timestamp = Timestamp(24 * HOUR);

    fn cutter() -> Cutter {
        Cutter::new(jiff::tz::TimeZone::UTC, 0)
    }

    /// A minute before midnight, at which two had come and one had gone, by the counts of this day.
    fn evening(cutter: &mut Cutter) -> Present {
        let (mut present, now) = (Present::default(), MIDNIGHT.plus(-MINUTE));
        present.reach(now, now, cutter);
        present.count(now, [2, 1, 4]);
        present
    }

    /// In, out, of unknown direction.
    fn told(present: &Present) -> [i64; 3] {
        [present.in_today, present.out_today, present.pass_today]
    }

    #[test]
    fn who_a_fast_camera_counts_beyond_midnight_waits_for_it() {
        let cutter = &mut cutter();
        let mut present = evening(cutter);
        let (ahead, now) = (MIDNIGHT.plus(SECOND), MIDNIGHT.plus(-30 * SECOND));
        present.reach(ahead, now, cutter);
        present.count(ahead, [7, 3, 2]);
        present.count(MIDNIGHT, [1, 0, 1]);
        assert_eq!(told(&present), [2, 1, 4], "the day is not over");
        assert_eq!((present.as_of, present.latest), (Some(now), Some(ahead)));
        present.reach(MIDNIGHT, MIDNIGHT, cutter);
        assert_eq!(told(&present), [8, 3, 3]);
        present.count(now, [9, 9, 9]);
        assert_eq!(told(&present), [8, 3, 3], "days gone by belong to the past");
        let later = MIDNIGHT.plus(49 * HOUR);
        present.reach(later, later, cutter);
        assert_eq!(told(&present), [0; 3]);
    }

    #[test]
    fn who_came_within_a_time_over_midnight_is_of_the_day_that_has_them_in_its_row() {
        let cutter = &mut cutter();
        let mut present = evening(cutter);
        present.reach(MIDNIGHT.plus(MINUTE), MIDNIGHT.plus(MINUTE), cutter);
        present.count(MIDNIGHT.plus(-MINUTE), [4, 1, 1]);
        assert_eq!(told(&present), [0, 0, 0]);
    }
}
