//! States of the windows as earlier builds wrote them stay readable: those that go on from one give out what they would have
//! given out without a break.
//!
//! `states/windows-N.bin` is what version N wrote after half of the log below. Where the version is new,
//! `THRONG_WRITE_STATES=1` writes its file; files of earlier versions are never written again.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod shop;

use std::path::PathBuf;
use throng_engine::Rules;
use throng_engine::window::{WindowResult, WindowSink, Windows};
use throng_model::event::Direction;
use throng_model::place::PlaceKind;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{CameraId, Event, EventBody, EventId, LineId, PlaceId, Summary, Timestamp};

/// The newest version there is a file of.
const NEWEST: u8 = 8;

/// 10:00 on a day in 2026.
const TEN: Timestamp = Timestamp(1_774_778_400_000_000);

fn file(version: u8) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/states");
    folder.join(format!("windows-{version}.bin"))
}

/// A shop with a door, and a camera inside.
fn site() -> Site {
    let mut inside = shop::camera("inside", Vec::new(), 60);
    for membership in &mut inside.memberships {
        membership.boundary = PlaceKind::Zone;
    }
    let mut cameras = vec![shop::camera("door", Vec::new(), 60), inside];
    // Before version 8 nobody noted when a camera began to tell.
    for camera in &mut cameras {
        camera.registered = Some(TEN.plus(-24 * HOUR));
    }
    Site::new(shop::places("Europe/Berlin", 240), cameras).unwrap()
}

/// Every kind of window.
fn table() -> WindowTable {
    let kinds = [
        WindowKind::Tumbling { width: 5 * MINUTE },
        WindowKind::Sliding {
            width: MINUTE,
            slide: 10 * SECOND,
        },
        WindowKind::Session { gap: 5 * MINUTE },
        WindowKind::CountTumbling { events: 8 },
        WindowKind::CountSliding { events: 12, slide: 4 },
        WindowKind::Cumulate { step: HOUR },
    ];
    let named = kinds.into_iter().enumerate().map(|(number, kind)| Window {
        name: format!("window_{number}"),
        kind,
    });
    WindowTable::new(named.collect()).unwrap()
}

/// Four hours: crowds and pauses, and some events late by a quarter of an hour.
fn log() -> Vec<(Event, Timestamp)> {
    let mut now = TEN;
    let event = |number: i64| {
        let pause = if number % 23 == 0 { 40 * MINUTE } else { 0 };
        now = now.plus((number * number * 13) % 90 * SECOND + pause);
        let late = if number % 11 == 5 { 15 * MINUTE } else { 0 };
        let line = |dir, n| EventBody::Line {
            line: LineId::new("main").unwrap(),
            dir,
            n,
        };
        let body = match number % 5 {
            0 | 1 => line(Direction::In, 1 + number as u32 % 3),
            2 => line(Direction::Out, 1),
            3 => EventBody::ZoneOut {
                zone: PlaceId::new("shop").unwrap(),
                dwell_ms: Some(number as u32 * 977),
            },
            _ => EventBody::Beat,
        };
        let event = Event {
            id: EventId::from_u128(number as u128),
            camera: CameraId::new(if number % 3 == 0 { "inside" } else { "door" }).unwrap(),
            boot: None,
            seq: None,
            at: now.plus(-late),
            sent: None,
            confidence: (number % 4 == 0).then_some(900 + number as u16 % 100),
            body,
            rest: Box::from(""),
        };
        (event, now.plus(SECOND))
    };
    (0..160).map(event).collect()
}

/// What was given out, in words.
#[derive(Default)]
struct Told(Vec<String>);

impl WindowSink for Told {
    fn take(&mut self, result: &WindowResult<'_>) {
        let measures = result.measured.to_measures();
        let measures: Vec<(_, &Summary)> = measures.iter().collect();
        let which = (result.scope, result.number, result.range, result.ordinal);
        let what = (result.addition, result.events, result.observed, result.expected);
        self.0.push(format!("{which:?} {what:?} {measures:?}"));
    }
}

fn go_on(windows: &mut Windows, log: &[(Event, Timestamp)]) -> Vec<String> {
    let mut told = Told::default();
    for events in log.chunks(10) {
        events
            .iter()
            .for_each(|(event, received)| windows.fold(event, *received));
        windows.turn(std::slice::from_mut(&mut told));
    }
    told.0
}

/// The windows after the first half of the log: between two turns.
fn half_way(log: &[(Event, Timestamp)]) -> Windows {
    let mut windows = Windows::new(&site(), Rules::default(), table());
    let (turned, rest) = log.split_at(log.len() - 4);
    go_on(&mut windows, turned);
    rest.iter()
        .for_each(|(event, received)| windows.fold(event, *received));
    windows
}

#[test]
fn every_version_goes_on_where_it_stopped() {
    let log = log();
    let (first, second) = log.split_at(log.len() / 2);
    let whole = go_on(&mut half_way(first), second);
    assert!(whole.len() > 200, "{} additions", whole.len());
    for version in 1..=NEWEST {
        let state = std::fs::read(file(version)).unwrap();
        assert_eq!(state.first(), Some(&version));
        let restored = Windows::restore(&site(), Rules::default(), table(), &state).unwrap();
        let mut windows = restored.expect("the table is the same");
        assert_eq!(go_on(&mut windows, second), whole, "version {version}");
    }
}

/// A change of the form needs a version of its own, and its file.
#[test]
fn what_is_written_today_is_the_newest_version_to_the_byte() {
    let log = log();
    let (first, _) = log.split_at(log.len() / 2);
    let state = half_way(first).save().unwrap();
    let version = *state.first().unwrap();
    if std::env::var_os("THRONG_WRITE_STATES").is_some() && !file(version).exists() {
        std::fs::create_dir_all(file(version).parent().unwrap()).unwrap();
        std::fs::write(file(version), &state).unwrap();
    }
    assert_eq!(version, NEWEST);
    assert!(
        state == std::fs::read(file(NEWEST)).unwrap(),
        "the state has another form than version {NEWEST}"
    );
}
