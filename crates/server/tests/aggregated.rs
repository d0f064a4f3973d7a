//! Buildings side by side, from events to the answer: the rush is found where it was, and a place is as used as its open
//! hours were.

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
use throng_model::calendar::{Calendar, Week};
use throng_model::user::Role;
use throng_ports::Catalog;

/// One crossing at the start of each minute from eight to ten; five people together from half past eight to half past nine.
fn rush() -> Vec<String> {
    let crossing = |minute: u32| {
        let people = if (30..90).contains(&minute) { 5 } else { 1 };
        let id = format!("019d371a-d328-7abc-8def-{minute:012}");
        let at = format!("2026-03-28T{:02}:{:02}:00.000Z", 8 + minute / 60, minute % 60);
        let data = json!({"line": "main", "dir": "in", "n": people});
        json!({"v": 1, "id": id, "type": "line", "cam": "own-door", "boot": "b", "seq": minute + 1, "t": at, "data": data})
    };
    let later = json!({"v": 1, "id": "019d371a-d328-7abc-8def-000000000999", "type": "beat", "cam": "own-door",
        "boot": "b", "seq": 121, "t": "2026-03-29T11:00:00.000Z", "data": {}});
    let events = (0..120).map(crossing).chain([later]);
    events.map(|event| event.to_string()).collect()
}

/// The house after the rush: it opens at nine and holds 100.
async fn house() -> House {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    let mut own = house
        .catalog
        .site()
        .place(&PlaceId::new("own").unwrap())
        .unwrap()
        .clone();
    own.capacity = Some(100);
    own.calendar = Some(Calendar {
        week: Week {
            saturday: vec!["09:00-18:00".parse().unwrap()],
            ..Week::default()
        },
        exceptions: Vec::new(),
    });
    house.catalog.save_place(own).await.unwrap();
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-ndjson"),
    ];
    let (status, answer) = house
        .ask("POST", "/api/v1/events", &headers, &rush().join("\n"))
        .await;
    assert!(status == 200 && answer.contains(r#""accepted":121"#), "{answer}");
    while house.stream.advance().unwrap() {}
    house.stream.checkpoint().unwrap();
    house
}

/// One more comes in at half past eight, as is heard a day later.
async fn late(house: &mut House) {
    let late = json!({"v": 1, "id": "019d371a-d328-7abc-8def-000000001000", "type": "line", "cam": "own-door",
        "boot": "b", "seq": 122, "t": "2026-03-28T08:30:00.000Z", "data": {"line": "main", "dir": "in", "n": 1}});
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let (status, answer) = house
        .ask("POST", "/api/v1/events", &headers, &late.to_string())
        .await;
    assert!(status == 200 && answer.contains(r#""accepted":1"#), "{answer}");
    while house.stream.advance().unwrap() {}
    house.stream.checkpoint().unwrap();
}

async fn ask(house: &House, path: &str) -> Value {
    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let path = format!("/api/v1/analytics/{path}");
    let (status, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// What is told of the building `own`.
async fn own(house: &House, range: &str) -> Value {
    let answer = ask(house, &format!("aggregated?groupBy=building&{range}")).await;
    let mut groups = answer["data"].as_array().unwrap().iter();
    groups.find(|group| group["groupId"] == "own").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_says_which_hours_it_counts_and_how_sure_they_are() {
    let mut house = house().await;
    let beside = async |house: &House, range: &str| {
        let group = own(house, range).await;
        ["wholeHours", "coverage", "state", "revision"].map(|name| group[name].clone())
    };
    let hours = json!({"start": "2026-03-28T08:00:00.000Z", "end": "2026-03-28T10:00:00.000Z"});
    let range = "start=2026-03-28T08:59:00Z&end=2026-03-28T09:01:00Z";
    assert_eq!(own(&house, range).await["metrics"]["totalCount"], 360);
    // From eight to the last crossing, a minute before ten: all panes but the last five.
    let seen = json!(715.0 / 720.0);
    assert_eq!(
        beside(&house, range).await,
        [hours.clone(), seen.clone(), json!("final"), json!(0)]
    );
    // The same from the sums of days.
    let month = beside(&house, "start=2026-03-01T00:00:00Z&end=2026-03-29T00:00:00Z").await;
    assert_eq!((&month[2], &month[3]), (&json!("final"), &json!(0)));
    assert!(month[1].as_f64().is_some_and(|share| share > 0.0), "{month:?}");
    late(&mut house).await;
    assert_eq!(
        beside(&house, range).await,
        [hours, seen, json!("final"), json!(1)]
    );
    let now = "start=2026-03-29T11:00:00Z&end=2026-03-29T13:00:00Z";
    assert_eq!(beside(&house, now).await[2], "live");
    let before = "start=2026-03-01T00:00:00Z&end=2026-03-02T00:00:00Z";
    let nobody = beside(&house, before).await;
    assert_eq!(nobody[1], Value::Null, "no camera was there yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rush_is_found_across_the_full_hour_and_only_open_hours_are_used() {
    let house = house().await;
    let metrics = async |range: &str| own(&house, range).await["metrics"].clone();
    // Inside from eight: 61.5 in the mean; from nine: 301.5. The place opens at nine.
    assert_eq!(
        metrics("start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z").await,
        json!({"totalCount": 360, "avgOccupancy": 181.5, "peakHour": "2026-03-28T08:30:00.000Z", "efficiency": 3.015})
    );
    let month = metrics("start=2026-03-01T00:00:00Z&end=2026-03-29T00:00:00Z").await;
    assert_eq!(
        month["peakHour"], "2026-03-28T08:00:00.000Z",
        "of two equal clock hours the earlier"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_aggregate_is_told_with_its_unit() {
    let house = house().await;
    let range = "start=2026-03-28T07:00:00Z&end=2026-03-28T10:00:00Z";
    let answer = ask(&house, &format!("places/own/statistics?measure=in&{range}")).await;
    assert_eq!(answer["placeId"], "own");
    let names = answer["units"].as_object().unwrap();
    assert_eq!(
        (names.len(), &names["sum"], &names["variance"]),
        (19, &json!("people"), &json!("people²"))
    );
    // 60 crossings of one and 60 of five people: mean 3, distance 2.
    let whole = &answer["whole"];
    for (name, number) in [
        ("count", 120.0),
        ("sum", 360.0),
        ("avg", 3.0),
        ("stddev", 2.0),
        ("max", 5.0),
        ("skewness", 0.0),
    ] {
        assert_eq!(whole[name], json!(number), "{name}");
    }
    assert_eq!(whole["trend_slope"], 0.0, "180 an hour, twice");
    let median = whole["p50"].as_f64().unwrap();
    assert!((median - 1.0).abs() <= 1.0 / 128.0, "{median}");
    let sums: Vec<_> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hour| &hour["values"]["sum"])
        .collect();
    assert_eq!(
        json!(sums),
        json!([null, 180.0, 180.0]),
        "before eight nobody looked"
    );

    let path = format!(
        "statistics/own-door?measure=occupancy&interval=five_minutes&aggregates=max,moving_average&{range}"
    );
    let answer = ask(&house, &path).await;
    assert_eq!(answer["cameraId"], "own-door");
    let last = &answer["data"].as_array().unwrap()[35]["values"];
    assert_eq!(last["max"], 360.0);
    // The last five minutes of the rush, then six that rise by five each: 320, 333, 338 to 358.
    assert_eq!(last["moving_average"], json!(2_393.0 / 7.0));
}
