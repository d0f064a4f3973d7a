//! When a place is open: hours by weekday, with holidays and other exceptions, on the clock on its wall.
//!
//! Shares of time (utilisation, completeness, time used) are taken over open hours, so open time is counted in moments
//! that really passed: a night that summer time makes an hour longer is an hour longer open. Hours that run past midnight
//! belong to the date they begin on: a holiday takes the night that begins on it, not the end of the night before.

mod hours;
#[cfg(test)]
mod tests;

pub use hours::Hours;

use crate::fault::{Fault, FaultCode};
use crate::rung::local_date;
use crate::time::{TimeRange, Timestamp};
use hours::DAY;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The most times a place opens on one day.
const HOURS_MAX: usize = 8;
/// The most exceptions: ten years of holidays.
const EXCEPTIONS_MAX: usize = 400;
/// The longest name of an exception, bytes.
const NAME_BYTES_MAX: usize = 200;

/// Dates on which other hours hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// What people call it: the name of the holiday.
    pub name: String,
    /// The first date.
    pub from: Date,
    /// The last date.
    pub to: Date,
    /// The hours of each of these dates; none when the place is closed.
    #[serde(default)]
    pub hours: Vec<Hours>,
}

/// The hours of each day of the week; none when the place is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "days of the week")]
pub struct Week {
    pub monday: Vec<Hours>,
    pub tuesday: Vec<Hours>,
    pub wednesday: Vec<Hours>,
    pub thursday: Vec<Hours>,
    pub friday: Vec<Hours>,
    pub saturday: Vec<Hours>,
    pub sunday: Vec<Hours>,
}

impl Week {
    fn on(&self, day: jiff::civil::Weekday) -> &[Hours] {
        use jiff::civil::Weekday;
        match day {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }
}

/// When a place is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// What usually holds.
    pub week: Week,
    /// What holds instead on some dates. Where two hold on one date, the later one in the list counts: "closed for
    /// works" may be written below the holidays of the year.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

impl Calendar {
    /// Refuses hours that overlap or are too many, and dates that run backwards.
    pub fn check(&self) -> Result<(), Fault> {
        let days = [
            ("monday", &self.week.monday),
            ("tuesday", &self.week.tuesday),
            ("wednesday", &self.week.wednesday),
            ("thursday", &self.week.thursday),
            ("friday", &self.week.friday),
            ("saturday", &self.week.saturday),
            ("sunday", &self.week.sunday),
        ];
        for (day, hours) in days {
            check(day, hours)?;
        }
        if self.exceptions.len() > EXCEPTIONS_MAX {
            return Err(wrong(format!("more than {EXCEPTIONS_MAX} exceptions")));
        }
        for exception in &self.exceptions {
            if exception.name.len() > NAME_BYTES_MAX {
                return Err(wrong(format!(
                    "the name of an exception is longer than {NAME_BYTES_MAX} bytes"
                )));
            }
            if exception.to < exception.from {
                return Err(wrong(format!(
                    "exception {:?} ends before it begins",
                    exception.name
                )));
            }
            check(&exception.name, &exception.hours)?;
        }
        Ok(())
    }

    /// The hours of a date, and the name of the exception that holds on it, if one does.
    pub fn on(&self, date: Date) -> (&[Hours], Option<&str>) {
        let exception = self
            .exceptions
            .iter()
            .rev()
            .find(|exception| (exception.from..=exception.to).contains(&date));
        match exception {
            Some(exception) => (&exception.hours, Some(&exception.name)),
            None => (self.week.on(date.weekday()), None),
        }
    }

    /// The parts of the range in which the place is open, in order, none touching another.
    pub fn open(&self, range: TimeRange, zone: &TimeZone) -> Vec<TimeRange> {
        let mut open: Vec<TimeRange> = Vec::new();
        // The night before may reach into the range.
        let mut date = local_date(range.start, zone).saturating_sub(1.day());
        let last = local_date(range.end, zone);
        while date <= last {
            for hours in self.on(date).0 {
                let start = moment(date, hours.opens, zone).max(range.start);
                let end = moment(date, hours.closes, zone).min(range.end);
                match open.last_mut() {
                    _ if end <= start => {}
                    Some(before) if start <= before.end => before.end = before.end.max(end),
                    _ => open.push(TimeRange { start, end }),
                }
            }
            match date.tomorrow() {
                Ok(tomorrow) => date = tomorrow,
                Err(_) => break,
            }
        }
        open
    }
}

/// So many minutes after the midnight a date begins with, as the wall clock shows them. A time that summer time skips is
/// the moment after the gap; of a time it repeats, the first one.
fn moment(date: Date, minutes: u16, zone: &TimeZone) -> Timestamp {
    let (days, minutes) = (i64::from(minutes / DAY), i64::from(minutes % DAY));
    let time = jiff::civil::Time::midnight().saturating_add(minutes.minutes());
    let zoned = date
        .saturating_add(days.days())
        .to_datetime(time)
        .to_zoned(zone.clone());
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp().into())
}

fn check(day: &str, hours: &[Hours]) -> Result<(), Fault> {
    if hours.len() > HOURS_MAX {
        return Err(wrong(format!("{day:?} opens more than {HOURS_MAX} times")));
    }
    let overlap = hours
        .windows(2)
        .find(|pair| matches!(pair, [first, second] if second.opens < first.closes));
    if let Some([first, second]) = overlap {
        return Err(wrong(format!("{day:?}: {second} begins before {first} ends")));
    }
    Ok(())
}

fn wrong(detail: impl Into<String>) -> Fault {
    Fault::new(FaultCode::InvalidRequest, detail)
}
