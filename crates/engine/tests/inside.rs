//! Where people only pass, nothing is measured inside; one who goes in or out, or one who says how many there are, changes that for
//! good, also over a restart, of which no state tells.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod shop;
mod support;

use support::Run;
use throng_engine::{Engine, Rules};
use throng_model::camera::Line;
use throng_model::event::{Direction, OccTarget, ResetReason, ResetTarget};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, EventId, LineId, PlaceId, Scope, TimeRange, Timestamp};

/// 10:00 on a day in 2026, in UTC.
const TEN: i64 = 1_774_778_400 * SECOND;
const DAY: i64 = 24 * HOUR;

fn site() -> Site {
    Site::new(
        shop::places("UTC", 0),
        vec![shop::camera("street", vec![Line::new(line(), "Pavement")], 60)],
    )
    .expect("valid")
}

fn event(at: i64, body: EventBody) -> Event {
    Event {
        id: EventId::from_u128(at.unsigned_abs().into()),
        camera: CameraId::new("street").expect("id"),
        boot: None,
        seq: None,
        at: Timestamp(at),
        sent: None,
        confidence: None,
        body,
        rest: "".into(),
    }
}

fn line() -> LineId {
    LineId::new("pavement").expect("id")
}

fn crosses(at: i64, dir: Direction) -> Event {
    event(
        at,
        EventBody::Line {
            line: line(),
            dir,
            n: 1,
        },
    )
}

fn window(start: i64, [people_in, people_out, people_pass]: [u32; 3]) -> Event {
    let over = TimeRange {
        start: Timestamp(start),
        end: Timestamp(start + HOUR),
    };
    event(
        start + HOUR,
        EventBody::Count {
            counter: line(),
            over,
            people_in,
            people_out,
            people_pass,
        },
    )
}

fn said(at: i64, to: u32) -> Event {
    let target = ResetTarget::Place(PlaceId::new("shop").expect("id"));
    let reason = ResetReason::Device;
    event(at, EventBody::Reset { target, to, reason })
}

fn restart(run: &mut Run) {
    let kept = run.engine.save().expect("bytes");
    run.engine = Engine::restore(&site(), Rules::default(), &kept).expect("reads");
    run.engine.find_inside(&run.rows).expect("reads");
}

/// Of the camera, the shop and the house around it.
fn measures(run: &Run) -> [bool; 3] {
    let scopes = [
        Scope::Camera(CameraId::new("street").expect("id")),
        Scope::Place(PlaceId::new("shop").expect("id")),
        Scope::Place(PlaceId::new("house").expect("id")),
    ];
    let all = run.engine.all();
    scopes.map(|scope| {
        let now = all.iter().find(|now| now.scope == scope).expect("is there");
        assert!(now.measures_inside || (now.occupancy, now.raw_occupancy) == (0, 0));
        now.measures_inside
    })
}

/// After these events, and the same after a restart on another day than theirs.
fn after(events: Vec<Event>) -> [bool; 3] {
    let mut run = Run::new(&site());
    run.hears(events);
    let told = measures(&run);
    let mut later = TEN + 40 * DAY;
    for _ in 0..2 {
        restart(&mut run);
        assert_eq!(measures(&run), told, "after a restart");
        // Two months further only the months before tell it.
        run.hears(vec![event(later, EventBody::Beat)]);
        assert_eq!(measures(&run), told);
        later += 30 * DAY;
    }
    told
}

#[test]
fn who_passes_measures_no_inside_and_who_goes_in_or_out_does() {
    let passes = || crosses(TEN, Direction::Unknown);
    assert_eq!(after(vec![passes()]), [false; 3]);
    for dir in [Direction::In, Direction::Out] {
        let crosses = |at| crosses(at, dir);
        assert_eq!(after(vec![crosses(TEN)]), [true; 3]);
        assert_eq!(after(vec![passes(), crosses(TEN + MINUTE)]), [true; 3], "{dir:?}");
        assert_eq!(after(vec![passes(), crosses(TEN - DAY)]), [true; 3], "late");
    }
}

#[test]
fn a_door_nobody_has_used_measures_that_nobody_is_inside() {
    assert_eq!(after(vec![event(TEN, EventBody::Beat)]), [true; 3]);
    assert_eq!(after(vec![window(TEN, [0; 3])]), [true; 3]);
}

#[test]
fn counted_windows_and_readings_tell_it_as_crossings_do() {
    assert_eq!(after(vec![window(TEN, [0, 0, 40])]), [false; 3]);
    assert_eq!(after(vec![window(TEN, [0, 3, 40])]), [true; 3]);
    let read = |at, people_in, value| {
        let body = EventBody::Total {
            counter: line(),
            since: None,
            people_in,
            people_out: None,
            value,
        };
        event(at, body)
    };
    assert_eq!(
        after(vec![read(TEN, None, Some(5)), read(TEN + MINUTE, None, Some(9))]),
        [false; 3]
    );
    assert_eq!(
        after(vec![read(TEN, Some(5), None), read(TEN + MINUTE, Some(9), None)]),
        [true; 3]
    );
}

#[test]
fn whoever_says_how_many_are_inside_of_a_place_measures_it_there() {
    let passes = || crosses(TEN, Direction::Unknown);
    assert_eq!(after(vec![passes(), said(TEN + MINUTE, 7)]), [false, true, false]);
    let of = OccTarget::Place(PlaceId::new("house").expect("id"));
    let device = event(TEN + MINUTE, EventBody::Occ { of, n: 2 });
    assert_eq!(after(vec![passes(), device]), [false, false, true]);
}

/// A street is reset every night as a shop is.
#[test]
fn a_word_that_nobody_is_inside_is_no_sign_of_a_door() {
    let passes = || crosses(TEN, Direction::Unknown);
    assert_eq!(after(vec![passes(), said(TEN + MINUTE, 0)]), [false; 3]);
    assert_eq!(after(vec![said(TEN, 0)]), [true; 3]);
    let one_then_none = vec![passes(), said(TEN + MINUTE, 1), said(TEN + HOUR, 0)];
    assert_eq!(after(one_then_none), [false, true, false]);
}
