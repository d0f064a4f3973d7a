//! What a place lives by, from events to the answer: numbers set by hand, and a reason wherever there is none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::House;
use throng_model::calendar::{Calendar, Week};
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::user::Role;
use throng_model::{CameraId, PlaceId, Timestamp};
use throng_ports::Catalog;

/// The events of one camera, numbered as they come.
#[derive(Default)]
struct Events(Vec<String>);

impl Events {
    fn add(&mut self, at: Timestamp, kind: &str, data: Value, confidence: Option<f64>) {
        let number = self.0.len() + 1;
        let mut event = json!({"v": 1, "id": format!("019d371a-d328-7abc-8def-{number:012}"), "type": kind,
            "cam": "own-door", "boot": "b", "seq": number, "t": at.to_string(), "data": data});
        if let Some(confidence) = confidence {
            event["q"] = json!({"conf": confidence});
        }
        self.0.push(event.to_string());
    }

    fn line(&mut self, at: Timestamp, direction: &str, people: u32, confidence: Option<f64>) {
        let data = json!({"line": "main", "dir": direction, "n": people});
        self.add(at, "line", data, confidence);
    }

    /// Signs of life every ten minutes, and one just before the end.
    fn alive(&mut self, from: Timestamp, to: Timestamp) {
        let mut at = from;
        while at < to {
            self.add(at, "beat", json!({}), None);
            at = at.plus(10 * MINUTE);
        }
        self.add(to.plus(-SECOND), "beat", json!({}), None);
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The house after these events: `own` holds ten people and opens as the week says, its zone says nothing of its own; the
/// camera is given up after half an hour of silence.
async fn house(zone: &str, week: Week, events: &Events) -> House {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    let site = house.catalog.site();
    let mut own = site.place(&PlaceId::new("own").unwrap()).unwrap().clone();
    own.capacity = Some(10);
    own.time_zone = zone.to_owned();
    own.calendar = Some(Calendar {
        week,
        exceptions: Vec::new(),
    });
    house.catalog.save_place(own).await.unwrap();
    let mut door = site.camera(&CameraId::new("own-door").unwrap()).unwrap().clone();
    door.heartbeat_s = 600;
    // Expected from then on, and not only since it first spoke.
    door.registered = Some(at("2026-03-28T05:00:00Z"));
    house.catalog.save_camera(door).await.unwrap();
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-ndjson"),
    ];
    let (status, answer) = house
        .ask("POST", "/api/v1/events", &headers, &events.0.join("\n"))
        .await;
    let accepted = serde_json::from_str::<Value>(&answer).unwrap()["accepted"].clone();
    assert_eq!((status, accepted), (200, json!(events.0.len())), "{answer}");
    while house.stream.advance().unwrap() {}
    house.stream.checkpoint().unwrap();
    house
}

async fn ask(house: &House, path: &str) -> (u16, Value) {
    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let path = format!("/api/v1/analytics/{path}");
    let (status, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
    (status, serde_json::from_str(&body).unwrap())
}

/// The answer, and of each measure its value or the code of why there is none: one of the two, with all its words.
async fn measures(house: &House, place: &str, range: &str) -> (Value, BTreeMap<String, Value>) {
    let (status, answer) = ask(house, &format!("places/{place}/measures?{range}")).await;
    assert_eq!(status, 200, "{answer}");
    let told = answer["measures"].as_array().unwrap().iter().map(|measure| {
        let (value, unknown) = (&measure["value"], &measure["unknown"]);
        assert_ne!(value.is_null(), unknown.is_null(), "{measure}");
        for words in ["unit", "formula", "source", "hours"] {
            assert!(!measure[words].as_str().unwrap().is_empty(), "{measure}");
        }
        let value = if value.is_null() { &unknown["code"] } else { value };
        (measure["name"].as_str().unwrap().to_owned(), value.clone())
    });
    let told = told.collect();
    (answer, told)
}

/// What is told of one camera or place among others side by side.
async fn beside(house: &House, group: &str, id: &str, range: &str) -> Value {
    let (status, answer) = ask(house, &format!("aggregated?groupBy={group}&{range}")).await;
    assert_eq!(status, 200, "{answer}");
    let mut groups = answer["data"].as_array().unwrap().iter();
    groups.find(|group| group["groupId"] == id).unwrap().clone()
}

fn measure<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let measures = answer["measures"].as_array().unwrap();
    measures.iter().find(|measure| measure["name"] == name).unwrap()
}

fn assert_told(told: &BTreeMap<String, Value>, expected: &[(&str, Value)]) {
    for (name, expected) in expected {
        let got = &told[*name];
        let near = match (got.as_f64(), expected.as_f64()) {
            (Some(got), Some(expected)) => (got - expected).abs() <= 1e-9 * expected.abs(),
            _ => got == expected,
        };
        assert!(near, "{name} is {got}, not {expected}");
    }
}

/// A Saturday of a place that is open from nine to twelve. From ten to eleven its camera is out.
///
/// ```text
/// 08:30  +2      2 inside    before it opens
/// 09:00  +8     10 inside    full
/// 09:30  -4      6 inside
/// 10:00                      nobody looks
/// 11:00  +2      8 inside
/// 11:30  -8      0 inside
/// ```
async fn saturday() -> House {
    let mut events = Events::default();
    events.alive(at("2026-03-28T08:00:00Z"), at("2026-03-28T10:00:00Z"));
    events.alive(at("2026-03-28T11:00:00Z"), at("2026-03-28T12:00:00Z"));
    events.line(at("2026-03-28T08:30:00Z"), "in", 2, Some(0.75));
    events.line(at("2026-03-28T09:00:00Z"), "in", 8, Some(1.0));
    events.line(at("2026-03-28T09:30:00Z"), "out", 4, None);
    events.line(at("2026-03-28T11:00:00Z"), "in", 2, None);
    events.line(at("2026-03-28T11:30:00Z"), "out", 8, None);
    for (minute, seconds) in [(1, 60), (2, 120), (3, 600)] {
        let data = json!({"zone": "own-zone", "dwell_s": seconds});
        events.add(
            at("2026-03-28T11:30:00Z").plus(minute * MINUTE),
            "zone_out",
            data,
            None,
        );
    }
    for (minute, length) in [(5, 3), (6, 5)] {
        let data = json!({"zone": "own-zone", "len": length});
        events.add(
            at("2026-03-28T11:30:00Z").plus(minute * MINUTE),
            "queue",
            data,
            None,
        );
    }
    // On Sunday, two seconds ago: three people whose direction nobody saw.
    events.line(at("2026-03-29T11:59:58Z"), "unknown", 3, None);
    let week = Week {
        saturday: vec!["09:00-12:00".parse().unwrap()],
        ..Week::default()
    };
    house("UTC", week, &events).await
}

/// Three stays ended after 10, 20 and 30 s; two tracks were lost after 40 s.
#[tokio::test(flavor = "multi_thread")]
async fn stays_that_were_cut_lengthen_the_percentiles_and_are_told() {
    let mut events = Events::default();
    events.alive(at("2026-03-28T08:00:00Z"), at("2026-03-28T09:00:00Z"));
    let stays = [
        (10, "boundary"),
        (20, "boundary"),
        (30, "boundary"),
        (40, "track_end"),
        (40, "timeout"),
    ];
    for (minute, (seconds, kind)) in (1..).zip(stays) {
        let data = json!({"zone": "own-zone", "dwell_s": seconds, "dwell_kind": kind});
        events.add(
            at("2026-03-28T08:00:00Z").plus(minute * MINUTE),
            "zone_out",
            data,
            None,
        );
    }
    let house = house("UTC", Week::default(), &events).await;
    let range = "start=2026-03-28T08:00:00Z&end=2026-03-28T09:00:00Z";
    let (_, told) = measures(&house, "own", range).await;
    let expected = [
        ("dwell", json!(20.0)),
        ("dwell_censored_share", json!(0.4)),
        // Two of five still go on when the last one that was seen to end has ended.
        ("dwell_p90", json!("too_many_cut")),
    ];
    for (name, value) in expected {
        assert_eq!(told[name], value, "{name}");
    }
    let median = told["dwell_p50"].as_f64().unwrap();
    assert!(
        (median - 30.0).abs() <= 0.3,
        "of those that ended it is 20, not {median}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_measure_is_the_number_set_by_hand_or_says_why_not() {
    let house = saturday().await;
    let range = "start=2026-03-28T08:10:00Z&end=2026-03-28T12:00:00Z";
    let (answer, told) = measures(&house, "own", range).await;
    assert_eq!(
        (
            &answer["placeId"],
            &answer["capacity"],
            &answer["state"],
            &answer["openHours"]
        ),
        (&json!("own"), &json!(10), &json!("final"), &json!(3.0))
    );
    assert_eq!(
        answer["wholeHours"],
        json!({"start": "2026-03-28T08:00:00.000Z", "end": "2026-03-28T12:00:00.000Z"})
    );
    let expected = [
        ("in", json!(12.0)),
        ("out", json!(12.0)),
        ("pass", json!(0.0)),
        ("net", json!(0.0)),
        ("visitors", json!(12.0)),
        // Ten came and twelve left in the two open hours in which somebody looked.
        ("flow_in", json!(10.0 / 120.0)),
        ("flow_out", json!(12.0 / 120.0)),
        ("flow_per_metre", json!("no_width")),
        // From 08:15: two in the second quarter and eight in the fourth.
        ("peak_hour", json!(10.0)),
        ("peak_hour_factor", json!(10.0 / 32.0)),
        // One, eight and four inside in the mean of the three hours.
        ("occupancy", json!(13.0 / 3.0)),
        ("stay", json!(13.0 * 3_600.0 / 12.0)),
        ("utilisation", json!(0.6)),
        ("time_at_capacity", json!(0.25)),
        ("time_used", json!(0.5)),
        ("up_time", json!(2.0 / 3.0)),
        ("dwell", json!(260.0)),
        ("dwell_censored_share", json!(0.0)),
        ("queue", json!(4.0)),
        ("queue_max", json!(5.0)),
        ("queue_wait", json!("not_a_zone")),
        ("imbalance", json!(0.0)),
        // 13/3 inside; 12 in three hours who stay 260 s would be 13/45.
        ("little_difference", json!(1.75)),
        ("confidence", json!(0.875)),
        // All of it came a day later: the camera had stored it.
        ("latency", json!("not_measured")),
        // Five crossings, three stays, two queues.
        ("throughput", json!(10.0 / 180.0)),
        ("accuracy", json!("not_validated")),
        ("visitors_by_staff_hour", json!("no_rota")),
    ];
    assert_told(&told, &expected);
    for (name, seconds) in [("dwell_p50", 120.0), ("dwell_p90", 600.0), ("dwell_p95", 600.0)] {
        let got = told[name].as_f64().unwrap();
        assert!((got - seconds).abs() <= seconds / 100.0, "{name} is {got}");
    }
    let rested_on = |name: &str| {
        let measure = measure(&answer, name);
        (measure["hours"].clone(), measure["coverage"].clone())
    };
    assert_eq!(rested_on("in"), (json!("all"), json!(0.75)));
    assert_eq!(rested_on("utilisation"), (json!("open"), json!(2.0 / 3.0)));
    assert_eq!(measure(&answer, "peak_hour")["at"], "2026-03-28T08:15:00.000Z");
    assert!(measure(&answer, "in")["at"].is_null());

    // Places side by side say the same of the same hours.
    let (_, aggregated) = ask(&house, &format!("aggregated?groupBy=building&{range}")).await;
    let groups = aggregated["data"].as_array().unwrap();
    let own = &groups.iter().find(|group| group["groupId"] == "own").unwrap()["metrics"];
    assert_eq!(
        (
            &own["totalCount"],
            &own["avgOccupancy"],
            &own["efficiency"],
            &own["peakHour"]
        ),
        (
            &json!(12),
            &told["occupancy"],
            &told["utilisation"],
            &measure(&answer, "peak_hour")["at"]
        )
    );

    // The zone holds nobody knows how many; a queue can stand in it. It is open as the building around it.
    let (answer, told) = measures(&house, "own-zone", range).await;
    assert!(answer["capacity"].is_null());
    let expected = [
        ("utilisation", json!("no_capacity")),
        ("time_at_capacity", json!("no_capacity")),
        ("time_used", json!(0.5)),
        ("flow_in", json!(10.0 / 120.0)),
        // Four wait, and one leaves every 900 seconds.
        ("queue_wait", json!(3_600.0)),
    ];
    assert_told(&told, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_too_little_was_observed_counts_stay_and_rates_go() {
    let house = saturday().await;
    let (answer, told) = measures(
        &house,
        "own",
        "start=2026-03-28T00:00:00Z&end=2026-03-28T12:00:00Z",
    )
    .await;
    let expected = [
        ("in", json!(12.0)),
        ("peak_hour", json!(10.0)),
        ("dwell", json!(260.0)),
        ("occupancy", json!("too_little_coverage")),
        ("stay", json!("too_little_coverage")),
        ("imbalance", json!("too_little_coverage")),
        ("throughput", json!("too_little_coverage")),
        // Of the open hours enough is known.
        ("flow_in", json!(10.0 / 120.0)),
        ("utilisation", json!(0.6)),
    ];
    assert_told(&told, &expected);
    // Three hours of the seven since the camera is known.
    assert_eq!(measure(&answer, "in")["coverage"], json!(3.0 / 7.0));

    // Two came, eight left, and four were inside in the mean: the two would have stayed for two hours of one.
    let hour = "start=2026-03-28T11:00:00Z&end=2026-03-28T12:00:00Z";
    let (_, told) = measures(&house, "own", hour).await;
    assert_told(
        &told,
        &[("stay", json!("stay_too_long")), ("imbalance", json!(-6.0 / 5.0))],
    );

    // Ten seconds of Sunday's hour were observed, two seconds before now.
    let now = "start=2026-03-29T11:00:00Z&end=2026-03-29T12:00:00Z";
    let (answer, told) = measures(&house, "own", now).await;
    assert_eq!(
        (&answer["state"], &measure(&answer, "in")["coverage"]),
        (&json!("live"), &json!(1.0 / 360.0))
    );
    let expected = [
        ("pass", json!(3.0)),
        ("in", json!(0.0)),
        ("peak_hour", json!(3.0)),
        ("peak_hour_factor", json!("too_coarse")),
        ("latency", json!(2_000.0)),
        ("stay", json!("too_little_coverage")),
        ("flow_in", json!("never_open")),
    ];
    assert_told(&told, &expected);

    for (day, open, all) in [
        (
            "start=2026-03-21T00:00:00Z&end=2026-03-22T00:00:00Z",
            "nothing_observed",
            "nothing_observed",
        ),
        (
            "start=2026-03-27T00:00:00Z&end=2026-03-28T00:00:00Z",
            "never_open",
            "nothing_observed",
        ),
        (
            "start=2026-04-04T00:00:00Z&end=2026-04-05T00:00:00Z",
            "not_begun",
            "not_begun",
        ),
    ] {
        let (_, told) = measures(&house, "own", day).await;
        assert_told(
            &told,
            &[
                ("utilisation", json!(open)),
                ("up_time", json!(open)),
                ("in", json!(all)),
                ("dwell_p95", json!(all)),
            ],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_on_which_the_clocks_change_has_its_own_hours() {
    // New York, 8 March: 23 hours, from 05:00Z. Three people stay for the first half of every hour.
    let (start, end) = (at("2026-03-08T05:00:00Z"), at("2026-03-09T04:00:00Z"));
    let mut events = Events::default();
    events.alive(start, end);
    for hour in 0..23 {
        events.line(start.plus(hour * HOUR), "in", 3, None);
        events.line(start.plus(hour * HOUR + HOUR / 2), "out", 3, None);
    }
    events.add(at("2026-03-10T00:00:00Z"), "beat", json!({}), None);
    // Midnight to six on the wall: five hours of that night.
    let week = Week {
        sunday: vec!["00:00-06:00".parse().unwrap()],
        ..Week::default()
    };
    let house = house("America/New_York", week, &events).await;
    let (answer, told) = measures(
        &house,
        "own",
        "start=2026-03-08T05:00:00Z&end=2026-03-09T04:00:00Z",
    )
    .await;
    assert_eq!(answer["openHours"], 5.0);
    assert_eq!(measure(&answer, "in")["coverage"], 1.0);
    let expected = [
        ("in", json!(69.0)),
        ("flow_in", json!(15.0 / 300.0)),
        ("occupancy", json!(1.5)),
        ("stay", json!(1_800.0)),
        ("utilisation", json!(0.15)),
        ("time_at_capacity", json!(0.0)),
        ("time_used", json!(0.5)),
        ("up_time", json!(1.0)),
        ("peak_hour", json!(3.0)),
        ("dwell", json!("not_measured")),
        ("queue", json!("not_measured")),
        ("confidence", json!("not_measured")),
        ("throughput", json!(46.0 / (23.0 * 60.0))),
    ];
    assert_told(&told, &expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_a_range_is_refused_with_its_limit() {
    let house = saturday().await;
    let (status, answer) = ask(
        &house,
        "places/own/measures?start=2024-03-28T00:00:00Z&end=2026-03-28T00:00:00Z",
    )
    .await;
    assert_eq!(status, 400);
    assert!(
        answer["detail"].as_str().unwrap().contains("367 days"),
        "{answer}"
    );
}

/// A recording that ended, and a camera that fell silent: nobody waits for them for ever.
#[tokio::test]
async fn an_hour_after_its_end_a_bucket_is_not_live_even_where_nothing_more_is_heard() {
    let mut events = Events::default();
    events.line(at("2026-03-28T20:30:00Z"), "in", 1, None);
    let house = house("UTC", Week::default(), &events).await;
    let states = async |scope: &str| {
        let range = "start=2026-03-28T20:00:00Z&end=2026-03-29T13:00:00Z";
        let (status, answer) = ask(&house, &format!("{scope}?interval=hour&metrics=in&{range}")).await;
        assert_eq!(status, 200, "{answer}");
        let buckets = answer["data"].as_array().unwrap().iter();
        buckets
            .map(|bucket| bucket["state"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // It is noon: the hour before last ended an hour ago.
    let mut expected = vec!["final"; 14];
    expected.extend(["provisional", "live", "live"]);
    assert_eq!(states("historical/own-door").await, expected);
    assert_eq!(states("places/own/historical").await, expected);
    // Nothing was ever heard here: there is nothing to be sure of.
    assert_eq!(states("historical/foreign-door").await, ["live"; 17]);
}

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
