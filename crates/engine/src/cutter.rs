//! Cuts time into buckets for one zone, remembering the last cut: events come in bursts of the same hour.

use jiff::tz::TimeZone;
use throng_model::place::occupancy_day;
use throng_model::{Rung, TimeRange, Timestamp};

/// The zone of a scope and the buckets it cut last.
#[derive(Clone, Debug)]
pub(crate) struct Cutter {
    zone: TimeZone,
    resets_at: u16,
    last: [Option<TimeRange>; Rung::ALL.len()],
    last_occupancy_day: Option<TimeRange>,
}

impl Cutter {
    /// For this zone; occupancy starts anew at that many minutes after midnight.
    pub fn new(zone: TimeZone, resets_at: u16) -> Self {
        Self {
            zone,
            resets_at,
            last: Default::default(),
            last_occupancy_day: None,
        }
    }

    /// The bucket of a rung that holds this moment.
    pub fn bucket(&mut self, rung: Rung, at: Timestamp) -> TimeRange {
        let slot = self.last.get_mut(usize::from(rung.code()) - 1);
        match slot {
            Some(Some(bucket)) if bucket.contains(at) => *bucket,
            Some(slot) => *slot.insert(rung.bucket(at, &self.zone)),
            None => rung.bucket(at, &self.zone),
        }
    }

    /// From reset to reset around this moment.
    pub fn occupancy_day(&mut self, at: Timestamp) -> TimeRange {
        match self.last_occupancy_day {
            Some(day) if day.contains(at) => day,
            _ => *self
                .last_occupancy_day
                .insert(occupancy_day(at, &self.zone, self.resets_at)),
        }
    }

    /// The finest rung with one bucket that holds the whole window; days where none does. What reaches over midnight is of the
    /// day it began in: weeks and months are sums of days, and a device that counts from six to six has days, too.
    pub fn grain(&mut self, window: TimeRange) -> Rung {
        let holds = |rung: &Rung| self.bucket(*rung, window.start).end >= window.end;
        [Rung::Minute, Rung::FiveMinutes, Rung::Hour]
            .into_iter()
            .find(holds)
            .unwrap_or(Rung::Day)
    }
}
