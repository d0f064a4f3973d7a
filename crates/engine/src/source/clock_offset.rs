//! How far a camera's clock is from the server's, learned from what it sends and when that arrives.
//!
//! An event that says when it was `sent` arrives after the way it took: received - sent = way - ahead. The way is
//! never negative and often short, so the least difference of a window tells the clock, and the rest the network. One
//! window can be wrong (a garbled stamp, a blocked line), so the offset is the median of the last few. The drift is the
//! median slope of a day of windows (Theil 1950, the incomplete method: each window paired with the one half the
//! record later), which a few wrong ones cannot bend either.
//!
//! A clock that was set jumps: three windows in a row away from those before them begin the record anew.
//!
//! Nothing here changes an event. `t` stays what the camera said, also when its clock is known to be wrong: a camera
//! that corrects itself says so with `off_ms`, and a silent correction by the server could not be told from it. Without
//! `sent` only a clock that is ahead can be told, by events from the future; one that is behind looks like a slow line.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use throng_model::Timestamp;
use throng_model::live::{ClockReading, ClockStanding};
use throng_model::time::{HOUR, MINUTE, SECOND};

/// The length of a window, server time.
const WINDOW: i64 = 10 * MINUTE;
/// Windows of a day: as long as drift is learned from.
const WINDOWS_MAX: usize = 144;
/// The offset is the median of so many windows: two wrong ones do not matter.
const RECENT: usize = 5;
/// So many windows in a row away from the others are a jump.
const JUMPED: usize = 3;
/// How far away. Quartz drifts at most 9 s a day, which is 60 ms a window.
const JUMP: i64 = SECOND;
/// The least record a drift is told from: less would show the network.
const DRIFT_RECORD: i64 = 2 * HOUR;
/// Time zones differ by quarters of an hour.
const QUARTER: i64 = 15 * MINUTE;

/// What is learned of one camera's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// The window that is open: its number and the least difference in it.
    open: Option<(i64, i64)>,
    /// Windows that are closed, oldest first.
    closed: VecDeque<(i64, i64)>,
    /// When the clock last jumped.
    jumped: Option<Timestamp>,
}

impl ClockOffset {
    /// Takes note of an event: when it was sent (if it says so), when it happened, when it arrived.
    pub fn note(&mut self, sent: Option<Timestamp>, at: Timestamp, received: Timestamp) {
        let Some(difference) = Self::told_by(sent, at, received) else {
            return;
        };
        let window = received.0.div_euclid(WINDOW);
        match &mut self.open {
            // The server's own clock may be set back a little between two batches.
            Some((open, least)) if window <= *open => *least = difference.min(*least),
            open => {
                if let Some(done) = open.replace((window, difference)) {
                    self.close(done);
                }
            }
        }
    }

    /// What such an event tells of the clock: how much longer it took than the clock is ahead.
    pub fn told_by(sent: Option<Timestamp>, at: Timestamp, received: Timestamp) -> Option<i64> {
        let sent = sent.or_else(|| Some(at).filter(|at| *at > received))?;
        Some(received.since(sent))
    }

    fn close(&mut self, done: (i64, i64)) {
        self.closed.push_back(done);
        let before = self.closed.len().saturating_sub(JUMPED);
        let usual = median(
            self.closed
                .range(before.saturating_sub(RECENT)..before)
                .map(|(_, least)| *least),
        );
        let away = |least: &i64| usual.map_or(0, |usual| least.saturating_sub(usual));
        let latest: Vec<i64> = self
            .closed
            .range(before..)
            .map(|(_, least)| away(least))
            .collect();
        if latest.iter().all(|away| *away > JUMP) || latest.iter().all(|away| *away < -JUMP) {
            self.closed.drain(..before);
            self.jumped = self.closed.front().map(|(window, _)| Timestamp(window * WINDOW));
        }
        if self.closed.len() > WINDOWS_MAX {
            self.closed.pop_front();
        }
    }

    /// The clock, once a window is whole. `bound`: how far off it may be, microseconds.
    pub fn reading(&self, bound: i64) -> Option<ClockReading> {
        let recent = self.closed.len().saturating_sub(RECENT);
        let ahead = -median(self.closed.range(recent..).map(|(_, least)| *least))?;
        let to_quarter = ahead.rem_euclid(QUARTER);
        let standing = if ahead.abs() <= bound {
            ClockStanding::Right
        } else if ahead.abs() >= 2 * QUARTER - MINUTE && to_quarter.min(QUARTER - to_quarter) <= MINUTE {
            ClockStanding::WrongTimeZone
        } else {
            ClockStanding::Off
        };
        Some(ClockReading {
            ahead,
            drift_per_day: self.drift_per_day(),
            standing,
            jumped: self.jumped,
        })
    }

    /// Microseconds a day; none before there is enough to tell.
    fn drift_per_day(&self) -> Option<i64> {
        let (first, last) = (self.closed.front()?, self.closed.back()?);
        if (last.0 - first.0) * WINDOW < DRIFT_RECORD {
            return None;
        }
        let half = self.closed.len() / 2;
        let pairs = self.closed.iter().zip(self.closed.range(half..));
        let slopes = pairs
            .filter(|(early, late)| late.0 > early.0)
            .map(|(early, late)| {
                let more = i128::from(early.1) - i128::from(late.1);
                let per_day = more * i128::from(24 * HOUR) / i128::from((late.0 - early.0) * WINDOW);
                per_day.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
            });
        median(slopes)
    }
}

/// The middle value; of an even number the lower one of the two.
fn median(values: impl Iterator<Item = i64>) -> Option<i64> {
    let mut values: Vec<i64> = values.collect();
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: i64 = 2 * SECOND;
    const NOON: i64 = 1_774_785_600 * SECOND;
    const DAY: i64 = 24 * HOUR;

    /// An event every 20 s for so long from noon on, sent by a clock that is so much ahead, over a line that takes 40 ms to
    /// 4 s.
    fn learn(clock: &mut ClockOffset, from: i64, length: i64, ahead: impl Fn(i64) -> i64) {
        for number in 0..length / (20 * SECOND) {
            let now = from + number * 20 * SECOND;
            // Scattered, so that windows have minima of their own.
            let way = 40_000 + ((number * 2_654_435_761) >> 13) % 100 * 40_000;
            let sent = Timestamp(NOON + now + ahead(now));
            clock.note(Some(sent), sent.plus(-SECOND), Timestamp(NOON + now + way));
        }
    }

    fn learned(length: i64, ahead: impl Fn(i64) -> i64) -> ClockReading {
        let mut clock = ClockOffset::default();
        learn(&mut clock, 0, length, ahead);
        clock.reading(BOUND).expect("learned")
    }

    #[test]
    fn a_right_clock_on_a_slow_line_is_right() {
        let reading = learned(DAY, |_| 0);
        assert_eq!(reading.standing, ClockStanding::Right);
        assert!(reading.ahead.abs() < SECOND, "{reading:?}");
        // The shortest ways of two windows half a day apart differ by a tenth of a second: twice that a day.
        assert!(
            reading.drift_per_day.expect("a day").abs() < SECOND / 4,
            "{reading:?}"
        );
        assert_eq!(reading.jumped, None);
        assert_eq!(ClockOffset::default().reading(BOUND), None);
    }

    #[test]
    fn a_clock_that_is_off_is_named_and_by_how_much() {
        for ahead in [-30 * SECOND, 30 * SECOND] {
            let reading = learned(HOUR, |_| ahead);
            assert_eq!(reading.standing, ClockStanding::Off);
            assert!((reading.ahead - ahead).abs() < SECOND, "{reading:?}");
        }
    }

    #[test]
    fn a_clock_in_the_wrong_zone_is_told_from_one_that_is_off() {
        for zone in [-7 * HOUR, HOUR, 5 * HOUR + 45 * MINUTE] {
            assert_eq!(
                learned(HOUR, |_| zone + 20 * SECOND).standing,
                ClockStanding::WrongTimeZone
            );
        }
        for short_of_zone in [30 * MINUTE - 20 * SECOND, HOUR - 20 * SECOND] {
            assert_eq!(
                learned(HOUR, |_| short_of_zone).standing,
                ClockStanding::WrongTimeZone
            );
        }
        assert_eq!(learned(HOUR, |_| HOUR + 7 * MINUTE).standing, ClockStanding::Off);
        assert_eq!(
            learned(HOUR, |_| 15 * MINUTE).standing,
            ClockStanding::Off,
            "an ordinary clock can be that wrong"
        );
        assert_eq!(learned(HOUR, |_| 20 * SECOND).standing, ClockStanding::Off);
    }

    #[test]
    fn a_drifting_clock_is_followed_and_is_no_jump() {
        let reading = learned(DAY, |now| now / (DAY / (8 * SECOND)));
        let drift = reading.drift_per_day.expect("a day");
        assert!((drift - 8 * SECOND).abs() < SECOND / 4, "{reading:?}");
        assert!(
            (reading.ahead - 8 * SECOND).abs() < SECOND,
            "where it is now: {reading:?}"
        );
        assert_eq!(reading.jumped, None);
    }

    #[test]
    fn a_jump_begins_anew_and_is_dated() {
        for ahead in [90 * SECOND, -90 * SECOND] {
            let mut clock = ClockOffset::default();
            learn(&mut clock, 0, 12 * HOUR, |_| 0);
            learn(&mut clock, 12 * HOUR, 40 * MINUTE, |_| ahead);
            let reading = clock.reading(BOUND).expect("learned");
            assert_eq!(reading.jumped, Some(Timestamp(NOON + 12 * HOUR)));
            assert!((reading.ahead - ahead).abs() < SECOND, "{reading:?}");
            assert_eq!(
                reading.drift_per_day, None,
                "the time before says nothing of the clock now"
            );
        }
    }

    #[test]
    fn two_wrong_windows_change_nothing() {
        let mut clock = ClockOffset::default();
        learn(&mut clock, 0, HOUR, |_| 0);
        let before = clock.reading(BOUND);
        learn(&mut clock, HOUR, 20 * MINUTE, |_| HOUR);
        learn(&mut clock, HOUR + 20 * MINUTE, 20 * MINUTE, |_| 0);
        let after = clock.reading(BOUND).expect("learned");
        assert_eq!(Some(after.standing), before.map(|reading| reading.standing));
        assert_eq!(after.jumped, None);
    }

    #[test]
    fn without_sent_only_the_future_tells() {
        let mut clock = ClockOffset::default();
        for minute in 0..60 {
            let now = NOON + minute * MINUTE;
            clock.note(None, Timestamp(now - HOUR), Timestamp(now));
        }
        assert_eq!(
            clock.reading(BOUND),
            None,
            "stored on the way, or behind: nobody can tell"
        );
        for minute in 60..120 {
            let now = NOON + minute * MINUTE;
            clock.note(None, Timestamp(now + 3 * MINUTE), Timestamp(now));
        }
        let reading = clock.reading(BOUND).expect("learned");
        assert_eq!(
            (reading.ahead, reading.standing),
            (3 * MINUTE, ClockStanding::Off)
        );
    }
}
