//! The windows that ended last, as they are answered: what is in them, in which order, and what came late.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use serde_json::{Value, json};
use support::House;
use throng_model::user::Role;

/// Somebody goes through the door at this time of 2026-03-29.
fn crossing(number: u32, at: &str, dir: &str) -> Value {
    let id = format!("019d371a-d328-7abc-8def-{number:012}");
    json!({"v": 1, "id": id, "type": "line", "cam": "own-door", "boot": "b", "seq": number,
        "t": format!("2026-03-29T{at}.000Z"), "q": {"conf": 0.9}, "data": {"line": "main", "dir": dir, "n": 1}})
}

fn beat(number: u32, at: &str) -> Value {
    let id = format!("019d371a-d328-7abc-8def-{number:012}");
    json!({"v": 1, "id": id, "type": "beat", "cam": "own-door", "boot": "b", "seq": number,
        "t": format!("2026-03-29T{at}.000Z"), "data": {}})
}

async fn send(house: &mut House, events: &[Value]) {
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = Value::from(events.to_vec()).to_string();
    let (status, answer) = house.ask("POST", "/api/v1/events", &headers, &body).await;
    let accepted = format!(r#""accepted":{}"#, events.len());
    assert!(status == 200 && answer.contains(&accepted), "{answer}");
    while house.windows.advance().unwrap() {}
    house.windows.turn();
}

async fn ask(house: &House, path: &str) -> Value {
    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let path = format!("/api/v1/analytics/{path}");
    let (status, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

fn named<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let mut windows = answer["windows"].as_array().unwrap().iter();
    windows.find(|window| window["name"] == name).expect(name)
}

/// Three people in and one out from 10:00 on, then heartbeats until well after eleven.
async fn morning() -> House {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    let mut events = vec![
        crossing(1, "10:00:05", "in"),
        crossing(2, "10:00:15", "in"),
        crossing(3, "10:02:25", "out"),
        crossing(4, "10:04:35", "in"),
    ];
    let later = (0..80).map(|minute| format!("{:02}:{:02}:30", 10 + (minute + 5) / 60, (minute + 5) % 60));
    events.extend((5..).zip(later).map(|(number, at)| beat(number, &at)));
    send(&mut house, &events).await;
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_and_its_places_tell_the_same_windows_in_the_order_of_the_table() {
    let mut house = morning().await;
    let camera = ask(&house, "windows/own-door").await;
    assert_eq!(camera["cameraId"], "own-door");
    let names: Vec<_> = camera["windows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|window| window["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "minute",
            "five_minutes",
            "hour",
            "sliding_minute",
            "sliding_five_minutes",
            "session_five_minutes",
            "session_thirty_minutes",
            "day_so_far"
        ],
        "no count window is full"
    );
    let minute = named(&camera, "minute");
    assert_eq!(
        (&minute["windowStart"], &minute["windowEnd"], &minute["events"]),
        (
            &json!("2026-03-29T10:04:00.000Z"),
            &json!("2026-03-29T10:05:00.000Z"),
            &json!(1)
        )
    );
    let five = named(&camera, "five_minutes");
    let (inside, outside) = (&five["measures"]["in"], &five["measures"]["out"]);
    assert_eq!((&five["kind"], &five["events"]), (&json!("tumbling"), &json!(4)));
    assert_eq!(
        (&inside["count"], &inside["sum"], &inside["unit"]),
        (&json!(3), &json!(3.0), &json!("people"))
    );
    assert_eq!(
        (&outside["sum"], &outside["variance"]),
        (&json!(1.0), &json!(0.0))
    );
    assert_eq!(five["measures"]["confidence"]["p95"], 0.9);
    let session = named(&camera, "session_five_minutes");
    assert_eq!(
        (&session["windowStart"], &session["windowEnd"]),
        (
            &json!("2026-03-29T10:00:05.000Z"),
            &json!("2026-03-29T10:09:35.000Z")
        )
    );
    let place = ask(&house, "places/own/windows").await;
    assert_eq!(place["placeId"], "own");
    assert_eq!(place["windows"], camera["windows"]);

    // One more came in between, and its event comes an hour late.
    send(&mut house, &[crossing(90, "10:01:00", "in")]).await;
    let late = ask(&house, "places/own/windows").await;
    let five = named(&late, "five_minutes");
    assert_eq!(
        (&five["events"], &five["revision"], &five["measures"]["in"]["sum"]),
        (&json!(5), &json!(1), &json!(4.0))
    );
    assert_eq!(named(&late, "minute"), minute, "another minute's event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_covered_as_far_as_its_camera_was_heard() {
    let house = morning().await;
    let camera = ask(&house, "windows/own-door").await;
    // Heard at 10:00:15, 10:02:25 and 10:04:35; a contact vouches for nine panes of 10 seconds, so twice four are not covered.
    let coverage = named(&camera, "hour")["coverage"].as_f64().unwrap();
    assert!((coverage * 360.0 - 352.0).abs() < 1e-9, "{coverage}");
    let foreign = ask(&house, "windows/foreign-door").await;
    assert_eq!(foreign["windows"], json!([]), "nothing was ever heard of it");
}
