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

#[tokio::test(flavor = "multi_thread")]
async fn the_rush_is_found_across_the_full_hour_and_only_open_hours_are_used() {
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

    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let metrics = async |range: &str| {
        let path = format!("/api/v1/analytics/aggregated?groupBy=building&{range}");
        let (status, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        let own = answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|group| group["groupId"] == "own");
        own.unwrap()["metrics"].clone()
    };
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
