use super::*;
use crate::Rung;
use crate::time::{HOUR, MINUTE};
use proptest::prelude::*;

fn hours(texts: &[&str]) -> Vec<Hours> {
    texts.iter().map(|text| text.parse().expect("hours")).collect()
}

fn every_day(texts: &[&str]) -> Calendar {
    let hours = || hours(texts);
    let week = Week {
        monday: hours(),
        tuesday: hours(),
        wednesday: hours(),
        thursday: hours(),
        friday: hours(),
        saturday: hours(),
        sunday: hours(),
    };
    Calendar {
        week,
        exceptions: Vec::new(),
    }
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("bundled")
}

/// For how long a place is open within the range, microseconds.
fn open_micros(calendar: &Calendar, range: TimeRange, zone: &TimeZone) -> i64 {
    calendar.open(range, zone).iter().map(TimeRange::micros).sum()
}

/// Whether it is open at this moment.
fn is_open(calendar: &Calendar, at: &str, zone: &TimeZone) -> bool {
    let start = Timestamp::parse(at).expect("time");
    let end = start.plus(1);
    !calendar.open(TimeRange { start, end }, zone).is_empty()
}

/// The day that holds this noon.
fn day(date: &str) -> TimeRange {
    let noon = Timestamp::parse(&format!("{date}T11:00:00Z")).expect("time");
    Rung::Day.bucket(noon, &berlin())
}

#[test]
fn hours_are_written_as_on_the_door() {
    for text in ["09:00-18:00", "18:00-02:00", "00:00-24:00", "22:30-24:00"] {
        assert_eq!(text.parse::<Hours>().expect("hours").to_string(), text);
    }
    let midnight: Hours = "22:30-00:00".parse().expect("hours");
    assert_eq!(
        midnight.to_string(),
        "22:30-24:00",
        "midnight is the end of the day it closes"
    );
    for text in [
        "9-18",
        "09:00",
        "24:00-09:00",
        "09:60-18:00",
        "09:00-24:01",
        "+9:00-18:00",
        "",
    ] {
        assert!(text.parse::<Hours>().is_err(), "{text}");
    }
}

#[test]
fn days_of_23_and_25_hours_are_open_as_long_as_they_last() {
    let (always, nights) = (every_day(&["00:00-24:00"]), every_day(&["22:00-06:00"]));
    for (date, long) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)] {
        assert_eq!(open_micros(&always, day(date), &berlin()), long * HOUR, "{date}");
        assert_eq!(always.open(day(date), &berlin()).len(), 1, "days join");
        assert_eq!(
            open_micros(&nights, day(date), &berlin()),
            (long - 16) * HOUR,
            "{date}"
        );
    }
}

#[test]
fn a_time_that_is_skipped_or_comes_twice_is_one_moment() {
    let odd = every_day(&["02:30-04:00"]);
    assert_eq!(
        open_micros(&odd, day("2026-03-29"), &berlin()),
        30 * MINUTE,
        "from 03:30"
    );
    assert_eq!(
        open_micros(&odd, day("2026-10-25"), &berlin()),
        150 * MINUTE,
        "from the first 02:30"
    );
    let gap = every_day(&["02:00-03:00"]);
    assert!(
        gap.open(day("2026-03-29"), &berlin()).is_empty(),
        "that hour did not happen"
    );
}

#[test]
fn a_holiday_takes_the_night_that_begins_on_it() {
    let mut calendar = every_day(&["10:00-12:00", "20:00-02:00"]);
    let date = |text: &str| text.parse::<Date>().expect("date");
    calendar.exceptions.push(Exception {
        name: "Christmas".to_owned(),
        from: date("2026-12-25"),
        to: date("2026-12-26"),
        hours: Vec::new(),
    });
    calendar.exceptions.push(Exception {
        name: "Boxing Day sale".to_owned(),
        from: date("2026-12-26"),
        to: date("2026-12-26"),
        hours: hours(&["08:00-09:00"]),
    });
    calendar.check().expect("valid");
    let open = |date: &str| open_micros(&calendar, day(date), &berlin()) / HOUR;
    assert_eq!(open("2026-12-24"), 2 + 2 + 4);
    assert_eq!(open("2026-12-25"), 2, "the end of the night before");
    assert_eq!(
        open("2026-12-26"),
        1,
        "the later exception holds, the night of the 25th was none"
    );
    assert_eq!(open("2026-12-27"), 2 + 4);
    assert_eq!(calendar.on(date("2026-12-26")).1, Some("Boxing Day sale"));
    assert!(is_open(&calendar, "2026-12-25T00:59:59Z", &berlin()));
    assert!(!is_open(&calendar, "2026-12-25T01:00:00Z", &berlin()));
}

#[test]
fn nonsense_is_refused() {
    assert!(every_day(&["09:00-18:00", "17:00-20:00"]).check().is_err());
    assert!(every_day(&["18:00-02:00", "20:00-21:00"]).check().is_err());
    assert!(every_day(&["01:00-02:00"; 9]).check().is_err());
    let mut backwards = Calendar::default();
    backwards.exceptions.push(Exception {
        name: "never".to_owned(),
        from: Date::constant(2026, 5, 2),
        to: Date::constant(2026, 5, 1),
        hours: Vec::new(),
    });
    assert!(backwards.check().is_err());
    let json = r#"{"week": {"monday": ["09:00-18:00"], "caturday": []}}"#;
    assert!(serde_json::from_str::<Calendar>(json).is_err());
}

#[test]
fn calendars_are_kept_as_people_write_them() {
    let json = r#"{"week":{"monday":["09:00-18:00"],"tuesday":[],"wednesday":[],"thursday":[],"friday":[],"saturday":["18:00-02:00"],"sunday":[]},"exceptions":[{"name":"Labour Day","from":"2026-05-01","to":"2026-05-01","hours":[]}]}"#;
    let calendar: Calendar = serde_json::from_str(json).expect("reads");
    assert_eq!(serde_json::to_string(&calendar).expect("writes"), json);
}

proptest! {
    #[test]
    fn open_time_adds_up_wherever_a_range_is_cut(
        opens in 0u16..1_440, closes in 0u16..=1_440, at in 0i64..4_000_000, length in 1i64..6_000, cut in 0i64..6_000,
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Apia"]),
    ) {
        let zone = TimeZone::get(name).expect("bundled");
        let hours = Hours::new(opens, closes).expect("hours");
        let calendar = every_day(&[&hours.to_string()]);
        let start = Timestamp(1_300_000_000_000_000 + at * 100 * MINUTE);
        let range = TimeRange { start, end: start.plus(length * MINUTE) };
        let open = calendar.open(range, &zone);
        prop_assert!(open.windows(2).all(|pair| pair[0].end < pair[1].start));
        prop_assert!(open.iter().all(|part| range.start <= part.start && part.start < part.end && part.end <= range.end));
        let middle = start.plus(cut.min(length) * MINUTE);
        let halves = [TimeRange { start, end: middle }, TimeRange { start: middle, end: range.end }];
        let parts: i64 = halves.into_iter().map(|half| open_micros(&calendar, half, &zone)).sum();
        prop_assert_eq!(parts, open_micros(&calendar, range, &zone));
    }
}
