//! What a scope looks like right now, kept up to date with every event rather than with every flush.

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
    /// Reset to reset.
    occupancy_day: Option<TimeRange>,
    /// Raw occupancy since the reset, and the floor and words as of the last flush.
    pub level: Level,
    /// The latest event time counted.
    pub as_of: Option<Timestamp>,
}

impl Present {
    /// Takes note of a moment: a new day starts with the first sign of life in it, be it only a heartbeat.
    pub(crate) fn reach(&mut self, at: Timestamp, cutter: &mut Cutter) {
        if self.today.is_none_or(|today| at >= today.end) {
            self.today = Some(cutter.bucket(Rung::Day, at));
            self.in_today = 0;
            self.out_today = 0;
        }
        if self.occupancy_day.is_none_or(|day| at >= day.end) {
            self.occupancy_day = Some(cutter.occupancy_day(at));
            self.level = Level::default();
        }
        self.as_of = self.as_of.max(Some(at));
    }

    /// Counts people at a moment; those of days gone by belong to the past only.
    pub(crate) fn count(&mut self, at: Timestamp, people_in: i64, people_out: i64) {
        if self.today.is_some_and(|today| today.contains(at)) {
            self.in_today += people_in;
            self.out_today += people_out;
        }
        if self.occupancy_day.is_some_and(|day| day.contains(at)) {
            self.level.raw += people_in - people_out;
        }
    }

    /// Somebody said how many are inside. A word from the past waits for the next flush, which follows the day again.
    pub(crate) fn set(&mut self, setting: Setting) {
        let is_newest = self.as_of.is_none_or(|as_of| setting.at >= as_of);
        if is_newest && self.occupancy_day.is_some_and(|day| day.contains(setting.at)) {
            self.level = Level::set_to(setting.to);
        }
    }

    /// The level as found by following the whole day in the order of events.
    pub(crate) fn set_level(&mut self, day: TimeRange, level: Level) {
        if self.occupancy_day == Some(day) {
            self.level = level;
        }
    }
}
