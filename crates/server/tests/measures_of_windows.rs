//! What a place lives by where it was counted in windows: what lies between hours is in whole days, and of what is too coarse it
//! is said so.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;
mod telling;

use serde_json::{Value, json};
use support::House;
use telling::{Events, ask, assert_told, at, beside, house, measure, measures, send};
use throng_model::Timestamp;
use throng_model::calendar::Week;
use throng_model::time::{HOUR, MINUTE};

/// A quarter of an hour counted as a whole, from this moment on.
fn quarter(events: &mut Events, from: &str, people_in: u32, people_out: u32) {
    let to = at(from).plus(15 * MINUTE);
    let data =
        json!({"counter": "main", "from": from, "to": to.to_string(), "in": people_in, "out": people_out});
    events.add(to, "count", data, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_came_in_a_window_across_an_hour_came_on_that_day() {
    let mut events = Events::default();
    events.line(at("2026-03-28T08:00:00Z"), "in", 1, None);
    quarter(&mut events, "2026-03-28T16:50:00Z", 12, 9);
    quarter(&mut events, "2026-03-28T17:50:00Z", 0, 0);
    let house = house("UTC", Week::default(), &events).await;
    let day = "start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z";
    let (answer, told) = measures(&house, "own", day).await;
    let expected = [
        ("in", json!(13.0)),
        ("out", json!(9.0)),
        ("net", json!(4.0)),
        ("visitors", json!(11.0)),
        ("pass", json!(0.0)),
        ("peak_hour", json!(1.0)),
    ];
    assert_told(&told, &expected);
    // Of 19 hours, ten seconds and two quarters of an hour, in one of which nobody came.
    let covered = measure(&answer, "in")["coverage"].as_f64().unwrap() * 68_400.0;
    assert!((covered - 1_810.0).abs() < 1e-6, "{covered}");
    let (_, days) = ask(
        &house,
        &format!("places/own/historical?interval=day&metrics=in,out&{day}"),
    )
    .await;
    let values = &days["data"][0]["metrics"];
    assert_eq!(
        (&values["in"], &values["out"]),
        (&json!(13.0), &json!(9.0)),
        "{days}"
    );
    // Places side by side say the same, whether hours are read or days are added up.
    let long = "start=2026-01-01T00:00:00Z&end=2026-03-29T00:00:00Z";
    let own = beside(&house, "building", "own", day).await;
    assert_eq!(own["metrics"]["totalCount"], 13, "{own}");
    // And coverage is one word: of the hours since the camera is known.
    assert_eq!(own["coverage"], measure(&answer, "in")["coverage"]);
    assert_eq!(own["coverage"], days["data"][0]["coverage"]);
    for (group, id) in [("camera", "own-door"), ("zone", "own-zone"), ("building", "own")] {
        let own = beside(&house, group, id, long).await;
        assert_eq!(own["metrics"]["totalCount"], 13, "{own}");
    }

    // On which side of five o'clock they came nobody knows, and of the morning only that somebody came on that day.
    for part in [
        "start=2026-03-28T16:00:00Z&end=2026-03-28T17:00:00Z",
        "start=2026-03-28T08:00:00Z&end=2026-03-29T00:00:00Z",
    ] {
        let (_, told) = measures(&house, "own", part).await;
        let missing = ["in", "out", "net", "visitors"].map(|name| (name, json!("too_coarse")));
        assert_told(&told, &missing);
        let own = beside(&house, "building", "own", part).await;
        assert_eq!(own["metrics"]["totalCount"], Value::Null, "{own}");
    }
    let (_, told) = measures(
        &house,
        "own",
        "start=2026-03-29T00:00:00Z&end=2026-03-29T12:00:00Z",
    )
    .await;
    assert_told(&told, &[("in", json!("nothing_observed"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_too_long_to_follow_the_people_inside_say_so() {
    let mut events = Events::default();
    for number in 0..17 {
        let from = at("2026-03-28T09:00:00Z").plus(number * 15 * MINUTE).to_string();
        let people = |at: i64| if number == at { 10 } else { 0 };
        quarter(&mut events, &from, people(0), people(16));
    }
    let week = Week {
        saturday: vec!["09:00-13:00".parse().unwrap()],
        ..Week::default()
    };
    let house = house("UTC", week, &events).await;
    let range = "start=2026-03-28T09:00:00Z&end=2026-03-28T13:00:00Z";
    let (answer, told) = measures(&house, "own", range).await;
    assert_eq!(measure(&answer, "occupancy")["coverage"], 1.0);
    let coarse = [
        "occupancy",
        "stay",
        "utilisation",
        "time_at_capacity",
        "time_used",
        "up_time",
    ];
    assert_told(&told, &coarse.map(|name| (name, json!("too_coarse"))));
    assert_told(&told, &[("in", json!(10.0))]);
    let own = beside(&house, "building", "own", range).await;
    assert_eq!(
        own["metrics"],
        json!({"totalCount": 10, "avgOccupancy": null, "peakHour": "2026-03-28T09:00:00.000Z", "efficiency": null})
    );
    let (_, hours) = ask(
        &house,
        &format!("places/own/historical?interval=hour&metrics=in,occupancy&{range}"),
    )
    .await;
    let hours = hours["data"].as_array().unwrap();
    let occupancy: Vec<_> = hours
        .iter()
        .map(|hour| hour["metrics"]["occupancy"].clone())
        .collect();
    assert_eq!(occupancy, vec![Value::Null; 4], "ten people were inside");
    assert_eq!(hours[0]["metrics"]["in"], 10.0);
}

/// Two hours counted as a whole, of which no hour has anything.
fn two_quiet_hours(events: &mut Events, from: &str) {
    let to = at(from).plus(2 * HOUR);
    let data = json!({"counter": "main", "from": from, "to": to.to_string(), "in": 0, "out": 0});
    events.add(to, "count", data, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_part_of_a_day_of_quiet_windows_nobody_knows_how_much_was_observed() {
    let mut events = Events::default();
    for hour in ["05", "07", "09", "11", "13", "15", "17", "19", "21"] {
        two_quiet_hours(&mut events, &format!("2026-03-28T{hour}:00:00Z"));
    }
    let week = Week {
        saturday: vec!["09:00-12:00".parse().unwrap()],
        ..Week::default()
    };
    let house = house("UTC", week, &events).await;
    let day = "start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z";
    let (answer, told) = measures(&house, "own", day).await;
    assert_told(&told, &[("in", json!(0.0)), ("peak_hour", json!("nobody_came"))]);
    let covered = measure(&answer, "in")["coverage"].as_f64().unwrap() * 19.0;
    assert!((covered - 18.0).abs() < 1e-6, "{covered}");
    let open = ["flow_in", "time_used", "up_time"];
    assert_told(&told, &open.map(|name| (name, json!("too_coarse"))));
    assert_eq!(measure(&answer, "flow_in")["coverage"], Value::Null);

    let part = "start=2026-03-28T08:00:00Z&end=2026-03-28T14:00:00Z";
    let (answer, told) = measures(&house, "own", part).await;
    let all = [
        "in",
        "visitors",
        "peak_hour",
        "occupancy",
        "throughput",
        "flow_in",
    ];
    assert_told(&told, &all.map(|name| (name, json!("too_coarse"))));
    assert_eq!(measure(&answer, "in")["coverage"], Value::Null);
    let own = beside(&house, "building", "own", part).await;
    assert_eq!(
        (&own["metrics"]["totalCount"], &own["coverage"]),
        (&Value::Null, &Value::Null)
    );
    // On the day before, nobody looked at all.
    let before = "start=2026-03-27T08:00:00Z&end=2026-03-27T14:00:00Z";
    let (_, told) = measures(&house, "own", before).await;
    assert_told(&told, &[("in", json!("nothing_observed"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_with_opening_hours_is_judged_as_strictly_as_one_that_is_always_open() {
    let mut events = Events::default();
    // One hour is followed event by event, quiet windows lie around it.
    for hour in ["05", "07", "10", "12", "14", "16", "18", "20", "22"] {
        two_quiet_hours(&mut events, &format!("2026-03-28T{hour}:00:00Z"));
    }
    events.alive(at("2026-03-28T09:00:00Z"), at("2026-03-28T10:00:00Z"));
    events.line(at("2026-03-28T09:30:00Z"), "in", 8, None);
    let hours = |text: &str| Week {
        saturday: vec![text.parse().unwrap()],
        ..Week::default()
    };
    let day = "start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z";
    for week in [hours("00:00-24:00"), hours("09:00-12:00")] {
        let house = house("UTC", week, &events).await;
        let (_, told) = measures(&house, "own", day).await;
        let unknown = ["utilisation", "time_at_capacity", "time_used", "up_time"];
        assert_told(&told, &unknown.map(|name| (name, json!("too_coarse"))));
        let own = beside(&house, "building", "own", day).await;
        assert_eq!(own["metrics"]["efficiency"], Value::Null, "{own}");
    }
    let house = house("UTC", hours("09:00-12:00"), &events).await;
    // Eight came in the hour of which that is known; the other two may have been as quiet as the windows.
    let (answer, told) = measures(&house, "own", day).await;
    assert_told(&told, &[("in", json!(8.0)), ("flow_in", json!("too_coarse"))]);
    assert_eq!(measure(&answer, "flow_in")["coverage"], json!(1.0));
    // Nothing is left unknown of an hour that was observed all through.
    let hour = "start=2026-03-28T09:00:00Z&end=2026-03-28T10:00:00Z";
    let (_, told) = measures(&house, "own", hour).await;
    assert_told(
        &told,
        &[("flow_in", json!(8.0 / 60.0)), ("occupancy", json!(4.0))],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_said_again_move_the_busiest_hour_of_a_long_range() {
    let half_hours = |events: &mut Events, said_at: Timestamp, people: [u32; 2]| {
        for (from, people) in [at("2026-03-28T10:00:00Z"), at("2026-03-28T14:00:00Z")]
            .into_iter()
            .zip(people)
        {
            let to = from.plus(30 * MINUTE);
            let data = json!({"counter": "main", "from": from.to_string(), "to": to.to_string(), "in": people, "out": 0});
            events.add(to.max(said_at), "count", data, None);
        }
    };
    let mut events = Events::default();
    half_hours(&mut events, at("2026-03-28T10:30:00Z"), [5, 2]);
    let mut house = house("UTC", Week::default(), &events).await;
    let told = async |house: &House, group: &str, id: &str| {
        let range = "start=2026-03-01T00:00:00Z&end=2026-03-29T00:00:00Z";
        let group = beside(house, group, id, range).await;
        (
            group["metrics"]["totalCount"].clone(),
            group["metrics"]["peakHour"].clone(),
        )
    };
    let groups = [("camera", "own-door"), ("zone", "own-zone"), ("building", "own")];
    for (group, id) in groups {
        let expected = (json!(7), json!("2026-03-28T10:00:00.000Z"));
        assert_eq!(told(&house, group, id).await, expected, "{id}");
    }
    // As many on that day, but two of them in another hour; the camera has not come to the day's end.
    half_hours(&mut events, at("2026-03-28T14:40:00Z"), [3, 4]);
    send(&mut house, &events.0[2..]).await;
    for (group, id) in groups {
        let expected = (json!(7), json!("2026-03-28T14:00:00.000Z"));
        assert_eq!(told(&house, group, id).await, expected, "{id}");
    }
}
