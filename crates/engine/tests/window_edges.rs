//! What happens right on an edge: of a pane, of a session's gap, of a crowd, of what is too old.

#![allow(clippy::expect_used, reason = "tests")]

mod shop;

use throng_engine::Rules;
use throng_engine::window::Windows;
use throng_model::camera::{Line, Semantics};
use throng_model::event::Direction;
use throng_model::pane::PANE;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{
    CameraId, Event, EventBody, EventId, LineId, Measure, PlaceId, Scope, TimeRange, Timestamp,
};
use throng_sim::naive::windows::Ledger;

/// 10:00 on a day in 2026.
const TEN: Timestamp = Timestamp(1_774_778_400_000_000);
const SESSION: WindowKind = WindowKind::Session { gap: 30 * SECOND };
const MINUTES: WindowKind = WindowKind::Tumbling { width: MINUTE };

/// A shop with one door and some windows.
struct Shop {
    windows: Windows,
    given: [Ledger; 1],
    heard: u128,
}

impl Shop {
    fn new(kind: WindowKind) -> Self {
        Self::with(&[kind])
    }

    fn with(kinds: &[WindowKind]) -> Self {
        let turnstile = Line {
            semantics: Some(Semantics::Cumulative),
            ..Line::new(LineId::new("turnstile").expect("id"), "Turnstile")
        };
        let site = Site::new(
            shop::places("UTC", 0),
            vec![shop::camera("door", vec![turnstile], 10)],
        );
        let windows = kinds.iter().enumerate().map(|(number, kind)| Window {
            name: format!("w{number}"),
            kind: *kind,
        });
        let table = WindowTable::new(windows.collect()).expect("a table");
        Self {
            windows: Windows::new(&site.expect("valid"), Rules::default(), table),
            given: Default::default(),
            heard: 0,
        }
    }

    fn hear(&mut self, at: Timestamp, body: EventBody) {
        self.heard += 1;
        let event = Event {
            id: EventId::from_u128(self.heard),
            camera: CameraId::new("door").expect("id"),
            at,
            sent: None,
            boot: None,
            seq: None,
            confidence: None,
            body,
            rest: "{}".into(),
        };
        self.windows.fold(&event, at);
    }

    fn people(&mut self, at: i64, n: u32) {
        let (line, dir) = (LineId::new("main").expect("id"), Direction::In);
        self.hear(TEN.plus(at), EventBody::Line { line, dir, n });
    }

    /// A counter says that so many came in over a pane.
    fn counted(&mut self, start: i64, people_in: u32) {
        let (start, end) = (TEN.plus(start), TEN.plus(start + PANE));
        let body = EventBody::Count {
            counter: LineId::new("main").expect("id"),
            over: TimeRange { start, end },
            people_in,
            people_out: 0,
            people_pass: 0,
        };
        self.hear(end, body);
    }

    /// The turnstile says how many it let in since it was set up.
    fn read(&mut self, at: i64, people_in: u64) {
        let body = EventBody::Total {
            counter: LineId::new("turnstile").expect("id"),
            since: None,
            people_in: Some(people_in),
            people_out: None,
            value: None,
        };
        self.hear(TEN.plus(at), body);
    }

    fn beat(&mut self, at: i64) {
        self.hear(TEN.plus(at), EventBody::Beat);
    }

    fn turn(&mut self) {
        self.windows.turn(&mut self.given);
    }

    /// Of all windows that were given out: when they begin behind ten, how many events they hold, how many came in. The door's
    /// and the shop's are the same.
    fn given(&mut self) -> Vec<(i64, u64, i128)> {
        self.turn();
        let of = |scope: Scope| -> Vec<_> {
            let windows = self.given.iter().flat_map(|ledger| &ledger.0);
            let windows = windows.filter(|(((of, ..), _), _)| *of == scope);
            let people = windows.map(|(((.., start), _), held)| {
                let sum = held.measures.get(Measure::In).map_or(0, |sums| sums.sum);
                (*start - TEN.0, held.events, sum / 1_000)
            });
            people.collect()
        };
        let door = of(Scope::Camera(CameraId::new("door").expect("id")));
        assert_eq!(door, of(Scope::Place(PlaceId::new("shop").expect("id"))));
        door
    }
}

#[test]
fn a_pane_that_begins_holds_what_happens_right_then() {
    let mut shop = Shop::new(MINUTES);
    // With this beat all panes before eleven minutes past have closed.
    shop.beat(11 * MINUTE + 5 * SECOND);
    shop.turn();
    shop.people(11 * MINUTE, 2);
    shop.people(11 * MINUTE - 1, 3);
    shop.beat(20 * MINUTE);
    assert_eq!(shop.given(), [(10 * MINUTE, 1, 3), (11 * MINUTE, 1, 2)]);
}

#[test]
fn a_session_ends_though_nothing_more_happens() {
    let mut shop = Shop::new(SESSION);
    shop.people(5 * SECOND, 1);
    shop.beat(20 * MINUTE);
    assert_eq!(shop.given(), [(5 * SECOND, 1, 1)]);
}

#[test]
fn a_gap_that_is_as_long_as_it_may_be_parts_two_sessions() {
    let apart = [(5 * SECOND, 1, 1), (35 * SECOND, 1, 2)];
    let joined = [(5 * SECOND, 2, 3)];
    for (second, expected) in [(35 * SECOND, apart.to_vec()), (35 * SECOND - 1, joined.to_vec())] {
        // All that closes together, be it longer than the gap; or the later first, and a turn between them.
        let mut shop = Shop::new(SESSION);
        shop.people(5 * SECOND, 1);
        shop.people(second, 2);
        shop.beat(20 * MINUTE);
        assert_eq!(shop.given(), expected);
        let mut shop = Shop::new(SESSION);
        shop.people(second, 2);
        shop.beat(20 * MINUTE);
        shop.turn();
        shop.people(5 * SECOND, 1);
        assert_eq!(shop.given(), expected);
    }
}

#[test]
fn a_late_session_that_is_over_is_given_out_at_once() {
    let mut shop = Shop::new(SESSION);
    // Half a minute is closed, which is just the gap behind whoever comes late.
    shop.beat(35 * SECOND);
    shop.turn();
    shop.people(0, 1);
    assert_eq!(shop.given(), [(0, 1, 1)]);
}

#[test]
fn a_counter_that_counted_nobody_one_way_tells_of_nobody_there() {
    let mut shop = Shop::new(MINUTES);
    shop.read(0, 4);
    shop.read(30 * SECOND, 7);
    shop.beat(5 * MINUTE);
    assert_eq!(shop.given(), [(0, 1, 3)]);
    let mut shop = Shop::new(MINUTES);
    shop.counted(0, 3);
    shop.beat(5 * MINUTE);
    assert_eq!(shop.given(), [(0, 1, 3)]);
}

#[test]
fn a_crowd_and_few_people_are_one_window() {
    for width in [MINUTE, HOUR] {
        let mut shop = Shop::new(WindowKind::Tumbling { width });
        (0..150).for_each(|number| shop.people(number, 1));
        shop.people(20 * SECOND, 2);
        shop.beat(5 * SECOND + width);
        shop.turn();
        // Late, to the crowd and beside it.
        shop.people(1, 1);
        shop.people(30 * SECOND, 1);
        assert_eq!(shop.given(), [(0, 153, 154)]);
    }
}

#[test]
fn a_pane_that_is_told_again_after_days_counts_nobody_twice() {
    let mut shop = Shop::new(WindowKind::Tumbling { width: HOUR });
    shop.counted(0, 7);
    shop.counted(72 * HOUR, 1);
    shop.counted(0, 7);
    // And one before it that nobody has told of yet.
    shop.counted(-HOUR, 2);
    shop.beat(80 * HOUR);
    let given = shop.given();
    let people: i128 = given.iter().map(|given| given.2).sum();
    assert_eq!(people, 10, "{given:?}");
}

#[test]
fn what_is_older_than_the_allowance_is_in_no_window() {
    let Rules {
        lateness,
        out_of_order,
        ..
    } = Rules::default();
    let oldest = -lateness - out_of_order;
    let mut shop = Shop::new(MINUTES);
    shop.people(0, 1);
    shop.people(oldest, 2);
    shop.people(oldest - 1, 4);
    shop.people(oldest - MINUTE, 8);
    shop.beat(5 * MINUTE);
    assert_eq!(
        shop.given(),
        [(oldest.div_euclid(MINUTE) * MINUTE, 1, 2), (0, 1, 1)]
    );
}

#[test]
fn late_people_leave_every_window_that_slides() {
    let by = |slide: i64, width: i64| WindowKind::Sliding {
        width: width * MINUTE,
        slide,
    };
    for kinds in [
        [by(PANE, 1), by(PANE, 3)],
        [by(MINUTE, 15), by(MINUTE, 25)],
        [by(15 * MINUTE, 30), by(5 * MINUTE, 20)],
    ] {
        let mut shop = Shop::with(&kinds);
        shop.people(0, 1);
        for minutes in [2, 12, 35] {
            shop.beat(minutes * MINUTE + 5 * SECOND);
            shop.turn();
            shop.people(SECOND, 1);
            shop.people(minutes * MINUTE + 7 * SECOND, 1);
        }
        shop.beat(3 * HOUR);
        let widths = kinds.map(|kind| match kind {
            WindowKind::Sliding { width, slide } => width / slide,
            _ => 0,
        });
        // Everybody is in as many windows as fit around a moment.
        let events: u64 = shop.given().iter().map(|given| given.1).sum();
        assert_eq!(events, 7 * widths.iter().sum::<i64>() as u64, "{kinds:?}");
    }
}

#[test]
fn events_of_one_moment_are_counted_in_one_order() {
    for waits in [true, false] {
        let mut shop = Shop::new(WindowKind::CountTumbling { events: 2 });
        shop.people(0, 3);
        if waits {
            shop.turn();
        }
        // The watermark stands right at the moment, and has not passed it.
        shop.beat(5 * SECOND);
        shop.turn();
        shop.people(0, 1);
        shop.people(0, 2);
        shop.people(SECOND, 8);
        shop.beat(MINUTE);
        let people: Vec<_> = shop.given().iter().map(|given| given.2).collect();
        assert_eq!(people, [1 + 2, 3 + 8]);
    }
}
