//! States of the engine as earlier builds wrote them stay readable.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod shop;
#[expect(dead_code, reason = "a run is of no use here")]
mod support;

use support::Rows;
use throng_engine::{Engine, Rules};
use throng_model::camera::Line;
use throng_model::event::{DeviceState, Direction, OccTarget, ResetReason, ResetTarget};
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::MINUTE;
use throng_model::{
    CameraId, Event, EventBody, EventId, FaultCode, LineId, PlaceId, Rung, Scope, TimeRange, Timestamp,
};

/// Version 1: one door; two people came in at 10:00, and a second later, with the number after the next, it said that it is
/// degraded.
const VERSION_1: &str = "015c7e3885ee02078d02000000000104646f6f720180a9acc2d989a70601a0b6b2c2d989a70601a08d060180a9acc2d989a7060201026231050780a9acc2d989a7060200050004646f6f720180808fa5cd87a7068080ca82d18ca70604000180808fa5cd87a7068080ca82d18ca70604000180a9acc2d989a7060180849688d989a70600000180fcc9bdd989a70601036f72670180808fa5cd87a7068080ca82d18ca70604000180808fa5cd87a7068080ca82d18ca70604000180a9acc2d989a7060180849688d989a70600000180fcc9bdd989a7060105686f7573650180808fa5cd87a7068080ca82d18ca70604000180808fa5cd87a7068080ca82d18ca70604000180a9acc2d989a7060180849688d989a70600000180fcc9bdd989a7060105666c6f6f720180808fa5cd87a7068080ca82d18ca70604000180808fa5cd87a7068080ca82d18ca70604000180a9acc2d989a7060180849688d989a70600000180fcc9bdd989a706010473686f700180808fa5cd87a7068080ca82d18ca70604000180808fa5cd87a7068080ca82d18ca70604000180a9acc2d989a7060180849688d989a70600000180fcc9bdd989a706";

/// 10:00 on a day in 2026.
const TEN: i64 = 1_774_778_400_000_000;

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn main() -> LineId {
    LineId::new("main").expect("id")
}

/// A reading so many seconds after ten.
fn total(second: i64, people_in: u64, people_out: u64) -> Event {
    Event {
        id: EventId::from_u128(second as u128),
        camera: CameraId::new("door").expect("id"),
        boot: None,
        seq: None,
        at: Timestamp(TEN + second * 1_000_000),
        sent: None,
        confidence: None,
        body: EventBody::Total {
            counter: main(),
            since: None,
            people_in: Some(people_in),
            people_out: Some(people_out),
            value: None,
        },
        rest: "".into(),
    }
}

fn site() -> Site {
    let door = shop::camera("door", vec![Line::new(main(), "Main")], 60);
    Site::new(shop::places("UTC", 0), vec![door]).expect("valid")
}

#[test]
fn version_1_goes_on_where_it_stopped() {
    let engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_1)).expect("reads");
    let (_, source) = engine.sources().next().expect("one camera");
    assert_eq!(source.latest, Some(Timestamp(TEN + 1_000_000)));
    assert_eq!(
        source.device,
        Some((Timestamp(TEN + 1_000_000), DeviceState::Degraded))
    );
    assert_eq!(source.sequence.lost(), 1);
    assert!(
        source
            .sequence
            .contradicts(Some("b1"), 6, Timestamp(TEN + 2_000_000 + MINUTE))
    );
    for now in engine.all() {
        assert_eq!(
            (now.in_today, now.raw_occupancy, now.occupancy),
            (2, 2, 2),
            "{:?}",
            now.scope
        );
    }
    assert_eq!(engine.counts().folded, 2);
}

/// Version 2: the counter of the same door was read at 10:00, 7 in and 5 out.
const VERSION_2: &str = "0277440d98e259ac0401000000000104646f6f720180a0b2c1d989a7060180a0b2c1d989a70601000000000000000001046d61696e0180a0b2c1d989a706000001070105000000050004646f6f720180808fa5cd87a7068080ca82d18ca70600000180808fa5cd87a7068080ca82d18ca70600000180a0b2c1d989a7060180849688d989a70600000180f3cfbcd989a70601036f72670180808fa5cd87a7068080ca82d18ca70600000180808fa5cd87a7068080ca82d18ca70600000180a0b2c1d989a7060180849688d989a70600000180f3cfbcd989a7060105686f7573650180808fa5cd87a7068080ca82d18ca70600000180808fa5cd87a7068080ca82d18ca70600000180a0b2c1d989a7060180849688d989a70600000180f3cfbcd989a7060105666c6f6f720180808fa5cd87a7068080ca82d18ca70600000180808fa5cd87a7068080ca82d18ca70600000180a0b2c1d989a7060180849688d989a70600000180f3cfbcd989a706010473686f700180808fa5cd87a7068080ca82d18ca70600000180808fa5cd87a7068080ca82d18ca70600000180a0b2c1d989a7060180849688d989a70600000180f3cfbcd989a706";

#[test]
fn version_2_remembers_what_its_counters_said() {
    let mut engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_2)).expect("reads");
    engine.fold(&total(60, 10, 5), Timestamp(TEN + 60_000_000));
    for now in engine.all() {
        assert_eq!(
            (now.in_today, now.raw_occupancy, now.occupancy),
            (3, 3, 3),
            "{:?}",
            now.scope
        );
    }
}

/// A quarter of an hour, said to have so many people in.
fn quarter(minute: i64, people_in: u32) -> Event {
    let start = Timestamp(TEN);
    Event {
        id: EventId::from_u128(minute as u128),
        at: start.plus(minute * MINUTE),
        body: EventBody::Count {
            counter: main(),
            over: TimeRange {
                start,
                end: start.plus(15 * MINUTE),
            },
            people_in,
            people_out: 0,
            people_pass: 0,
        },
        ..total(0, 0, 0)
    }
}

/// Version 3: the same door reported the quarter from 10:00 on, 7 in; its total was read, and set back at its usual time.
const VERSION_3: &str = "03b57a66a6a4f29a1a03000000000104646f6f720180d6cd9de089a7060180d6cd9de089a70601000000000000000001046d61696e0280cdd39ce089a706000001070105000080d6cd9de089a7060100010001000100010000000001046d61696e0180a0b2c1d989a70680c4d99be089a70680c4d99be089a706100000000000000000000000000000000f80c4d99be089a706100000000000000000000000000000000f070000010180a4a7da06000000050004646f6f720180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180d6cd9de089a7060180a8bde2df89a70600000180a9eb98e089a70601036f72670180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180d6cd9de089a7060180a8bde2df89a70600000180a9eb98e089a7060105686f7573650180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180d6cd9de089a7060180a8bde2df89a70600000180a9eb98e089a7060105666c6f6f720180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180d6cd9de089a7060180a8bde2df89a70600000180a9eb98e089a706010473686f700180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180d6cd9de089a7060180a8bde2df89a70600000180a9eb98e089a706";

#[test]
fn version_3_remembers_which_windows_were_said() {
    let mut engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_3)).expect("reads");
    engine.fold(&quarter(20, 9), Timestamp(TEN + 20 * MINUTE));
    for now in engine.all() {
        assert_eq!((now.in_today, now.raw_occupancy), (9, 9), "{:?}", now.scope);
    }
}

/// Version 4: the same, and two minutes before midnight the door, whose clock is ahead, said that three came in two minutes
/// after it.
const VERSION_4: &str = "04c3317e167e5a186a04000000000104646f6f720180b882f5d18ca7060180c89190d08ca70601000000000000000001046d61696e0280cdd39ce089a706000001070105000080d6cd9de089a7060100010001000100010000000001046d61696e0180a0b2c1d989a70680c4d99be089a70680c4d99be089a706100000000000000000000000000000000f80c4d99be089a706100000000000000000000000000000000f070000010180a4a7da06000000050004646f6f720180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca706060006000180acf5d6cf8ca7060e0001809baf8bd08ca70601036f72670180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca706060006000180acf5d6cf8ca7060e0001809baf8bd08ca7060105686f7573650180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca706060006000180acf5d6cf8ca7060e0001809baf8bd08ca7060105666c6f6f720180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca706060006000180acf5d6cf8ca7060e0001809baf8bd08ca706010473686f700180808fa5cd87a7068080ca82d18ca7060e000180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca706060006000180acf5d6cf8ca7060e0001809baf8bd08ca706";

/// Midnight after that day.
const MIDNIGHT: i64 = TEN + 14 * 60 * MINUTE;

/// People who came in so many minutes from midnight.
fn came(minute: i64, people: u32) -> Event {
    Event {
        id: EventId::from_u128((10_000 + minute) as u128),
        at: Timestamp(MIDNIGHT + minute * MINUTE),
        body: EventBody::Line {
            line: main(),
            dir: Direction::In,
            n: people,
        },
        ..total(0, 0, 0)
    }
}

#[test]
fn version_4_remembers_whom_a_fast_clock_counted_of_tomorrow() {
    let told = |engine: &Engine| {
        let all = engine.all().into_iter();
        let mut told: Vec<_> = all.map(|now| (now.as_of, now.in_today, now.occupancy)).collect();
        told.dedup();
        told
    };
    // Of a counter that forgot nothing version 5 says what 4 said; of people of known direction so does version 6.
    let version_5 = VERSION_4.replacen("04", "05", 1);
    for state in [VERSION_4, &version_5, VERSION_6] {
        let mut engine = Engine::restore(&site(), Rules::default(), &bytes(state)).expect("reads");
        let before_midnight = Timestamp(MIDNIGHT - 2 * MINUTE);
        assert_eq!(told(&engine), [(Some(before_midnight), 7, 7)]);
        engine.fold(&came(5, 1), Timestamp(MIDNIGHT + MINUTE));
        let after_midnight = Timestamp(MIDNIGHT + MINUTE);
        assert_eq!(told(&engine), [(Some(after_midnight), 4, 4)]);
    }
}

#[test]
fn a_camera_of_an_older_state_is_there_since_its_rows_begin() {
    let scope = Scope::Camera(CameraId::new("door").expect("id"));
    let starts = [
        (Rung::Month, TEN - 20 * 24 * 60 * MINUTE),
        (Rung::Day, TEN - 34 * 60 * MINUTE),
        (Rung::Day, TEN - 10 * 60 * MINUTE),
        (Rung::Hour, TEN - 23 * 60 * MINUTE),
        (Rung::Hour, TEN),
        (Rung::Minute, TEN),
    ];
    let key = |(rung, start)| RowKey {
        scope: scope.clone(),
        rung,
        start: Timestamp(start),
    };
    let rows = starts.map(|start| (key(start), Row::default()));
    let rows = Rows(rows.into_iter().collect());
    let mut engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_3)).expect("reads");
    engine.find_first_told(&rows).expect("reads");
    let told = engine.all().into_iter().find(|now| now.scope == scope);
    let first = told.and_then(|now| now.first_told);
    assert_eq!(
        first,
        Some(Timestamp(TEN - 23 * 60 * MINUTE)),
        "no minute is of then"
    );
}

/// Version 6: the same as version 4, and two more of whom the door could not tell where they went.
const VERSION_6: &str = "0673d355d51280128d05000000000104646f6f720180b882f5d18ca7060180c89190d08ca70601000000000000000001046d61696e0280cdd39ce089a706000001070105000080d6cd9de089a7060100010001000100010000000001046d61696e0180a0b2c1d989a70680c4d99be089a70680c4d99be089a706100000000000000000000000000000000f80c4d99be089a706100000000000000000000000000000000f070000010180a4a7da060000000180a0b2c1d989a706050004646f6f720180808fa5cd87a7068080ca82d18ca7060e00040180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca70606000006000180acf5d6cf8ca7060e0001809baf8bd08ca70601036f72670180808fa5cd87a7068080ca82d18ca7060e00040180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca70606000006000180acf5d6cf8ca7060e0001809baf8bd08ca7060105686f7573650180808fa5cd87a7068080ca82d18ca7060e00040180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca70606000006000180acf5d6cf8ca7060e0001809baf8bd08ca7060105666c6f6f720180808fa5cd87a7068080ca82d18ca7060e00040180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca70606000006000180acf5d6cf8ca7060e0001809baf8bd08ca706010473686f700180808fa5cd87a7068080ca82d18ca7060e00040180808fa5cd87a7068080ca82d18ca7060e000180c89190d08ca7060180b882f5d18ca70606000006000180acf5d6cf8ca7060e0001809baf8bd08ca706";

#[test]
fn version_6_remembers_people_of_unknown_direction_and_since_when_a_camera_is_there() {
    let engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_6)).expect("reads");
    let all = engine.all();
    assert!(all.iter().all(|now| now.pass_today == 2), "{all:?}");
    let first: Vec<_> = all.iter().filter_map(|now| now.first_told).collect();
    // The rows have it observed from the beginning of the quarter it counted.
    assert_eq!(first, [Timestamp(TEN)]);
}

/// Version 7: the same, and two minutes before midnight somebody came in three seconds after the door had said that five are inside
/// of the shop.
const VERSION_7: &str = "077ee82c12a43e3db707020200000104646f6f720180b882f5d18ca7060180feed95d08ca70601000000000000000001046d61696e0280cdd39ce089a706000001070105000080d6cd9de089a7060100010001000100010000000001046d61696e0180a0b2c1d989a70680c4d99be089a70680c4d99be089a706100000000000000000000000000000000f80c4d99be089a706100000000000000000000000000000000f070000010180a4a7da060000000180a0b2c1d989a706050004646f6f720180808fa5cd87a7068080ca82d18ca7061000040180808fa5cd87a7068080ca82d18ca7060180feed95d08ca7060180b882f5d18ca7060600000180c89190d08ca7060e000180c89190d08ca7060e000280c89190d08ca7060101000280a4e8030080b882f5d18ca70601010006808ece1c000180d18b91d08ca70601036f72670180808fa5cd87a7068080ca82d18ca7061000040180808fa5cd87a7068080ca82d18ca7060180feed95d08ca7060180b882f5d18ca7060600000180c89190d08ca7060e000180c89190d08ca7060e000280c89190d08ca7060001060280a4e8030080b882f5d18ca70600010006808ece1c000180d18b91d08ca7060105686f7573650180808fa5cd87a7068080ca82d18ca7061000040180808fa5cd87a7068080ca82d18ca7060180feed95d08ca7060180b882f5d18ca7060600000180c89190d08ca7060e000180c89190d08ca7060e000280c89190d08ca7060001060280a4e8030080b882f5d18ca70600010006808ece1c000180d18b91d08ca7060105666c6f6f720180808fa5cd87a7068080ca82d18ca7061000040180808fa5cd87a7068080ca82d18ca7060180feed95d08ca7060180b882f5d18ca7060600000180c89190d08ca7060e000180c89190d08ca7060e000280c89190d08ca7060001060280a4e8030080b882f5d18ca70600010006808ece1c000180d18b91d08ca706010473686f700180808fa5cd87a7068080ca82d18ca7061000040180808fa5cd87a7068080ca82d18ca7060180feed95d08ca7060180b882f5d18ca7060600000180c89190d08ca7060e000180c89190d08ca7060e000280c89190d08ca7060001060280a4e803010080e3ff92d08ca706000580b882f5d18ca70600010006808ece1c000180d18b91d08ca706";

/// So many milliseconds from midnight, as told at once.
fn told(millis: i64, body: EventBody) -> Event {
    Event {
        id: EventId::from_u128((1_000_000 + millis) as u128),
        at: Timestamp(MIDNIGHT + millis * 1_000),
        body,
        ..total(0, 0, 0)
    }
}

fn comes(millis: i64) -> Event {
    told(millis, came(0, 1).body)
}

/// How many are inside of each scope.
fn inside(engine: &Engine) -> Vec<(String, i64)> {
    let all = engine.all().into_iter();
    all.map(|now| (now.scope.to_string(), now.occupancy)).collect()
}

/// So many of the house and all around it, and so many of the shop.
fn expected(house: i64, shop: i64) -> Vec<(String, i64)> {
    let house = ["door", "org", "house", "floor"].map(|id| (id, house));
    let all = house.into_iter().chain([("shop", shop)]);
    all.map(|(id, people)| (scope(id).to_string(), people)).collect()
}

#[test]
fn version_7_remembers_what_the_level_now_is_followed_through() {
    let mut engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_7)).expect("reads");
    assert_eq!(inside(&engine), expected(8, 6));
    for millis in [-118_000, -116_001] {
        engine.fold(&comes(millis), Timestamp(MIDNIGHT - MINUTE));
    }
    assert_eq!(inside(&engine), expected(10, 6), "they are among the five");
    engine.fold(&comes(-116_000), Timestamp(MIDNIGHT - MINUTE));
    assert_eq!(inside(&engine), expected(11, 7));
}

/// Version 8: the same; before the door said that five are inside it had said fifty, dated more than a minute ahead, and a minute
/// later one more came in.
const VERSION_8: &str = "0870ec397477fc57d809040400000104646f6f720180b882f5d18ca7060180bef2d2d08ca70601000000000000000001046d61696e0280cdd39ce089a706000001070105000080d6cd9de089a7060100010001000100010000000001046d61696e0180a0b2c1d989a70680c4d99be089a70680c4d99be089a706100000000000000000000000000000000f80c4d99be089a706100000000000000000000000000000000f070000010180a4a7da060000000180a0b2c1d989a706050004646f6f720180808fa5cd87a7068080ca82d18ca7061200040180808fa5cd87a7068080ca82d18ca7060180bef2d2d08ca7060180b882f5d18ca7060600000180e4adc9d08ca7061000000180e4adc9d08ca7061000000480e4adc9d08ca7060602010a0280dac409008080ca82d18ca70600000000809ce6bbd18ca7060000000080b882f5d18ca7060100010006808ece1c0001809190ced08ca70601036f72670180808fa5cd87a7068080ca82d18ca7061200040180808fa5cd87a7068080ca82d18ca7060180bef2d2d08ca7060180b882f5d18ca7060600000180e4adc9d08ca7061000000180e4adc9d08ca7061000000480e4adc9d08ca7060000010a0280dac409008080ca82d18ca70600000000809ce6bbd18ca7060000000080b882f5d18ca7060000010006808ece1c0001809190ced08ca7060105686f7573650180808fa5cd87a7068080ca82d18ca7061200040180808fa5cd87a7068080ca82d18ca7060180bef2d2d08ca7060180b882f5d18ca7060600000180e4adc9d08ca7061000000180e4adc9d08ca7061000000480e4adc9d08ca7060000010a0280dac409008080ca82d18ca70600000000809ce6bbd18ca7060000000080b882f5d18ca7060000010006808ece1c0001809190ced08ca7060105666c6f6f720180808fa5cd87a7068080ca82d18ca7061200040180808fa5cd87a7068080ca82d18ca7060180bef2d2d08ca7060180b882f5d18ca7060600000180e4adc9d08ca7061000000180e4adc9d08ca7061000000480e4adc9d08ca7060000010a0280dac409008080ca82d18ca70600000000809ce6bbd18ca7060000000080b882f5d18ca7060000010006808ece1c0001809190ced08ca706010473686f700180808fa5cd87a7068080ca82d18ca7061200040180808fa5cd87a7068080ca82d18ca7060180bef2d2d08ca7060180b882f5d18ca7060600000180e4adc9d08ca7060c000180e3ff92d08ca7060180e4adc9d08ca7060c000180e3ff92d08ca7060480e4adc9d08ca7060000010a0280dac409010280da8592d08ca7068098b7dcd08ca70600328080ca82d18ca70600000000809ce6bbd18ca7060000000080b882f5d18ca7060000010006808ece1c0001809190ced08ca706";

#[test]
fn version_8_remembers_who_spoke_last() {
    let mut engine = Engine::restore(&site(), Rules::default(), &bytes(VERSION_8)).expect("reads");
    assert_eq!(inside(&engine), expected(9, 7), "not the fifty");
    engine.fold(&comes(-30_000), Timestamp(MIDNIGHT - 30_000_000));
    assert_eq!(inside(&engine), expected(10, 8));
}

fn scope(id: &str) -> Scope {
    match id {
        "door" => Scope::Camera(CameraId::new(id).expect("id")),
        _ => Scope::Place(PlaceId::new(id).expect("id")),
    }
}

/// A change of the form needs a version of its own, and its fixture.
#[test]
fn what_is_written_today_is_the_newest_version_to_the_byte() {
    let mut engine = Engine::new(&site(), Rules::default());
    engine.fold(&quarter(15, 7), Timestamp(TEN + 15 * MINUTE));
    let reset = EventBody::Reset {
        target: ResetTarget::Counter(main()),
        to: 0,
        reason: ResetReason::Schedule,
    };
    for (second, body) in [(901, total(901, 7, 5).body), (902, reset)] {
        let event = Event {
            body,
            ..total(second, 0, 0)
        };
        engine.fold(&event, Timestamp(TEN + second * 1_000_000));
    }
    let passed = Event {
        id: EventId::from_u128(20_000),
        body: EventBody::Line {
            line: main(),
            dir: Direction::Unknown,
            n: 2,
        },
        ..came(-5, 0)
    };
    engine.fold(&passed, passed.at);
    engine.fold(&came(2, 3), Timestamp(MIDNIGHT - 2 * MINUTE));
    let inside = |n| EventBody::Occ {
        of: OccTarget::Place(PlaceId::new("shop").expect("id")),
        n,
    };
    engine.fold(&told(-40_000, inside(50)), Timestamp(MIDNIGHT - 118_000_000));
    for event in [told(-117_000, inside(5)), comes(-114_000), comes(-50_000)] {
        engine.fold(&event, event.at);
    }
    engine.flush(&Rows::default()).expect("flushes");
    let state = engine.save().expect("saves");
    let hex: String = state.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, VERSION_8);
}

#[test]
fn damage_and_versions_to_come_are_told_from_it() {
    let mut flipped = bytes(VERSION_1);
    flipped[20] ^= 1;
    let mut newer = bytes(VERSION_1);
    newer[0] = 200;
    for wrong in [flipped, newer] {
        let fault = Engine::restore(&site(), Rules::default(), &wrong).expect_err("refused");
        assert_eq!(fault.code, FaultCode::StoreDamaged);
    }
}
