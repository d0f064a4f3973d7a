#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::analytics::ladder::{Ladder, at, camera};
use throng_model::time::HOUR;

/// The next number of a sequence without an order one could rely on.
fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn whatever_is_kept_it_is_what_the_hours_and_their_days_come_to() {
    let mut ladder = Ladder::new("Europe/Berlin");
    let (scope, totals, mut random) = (camera(), Totals::default(), 7);
    let start = at("2026-01-10T00:00:00Z");
    // 120 days with a change of the clocks: days without data, hours that nobody looked at, equal busiest hours.
    for hour in 0..120 * 24 {
        let number = next(&mut random);
        if hour / 24 % 9 != 4 {
            let observed = u64::from(!number.is_multiple_of(5)) * 360;
            let at = start.plus(hour * HOUR);
            ladder.add(at, number % 40, (number % 7) as i64, observed);
            if number.is_multiple_of(11) {
                ladder.add_beyond(at, number % 3, 90);
            }
        }
    }
    for round in 0..200 {
        let from = start.plus((next(&mut random) % (118 * 24)) as i64 * HOUR);
        let length = next(&mut random) % (121 * 24 * 60);
        let range = TimeRange {
            start: from,
            end: from.plus((length as i64 + 1) * HOUR / 60),
        };
        let range = TimeRange {
            start: range.start,
            end: Rung::Hour.bucket(range.end.plus(-1), &ladder.zone).end,
        };
        let rows = ladder.rows(&scope);
        let (got, expected) = (totals.of(&rows, range).unwrap(), plain(&rows, range).unwrap());
        assert_eq!(got, expected, "round {round}, {range:?}");
        if round % 3 == 0 {
            let late = start.plus((next(&mut random) % (120 * 24)) as i64 * HOUR);
            ladder.add(late, next(&mut random) % 50, 1, 1);
        }
    }
}

#[test]
fn hours_are_read_once_and_months_stand_for_their_days() {
    let mut ladder = Ladder::new("Europe/Berlin");
    let (scope, totals) = (camera(), Totals::default());
    for hour in 0..90 * 24 {
        ladder.add(at("2025-12-31T23:00:00Z").plus(hour * HOUR), 3, 1, 360);
    }
    // January, February, and 17 days and an hour of March.
    let range = TimeRange {
        start: at("2025-12-31T23:00:00Z"),
        end: at("2026-03-18T00:00:00Z"),
    };
    let hours = (31 + 28 + 17) * 24 + 1;
    let ask = || totals.of(&ladder.rows(&scope), range).unwrap();
    assert_eq!(ask().people(), Some(3 * hours));
    // Of the day that is cut every hour counts: somebody may have come between them.
    assert_eq!(ladder.read()[1] as i64, hours + 23);
    assert_eq!(ask().people(), Some(3 * hours));
    // Of the months, of the days of March, and of its last one once more, with its hours.
    assert_eq!(ladder.read(), [3 + 18 + 1, 24]);
    ladder.add(at("2026-02-10T12:00:00Z"), 1, 1, 0);
    let ask = || totals.of(&ladder.rows(&scope), range).unwrap();
    assert_eq!(ask().people(), Some(3 * hours + 1), "a late event is found");
    assert_eq!(
        ladder.read(),
        [3 + 28 + 1 + 18 + 1, 24 + 24],
        "and its day is summed again"
    );
}

#[test]
fn however_long_a_range_no_more_than_the_hours_of_a_month_are_held() {
    let mut ladder = Ladder::new("Europe/Berlin");
    for hour in 0..200 * 24 {
        ladder.add(at("2026-01-09T23:00:00Z").plus(hour * HOUR), 3, 1, 360);
    }
    let range = TimeRange {
        start: at("2026-01-10T08:00:00Z"),
        end: at("2026-06-20T09:00:00Z"),
    };
    let (scope, totals) = (camera(), Totals::default());
    let rows = ladder.rows(&scope);
    let all = plain(&rows, range).unwrap();
    assert_eq!(all.people(), Some(3 * range.micros() / HOUR));
    assert_eq!(totals.of(&rows, range).unwrap(), all);
    assert_eq!(ladder.hours_at_once(), 31 * 24);
}

#[test]
fn what_is_kept_is_bounded_and_days_go_first() {
    let (mut shelf, scope) = (Shelf::default(), camera());
    for place in 0..KEPT_MAX as i64 + 10 {
        let rung = if place % 30 == 0 { Rung::Month } else { Rung::Day };
        shelf.put(&scope, (rung, Timestamp(place)), (0, Total::default()));
        assert!(shelf.count <= KEPT_MAX);
    }
    let months = shelf.by_scope[&scope]
        .keys()
        .filter(|(rung, _)| *rung == Rung::Month);
    assert_eq!(months.count(), KEPT_MAX.div_ceil(30));
    assert_eq!(shelf.count, shelf.by_scope[&scope].len());
}

#[test]
fn what_is_kept_holds_where_hours_were_heard_from_without_their_day() {
    let mut ladder = Ladder::new("UTC");
    let (scope, totals, day) = (camera(), Totals::default(), at("2026-03-01T00:00:00Z"));
    let range = TimeRange {
        start: day,
        end: day.plus(31 * 24 * HOUR),
    };
    // A window over the day vouches for all of it: what the camera says besides stands in the hours and is in excess in its day,
    // and no row of a place, nor that of the month, changes.
    ladder.add(day, 5, 1, 60);
    ladder.add_beyond(day, 3, 24 * 360 - 60);
    let ask = |ladder: &Ladder| totals.of(&ladder.rows(&scope), range).unwrap();
    assert_eq!(
        (ask(&ladder).people(), ask(&ladder).observed),
        (Some(8), 24 * 360)
    );
    ladder.count(Rung::Hour, day, 0, 300);
    assert_eq!(ask(&ladder).observed, 24 * 360);
    assert_eq!(ask(&ladder), plain(&ladder.rows(&scope), range).unwrap());
    // More than the windows leave to be told of.
    ladder.count(Rung::Hour, day.plus(HOUR), 0, 300);
    assert_eq!(ask(&ladder).observed, 24 * 360);
    assert_eq!(ask(&ladder), plain(&ladder.rows(&scope), range).unwrap());
}

#[test]
fn what_is_kept_holds_where_cameras_come_in_the_middle_of_a_day() {
    let mut ladder = Ladder::new("UTC");
    let (scope, totals, day) = (camera(), Totals::default(), at("2026-03-01T00:00:00Z"));
    // One more comes at noon. An hour that two should have been heard from weighs each of their panes half as much.
    ladder.cameras.push((day.plus(12 * HOUR), 2));
    let range = TimeRange {
        start: day,
        end: day.plus(31 * 24 * HOUR),
    };
    ladder.add(day, 5, 1, 60);
    ladder.add_beyond(day, 3, 18 * 360 - 60);
    let ask = |ladder: &Ladder| totals.of(&ladder.rows(&scope), range).unwrap();
    let before = ask(&ladder);
    ladder.count(Rung::Hour, day, 0, 300);
    ladder.count(Rung::Hour, day.plus(13 * HOUR), 0, 300);
    assert_eq!(ask(&ladder), before);
    assert_eq!(plain(&ladder.rows(&scope), range).unwrap(), before);
}

#[test]
fn of_a_day_that_is_cut_nobody_knows_who_came_between_its_hours() {
    let mut ladder = Ladder::new("UTC");
    let (scope, totals, day) = (camera(), Totals::default(), at("2026-03-01T00:00:00Z"));
    ladder.add(day.plus(9 * HOUR), 5, 1, 360);
    ladder.add_beyond(day.plus(9 * HOUR), 3, 90);
    let people = |from: i64, to: i64| {
        let range = TimeRange {
            start: day.plus(from * HOUR),
            end: day.plus(to * HOUR),
        };
        totals.of(&ladder.rows(&scope), range).unwrap().people()
    };
    assert_eq!(people(-24, 48), Some(8));
    assert_eq!([people(1, 48), people(-24, 23)], [None, None]);
    assert_eq!(people(24, 48), None, "nobody looked");
}

#[test]
fn what_a_camera_may_still_say_otherwise_is_read_again() {
    let mut ladder = Ladder::new("UTC");
    let (scope, totals, day) = (camera(), Totals::default(), at("2026-03-01T00:00:00Z"));
    (0..48).for_each(|hour| ladder.add(day.plus(hour * HOUR), 3, 1, 360));
    let range = TimeRange {
        start: day,
        end: day.plus(48 * HOUR),
    };
    let read_again = |settled: Timestamp| {
        let rows = ScopeRows {
            settled,
            ..ladder.rows(&scope)
        };
        totals.of(&rows, range).unwrap();
        ladder.read();
        totals.of(&rows, range).unwrap();
        ladder.read()[1]
    };
    assert_eq!(read_again(Timestamp::MIN), 48, "it was never heard from");
    assert_eq!(read_again(day.plus(30 * HOUR)), 24, "the second day");
    assert_eq!(read_again(day.plus(48 * HOUR)), 0);
    assert_eq!(read_again(day.plus(47 * HOUR)), 24, "another camera has come");
}
