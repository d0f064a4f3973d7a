//! A week of one building from its events to the answer: people are conserved, and where they are not the answer says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod support;

use serde_json::{Value, json};
use support::House;
use throng_model::PlaceId;
use throng_model::counting::{Counting, Sides, Traffic};
use throng_model::place::Place;
use throng_model::time::HOUR;
use throng_model::user::Role;
use throng_ports::Catalog;

/// Somebody crosses, or many at once.
fn line(number: u32, at: &str, direction: &str, people: u32) -> Value {
    event(
        number,
        at,
        "line",
        json!({"line": "main", "dir": direction, "n": people}),
    )
}

fn event(number: u32, at: &str, kind: &str, data: Value) -> Value {
    let id = format!("019d371a-d328-7abc-8def-{number:012}");
    json!({"v": 1, "id": id, "type": kind, "cam": "own-door", "boot": "b", "seq": number, "t": at, "data": data})
}

async fn house(events: &[Value]) -> House {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    hears(&mut house, events).await;
    house
}

/// Takes events in and keeps what they change.
async fn hears(house: &mut House, events: &[Value]) {
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let body: Vec<String> = events.iter().map(Value::to_string).collect();
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-ndjson"),
    ];
    let (status, answer) = house
        .ask("POST", "/api/v1/events", &headers, &body.join("\n"))
        .await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["accepted"], events.len(), "{answer}");
    while house.stream.advance().unwrap() {}
    house.stream.checkpoint().unwrap();
}

async fn days(house: &House, token: &str, range: &str) -> (u16, Value) {
    let bearer = format!("Bearer {token}");
    let path = format!("/api/v1/analytics/places/own/occupancy?{range}");
    let (status, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
    (status, serde_json::from_str(&body).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_closed_day_says_what_became_of_its_people() {
    let half_hour = json!({"counter": "main", "from": "2026-03-26T20:00:00Z", "to": "2026-03-26T20:30:00Z", "in": 0, "out": 23});
    let house = house(&[
        // Wednesday: 64 in, 36 out, so that entries count 6/8 and exits 8/6.
        line(1, "2026-03-25T08:00:00.000Z", "in", 64),
        line(2, "2026-03-25T17:00:00.000Z", "out", 18),
        line(3, "2026-03-25T18:00:00.000Z", "out", 18),
        // Thursday: everybody leaves, nobody came. The half hour is known as a whole only.
        event(4, "2026-03-26T20:00:00.000Z", "count", half_hour),
        // Friday, until Saturday four o'clock: too little to tell anything.
        line(5, "2026-03-27T09:00:00.000Z", "in", 2),
        line(6, "2026-03-28T03:59:59.000Z", "out", 1),
        // Saturday nobody looked; Sunday is not over.
        line(7, "2026-03-29T11:00:00.000Z", "in", 5),
    ])
    .await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    let (status, answer) = days(
        &house,
        &analyst,
        "start=2026-03-25T12:00:00Z&end=2026-03-30T00:00:00Z",
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    let days = answer["data"].as_array().unwrap();
    let field = |name: &str| days.iter().map(|day| day[name].clone()).collect::<Vec<_>>();
    assert_eq!(
        field("start"),
        ["25", "26", "27", "28"].map(|day| json!(format!("2026-03-{day}T04:00:00.000Z")))
    );
    assert_eq!(json!(field("in")), json!([64, 0, 2, null]));
    assert_eq!(json!(field("out")), json!([36, 23, 1, null]));
    assert_eq!(json!(field("residual")), json!([28, -23, 1, null]));
    assert_eq!(
        json!(field("relativeResidual")),
        json!([0.56, -2.0, 2.0 / 3.0, null])
    );
    assert_eq!(json!(field("factorIn")), json!([0.75, null, null, null]));
    assert_eq!(
        json!(field("noFactor")),
        json!([null, "ratio_outside", "too_few_entries", null])
    );
    assert_eq!(json!(field("doorMissing")), json!([false, true, false, false]));
    assert_eq!(json!(field("rawRest")), json!([28, -23, 1, null]));
    assert_eq!(json!(field("rest")), json!([0.0, 0.0, 1.0, null]));
    assert_eq!(json!(field("state")), json!(["final", "final", "final", "final"]));
    assert_eq!(days[3]["coverage"], 0.0);
    assert_eq!(
        days[1]["resets"],
        json!([
            {"at": "2026-03-26T20:29:50.000Z", "reason": "floor", "old": -23.0, "new": 0.0},
            {"at": "2026-03-27T04:00:00.000Z", "reason": "nightly", "old": 0.0, "new": 0.0},
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_event_closes_its_day_again() {
    let known = [
        line(1, "2026-03-25T08:00:00.000Z", "out", 1),
        line(2, "2026-03-26T08:00:00.000Z", "in", 1),
    ];
    let late = line(3, "2026-03-25T07:00:00.000Z", "in", 1);
    for (events, rest, raw) in [
        (&known[..], 0.0, -1),
        (&[&known[..], &[late]].concat()[..], 0.0, 0),
    ] {
        let house = house(events).await;
        let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
        let (_, answer) = days(
            &house,
            &analyst,
            "start=2026-03-25T05:00:00Z&end=2026-03-26T00:00:00Z",
        )
        .await;
        let day = &answer["data"][0];
        assert_eq!((&day["rest"], &day["rawRest"]), (&json!(rest), &json!(raw)));
        // The exit comes before the entry that arrived after it: nothing is proven missing any more.
        let floors = day["resets"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|reset| reset["reason"] == "floor");
        assert_eq!(floors.count(), usize::from(raw < 0));
    }
}

async fn now(house: &House, token: &str) -> Value {
    let bearer = format!("Bearer {token}");
    let path = "/api/v1/analytics/places/own/occupancy/now";
    let (status, body) = house.ask("GET", path, &[("authorization", &bearer)], "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// So many in at nine and out at six on this Sunday of March 2026.
fn sunday(day: u32, people_in: u32, people_out: u32) -> [Value; 2] {
    let at = |clock: &str| format!("2026-03-{day:02}T{clock}:00:00.000Z");
    [
        line(2 * day + 100, &at("09"), "in", people_in),
        line(2 * day + 101, &at("18"), "out", people_out),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn today_is_corrected_by_what_sundays_taught() {
    // A fifth of the exits is not seen on Sundays: entries count 0.9, exits 1/0.9. A Saturday is no Sunday.
    let usual = [8, 15, 22].map(|day| sunday(day, 400, 324)).concat();
    let later = [
        line(201, "2026-03-28T09:00:00.000Z", "in", 60),
        line(202, "2026-03-29T09:00:00.000Z", "in", 100),
        line(203, "2026-03-29T11:00:00.000Z", "out", 45),
    ];
    let house = house(&[&usual[..], &later].concat()).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    let told = now(&house, &analyst).await;
    let levels = ["in", "out", "raw", "floored", "corrected", "noFactor"].map(|name| &told[name]);
    assert_eq!(json!(levels), json!([100, 45, 55, 55.0, 40.0, null]), "{told}");
    assert_eq!(told["asOf"], "2026-03-29T11:00:00.000Z");
    assert_eq!(told["start"], "2026-03-29T04:00:00.000Z");
    let learned = told["learnedFrom"].as_array().unwrap().iter();
    let learned = learned.map(|day| json!([day["start"], day["residual"]]));
    let expected = [8, 15, 22].map(|day| json!([format!("2026-03-{day:02}T04:00:00.000Z"), 76]));
    assert_eq!(learned.collect::<Vec<_>>(), expected);
    let relative = told["relativeResidual"].as_f64().unwrap();
    assert!((relative - 76.0 / 362.0).abs() < 1e-12, "{relative}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_enough_sundays_or_with_a_door_missing_nothing_is_scaled() {
    let usual = [1, 8, 15].map(|day| sunday(day, 400, 324)).concat();
    let another_door = [&usual[..], &sunday(22, 400, 100)].concat();
    let today = [line(201, "2026-03-29T09:00:00.000Z", "in", 100)];
    for (before, why) in [(&usual[..4], "too_few_days"), (&another_door, "door_missing")] {
        let house = house(&[before, &today].concat()).await;
        let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
        let told = now(&house, &analyst).await;
        let levels = ["raw", "floored", "corrected", "noFactor", "learnedFrom"].map(|name| &told[name]);
        assert_eq!(json!(levels), json!([100, 100.0, 100.0, why, []]), "{told}");
    }
    // Nobody looked today: that is not nobody.
    let house = house(&usual).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    let told = now(&house, &analyst).await;
    assert_eq!((&told["raw"], &told["corrected"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_counts_stand_for_is_a_setting_and_is_told() {
    let usual = [8, 15, 22].map(|day| sunday(day, 400, 324)).concat();
    let today = [
        line(201, "2026-03-29T09:00:00.000Z", "in", 100),
        line(202, "2026-03-29T11:00:00.000Z", "out", 81),
    ];
    let house = house(&[&usual[..], &today].concat()).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    let bearer = format!("Bearer {analyst}");
    let told = async || {
        let range = "start=2026-03-29T09:00:00Z&end=2026-03-29T12:00:00Z";
        let path = format!("/api/v1/analytics/places/own/measures?{range}");
        let (_, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
        let measures: Value = serde_json::from_str(&body).unwrap();
        let all = measures["measures"].as_array().unwrap();
        let visitors = all.iter().find(|measure| measure["name"] == "visitors").unwrap();
        let now = now(&house, &analyst).await;
        let (_, closed) = days(
            &house,
            &analyst,
            "start=2026-03-22T12:00:00Z&end=2026-03-22T13:00:00Z",
        )
        .await;
        let day = &closed["data"][0];
        let sides = json!([now["sides"], now["factorIn"], now["factorOut"], now["corrected"]]);
        let closed = json!([day["sides"], day["factorIn"], day["rest"]]);
        (sides, closed, json!([measures["traffic"], visitors["value"]]))
    };
    let two = (
        json!(["two", 0.9, 1.0 / 0.9, 0.0]),
        json!(["two", 0.9, 0.0]),
        json!(["both", 90.5]),
    );
    assert_eq!(told().await, two);
    let own = house
        .catalog
        .site()
        .place(&PlaceId::new("own").unwrap())
        .unwrap()
        .clone();
    let counting = Counting {
        sides: Sides::One,
        traffic: Traffic::Out,
    };
    house.catalog.save_place(Place { counting, ..own }).await.unwrap();
    let one = (
        json!(["one", 1.0, 400.0 / 324.0, 0.0]),
        json!(["one", 1.0, 0.0]),
        json!(["out", 81.0]),
    );
    assert_eq!(told().await, one);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_long_a_range_is_refused_with_its_limit() {
    let house = house(&[line(1, "2026-03-25T08:00:00.000Z", "in", 1)]).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    let (status, answer) = days(
        &house,
        &analyst,
        "start=2026-02-01T00:00:00Z&end=2026-03-25T00:00:00Z",
    )
    .await;
    assert_eq!(status, 400);
    assert!(answer["detail"].as_str().unwrap().contains("31 days"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_closed_when_it_is_over_and_not_before() {
    let house = house(&[line(1, "2026-03-25T08:00:00.000Z", "in", 1)]).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    // Nothing came after it, but it is days ago: the recording has ended.
    let ended = "start=2026-03-25T05:00:00Z&end=2026-03-26T00:00:00Z";
    let (_, answer) = days(&house, &analyst, ended).await;
    let closed = answer["data"].as_array().unwrap();
    assert_eq!(closed.len(), 1, "{answer}");
    assert_eq!(
        (&closed[0]["state"], &closed[0]["in"]),
        (&json!("final"), &json!(1))
    );
    let today = "start=2026-03-29T05:00:00Z&end=2026-03-30T00:00:00Z";
    let (_, answer) = days(&house, &analyst, today).await;
    assert_eq!(answer["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_counts_by_hand_is_believed_by_the_live_number_and_by_the_closed_day() {
    let mut house = house(&[line(1, "2026-03-29T11:00:00.000Z", "in", 5)]).await;
    let admin = house.sign_in("admin", Role::Admin, &[]).await;
    let bearer = format!("Bearer {admin}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let path = "/api/v1/places/own/occupancy";
    let too_many = house.ask("POST", path, &headers, r#"{"people":2000000}"#).await;
    assert_eq!(too_many.0, 400, "{}", too_many.1);
    let said = house.ask("POST", path, &headers, r#"{"people":2}"#).await;
    assert_eq!(said.0, 204, "{}", said.1);
    hears(&mut house, &[]).await;
    let path = "/api/v1/analytics/places/own/realtime";
    let (_, live) = house.ask("GET", path, &headers, "").await;
    let live: Value = serde_json::from_str(&live).unwrap();
    assert_eq!(live["metrics"]["occupancy"], json!(2.0), "{live}");

    // Somebody leaves; two days later that day is closed.
    house.clock.advance(48 * HOUR);
    let later = [
        line(2, "2026-03-29T12:01:00.000Z", "out", 1),
        line(3, "2026-03-31T12:00:00.000Z", "in", 1),
    ];
    hears(&mut house, &later).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    let range = "start=2026-03-29T12:00:00Z&end=2026-03-30T00:00:00Z";
    let (_, answer) = days(&house, &analyst, range).await;
    let day = &answer["data"][0];
    assert_eq!(
        (&day["rawRest"], &day["residual"]),
        (&json!(1), &json!(4)),
        "{day}"
    );
    assert_eq!(
        day["resets"],
        json!([
            {"at": "2026-03-29T12:00:00.000Z", "reason": "operator", "old": 5.0, "new": 2.0},
            {"at": "2026-03-30T04:00:00.000Z", "reason": "nightly", "old": 1.0, "new": 0.0},
        ])
    );
}
