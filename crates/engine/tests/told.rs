//! What the engine tells of counters and devices: whatever was not plain counting is told once as it comes, and stays on record.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod shop;
mod support;

use support::Run;
use throng_engine::source::counter::WINDOW_COUNTERS_MAX;
use throng_engine::{Engine, Folded, Rules};
use throng_model::camera::{Line, Semantics};
use throng_model::counter::{CounterNow, CountersNow, HAPPENINGS_MAX, HappeningKind};
use throng_model::event::{DeviceState, ResetReason, ResetTarget};
use throng_model::place::Place;
use throng_model::row::RowKey;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{
    CameraId, Event, EventBody, EventId, LineId, Measure, PlaceId, Rung, Scope, TimeRange, Timestamp,
};

/// 10:00 on a day in 2026.
const TEN: i64 = 1_774_778_400 * SECOND;

fn site() -> Site {
    let main = Line {
        semantics: Some(Semantics::Cumulative),
        wraps_at: Some(1 << 16),
        ..Line::new(line("main"), "Main")
    };
    let door = shop::camera("door", vec![main], 60);
    Site::new(shop::places("UTC", 0), vec![door]).expect("valid")
}

fn line(name: &str) -> LineId {
    LineId::new(name).expect("id")
}

fn minute(minute: i64) -> Timestamp {
    Timestamp(TEN + minute * MINUTE)
}

fn over(from: i64, to: i64) -> TimeRange {
    TimeRange {
        start: minute(from),
        end: minute(to),
    }
}

/// What happened at a moment, told under this number.
fn event(at: Timestamp, number: u128, body: EventBody) -> Event {
    Event {
        id: EventId::from_u128(number),
        camera: CameraId::new("door").expect("id"),
        boot: None,
        seq: None,
        at,
        sent: None,
        confidence: None,
        body,
        rest: "".into(),
    }
}

/// A reading so many minutes after ten.
fn read(at: i64, people_in: u64) -> Event {
    let body = EventBody::Total {
        counter: line("main"),
        since: Some(Timestamp(TEN - HOUR)),
        people_in: Some(people_in),
        people_out: Some(0),
        value: None,
    };
    event(minute(at), at as u128, body)
}

/// The report of a window of a counter that reports windows.
fn report(counter: &str, over: TimeRange, number: u128, people_in: u32) -> Event {
    let body = EventBody::Count {
        counter: line(counter),
        over,
        people_in,
        people_out: 0,
        people_pass: 0,
    };
    event(over.end, number, body)
}

/// What is told as new after these events.
fn news(run: &mut Run, events: Vec<Event>) -> Option<CountersNow> {
    run.hears(events);
    let mut noted = run.engine.take_noted();
    assert!(run.engine.take_noted().is_empty(), "told once");
    if let Some((_, told)) = noted.first() {
        assert_eq!(noted, run.engine.all_told(), "the same as on record");
        assert_ne!(*told, CountersNow::default());
    }
    noted.pop().map(|(_, told)| told)
}

fn only(told: Option<CountersNow>) -> CounterNow {
    let mut told = told.expect("something was told");
    assert_eq!((told.counters.len(), told.refused_counters), (1, 0));
    told.counters.remove(0)
}

#[test]
fn of_a_cumulative_counter_all_but_plain_counting_is_told() {
    let mut run = Run::new(&site());
    assert!(run.engine.all_told().is_empty(), "no counter was heard of");
    assert_eq!(news(&mut run, vec![read(0, 65_500), read(10, 65_530)]), None);
    assert_eq!(
        run.engine.all_told().len(),
        1,
        "asked for, a plain counter is told too"
    );

    let wrapped = only(news(&mut run, vec![read(12, 4)]));
    assert_eq!(
        (wrapped.semantics, wrapped.said_again, wrapped.refused),
        (Semantics::Cumulative, 0, 0)
    );
    let [happening] = wrapped.happenings[..] else {
        panic!("{wrapped:?}");
    };
    assert_eq!(
        (happening.kind, happening.over),
        (HappeningKind::Wrapped, over(10, 12))
    );
    assert_eq!((happening.counted, happening.otherwise), ([10, 0, 0], None));
    assert_eq!(news(&mut run, vec![read(13, 6)]), None);

    // 30,000 people in a minute walk through no door.
    let leapt = only(news(&mut run, vec![read(14, 30_006)]));
    assert_eq!(leapt.happenings[1].kind, HappeningKind::Unexplained);
    assert_eq!(leapt.happenings[1].counted, [0; 3]);
    assert_eq!(leapt.happenings[1].otherwise, Some([30_000, 0, 0]));

    let again = Event {
        id: EventId::from_u128(1_000),
        ..read(14, 30_006)
    };
    assert_eq!(only(news(&mut run, vec![again])).said_again, 1);
    assert_eq!(news(&mut run, vec![read(15, 30_007)]), None);
    let late = only(news(&mut run, vec![read(5, 65_510)]));
    assert_eq!(
        late.happenings.len(),
        2,
        "a late reading moves people, so it is told: {late:?}"
    );

    // Eight days on no event can change it any more.
    run.hears(vec![read(8 * 24 * 60, 30_010), read(8 * 24 * 60 + 1, 30_011)]);
    let (_, told) = run.engine.all_told().remove(0);
    assert!(told.counters[0].happenings.is_empty(), "{told:?}");
}

#[test]
fn of_windows_what_was_said_again_or_refused_is_told() {
    let mut run = Run::new(&site());
    assert_eq!(news(&mut run, vec![report("mat", over(0, 15), 1, 5)]), None);
    assert_eq!(news(&mut run, vec![report("mat", over(15, 30), 2, 4)]), None);

    let again = only(news(
        &mut run,
        vec![report("mat", over(0, 15), 3, 7), report("mat", over(0, 15), 4, 8)],
    ));
    assert_eq!(
        (again.semantics, again.said_again, again.refused),
        (Semantics::Window, 2, 0)
    );
    assert_eq!(again.happenings[0].kind, HappeningKind::SaidAgain);
    assert_eq!(
        (again.happenings[0].counted, again.happenings[0].otherwise),
        ([8, 0, 0], None)
    );

    let hour = || report("mat", over(0, 60), 5, 20);
    let refused = only(news(&mut run, vec![hour()]));
    assert_eq!((refused.said_again, refused.refused), (2, 1));
    let happening = refused.happenings[1];
    assert_eq!(
        (happening.kind, happening.over),
        (HappeningKind::Overlap, over(0, 60))
    );
    assert_eq!(
        (happening.counted, happening.otherwise),
        ([0; 3], Some([20, 0, 0]))
    );
    assert!(happening.instead.is_some());
    let twice = only(news(
        &mut run,
        vec![Event {
            id: EventId::from_u128(6),
            ..hour()
        }],
    ));
    assert_eq!((twice.said_again, twice.refused), (3, 2));

    // Forty days on no report can overlap them any more.
    let days = 40 * 24 * 60;
    run.hears(vec![
        report("mat", over(days, days + 15), 10, 1),
        report("mat", over(days + 15, days + 30), 11, 1),
    ]);
    let (_, told) = run.engine.all_told().remove(0);
    assert!(told.counters[0].happenings.is_empty(), "{told:?}");
}

#[test]
fn only_the_newest_happenings_are_told_and_how_many_were_left_out() {
    let mut run = Run::new(&site());
    let many = HAPPENINGS_MAX as i64 + 3;
    let said = |number: i64| report("mat", over(number % many, number % many + 1), number as u128, 1);
    let told = only(news(&mut run, (0..2 * many).map(said).collect()));
    assert_eq!((told.happenings.len(), told.left_out), (HAPPENINGS_MAX, 3));
    assert_eq!(told.happenings[0].over, over(3, 4), "the oldest of the newest");
    assert_eq!(told.said_again, many as u64);
}

#[test]
fn counters_beyond_what_is_remembered_are_refused_and_that_is_told() {
    let mut run = Run::new(&site());
    let name = |number: usize| format!("mat-{number}");
    let first = |number: usize| report(&name(number), over(0, 15), number as u128, 1);
    assert_eq!(
        news(&mut run, (0..WINDOW_COUNTERS_MAX).map(first).collect()),
        None
    );
    let known = report(&name(0), over(15, 30), 900, 1);
    assert_eq!(news(&mut run, vec![known]), None, "a name that is known goes on");
    let beyond = [first(WINDOW_COUNTERS_MAX), first(WINDOW_COUNTERS_MAX + 1)];
    let told = news(&mut run, beyond.into()).expect("told");
    assert_eq!(
        (told.counters.len(), told.refused_counters),
        (WINDOW_COUNTERS_MAX, 2)
    );
    assert!(
        run.engine
            .all()
            .iter()
            .all(|now| now.in_today == WINDOW_COUNTERS_MAX as i64 + 1)
    );
}

#[test]
fn the_latest_word_of_a_device_holds_whenever_it_comes() {
    let mut run = Run::new(&site());
    let says = |at: i64, state| event(minute(at), at as u128, EventBody::Status { state });
    let device = |run: &Run| run.engine.all()[0].device;
    assert_eq!(device(&run), None);
    run.hears(vec![says(2, DeviceState::Degraded)]);
    assert_eq!(device(&run), Some(DeviceState::Degraded));
    run.hears(vec![says(1, DeviceState::Online)]);
    assert_eq!(device(&run), Some(DeviceState::Degraded), "an older word");
    run.hears(vec![says(3, DeviceState::Online)]);
    assert_eq!(device(&run), Some(DeviceState::Online));
}

#[test]
fn a_person_needs_no_camera_and_whoever_else_is_nobody_is_an_orphan() {
    let word = |number, reason| {
        let body = EventBody::Reset {
            target: ResetTarget::Place(PlaceId::new("shop").expect("id")),
            to: 12,
            reason,
        };
        Event {
            camera: CameraId::new("nobody").expect("id"),
            ..event(minute(0), number, body)
        }
    };
    let mut run = Run::new(&site());
    let folded = run.hears(vec![
        word(1, ResetReason::Manual),
        word(2, ResetReason::Device),
        word(3, ResetReason::Device),
    ]);
    assert_eq!(folded, [Folded::Applied, Folded::Orphaned, Folded::Orphaned]);
    assert_eq!(run.engine.counts().orphaned, 2);
}

#[test]
fn a_camera_has_no_say_about_a_place_it_does_not_feed() {
    let word = |number, place: &str| {
        let body = EventBody::Reset {
            target: ResetTarget::Place(PlaceId::new(place).expect("id")),
            to: 12,
            reason: ResetReason::Device,
        };
        event(minute(0), number, body)
    };
    let mut places = site().places().to_vec();
    let shop = places.last().expect("a shop").clone();
    places.push(Place {
        id: PlaceId::new("yard").expect("id"),
        ..shop
    });
    let mut run = Run::new(&Site::new(places, site().cameras().to_vec()).expect("valid"));
    run.hears(vec![word(1, "yard"), word(2, "shop")]);
    let told = |place: &str| {
        let scope = Scope::Place(PlaceId::new(place).expect("id"));
        run.rows.0.keys().any(|key| key.scope == scope)
    };
    assert_eq!((told("shop"), told("yard")), (true, false));
}

#[test]
fn a_number_that_came_too_late_to_count_is_not_missing() {
    let beat = |number: u64, at| Event {
        seq: Some(number),
        ..event(at, number.into(), EventBody::Beat)
    };
    let mut run = Run::new(&site());
    let folded = run.hears(vec![
        beat(1, minute(0)),
        beat(3, minute(1)),
        beat(2, minute(-8 * 24 * 60)),
    ]);
    assert_eq!(folded[2], Folded::BeyondAllowance);
    let (_, source) = run.engine.sources().next().expect("a camera");
    assert_eq!(source.sequence.lost(), 0, "the doors took note of it, too");
}

#[test]
fn today_is_what_the_row_of_today_has() {
    let midnight = minute(14 * 60);
    let quarter = 15 * MINUTE;
    let over = TimeRange {
        start: midnight.plus(-quarter),
        end: midnight.plus(quarter),
    };
    let mut run = Run::new(&site());
    let later = event(over.end.plus(MINUTE), 2, EventBody::Beat);
    run.hears(vec![report("quarters", over, 1, 4), later]);
    let shop = Scope::Place(PlaceId::new("shop").expect("id"));
    let now = run.engine.all().into_iter().find(|now| now.scope == shop);
    let now = now.expect("the shop");
    assert_eq!((now.in_today, now.raw_occupancy), (0, 4));
    let day = |start| {
        let (scope, rung) = (shop.clone(), Rung::Day);
        let row = run.rows.0.get(&RowKey { scope, rung, start });
        row.map_or(0, |row| row.people(Measure::In))
    };
    assert_eq!((day(midnight.plus(-24 * HOUR)), day(midnight)), (4, 0));
}

#[test]
fn a_word_about_a_place_nobody_else_speaks_of_outlives_a_restart_and_flushes_do_not_change_it() {
    let word = |at: i64, to| {
        let body = EventBody::Reset {
            target: ResetTarget::Place(PlaceId::new("shop").expect("id")),
            to,
            reason: ResetReason::Manual,
        };
        Event {
            camera: CameraId::new("nobody").expect("id"),
            ..event(minute(at), to.into(), body)
        }
    };
    let words = || vec![word(0, 40), word(10, 30), word(5, 20)];
    let (mut once, mut each) = (Run::new(&site()), Run::new(&site()));
    once.hears(words());
    for word in words() {
        each.hears(vec![word]);
        let kept = each.engine.save().expect("bytes");
        each.engine = Engine::restore(&site(), Rules::default(), &kept).expect("reads");
    }
    assert_eq!(once.rows.0, each.rows.0);
    let shop = Scope::Place(PlaceId::new("shop").expect("id"));
    let hour = RowKey {
        scope: shop.clone(),
        rung: Rung::Hour,
        start: minute(0),
    };
    let means = once.rows.0[&hour].measure(Measure::Occupancy).expect("followed");
    assert_eq!(
        means.max,
        40 * Measure::SCALE,
        "minutes that are over are part of their hour"
    );
    let inside = |run: &Run| {
        let now = run.engine.all().into_iter().find(|now| now.scope == shop);
        now.map(|now| (now.occupancy, now.latest))
    };
    assert_eq!(inside(&each), Some((30, Some(minute(10)))));
    assert_eq!(inside(&each), inside(&once));
}
