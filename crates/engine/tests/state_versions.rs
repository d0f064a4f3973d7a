//! States of the engine as earlier builds wrote them stay readable.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use throng_engine::{Engine, Rules};
use throng_model::camera::{Camera, Line, Membership};
use throng_model::event::DeviceState;
use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::{CameraId, Event, EventBody, EventId, FaultCode, LineId, PlaceId, Timestamp};

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
    let place = |id: &str, kind, parent: Option<&str>| Place {
        id: PlaceId::new(id).expect("id"),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 0,
        calendar: None,
    };
    let places = vec![
        place("org", PlaceKind::Organisation, None),
        place("house", PlaceKind::Building, Some("org")),
        place("floor", PlaceKind::Area, Some("house")),
        place("shop", PlaceKind::Zone, Some("floor")),
    ];
    let door = Camera {
        id: CameraId::new("door").expect("id"),
        name: "Door".to_owned(),
        lines: vec![Line::new(main(), "Main")],
        memberships: vec![Membership {
            zone: PlaceId::new("shop").expect("id"),
            boundary: PlaceKind::Organisation,
            since: None,
            until: None,
        }],
        heartbeat_s: 60,
    };
    Site::new(places, vec![door]).expect("valid")
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
            .contradicts(Some("b1"), 6, Timestamp(TEN + 2_000_000))
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
