//! A series of buckets, as aggregates over time take it.

use jiff::tz::TimeZone;
use throng_model::{Rung, Timestamp};

/// One bucket of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The start of the bucket.
    pub at: Timestamp,
    /// Its value; none means no data, which is not zero.
    pub value: Option<f64>,
}

/// Buckets of one rung in order of time, every bucket of the range in its place, also those without data.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// The buckets.
    pub points: &'a [Point],
    /// What repeats itself in them; none where nothing does at that rung.
    pub season: Option<Season<'a>>,
}

/// What repeats itself, in the local time of a place: after a change of the clocks nine o'clock is still nine o'clock.
#[derive(Clone, Copy, Debug)]
pub enum Season<'a> {
    /// The 24 hours of a day.
    HoursOfDay(&'a TimeZone),
    /// The 7 days of a week.
    DaysOfWeek(&'a TimeZone),
}

impl<'a> Season<'a> {
    /// The season of buckets of this rung. Finer rungs are too noisy for one, coarser ones too few.
    pub fn of(rung: Rung, zone: &'a TimeZone) -> Option<Self> {
        match rung {
            Rung::Hour => Some(Season::HoursOfDay(zone)),
            Rung::Day => Some(Season::DaysOfWeek(zone)),
            Rung::Minute | Rung::FiveMinutes | Rung::Week | Rung::Month => None,
        }
    }

    /// How many buckets one season has.
    pub fn period(self) -> usize {
        match self {
            Season::HoursOfDay(_) => 24,
            Season::DaysOfWeek(_) => 7,
        }
    }

    /// Where in its season a bucket lies, from 0 (midnight, Monday) to less than [`Self::period`].
    pub fn phase(self, at: Timestamp) -> usize {
        match self {
            Season::HoursOfDay(zone) => {
                let local = zone.to_datetime(at.to_jiff());
                usize::from(local.hour().unsigned_abs())
            }
            Season::DaysOfWeek(zone) => {
                let local = zone.to_datetime(at.to_jiff());
                usize::from(local.weekday().to_monday_zero_offset().unsigned_abs())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_o_clock_stays_nine_o_clock_when_the_clocks_change() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled");
        let hours = Season::of(Rung::Hour, &zone).expect("hours have a season");
        let days = Season::of(Rung::Day, &zone).expect("days have a season");
        for (moment, hour, weekday) in [
            ("2026-03-28T08:00:00Z", 9, 5),
            ("2026-03-29T07:00:00Z", 9, 6),
            ("2026-03-29T22:00:00Z", 0, 0),
        ] {
            let at = Timestamp::parse(moment).expect("valid");
            assert_eq!((hours.phase(at), days.phase(at)), (hour, weekday), "{moment}");
        }
        assert!(Season::of(Rung::Minute, &zone).is_none());
    }
}
