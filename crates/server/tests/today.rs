//! What is told of now is of now: no number of a day gone by, none where nothing was heard, and the same people as in the rows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod office;
mod support;

use office::{Office, place_now};
use serde_json::{Value, json};
use throng_model::Timestamp;
use throng_model::time::HOUR;

/// So many people pass a door in a direction.
async fn pass(office: &mut Office, number: u32, direction: &str, people: u32, at: Timestamp) {
    let event = json!({"v": 1, "id": format!("019d371a-d328-7abc-9def-{number:012}"), "type": "line", "cam": "own-door",
        "boot": "b", "seq": number, "t": at.to_string(), "data": {"line": "main", "dir": direction, "n": people}});
    let (status, answer) = office
        .ask_as(&office.gateway, "POST", "events", &event.to_string())
        .await;
    assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    office.fold();
}

#[tokio::test]
async fn people_of_unknown_direction_are_counted_as_in_the_trend_beside() {
    let mut office = Office::open().await;
    let noon = office.now();
    pass(&mut office, 1, "in", 3, noon).await;
    pass(&mut office, 2, "unknown", 247, noon).await;
    for path in ["realtime/own-door", "places/own/realtime"] {
        let now = office
            .get(&format!("analytics/{path}?metrics=count,in,out,occupancy"))
            .await;
        assert_eq!(
            now["metrics"],
            json!({"count": 250.0, "in": 3.0, "out": 0.0, "occupancy": 3.0})
        );
        let trend = now["trends"]["count"].as_array().unwrap().iter();
        assert_eq!(trend.filter_map(Value::as_f64).sum::<f64>(), 250.0);
        assert_eq!(now["asOf"], noon.to_string());
    }
}

#[tokio::test]
async fn the_counts_of_yesterday_are_not_told_as_those_of_today() {
    let mut office = Office::open().await;
    let noon = office.now();
    pass(&mut office, 1, "in", 3, noon).await;
    let path = "analytics/realtime/own-door?metrics=count,in,out,occupancy";
    // Midnight is over; people may still be inside until the reset at four.
    for (hours, count, inside) in [
        (11, json!(3.0), json!(3.0)),
        (2, Value::Null, json!(3.0)),
        (11, Value::Null, Value::Null),
    ] {
        office.house.clock.advance(hours * HOUR);
        office.sign_in_again().await;
        let now = office.get(path).await;
        let metrics = &now["metrics"];
        assert_eq!(
            [&metrics["count"], &metrics["in"], &metrics["occupancy"]],
            [&count, &count, &inside],
            "{now}"
        );
        assert_eq!(now["asOf"], noon.to_string());
    }
}

#[tokio::test]
async fn what_was_never_heard_is_unknown_and_not_zero() {
    let mut office = Office::open().await;
    let noon = office.now();
    pass(&mut office, 1, "in", 3, noon).await;
    let live = office.get("live/snapshot").await;
    let camera = |id: &str| {
        let cameras = live["cameras"].as_array().unwrap();
        let found = cameras.iter().find(|camera| camera["cameraId"] == id).unwrap();
        ["occupancy", "inToday", "outToday", "asOf"].map(|name| found[name].clone())
    };
    assert_eq!(
        camera("own-door"),
        [json!(3), json!(3), json!(0), json!(noon.to_string())]
    );
    assert_eq!(camera("foreign-door"), [const { Value::Null }; 4]);
    let foreign = place_now(&live, "foreign");
    for name in ["occupancy", "rawOccupancy", "inToday", "outToday", "asOf"] {
        assert_eq!(foreign[name], Value::Null, "{name}");
    }
}
