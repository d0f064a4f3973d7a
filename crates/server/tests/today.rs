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
use throng_model::time::{HOUR, MINUTE, SECOND};

/// So many people pass a door in a direction, and that is stored.
async fn pass(office: &mut Office, number: u32, direction: &str, people: u32, at: Timestamp) {
    cross(office, number, direction, people, at).await;
    office.fold();
}

/// The same, told at once and not stored yet.
async fn cross(office: &mut Office, number: u32, direction: &str, people: u32, at: Timestamp) {
    let data = json!({"line": "main", "dir": direction, "n": people});
    tell(office, number, "line", at, data).await;
}

/// The door tells something.
async fn tell(office: &mut Office, number: u32, kind: &str, at: Timestamp, data: Value) {
    let event = json!({"v": 1, "id": format!("019d371a-d328-7abc-9def-{number:012}"), "type": kind, "cam": "own-door",
        "boot": "b", "seq": number, "t": at.to_string(), "data": data});
    let (status, answer) = office
        .ask_as(&office.gateway, "POST", "events", &event.to_string())
        .await;
    assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    while office.house.stream.advance().unwrap() {}
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

#[tokio::test]
async fn the_day_so_far_is_told_of_what_is_stored_and_says_until_when() {
    let mut office = Office::open().await;
    let noon = office.now();
    let told = async |office: &Office| {
        let live = office.get("live/snapshot").await;
        let place = place_now(&live, "own");
        let live = json!([place["asOf"], place["occupancy"]]);
        let day = office.get("analytics/places/own/occupancy/now").await;
        [live, json!([day["asOf"], day["raw"]])]
    };
    pass(&mut office, 1, "in", 3, noon).await;
    let first = json!([noon.to_string(), 3]);
    assert_eq!(told(&office).await, [first.clone(), first.clone()]);
    office.house.clock.advance(SECOND);
    cross(&mut office, 2, "in", 1, noon.plus(SECOND)).await;
    let second = json!([noon.plus(SECOND).to_string(), 4]);
    assert_eq!(told(&office).await, [second.clone(), first]);
    office.fold();
    assert_eq!(told(&office).await, [second.clone(), second]);
}

#[tokio::test]
async fn who_crosses_after_somebody_said_how_many_are_inside_comes_on_top_everywhere() {
    let mut office = Office::open().await;
    let noon = office.now();
    let second = |seconds: i64| noon.plus(seconds * SECOND);
    pass(&mut office, 1, "in", 5, noon).await;
    office.house.clock.advance(3 * SECOND);
    let said = office
        .ask("POST", "places/own/occupancy", json!({"people": 12}))
        .await;
    assert_eq!(said.0, 204, "{}", said.1);
    office.house.clock.advance(6 * SECOND);
    // Who crossed before the word is told of behind it; three leave before anybody else comes.
    cross(&mut office, 2, "in", 2, second(2)).await;
    cross(&mut office, 3, "out", 3, second(5)).await;
    cross(&mut office, 4, "in", 9, second(9)).await;
    let live = async |office: &Office| {
        let live = office.get("live/snapshot").await;
        let place = place_now(&live, "own");
        let now = office
            .get("analytics/places/own/realtime?metrics=occupancy")
            .await;
        json!([
            place["occupancy"],
            place["rawOccupancy"],
            now["metrics"]["occupancy"]
        ])
    };
    assert_eq!(live(&office).await, json!([18, 18, 18.0]));
    office.fold();
    assert_eq!(live(&office).await, json!([18, 18, 18.0]));
    let day = office.get("analytics/places/own/occupancy/now").await;
    assert_eq!(json!([day["raw"], day["floored"]]), json!([18, 18.0]));
}

#[tokio::test]
async fn the_day_so_far_is_lifted_where_the_live_number_is() {
    let mut office = Office::open().await;
    let noon = office.now();
    office.house.clock.advance(40 * SECOND);
    // One leaves whom nobody saw come; within the same minute another one comes.
    pass(&mut office, 1, "out", 1, noon.plus(5 * SECOND)).await;
    pass(&mut office, 2, "in", 1, noon.plus(25 * SECOND)).await;
    let live = office.get("live/snapshot").await;
    let day = office.get("analytics/places/own/occupancy/now").await;
    let place = place_now(&live, "own");
    assert_eq!(json!([place["rawOccupancy"], place["occupancy"]]), json!([0, 1]));
    assert_eq!(json!([day["raw"], day["floored"]]), json!([0, 1.0]));
}

#[tokio::test]
async fn who_was_counted_in_a_window_stands_at_its_end_among_the_words_everywhere() {
    let mut office = Office::open().await;
    let noon = office.now();
    let minutes = |minutes: i64| noon.plus(-minutes * MINUTE);
    let quarter = json!({"counter": "main", "from": minutes(15).to_string(), "to": noon.to_string(), "in": 5, "out": 2});
    tell(
        &mut office,
        1,
        "occ",
        minutes(10),
        json!({"place": "own", "n": 20}),
    )
    .await;
    tell(&mut office, 2, "count", noon, quarter).await;
    office.fold();
    let live = office.get("live/snapshot").await;
    let day = office.get("analytics/places/own/occupancy/now").await;
    let place = place_now(&live, "own");
    assert_eq!(
        json!([place["rawOccupancy"], place["occupancy"]]),
        json!([23, 23])
    );
    assert_eq!(json!([day["raw"], day["floored"]]), json!([23, 23.0]));
}
