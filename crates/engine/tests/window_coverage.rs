//! How much of a place's window was observed, where cameras move and where nothing happens for long.

#![allow(clippy::expect_used, reason = "tests")]

mod shop;

use throng_engine::Rules;
use throng_engine::window::{Addition, WindowResult, WindowSink, Windows};
use throng_model::camera::{Camera, Membership};
use throng_model::event::Direction;
use throng_model::pane::PANE;
use throng_model::place::PlaceKind;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{CameraId, Event, EventBody, EventId, LineId, PlaceId, Scope, Timestamp};

/// 10:00 on a day in 2026.
const TEN: Timestamp = Timestamp(1_774_778_400_000_000);

fn membership(since: Option<Timestamp>, until: Option<Timestamp>) -> Membership {
    Membership {
        zone: PlaceId::new("shop").expect("id"),
        boundary: PlaceKind::Organisation,
        since,
        until,
    }
}

/// A shop with one camera of these names and memberships each.
fn site(cameras: &[(&str, Vec<Membership>)]) -> Site {
    let camera = |(id, memberships): &(&str, Vec<Membership>)| Camera {
        memberships: memberships.clone(),
        ..shop::camera(id, Vec::new(), 10)
    };
    let cameras = cameras.iter().map(camera).collect();
    Site::new(shop::places("UTC", 0), cameras).expect("valid")
}

/// What was given out of the shop: end, observed, expected.
#[derive(Default)]
struct Given(Vec<(Timestamp, u64, u64)>);

impl WindowSink for Given {
    fn take(&mut self, result: &WindowResult<'_>) {
        let is_shop = *result.scope == Scope::Place(PlaceId::new("shop").expect("id"));
        if is_shop && matches!(result.addition, Addition::Closed) {
            self.0.push((result.range.end, result.observed, result.expected));
        }
    }
}

struct Shop {
    windows: Windows,
    events: Vec<Event>,
}

impl Shop {
    fn new(cameras: &[(&str, Vec<Membership>)], kind: WindowKind) -> Self {
        Self::of(&site(cameras), kind)
    }

    fn of(site: &Site, kind: WindowKind) -> Self {
        let window = Window {
            name: "w".to_owned(),
            kind,
        };
        let table = WindowTable::new(vec![window]).expect("a table");
        Self {
            windows: Windows::new(site, Rules::default(), table),
            events: Vec::new(),
        }
    }

    fn hear(&mut self, camera: &str, at: Timestamp, body: EventBody) {
        self.events.push(Event {
            id: EventId::from_u128(self.events.len() as u128),
            camera: CameraId::new(camera).expect("id"),
            at,
            sent: None,
            boot: None,
            seq: None,
            confidence: None,
            body,
            rest: "{}".into(),
        });
    }

    /// All of it in the order of time, with a turn after each event.
    fn given(self) -> Vec<(Timestamp, u64, u64)> {
        self.given_by(1)
    }

    /// The same with a turn after so many events.
    fn given_by(mut self, events: usize) -> Vec<(Timestamp, u64, u64)> {
        let mut given = [Given::default()];
        self.events.sort_by_key(|event| event.at);
        for events in self.events.chunks(events) {
            events.iter().for_each(|event| self.windows.fold(event, event.at));
            self.windows.turn(&mut given);
        }
        let [given] = given;
        given.0
    }

    fn beats(&mut self, camera: &str, from: Timestamp, to: Timestamp) {
        let mut at = from;
        while at < to {
            self.hear(camera, at, EventBody::Beat);
            at = at.plus(10 * SECOND);
        }
    }

    fn person(&mut self, camera: &str, at: Timestamp) {
        let body = EventBody::Line {
            line: LineId::new("main").expect("id"),
            dir: Direction::In,
            n: 1,
        };
        self.hear(camera, at, body);
    }
}

#[test]
fn what_was_observed_before_a_long_silence_is_not_observed_after_it() {
    let sliding = WindowKind::Sliding {
        width: MINUTE,
        slide: 10 * SECOND,
    };
    let mut shop = Shop::new(&[("door", vec![membership(None, None)])], sliding);
    shop.beats("door", TEN, TEN.plus(2 * MINUTE));
    // Cut off for an hour, then there again; one person a minute later.
    let back = TEN.plus(HOUR);
    shop.beats("door", back, back.plus(MINUTE));
    shop.person("door", back.plus(61 * SECOND));
    shop.beats("door", back.plus(70 * SECOND), back.plus(3 * MINUTE));
    let expected: Vec<_> = (7..13)
        .map(|pane| (back.plus(pane * 10 * SECOND), 6, 6))
        .collect();
    assert_eq!(shop.given(), expected);
}

#[test]
fn silence_is_observed_before_the_first_event() {
    let sliding = WindowKind::Sliding {
        width: MINUTE,
        slide: 10 * SECOND,
    };
    for turn_after in [1, 3, 100] {
        let mut shop = Shop::new(&[("door", vec![membership(None, None)])], sliding);
        // There for 40 seconds before the first person comes, and not missed before.
        shop.beats("door", TEN.plus(10 * SECOND), TEN.plus(50 * SECOND));
        shop.person("door", TEN.plus(55 * SECOND));
        shop.beats("door", TEN.plus(60 * SECOND), TEN.plus(3 * MINUTE));
        let observed = [5, 6, 6, 6, 6, 6];
        let expected: Vec<_> = (6..)
            .zip(observed)
            .map(|(pane, observed)| (TEN.plus(pane * 10 * SECOND), observed, observed))
            .collect();
        assert_eq!(shop.given_by(turn_after), expected, "a turn after {turn_after}");
    }
}

/// A pane counts for whom its camera feeds when it begins.
#[test]
fn a_camera_vouches_for_a_place_only_while_it_feeds_it() {
    for (second, panes) in [(90, 9), (95, 10)] {
        let (moved, minute) = (TEN.plus(second * SECOND), WindowKind::Tumbling { width: MINUTE });
        let cameras = [
            ("stays", vec![membership(None, None)]),
            ("moves", vec![membership(None, Some(moved))]),
        ];
        let mut shop = Shop::new(&cameras, minute);
        for second in [5, 65, 125] {
            shop.person("stays", TEN.plus(second * SECOND));
        }
        shop.beats("moves", TEN, TEN.plus(4 * MINUTE));
        shop.beats("stays", TEN, TEN.plus(4 * MINUTE));
        let expected: Vec<_> = (1..)
            .zip([12, panes, 6])
            .map(|(minute, panes)| (TEN.plus(minute * MINUTE), panes, panes))
            .collect();
        assert_eq!(shop.given(), expected, "moved after {second} s");
    }
}

#[test]
fn memberships_that_overlap_are_one() {
    let (early, late) = (TEN.plus(MINUTE), TEN.plus(2 * MINUTE));
    let memberships = vec![membership(None, Some(late)), membership(Some(early), None)];
    let minute = WindowKind::Tumbling { width: MINUTE };
    let mut shop = Shop::new(&[("door", memberships)], minute);
    for minute in 0..4 {
        shop.person("door", TEN.plus(minute * MINUTE + SECOND));
    }
    shop.beats("door", TEN.plus(2 * SECOND), TEN.plus(5 * MINUTE));
    let expected: Vec<_> = (1..5).map(|minute| (TEN.plus(minute * MINUTE), 6, 6)).collect();
    assert_eq!(shop.given(), expected);
}

#[test]
fn an_only_camera_is_expected_from_when_it_feeds_the_place() {
    let (since, minute) = (TEN.plus(30 * SECOND), WindowKind::Tumbling { width: MINUTE });
    let mut shop = Shop::new(&[("door", vec![membership(Some(since), None)])], minute);
    shop.beats("door", TEN, TEN.plus(4 * MINUTE));
    shop.person("door", TEN.plus(35 * SECOND));
    shop.person("door", TEN.plus(65 * SECOND));
    assert_eq!(
        shop.given(),
        [(TEN.plus(MINUTE), 3, 3), (TEN.plus(2 * MINUTE), 6, 6)]
    );
}

#[test]
fn a_camera_is_missed_from_when_it_was_registered() {
    let mut cameras = site(&[
        ("door", vec![membership(None, None)]),
        ("gate", vec![membership(None, None)]),
    ])
    .cameras()
    .to_vec();
    cameras[1].registered = Some(TEN.plus(90 * SECOND));
    let site = Site::new(shop::places("UTC", 0), cameras).expect("valid");
    let mut shop = Shop::of(&site, WindowKind::Tumbling { width: MINUTE });
    shop.beats("door", TEN, TEN.plus(4 * MINUTE));
    for passed in 0..3 {
        shop.person("door", TEN.plus(passed * MINUTE));
    }
    shop.beats("gate", TEN.plus(3 * MINUTE), TEN.plus(4 * MINUTE));
    let given: Vec<_> = shop
        .given()
        .into_iter()
        .map(|(_, observed, expected)| (observed, expected))
        .collect();
    assert_eq!(given, [(6, 6), (6, 9), (6, 12)]);
}

/// A place goes on when its last camera does; by then the one that has left is far ahead, and its contacts are still asked for.
#[test]
fn a_camera_that_has_left_vouches_for_the_time_before() {
    let (moved, minute) = (TEN.plus(2 * MINUTE), WindowKind::Tumbling { width: MINUTE });
    let cameras = [
        ("stays", vec![membership(None, None)]),
        ("moves", vec![membership(None, Some(moved))]),
    ];
    let mut shop = Shop::new(&cameras, minute);
    shop.person("stays", TEN.plus(SECOND));
    shop.beats("moves", TEN, TEN.plus(2 * MINUTE));
    // Elsewhere, once in a while: more than one span.
    let elsewhere = [5, 9, 20, 40].map(|minutes| TEN.plus(minutes * MINUTE));
    elsewhere
        .iter()
        .for_each(|at| shop.hear("moves", *at, EventBody::Beat));
    let mut given = [Given::default()];
    for event in shop.events.drain(..) {
        shop.windows.fold(&event, event.at);
        shop.windows.turn(&mut given);
    }
    shop.person("stays", TEN.plus(118 * SECOND));
    shop.hear("stays", TEN.plus(41 * MINUTE), EventBody::Beat);
    for event in shop.events.drain(..) {
        shop.windows.fold(&event, event.at);
    }
    shop.windows.turn(&mut given);
    let [Given(given)] = given;
    // Of the first two minutes all of one camera, of the other where it was heard and shortly after.
    let observed: Vec<_> = given.iter().map(|(end, observed, _)| (*end, *observed)).collect();
    assert_eq!(observed, [(TEN.plus(MINUTE), 9), (TEN.plus(2 * MINUTE), 7)]);
}

/// Somebody in the pane in which a camera leaves is still counted for the place it leaves, which was never heard of before.
#[test]
fn whom_a_place_waits_with_is_not_forgotten_by_a_restart() {
    let (moved, minute) = (TEN.plus(95 * SECOND), WindowKind::Tumbling { width: MINUTE });
    let cameras = [
        ("stays", vec![membership(None, None)]),
        ("moves", vec![membership(None, Some(moved))]),
    ];
    let mut shop = Shop::new(&cameras, minute);
    shop.person("moves", TEN.plus(96 * SECOND));
    let mut given = [Given::default()];
    for event in shop.events.drain(..) {
        shop.windows.fold(&event, event.at);
    }
    shop.windows.turn(&mut given);
    let state = shop.windows.save().expect("a state");
    let (name, kind) = ("w".to_owned(), minute);
    let table = WindowTable::new(vec![Window { name, kind }]).expect("a table");
    let restored = Windows::restore(&site(&cameras), Rules::default(), table, &state);
    shop.windows = restored.expect("readable").expect("of the same table");
    shop.hear("stays", TEN.plus(5 * MINUTE), EventBody::Beat);
    for event in shop.events.drain(..) {
        shop.windows.fold(&event, event.at);
    }
    shop.windows.turn(&mut given);
    let [Given(given)] = given;
    let ends: Vec<_> = given.iter().map(|(end, ..)| *end).collect();
    assert_eq!(ends, [TEN.plus(2 * MINUTE)]);
}

/// What was given out of whom: whose, observed, expected.
#[derive(Default)]
struct OfAll(Vec<(Scope, u64, u64)>);

impl WindowSink for OfAll {
    fn take(&mut self, result: &WindowResult<'_>) {
        let (observed, expected) = (result.observed, result.expected);
        self.0.push((result.scope.clone(), observed, expected));
    }
}

/// A clock that starts in 1970 tells of people then, and a moment later of the present: nobody was missed in between.
#[test]
fn before_its_clock_was_set_a_camera_was_neither_missed_nor_observed() {
    for width in [MINUTE, 2 * HOUR] {
        let mut shop = Shop::new(
            &[("door", vec![membership(None, None)])],
            WindowKind::Tumbling { width },
        );
        shop.person("door", Timestamp(5 * SECOND));
        shop.beats("door", TEN, TEN.plus(30 * SECOND));
        shop.person("door", TEN.plus(35 * SECOND));
        shop.beats("door", TEN.plus(40 * SECOND), TEN.plus(width + MINUTE));
        for event in &shop.events {
            shop.windows.fold(event, event.at.max(TEN));
        }
        let mut given = [OfAll::default()];
        shop.windows.turn(&mut given);
        let panes = (width / PANE) as u64;
        let door = Scope::Camera(CameraId::new("door").expect("id"));
        let place = Scope::Place(PlaceId::new("shop").expect("id"));
        let [OfAll(given)] = given;
        for whose in [door, place] {
            let said = given.iter().filter(|(scope, ..)| *scope == whose);
            let said: Vec<_> = said
                .map(|(_, observed, expected)| (*observed, *expected))
                .collect();
            assert_eq!(said, [(0, 0), (panes, panes)], "{whose:?} by {width}");
        }
    }
}
