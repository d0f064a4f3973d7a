//! Cumulative counters end to end: readings in any order make the rows that the crossings themselves would have made.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod shop;
mod support;

use proptest::prelude::*;
use std::collections::BTreeMap;
use support::Run;
use throng_model::camera::{Line, Semantics};
use throng_model::event::{Direction, ResetReason, ResetTarget};
use throng_model::row::RowKey;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{
    CameraId, Event, EventBody, EventId, LineId, Measure, PlaceId, Rung, Scope, Summary, Timestamp,
};

/// 10:00 on a day in 2026.
const TEN: i64 = 1_774_778_400 * SECOND;

fn site() -> Site {
    let lines = vec![
        Line {
            semantics: Some(Semantics::Cumulative),
            wraps_at: Some(1 << 16),
            ..Line::new(line(), "Main")
        },
        Line::new(LineId::new("side").expect("id"), "Side"),
    ];
    let door = shop::camera("door", lines, 60);
    Site::new(shop::places("UTC", 0), vec![door]).expect("valid")
}

fn line() -> LineId {
    LineId::new("main").expect("id")
}

fn event(at: i64, number: u128, body: EventBody) -> Event {
    Event {
        id: EventId::from_u128(number),
        camera: CameraId::new("door").expect("id"),
        boot: None,
        seq: None,
        at: Timestamp(at),
        sent: None,
        confidence: None,
        body,
        rest: "".into(),
    }
}

fn read(at: i64, people_in: u64, people_out: u64) -> Event {
    let body = EventBody::Total {
        counter: line(),
        since: Some(Timestamp(TEN - HOUR)),
        people_in: Some(people_in % (1 << 16)),
        people_out: Some(people_out % (1 << 16)),
        value: None,
    };
    event(at, at as u128, body)
}

type People = BTreeMap<RowKey, Vec<(Measure, Summary)>>;

/// In, out and occupancy of every row that has any of them.
fn people(run: &Run) -> People {
    let kept = [Measure::In, Measure::Out, Measure::Occupancy];
    let of = |row: &throng_model::Row| -> Vec<_> {
        let measures = row.measures.iter().filter(|(measure, _)| kept.contains(measure));
        measures.cloned().collect()
    };
    run.rows
        .0
        .iter()
        .map(|(key, row)| (key.clone(), of(row)))
        .collect()
}

/// Minutes between readings, and who crossed meanwhile.
fn readings() -> impl Strategy<Value = Vec<(i64, u64, u64)>> {
    proptest::collection::vec((1i64..50, 0u64..9, 0u64..9), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn readings_in_any_order_are_the_crossings_they_tell_of(
        readings in readings(), start in 65_000u64..65_536, keys in proptest::collection::vec(any::<u32>(), 26), cut in 0usize..26,
    ) {
        let (mut at, mut people_in, mut people_out, mut number) = (TEN, start, start, 0);
        let mut totals = vec![read(at, people_in, people_out)];
        let mut crossings = vec![event(at, 0, EventBody::Beat)];
        for (minutes, came, went) in readings {
            at += minutes * MINUTE;
            (people_in, people_out) = (people_in + came, people_out + went);
            totals.push(read(at, people_in, people_out));
            crossings.push(event(at, 1 << 100, EventBody::Beat));
            for person in 0..came + went {
                number += 1;
                let dir = if person < came { Direction::In } else { Direction::Out };
                crossings.push(event(at, number, EventBody::Line { line: line(), dir, n: 1 }));
            }
        }
        let mut expected = Run::new(&site());
        expected.hears(crossings);

        let mut shuffled: Vec<_> = totals.iter().cloned().zip(keys).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let shuffled: Vec<Event> = shuffled.into_iter().map(|(event, _)| event).collect();
        let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
        let mut run = Run::new(&site());
        run.hears(first.to_vec());
        let saved = run.engine.save().expect("saves");
        run.engine = throng_engine::Engine::restore(&site(), throng_engine::Rules::default(), &saved).expect("restores");
        run.hears(second.to_vec());
        prop_assert_eq!(people(&run), people(&expected));
    }
}

fn row(run: &Run, rung: Rung, at: i64) -> Option<&throng_model::Row> {
    let key = RowKey {
        scope: Scope::Place(PlaceId::new("shop").expect("id")),
        rung,
        start: Timestamp(at),
    };
    run.rows.0.get(&key)
}

#[test]
fn people_of_an_outage_go_where_the_outage_fits() {
    let mut run = Run::new(&site());
    run.hears(vec![read(TEN, 100, 100), read(TEN + 3 * HOUR, 160, 100)]);
    let day = TEN - 10 * HOUR;
    assert_eq!(row(&run, Rung::Day, day).expect("a row").people(Measure::In), 60);
    let hour = row(&run, Rung::Hour, TEN + 3 * HOUR).expect("a row");
    assert_eq!(hour.people(Measure::In), 0, "nobody knows the hour");
    // The camera sends what it had stored: now the hours are known, and the day is what it was.
    run.hears(
        (1..6)
            .map(|half| read(TEN + half * HOUR / 2, 100 + 10 * half as u64, 100))
            .collect(),
    );
    assert_eq!(row(&run, Rung::Day, day).expect("a row").people(Measure::In), 60);
    let hours =
        (0..4).map(|hour| row(&run, Rung::Hour, TEN + hour * HOUR).map_or(0, |row| row.people(Measure::In)));
    assert_eq!(hours.collect::<Vec<_>>(), [10, 20, 20, 10]);
}

#[test]
fn a_reset_is_no_crowd_and_other_people_stay() {
    let mut run = Run::new(&site());
    let group = |at: i64| {
        let line = LineId::new("side").expect("id");
        event(
            at,
            7,
            EventBody::Line {
                line,
                dir: Direction::In,
                n: 4,
            },
        )
    };
    let reset = EventBody::Reset {
        target: ResetTarget::Counter(line()),
        to: 0,
        reason: ResetReason::Device,
    };
    run.hears(vec![
        read(TEN, 100, 0),
        group(TEN + 10 * SECOND),
        event(TEN + 20 * SECOND, 8, reset),
        read(TEN + 30 * SECOND, 2, 0),
    ]);
    let minute = row(&run, Rung::Minute, TEN).expect("a row");
    let summary = minute.measure(Measure::In).expect("people");
    assert_eq!(
        (minute.people(Measure::In), summary.min, summary.max),
        (6, 1_000, 4_000)
    );
    // Readings that come late, from both sides of the reset, move nobody; the group is not theirs to take.
    run.hears(vec![
        read(TEN + 25 * SECOND, 0, 0),
        read(TEN + 15 * SECOND, 100, 0),
    ]);
    assert_eq!(
        row(&run, Rung::Minute, TEN).expect("a row").people(Measure::In),
        6
    );
}
