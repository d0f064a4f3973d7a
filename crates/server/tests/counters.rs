//! What counters did that was not plain counting, as it is answered.

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
use throng_model::camera::{Line, Semantics};
use throng_model::user::Role;
use throng_ports::Catalog as _;

fn event(number: u32, kind: &str, at: &str, data: &Value) -> Value {
    let id = format!("019d371a-d328-7abc-8def-{number:012}");
    json!({"v": 1, "id": id, "type": kind, "cam": "own-door", "boot": "b", "seq": number,
        "t": format!("2026-03-29T{at}.000Z"), "data": data})
}

/// The door gets two counters, and these events.
async fn after(events: &[Value]) -> Value {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    let site = house.catalog.site();
    let mut door = site.camera(&"own-door".parse().unwrap()).unwrap().clone();
    let line = |id: &str, semantics| Line {
        semantics: Some(semantics),
        ..Line::new(id.parse().unwrap(), id)
    };
    door.lines = vec![
        line("total", Semantics::Cumulative),
        line("quarters", Semantics::Window),
    ];
    house.catalog.save_camera(door).await.unwrap();
    let bearer = format!("Bearer {}", house.key(&["own-door"]).await.1.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = Value::from(events.to_vec()).to_string();
    let (status, answer) = house.ask("POST", "/api/v1/events", &headers, &body).await;
    let accepted = format!(r#""accepted":{}"#, events.len());
    assert!(status == 200 && answer.contains(&accepted), "{answer}");
    while house.stream.advance().unwrap() {}
    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let path = "/api/v1/cameras/own-door/counters";
    let (status, body) = house.ask("GET", path, &[("authorization", &bearer)], "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_that_began_again_says_when_and_why() {
    let total = |n: u32| json!({"counter": "total", "in": n, "out": 0});
    let answer = after(&[
        event(1, "total", "10:00:00", &total(40)),
        event(2, "total", "10:01:00", &total(43)),
        event(3, "total", "10:01:00", &total(43)),
        event(4, "total", "10:02:00", &total(2)),
        event(
            5,
            "reset",
            "10:03:00",
            &json!({"counter": "total", "to": 0, "reason": "schedule"}),
        ),
        event(6, "total", "10:04:00", &total(90_000)),
    ])
    .await;
    let counter = &answer["counters"][0];
    assert_eq!(
        (
            &counter["counterId"],
            &counter["semantics"],
            &counter["saidAgain"]
        ),
        (&json!("total"), &json!("cumulative"), &json!(1))
    );
    let nobody = json!({"in": 0, "out": 0, "pass": 0});
    assert_eq!(
        counter["happenings"],
        json!([
            {"kind": "reset", "from": "2026-03-29T10:01:00.000Z", "to": "2026-03-29T10:02:00.000Z", "reason": null,
                "counted": {"in": 2, "out": 0, "pass": 0}, "otherwise": null, "instead": null},
            {"kind": "reset", "from": "2026-03-29T10:02:00.000Z", "to": "2026-03-29T10:03:00.000Z", "reason": "schedule",
                "counted": nobody, "otherwise": null, "instead": null},
            {"kind": "unexplained", "from": "2026-03-29T10:03:00.000Z", "to": "2026-03-29T10:04:00.000Z", "reason": null,
                "counted": nobody, "otherwise": {"in": 90_000, "out": 0, "pass": 0}, "instead": null}
        ])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_said_again_and_refused_ones_are_told() {
    let window = |from: &str, to: &str, n: u32| {
        let full = |at: &str| format!("2026-03-29T{at}:00.000Z");
        json!({"counter": "quarters", "from": full(from), "to": full(to), "in": n, "out": 0})
    };
    let answer = after(&[
        event(1, "count", "10:15:00", &window("10:00", "10:15", 7)),
        event(2, "count", "10:16:00", &window("10:00", "10:15", 9)),
        event(3, "count", "10:20:00", &window("10:05", "10:20", 4)),
    ])
    .await;
    let counter = &answer["counters"][0];
    assert_eq!(
        (&counter["semantics"], &counter["saidAgain"], &counter["refused"]),
        (&json!("window"), &json!(1), &json!(1))
    );
    let quarter = json!({"from": "2026-03-29T10:00:00.000Z", "to": "2026-03-29T10:15:00.000Z"});
    assert_eq!(
        counter["happenings"],
        json!([
            {"kind": "said_again", "from": quarter["from"], "to": quarter["to"], "reason": null,
                "counted": {"in": 9, "out": 0, "pass": 0}, "otherwise": null, "instead": null},
            {"kind": "overlap", "from": "2026-03-29T10:05:00.000Z", "to": "2026-03-29T10:20:00.000Z", "reason": null,
                "counted": {"in": 0, "out": 0, "pass": 0}, "otherwise": {"in": 4, "out": 0, "pass": 0},
                "instead": quarter}
        ])
    );
}
