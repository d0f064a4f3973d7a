//! A camera whose clock is four minutes ahead, beside one whose clock is right: what is told of the place they share.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::House;
use throng_api::ApiSettings;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::user::Role;
use throng_ports::Clock as _;

/// One person comes in, by the clock of this camera.
async fn comes(house: &mut House, camera: &str, number: u32, ahead: i64) {
    let key = house.key(&[camera]).await.1;
    let at = house.clock.now().plus(ahead).to_string();
    let id = format!("019d371a-d328-7abc-8def-{number:012}");
    let data = json!({"line": "main", "dir": "in", "n": 1});
    let event = json!({"v": 1, "id": id, "type": "line", "cam": camera, "t": at, "data": data});
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let (_, answer) = house
        .ask("POST", "/api/v1/events", &headers, &event.to_string())
        .await;
    assert!(answer.contains(r#""accepted":1"#), "{answer}");
    while house.stream.advance().unwrap() {}
    house.stream.checkpoint().unwrap();
    house.stream.publish();
}

async fn ask(house: &House, token: &str, path: &str) -> Value {
    let bearer = format!("Bearer {token}");
    let (status, body) = house.ask("GET", path, &[("authorization", &bearer)], "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// What is told of the organisation now: until when, people since midnight, people inside.
async fn now(house: &House, token: &str) -> Value {
    let live = ask(house, token, "/api/v1/live/snapshot").await;
    let places = live["places"].as_array().unwrap();
    let whole = places.iter().find(|place| place["placeId"] == "organisation");
    let whole = whole.unwrap();
    json!([whole["asOf"], whole["inToday"], whole["occupancy"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_goes_by_the_servers_clock() {
    let mut house = House::open(ApiSettings::default()).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    comes(&mut house, "own-door", 1, 4 * MINUTE).await;
    assert_eq!(
        now(&house, &analyst).await,
        json!(["2026-03-29T12:00:00.000Z", 1, 1])
    );
    house.clock.advance(30 * SECOND);
    comes(&mut house, "foreign-door", 2, 0).await;
    assert_eq!(
        now(&house, &analyst).await,
        json!(["2026-03-29T12:00:30.000Z", 2, 2])
    );

    // The minute of the right camera is over when it is, and has no revision.
    let minutes = "/api/v1/analytics/places/organisation/historical?interval=minute&start=2026-03-29T12:00:00Z&end=2026-03-29T12:05:00Z";
    let states = async |house: &House| {
        let answer = ask(house, &analyst, minutes).await;
        let minutes = answer["data"].as_array().unwrap().iter();
        let minutes = minutes.map(|minute| json!([minute["state"], minute["revision"]]));
        minutes.collect::<Vec<_>>()
    };
    assert_eq!(states(&house).await, vec![json!(["live", 0]); 5]);
    house.clock.advance(MINUTE);
    comes(&mut house, "own-door", 3, 4 * MINUTE).await;
    let mut expected = vec![json!(["live", 0]); 5];
    expected[0] = json!(["provisional", 0]);
    assert_eq!(states(&house).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_day_ends_at_midnight_and_its_people_are_reset_when_they_are() {
    let mut house = House::open(ApiSettings::default()).await;
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    // Two minutes before midnight, and before the reset at four.
    house.clock.advance(11 * HOUR + 58 * MINUTE);
    comes(&mut house, "foreign-door", 1, 0).await;
    comes(&mut house, "own-door", 2, 4 * MINUTE).await;
    assert_eq!(
        now(&house, &analyst).await,
        json!(["2026-03-29T23:58:00.000Z", 1, 2])
    );
    house.clock.advance(4 * HOUR);
    let analyst = house.sign_in("analyst", Role::Analyst, &[]).await;
    comes(&mut house, "own-door", 3, 4 * MINUTE).await;
    assert_eq!(
        now(&house, &analyst).await,
        json!(["2026-03-30T03:58:00.000Z", 2, 2])
    );
    house.clock.advance(2 * MINUTE);
    comes(&mut house, "foreign-door", 4, 0).await;
    assert_eq!(
        now(&house, &analyst).await,
        json!(["2026-03-30T04:00:00.000Z", 3, 2])
    );
}
