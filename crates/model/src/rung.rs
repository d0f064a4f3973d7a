//! How time is cut: the ladder minute, five minutes, hour, day, week, month.
//!
//! Minutes and five minutes are the same everywhere. Hours, days, weeks and months are cut in the zone of the place,
//! so a day has 23, 24 or 25 hours and an hour may start at :30 UTC. Buckets of one rung tile time: every moment lies
//! in exactly one bucket. Every rung but the week tiles the rungs above it; weeks and months both consist of days.

use crate::fault::Fault;
use crate::flaw::Reason;
use crate::time::{HOUR, MINUTE, TimeRange, Timestamp};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One rung of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// 60 seconds.
    Minute,
    /// 300 seconds.
    FiveMinutes,
    /// A clock hour in the place's zone.
    Hour,
    /// Midnight to midnight in the place's zone.
    Day,
    /// ISO week, Monday to Sunday.
    Week,
    /// Calendar month.
    Month,
}

impl Rung {
    /// All rungs, finest first.
    pub const ALL: [Rung; 6] = [
        Rung::Minute,
        Rung::FiveMinutes,
        Rung::Hour,
        Rung::Day,
        Rung::Week,
        Rung::Month,
    ];

    /// The word used in code, SQL, API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Rung::Minute => "minute",
            Rung::FiveMinutes => "five_minutes",
            Rung::Hour => "hour",
            Rung::Day => "day",
            Rung::Week => "week",
            Rung::Month => "month",
        }
    }

    /// The number that stands in stored keys. Never changes.
    pub fn code(self) -> u8 {
        match self {
            Rung::Minute => 1,
            Rung::FiveMinutes => 2,
            Rung::Hour => 3,
            Rung::Day => 4,
            Rung::Week => 5,
            Rung::Month => 6,
        }
    }

    /// The rung whose buckets tile this one's, one step finer; none for minutes.
    pub fn made_of(self) -> Option<Rung> {
        match self {
            Rung::Minute => None,
            Rung::FiveMinutes | Rung::Hour => Some(Rung::Minute),
            Rung::Day => Some(Rung::Hour),
            Rung::Week | Rung::Month => Some(Rung::Day),
        }
    }

    /// The rungs whose buckets consist of whole buckets of this one: all that are coarser, but no month consists of weeks.
    pub fn above(self) -> impl Iterator<Item = Rung> {
        Rung::ALL
            .into_iter()
            .filter(move |rung| *rung > self && self != Rung::Week)
    }

    /// The bucket that holds this moment, in this zone.
    pub fn bucket(self, at: Timestamp, zone: &TimeZone) -> TimeRange {
        match self {
            Rung::Minute => even(at, MINUTE),
            Rung::FiveMinutes => even(at, 5 * MINUTE),
            Rung::Hour => hour(at, zone),
            Rung::Day => {
                let date = local_date(at, zone);
                dates(date, date.tomorrow().unwrap_or(date), zone)
            }
            Rung::Week => {
                let date = local_date(at, zone);
                let monday = date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days());
                dates(monday, monday.saturating_add(7.days()), zone)
            }
            Rung::Month => {
                let first = local_date(at, zone).first_of_month();
                dates(first, first.saturating_add(1.month()), zone)
            }
        }
    }

    /// All buckets that overlap the range, in order.
    pub fn buckets(self, range: TimeRange, zone: &TimeZone) -> impl Iterator<Item = TimeRange> {
        let mut next = Some(self.bucket(range.start, zone));
        // Of hours there are nine thousand a year, and asking the zone costs more than all else that is done with one.
        let mut even_until = Timestamp::MIN;
        std::iter::from_fn(move || {
            let bucket = next.filter(|bucket| bucket.start < range.end)?;
            let after = TimeRange {
                start: bucket.end,
                end: bucket.end.plus(HOUR),
            };
            let is_even = self == Rung::Hour && after.end <= even_until;
            if self == Rung::Hour && !is_even {
                even_until = next_change(bucket.end, zone);
            }
            next = Some(if is_even {
                after
            } else {
                self.bucket(bucket.end, zone)
            });
            next = next.filter(|after| after.start > bucket.start);
            Some(bucket)
        })
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Rung {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::ALL
            .into_iter()
            .find(|rung| rung.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|rung| rung.as_str()).collect();
                Fault::invalid(
                    Reason::NotListed,
                    format!("interval {text:?} is not one of {}", known.join(", ")),
                )
            })
    }
}

fn even(at: Timestamp, width: i64) -> TimeRange {
    let start = at.0.div_euclid(width) * width;
    TimeRange {
        start: Timestamp(start),
        end: Timestamp(start + width),
    }
}

/// When the zone's clocks change next after a moment; never, where they stay.
fn next_change(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let change = zone.following(at.to_jiff()).next();
    change.map_or(Timestamp::MAX, |change| {
        Timestamp(change.timestamp().as_microsecond())
    })
}

/// Hours follow the zone's offset at that moment (India and Nepal start hours at :30 and :15 UTC). Where the offset
/// changes inside an hour (Lord Howe Island moves by 30 minutes) that local hour is cut at the change, so that the
/// hours of a day always tile the day.
fn hour(at: Timestamp, zone: &TimeZone) -> TimeRange {
    let moment = at.to_jiff();
    let offset = i64::from(zone.to_offset(moment).seconds()) * crate::time::SECOND;
    let local = even(Timestamp(at.0 + offset), HOUR);
    let (mut start, mut end) = (local.start.0 - offset, local.end.0 - offset);
    if let Some(change) = zone
        .preceding(
            moment
                .saturating_add(jiff::SignedDuration::from_micros(1))
                .unwrap_or(moment),
        )
        .next()
    {
        start = start.max(change.timestamp().as_microsecond());
    }
    end = end.min(next_change(at, zone).0);
    TimeRange {
        start: Timestamp(start),
        end: Timestamp(end),
    }
}

/// The date on the wall at this moment.
pub fn local_date(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at.to_jiff()).date()
}

/// From the first moment of one date to the first moment of another.
fn dates(first: Date, end: Date, zone: &TimeZone) -> TimeRange {
    TimeRange {
        start: start_of(first, zone),
        end: start_of(end, zone),
    }
}

/// The first moment of a date: midnight, or the end of the gap where midnight does not exist.
fn start_of(date: Date, zone: &TimeZone) -> Timestamp {
    date.to_zoned(zone.clone())
        .map(|midnight| midnight.timestamp().into())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("bundled zone")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("valid")
    }

    #[test]
    fn summer_time_days_have_23_and_25_hours() {
        let berlin = zone("Europe/Berlin");
        for (noon, hours) in [
            ("2026-03-29T12:00:00Z", 23),
            ("2026-10-25T12:00:00Z", 25),
            ("2026-06-01T12:00:00Z", 24),
        ] {
            let day = Rung::Day.bucket(at(noon), &berlin);
            assert_eq!(day.micros(), hours * HOUR, "{noon}");
            assert_eq!(Rung::Hour.buckets(day, &berlin).count(), hours as usize);
        }
    }

    #[test]
    fn weeks_start_on_monday_and_months_on_the_first() {
        let hanoi = zone("Asia/Ho_Chi_Minh");
        let week = Rung::Week.bucket(at("2026-11-22T16:59:59Z"), &hanoi);
        assert_eq!(
            (week.start, week.end),
            (at("2026-11-15T17:00:00Z"), at("2026-11-22T17:00:00Z"))
        );
        let month = Rung::Month.bucket(at("2024-02-29T12:00:00Z"), &hanoi);
        assert_eq!(
            (month.start, month.end),
            (at("2024-01-31T17:00:00Z"), at("2024-02-29T17:00:00Z"))
        );
    }

    #[test]
    fn odd_zones_still_tile() {
        // Midnight does not exist on this day in São Paulo; Lord Howe moves by half an hour.
        let day = Rung::Day.bucket(at("2018-11-04T12:00:00Z"), &zone("America/Sao_Paulo"));
        assert_eq!(day.micros(), 23 * HOUR);
        let howe = zone("Australia/Lord_Howe");
        let day = Rung::Day.bucket(at("2026-04-05T00:00:00Z"), &howe);
        let cut: i64 = Rung::Hour.buckets(day, &howe).map(|hour| hour.micros()).sum();
        assert_eq!(cut, day.micros());
    }

    #[test]
    fn hours_in_a_row_are_the_buckets_of_their_moments() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Pacific/Apia",
        ] {
            let (zone, over) = (
                zone(name),
                TimeRange {
                    start: at("2011-01-01T00:10:00Z"),
                    end: at("2012-12-31T23:50:00Z"),
                },
            );
            let hours: Vec<_> = Rung::Hour.buckets(over, &zone).collect();
            assert!(
                hours.array_windows().all(|[hour, next]| hour.end == next.start),
                "{name}"
            );
            for hour in hours {
                assert_eq!(hour, Rung::Hour.bucket(hour.start, &zone), "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_moment_lies_in_one_bucket(
            micros in 0i64..4_000_000_000_000_000,
            name in prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Melbourne", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Apia"]),
        ) {
            let (moment, zone) = (Timestamp(micros), zone(name));
            for rung in Rung::ALL {
                let bucket = rung.bucket(moment, &zone);
                prop_assert!(bucket.contains(moment), "{rung} {bucket:?}");
                prop_assert_eq!(rung.bucket(bucket.start, &zone), bucket);
                prop_assert_eq!(rung.bucket(bucket.end, &zone).start, bucket.end);
                if let Some(finer) = rung.made_of() {
                    let inner = finer.bucket(bucket.start, &zone);
                    prop_assert_eq!(inner.start, bucket.start, "{} does not start with a {}", rung, finer);
                }
            }
        }
    }
}
