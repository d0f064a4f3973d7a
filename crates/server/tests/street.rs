//! A sensor that sees who passes by and stands at no door: nobody measures an inside there, and none is told, until somebody does.

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
use throng_model::time::{HOUR, MINUTE};

const TODAY: [&str; 5] = ["occupancy", "rawOccupancy", "inToday", "outToday", "passToday"];

/// So many people cross in a direction, and that is stored.
async fn cross(office: &mut Office, number: u32, direction: &str, people: u32) {
    let at = office.now().to_string();
    let event = json!({"v": 1, "id": format!("019d371a-d328-7abc-9def-{number:012}"), "type": "line", "cam": "own-door",
        "boot": "b", "seq": number, "t": at, "data": {"line": "main", "dir": direction, "n": people}});
    let (status, answer) = office
        .ask_as(&office.gateway, "POST", "events", &event.to_string())
        .await;
    assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    office.fold();
}

/// Passers-by of two hours, a quarter of an hour apart.
async fn street(office: &mut Office) -> Timestamp {
    let noon = office.now();
    // So that all of the time was observed.
    office
        .patch("cameras/own-door", json!({"heartbeatSeconds": 900}))
        .await;
    for number in 1..=8 {
        cross(office, number, "unknown", 30).await;
        office.house.clock.advance(15 * MINUTE);
    }
    cross(office, 9, "unknown", 7).await;
    noon
}

#[tokio::test]
async fn of_a_street_it_is_told_who_passed_and_nobody_inside() {
    let mut office = Office::open().await;
    street(&mut office).await;
    let live = office.get("live/snapshot").await;
    let told = json!([null, null, 0, 0, 247]);
    assert_eq!(json!(TODAY.map(|name| &place_now(&live, "own")[name])), told);
    let camera = live["cameras"].as_array().unwrap();
    let camera = camera
        .iter()
        .find(|camera| camera["cameraId"] == "own-door")
        .unwrap();
    assert_eq!(
        json!(["occupancy", "inToday", "passToday"].map(|name| &camera[name])),
        json!([null, 0, 247])
    );
    for path in ["realtime/own-door", "places/own/realtime"] {
        let now = office
            .get(&format!("analytics/{path}?metrics=count,occupancy&timeRange=3h"))
            .await;
        assert_eq!(
            now["metrics"],
            json!({"count": 247.0, "occupancy": null}),
            "{path}"
        );
        let trend = |name: &str| -> Vec<f64> {
            let trend = now["trends"][name].as_array().unwrap().iter();
            trend.filter_map(Value::as_f64).collect()
        };
        assert_eq!(trend("occupancy"), [0.0; 0], "{path}");
        assert_eq!(trend("count").iter().sum::<f64>(), 247.0, "{path}");
    }
    let day = office.get("analytics/places/own/occupancy/now").await;
    for name in ["in", "out", "raw", "floored", "corrected", "noFactor"] {
        assert_eq!(day[name], Value::Null, "{name}");
    }
    assert!(
        day["coverage"].as_f64().unwrap() > 0.0,
        "but somebody looked: {day}"
    );
}

#[tokio::test]
async fn no_mean_and_no_sum_is_made_of_an_inside_that_nobody_measures() {
    let mut office = Office::open().await;
    let noon = street(&mut office).await;
    office.house.clock.advance(40 * HOUR);
    office.sign_in_again().await;
    let range = format!("start={noon}&end={}", noon.plus(2 * HOUR));
    let past = office
        .get(&format!(
            "analytics/places/own/historical?{range}&interval=hour&metrics=occupancy,count"
        ))
        .await;
    let hours = past["data"].as_array().unwrap().iter();
    let hours: Vec<_> = hours.map(|hour| hour["metrics"].clone()).collect();
    assert_eq!(hours, vec![json!({"occupancy": null, "count": 120.0}); 2]);
    let statistics = office
        .get(&format!(
            "analytics/places/own/statistics?{range}&interval=hour&measure=occupancy&aggregates=count,sum,avg"
        ))
        .await;
    for (name, number) in statistics["whole"].as_object().unwrap() {
        assert_eq!(*number, Value::Null, "{name}");
    }
    let measures = office
        .get(&format!("analytics/places/own/measures?{range}"))
        .await;
    let unknown: Vec<&str> = measures["measures"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|measure| measure["unknown"]["code"] == "not_measured")
        .map(|measure| measure["name"].as_str().unwrap())
        .collect();
    for name in [
        "in",
        "out",
        "net",
        "visitors",
        "flow_in",
        "flow_out",
        "occupancy",
        "stay",
        "time_used",
        "imbalance",
        "little_difference",
    ] {
        assert!(unknown.contains(&name), "{name}: {measures}");
    }
    let beside = office
        .get(&format!("analytics/aggregated?{range}&groupBy=building"))
        .await;
    let own = beside["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["groupId"] == "own");
    assert_eq!(own.unwrap()["metrics"]["avgOccupancy"], Value::Null, "{beside}");
    let days = office
        .get(&format!(
            "analytics/places/own/occupancy?start={noon}&end={}",
            noon.plus(HOUR)
        ))
        .await;
    let day = &days["data"][0];
    assert_eq!(
        json!([day["rawRest"], day["rest"], day["in"]]),
        json!([null, null, null]),
        "{days}"
    );
}

#[tokio::test]
async fn one_who_goes_in_measures_an_inside() {
    let mut office = Office::open().await;
    street(&mut office).await;
    cross(&mut office, 10, "in", 2).await;
    let live = office.get("live/snapshot").await;
    assert_eq!(
        json!(TODAY.map(|name| &place_now(&live, "own")[name])),
        json!([2, 2, 2, 0, 247])
    );
    let day = office.get("analytics/places/own/occupancy/now").await;
    assert_eq!(json!([day["raw"], day["floored"]]), json!([2, 2.0]));
}

#[tokio::test]
async fn a_person_who_counts_heads_on_a_square_measures_an_inside_of_it() {
    let mut office = Office::open().await;
    street(&mut office).await;
    let said = office
        .ask("POST", "places/own/occupancy", json!({"people": 12}))
        .await;
    assert_eq!(said.0, 204, "{}", said.1);
    office.fold();
    let live = office.get("live/snapshot").await;
    assert_eq!(place_now(&live, "own")["occupancy"], 12);
    let camera = live["cameras"].as_array().unwrap();
    let camera = camera
        .iter()
        .find(|camera| camera["cameraId"] == "own-door")
        .unwrap();
    assert_eq!(
        camera["occupancy"],
        Value::Null,
        "the camera sees nobody inside of anything"
    );
}
