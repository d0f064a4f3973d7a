//! An idle source does not hold others back (STR-4): a place goes on with the cameras that are there, says that one is
//! missing, and takes in what that one stored when it comes back.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod shop;
mod support;

use support::Run;
use throng_engine::{Folded, Rules};
use throng_model::event::Direction;
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, EventId, LineId, Measure, PlaceId, Rung, Scope, Timestamp};

/// 10:00 on a day in 2026.
const TEN: i64 = 1_774_778_400 * SECOND;

/// Two street doors of one shop; a heartbeat every 30 s.
fn site() -> Site {
    let doors = ["front", "side"].map(|id| shop::camera(id, Vec::new(), 30));
    Site::new(shop::places("UTC", 0), doors.into()).expect("valid")
}

fn scope(id: &str) -> Scope {
    match id {
        "front" | "side" => Scope::Camera(CameraId::new(id).expect("id")),
        _ => Scope::Place(PlaceId::new(id).expect("id")),
    }
}

/// What a door says between two minutes after ten: a heartbeat each half minute, and somebody who comes in each minute.
fn said(door: &str, minutes: std::ops::Range<i64>) -> Vec<Event> {
    let event = |at: i64, body| Event {
        id: EventId::from_u128(at as u128),
        camera: CameraId::new(door).expect("id"),
        boot: None,
        seq: None,
        at: Timestamp(at),
        sent: None,
        confidence: None,
        body,
        rest: "".into(),
    };
    let line = LineId::new("main").expect("id");
    let minute = |minute: i64| {
        let at = TEN + minute * MINUTE;
        let crossing = EventBody::Line {
            line: line.clone(),
            dir: Direction::In,
            n: 1,
        };
        [
            event(at, EventBody::Beat),
            event(at + 20 * SECOND, crossing),
            event(at + 30 * SECOND, EventBody::Beat),
        ]
    };
    minutes.flat_map(minute).collect()
}

/// What this file asks of a run.
trait Asks {
    fn frontier(&self, id: &str) -> Timestamp;
    fn hour(&self, id: &str) -> &Row;
}

impl Asks for Run {
    fn frontier(&self, id: &str) -> Timestamp {
        let of = scope(id);
        let found = self.engine.frontiers().find(|(scope, _)| **scope == of);
        found.and_then(|(_, frontier)| frontier).expect("heard of")
    }

    fn hour(&self, id: &str) -> &Row {
        let key = RowKey {
            scope: scope(id),
            rung: Rung::Hour,
            start: Timestamp(TEN),
        };
        &self.rows.0[&key]
    }
}

/// Both doors in the order of time.
fn together(front: Vec<Event>, side: Vec<Event>) -> Vec<Event> {
    let mut all: Vec<Event> = front.into_iter().chain(side).collect();
    all.sort_by_key(|event| event.at);
    all
}

/// How many panes the occupancy of a row is averaged over.
fn settled(row: &Row) -> u64 {
    row.measure(Measure::Occupancy).map_or(0, |summary| summary.count)
}

#[test]
fn a_place_goes_on_without_a_camera_that_went_silent() {
    let mut with = Run::new(&site());
    with.hears(together(said("front", 0..120), said("side", 0..10)));
    let mut alone = Run::new(&site());
    alone.hears(said("front", 0..120));

    for place in ["shop", "floor", "house", "org"] {
        assert_eq!(
            with.frontier(place),
            alone.frontier(place),
            "{place}: as without the side door"
        );
        assert_eq!(
            settled(with.hour(place)),
            360,
            "{place}: every pane of the hour is settled"
        );
        assert_eq!(with.hour(place).people(Measure::In), 60 + 10);
    }
    let last = TEN + 119 * MINUTE + 30 * SECOND;
    assert_eq!(
        with.frontier("shop"),
        Timestamp(last - Rules::default().out_of_order)
    );
    let silent = TEN + 9 * MINUTE + 30 * SECOND;
    assert_eq!(
        with.frontier("side"),
        Timestamp(silent - Rules::default().out_of_order),
        "silence without heartbeats is no progress of its own (I-5)"
    );
    // The hour says of itself that a sixth of what should have been seen at the side door was: 10 of 60 minutes.
    let panes = |id: &str| with.hour(id).observed;
    assert_eq!(panes("front"), 360);
    assert_eq!(
        panes("side"),
        58,
        "up to the last contact, ten seconds of it included"
    );
    assert_eq!(panes("shop"), panes("front") + panes("side"));
}

#[test]
fn what_it_stored_meanwhile_is_taken_in_as_if_it_had_been_there() {
    let mut back = Run::new(&site());
    back.hears(together(said("front", 0..120), said("side", 0..10)));
    let folded = back.hears(said("side", 10..120));
    assert!(
        folded.iter().all(|folded| *folded == Folded::Applied),
        "late for nobody but the place: its own watermark had waited"
    );
    let mut present = Run::new(&site());
    present.hears(together(said("front", 0..120), said("side", 0..120)));

    assert_eq!(
        back.rows.0.keys().collect::<Vec<_>>(),
        present.rows.0.keys().collect::<Vec<_>>()
    );
    for (key, row) in &present.rows.0 {
        let same = Row {
            revision: row.revision,
            ..back.rows.0[key].clone()
        };
        assert_eq!(same, *row, "{key:?}");
    }
    assert_eq!(back.hour("shop").people(Measure::In), 120);
    assert_eq!(back.hour("shop").observed, 2 * HOUR as u64 / (10 * SECOND) as u64);
}
