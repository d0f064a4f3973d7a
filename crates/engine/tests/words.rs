//! Somebody says how many are inside: what is told at once is what the rows say afterwards, whatever came before or behind it.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod shop;
mod support;

use support::Run;
use throng_engine::{Engine, Rules};
use throng_model::event::{Direction, OccTarget, ResetReason, ResetTarget};
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, EventId, LineId, Measure, PlaceId, Rung, Scope, Timestamp};

/// 10:00 UTC on 29 March 2026, in Berlin the day on which clocks go from 2:00 to 3:00.
const TEN: i64 = 1_774_778_400 * SECOND;

/// Milliseconds after ten.
type Millis = i64;

fn at(millis: Millis) -> Timestamp {
    Timestamp(TEN + millis * 1_000)
}

fn site_in(time_zone: &str, resets_at: u16) -> Site {
    let doors = ["front", "side"].map(|id| shop::camera(id, Vec::new(), 60));
    Site::new(shop::places(time_zone, resets_at), doors.into()).expect("valid")
}

fn site() -> Site {
    site_in("UTC", 0)
}

fn event(camera: &str, millis: Millis, body: EventBody) -> Event {
    Event {
        // The same said twice is two events.
        id: EventId::from_u128(1),
        camera: CameraId::new(camera).expect("id"),
        boot: None,
        seq: None,
        at: at(millis),
        sent: None,
        confidence: None,
        body,
        rest: "".into(),
    }
}

/// People come in at the front door, or go out.
fn walk(millis: Millis, people: i64) -> Event {
    let dir = if people < 0 { Direction::Out } else { Direction::In };
    let n = u32::try_from(people.abs()).expect("few");
    let line = LineId::new("main").expect("id");
    event("front", millis, EventBody::Line { line, dir, n })
}

fn place(id: &str) -> PlaceId {
    PlaceId::new(id).expect("id")
}

/// A person says how many are inside of a place.
fn reset(millis: Millis, of: &str, to: u32) -> Event {
    let body = EventBody::Reset {
        target: ResetTarget::Place(place(of)),
        to,
        reason: ResetReason::Manual,
    };
    event("nobody", millis, body)
}

/// The camera at the side door says it.
fn occ(millis: Millis, of: &str, n: u32) -> Event {
    let of = OccTarget::Place(place(of));
    event("side", millis, EventBody::Occ { of, n })
}

/// How many are inside of a place as told now: corrected and as counted.
fn inside(engine: &Engine, id: &str) -> (i64, i64) {
    let scope = Scope::Place(place(id));
    let now = engine.all().into_iter().find(|now| now.scope == scope);
    now.map(|now| (now.occupancy, now.raw_occupancy))
        .expect("a place")
}

fn flush(run: &mut Run) {
    for (key, row) in run.engine.flush(&run.rows).expect("flushes") {
        run.rows.0.insert(key, Row::clone(&row));
    }
}

/// Hears them as they arrive, without a flush, and gives what is told then of these places; a flush finds the same.
fn told_at_once<const N: usize>(run: &mut Run, events: &[(Event, Timestamp)], places: [&str; N]) -> [i64; N] {
    for (event, received) in events {
        run.engine.fold(event, *received);
    }
    let told = |run: &Run| places.map(|id| inside(&run.engine, id));
    let before = told(run);
    flush(run);
    assert_eq!(told(run), before, "what a flush finds");
    let kept = run.engine.save().expect("bytes");
    run.engine = Engine::restore(&site(), Rules::default(), &kept).expect("reads");
    assert_eq!(told(run), before, "what is known after a restart");
    before.map(|(corrected, _)| corrected)
}

fn as_they_happened(events: &[Event]) -> Vec<(Event, Timestamp)> {
    events.iter().map(|event| (event.clone(), event.at)).collect()
}

/// All orders of a few things.
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    let Some((first, others)) = things.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in orders(others) {
        for place in 0..=order.len() {
            let mut order = order.clone();
            order.insert(place, first.clone());
            all.push(order);
        }
    }
    all
}

#[test]
fn whoever_crosses_after_a_word_comes_on_top_of_it_in_whatever_order_they_are_told() {
    let events = [
        walk(1_000, 3),
        walk(3_999, 2),
        reset(3_500, "shop", 12),
        walk(4_000, 4),
        walk(9_999, -1),
    ];
    for order in orders(&as_they_happened(&events)) {
        let whole = told_at_once(&mut Run::new(&site()), &order, ["shop", "org"]);
        assert_eq!(whole, [15, 8], "{order:?}");
        let mut run = Run::new(&site());
        let mut last = [0, 0];
        for event in order {
            last = told_at_once(&mut run, &[event], ["shop", "org"]);
        }
        assert_eq!(last, whole, "flushed event by event");
    }
}

#[test]
fn at_the_edge_of_a_pane_a_word_is_one_like_any_other() {
    let told =
        |events: &[Event]| told_at_once(&mut Run::new(&site()), &as_they_happened(events), ["shop"])[0];
    let crossings = [walk(9_999, 2), walk(10_000, 4), walk(11_000, 8)];
    let with = |word: Event| told(&[&crossings[..], &[word]].concat());
    assert_eq!(with(reset(9_000, "shop", 100)), 112);
    assert_eq!(with(reset(9_999, "shop", 100)), 112);
    assert_eq!(
        with(reset(10_000, "shop", 100)),
        108,
        "who crosses in its second is among them"
    );
    assert_eq!(with(reset(10_999, "shop", 100)), 108);
    assert_eq!(with(reset(11_000, "shop", 100)), 100);
    // At the edge of a minute and of an hour as well.
    assert_eq!(
        told(&[walk(-1, 2), reset(0, "shop", 5), walk(999, 1), walk(1_000, 1)]),
        6
    );
}

#[test]
fn of_two_words_in_a_pane_the_later_one_counts_who_crossed_between_them() {
    let events = [
        reset(1_000, "shop", 5),
        walk(3_000, 2),
        occ(6_000, "shop", 9),
        walk(8_000, 1),
    ];
    for order in orders(&as_they_happened(&events)) {
        assert_eq!(told_at_once(&mut Run::new(&site()), &order, ["shop"]), [10]);
    }
}

#[test]
fn a_word_said_again_changes_nothing() {
    let events = [
        walk(1_000, 3),
        reset(2_000, "shop", 7),
        walk(5_000, 2),
        reset(2_000, "shop", 7),
        reset(2_000, "shop", 7),
    ];
    let mut run = Run::new(&site());
    assert_eq!(told_at_once(&mut run, &as_they_happened(&events), ["shop"]), [9]);
    // Also minutes later, when its minute is settled: the next flush has it, and until then nothing else is told.
    run.hears(vec![walk(5 * 60_000, 1)]);
    run.engine.take_changed();
    run.engine.fold(&reset(2_000, "shop", 7), at(5 * 60_000));
    flush(&mut run);
    assert_eq!(inside(&run.engine, "shop"), (10, 10));
}

#[test]
fn a_zone_and_the_places_around_it_have_words_of_their_own() {
    let events = [
        walk(1_000, 3),
        reset(2_500, "shop", 7),
        reset(2_500, "org", 40),
        walk(2_900, 1),
        walk(5_000, 2),
        occ(6_000, "floor", 1),
        walk(8_000, -1),
    ];
    let places = ["shop", "org", "floor", "house"];
    assert_eq!(
        told_at_once(&mut Run::new(&site()), &as_they_happened(&events), places),
        [8, 41, 0, 5]
    );
}

#[test]
fn what_changes_a_settled_minute_moves_the_level_after_the_flush_that_follows_the_day() {
    let mut run = Run::new(&site());
    run.hears(vec![
        walk(0, -2),
        walk(MINUTE / 1_000 * 10, 3),
        walk(HOUR / 1_000, 1),
    ]);
    let shop = Scope::Place(place("shop"));
    let told = |run: &mut Run| {
        let changed = run.engine.take_changed();
        let now = changed.into_iter().find(|now| now.scope == shop);
        now.map(|now| (now.occupancy, now.in_today))
    };
    assert_eq!(told(&mut run), Some((4, 4)), "two came in unseen");
    for (number, (late, expected, in_today)) in (1..).zip([
        (walk(-60_000, 2), 4, 6),
        (reset(20 * 60_000, "shop", 30), 31, 6),
        (walk(19 * 60_000, 5), 31, 11),
        (walk(21 * 60_000, 5), 36, 16),
        (reset(HOUR / 1_000 - 120_000, "shop", 9), 10, 16),
    ]) {
        let received = at(HOUR / 1_000 + number);
        let before = inside(&run.engine, "shop");
        run.engine.fold(&late, received);
        let (occupancy, counted) = told(&mut run).expect("told at once");
        assert_eq!(
            (occupancy, counted),
            (before.0, in_today),
            "{late:?}: but for the level"
        );
        assert!(run.engine.is_behind(&shop));
        flush(&mut run);
        let again = told(&mut run).map(|(occupancy, _)| occupancy);
        let after = inside(&run.engine, "shop");
        assert_eq!(after.0, expected, "{late:?}");
        assert_eq!(again, (after != before).then_some(expected), "{late:?}");
        assert_eq!(told(&mut run), None, "told once");
    }
    // Yesterday is another matter: nothing of today hangs on it.
    run.engine.fold(&walk(-11 * HOUR / 1_000, 50), at(HOUR / 1_000));
    assert_eq!(told(&mut run).map(|told| told.0), Some(10));
    // Nor does anything on a sign of life.
    run.engine
        .fold(&event("front", 0, EventBody::Beat), at(HOUR / 1_000));
    assert_eq!(told(&mut run).map(|told| told.0), Some(10));
    assert!(!run.engine.is_behind(&shop));
}

#[test]
fn who_a_fast_clock_counts_is_told_at_once_and_stands_where_it_says_among_the_words() {
    let ahead = 4 * 60_000;
    let fast = |walked: Event, received: Millis| (walked, at(received));
    let now = |event: Event| (event.clone(), event.at);
    let mut run = Run::new(&site());
    let told = told_at_once(&mut run, &[fast(walk(ahead, 1), 0)], ["shop"]);
    assert_eq!(told, [1], "whoever was counted has come");
    // A word of now is older than what the fast clock says of a moment to come, and newer once that has passed.
    assert_eq!(
        told_at_once(&mut run, &[now(reset(30_000, "shop", 12))], ["shop"]),
        [13]
    );
    let told = told_at_once(&mut run, &[now(reset(ahead + 30_000, "shop", 20))], ["shop"]);
    assert_eq!(told, [20]);
    // In one pane it is the same.
    let mut run = Run::new(&site());
    let pane = [
        fast(walk(7_000, 1), 0),
        now(reset(2_000, "shop", 12)),
        fast(walk(1_000, 1), 0),
    ];
    assert_eq!(told_at_once(&mut run, &pane, ["shop"]), [13]);
}

#[test]
fn a_word_that_is_said_after_one_dated_ahead_holds_also_when_its_moment_comes() {
    let ahead = 4 * 60_000;
    let said_ahead = |millis: Millis, n: u32| (occ(millis + ahead, "shop", n), at(millis));
    let now = |event: Event| (event.clone(), event.at);
    let events = [
        said_ahead(0, 50),
        now(reset(30_000, "shop", 12)),
        now(walk(60_000, 1)),
    ];
    for order in orders(&events) {
        let mut run = Run::new(&site());
        assert_eq!(told_at_once(&mut run, &order, ["shop"]), [13], "{order:?}");
        // Minutes later, long after the word of now was settled.
        for (millis, told) in [(3, 14), (5, 15), (10, 16)].map(|(minute, told)| (minute * 60_000, told)) {
            assert_eq!(told_at_once(&mut run, &[now(walk(millis, 1))], ["shop"]), [told]);
        }
    }
    // Who speaks ahead and last is believed, and knows whom its own camera has counted by then.
    let events = [
        now(reset(30_000, "shop", 12)),
        (walk(59_000 + ahead, 1), at(59_000)),
        said_ahead(60_000, 50),
    ];
    for order in orders(&events) {
        assert_eq!(
            told_at_once(&mut Run::new(&site()), &order, ["shop"]),
            [50],
            "{order:?}"
        );
    }
    // Said together, the later one holds.
    let events = [
        (occ(ahead, "shop", 9), at(60_000)),
        (occ(ahead + 50_000, "shop", 5), at(60_000)),
    ];
    assert_eq!(told_at_once(&mut Run::new(&site()), &events, ["shop"]), [5]);
}

#[test]
fn a_reset_ends_what_was_said_before_it_and_not_what_is_said_after_it() {
    // 4:00 in Berlin is 2:00 UTC on that day, 2:30 a time that does not exist: the day begins at 3:30, which is 1:30 UTC.
    for (resets_at, minutes) in [(240, 120), (150, 90), (0, -60)] {
        let site = site_in("Europe/Berlin", resets_at);
        let begins = (minutes - 600) * 60_000;
        let told = |events: &[Event]| {
            let mut run = Run::new(&site);
            for event in events {
                run.engine.fold(event, event.at);
            }
            let before = inside(&run.engine, "shop");
            flush(&mut run);
            assert_eq!(inside(&run.engine, "shop"), before, "what a flush finds");
            before.0
        };
        let last = reset(begins - 1, "shop", 30);
        assert_eq!(told(&[walk(begins - 60_000, 9), last.clone()]), 30, "{resets_at}");
        assert_eq!(told(&[last.clone(), walk(begins, 1)]), 1, "{resets_at}");
        assert_eq!(told(&[walk(begins, 1), last.clone()]), 1, "{resets_at}: late");
        let first = reset(begins, "shop", 30);
        assert_eq!(
            told(&[last.clone(), first.clone(), walk(begins + 999, 1)]),
            30,
            "{resets_at}"
        );
        assert_eq!(told(&[last, walk(begins + 1_000, 1), first]), 31, "{resets_at}");
    }
}

#[test]
fn a_restart_between_a_word_and_the_flush_changes_nothing() {
    let site = site();
    let mut run = Run::new(&site);
    run.hears(vec![walk(1_000, 3), walk(2_000, 1)]);
    let kept = run.engine.save().expect("bytes");
    let since = as_they_happened(&[reset(2_500, "shop", 7), walk(6_000, 1), walk(2_700, 1)]);
    let mut again = Run {
        engine: Engine::restore(&site, Rules::default(), &kept).expect("reads"),
        rows: support::Rows(run.rows.0.clone()),
    };
    // Folded by the one that ends, too, and lost with it.
    run.engine.fold(&since[0].0, since[0].1);
    let unbroken = told_at_once(&mut run, &since[1..], ["shop", "org"]);
    assert_eq!(unbroken, [8, 6]);
    let folded_again = told_at_once(&mut again, &since, ["shop", "org"]);
    assert_eq!(
        folded_again, unbroken,
        "what was folded and not flushed is folded again"
    );
    assert_eq!(again.rows.0, run.rows.0);
}

#[test]
fn the_mean_of_the_minute_has_the_word_from_its_moment_on() {
    let mut run = Run::new(&site());
    run.hears(vec![walk(0, 1), reset(4_000, "shop", 11), walk(7_500, 2)]);
    let key = |scope: Scope| RowKey {
        scope,
        rung: Rung::Minute,
        start: at(0),
    };
    let means = |scope: Scope| {
        let row = &run.rows.0[&key(scope)];
        row.measure(Measure::Occupancy).expect("followed").clone()
    };
    // One for four seconds, eleven for three and a half, thirteen for the rest.
    let shop = means(Scope::Place(place("shop")));
    assert_eq!((shop.min, shop.max), (400 + 3_850 + 3_250, 13_000));
    let door = means(Scope::Camera(CameraId::new("front").expect("id")));
    assert_eq!(
        (door.min, door.max),
        (750 + 750, 3_000),
        "nobody speaks of a door"
    );
}

#[test]
fn how_far_the_rows_have_come_is_told_once_they_are_stored() {
    let mut run = Run::new(&site());
    let told = |now: Millis| {
        ["org", "house", "floor", "shop"]
            .map(|id| (place(id), at(now)))
            .to_vec()
    };
    run.engine.rows_are_stored();
    run.hears(vec![walk(0, 1)]);
    assert_eq!(run.engine.stored(), [], "on their way");
    run.engine.fold(&walk(1_000, 1), at(1_000));
    run.engine.take_changed();
    assert_eq!(run.engine.rows_are_stored(), told(0));
    assert_eq!(run.engine.rows_are_stored(), [], "once");
    assert_eq!(run.engine.take_changed(), [], "no news to whoever watches");
    assert_eq!(run.engine.stored(), told(0));
    flush(&mut run);
    let kept = run.engine.save().expect("bytes");
    run.engine = Engine::restore(&site(), Rules::default(), &kept).expect("reads");
    assert_eq!(
        run.engine.stored(),
        told(1_000),
        "state and rows are of one checkpoint"
    );
}
