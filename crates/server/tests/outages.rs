//! A time in which no server ran is a hole in what is known, until cameras tell of it later: in the rows, in the coverage and in words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "support/binary.rs"]
mod binary;
mod office;
mod support;

use office::Office;
use serde_json::{Value, json};
use support::NOON;
use throng_embedded::catalog::SqliteCatalog;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{TimeRange, Timestamp};

fn at(minute: i64) -> Timestamp {
    Timestamp(NOON - HOUR + minute * MINUTE)
}

/// No server ran from five to a quarter past eleven. The camera may be silent for so many seconds, three times.
async fn office(heartbeat: u32) -> Office {
    let outage = TimeRange {
        start: at(5),
        end: at(15),
    };
    let office = Office::open_after(&[outage]).await;
    office
        .patch("cameras/own-door", json!({"heartbeatSeconds": heartbeat}))
        .await;
    office
}

/// Coverage of the hour from eleven on, of each minute without data, and the outages that are told.
async fn told(office: &Office, path: &str) -> (f64, Vec<i64>, Value) {
    let range = format!("start={}&end={}", at(0), at(60));
    let ask = async |interval: &str| {
        let path = format!("analytics/{path}?{range}&interval={interval}&metrics=in");
        office.get(&path).await
    };
    let (hour, minutes) = (ask("hour").await, ask("minute").await);
    let unknown = minutes["data"].as_array().unwrap().iter().enumerate();
    let unknown = unknown.filter(|(_, minute)| minute["metrics"]["in"].is_null());
    (
        hour["data"][0]["coverage"].as_f64().unwrap(),
        unknown.map(|(number, _)| number as i64).collect(),
        hour["outages"].clone(),
    )
}

const SCOPES: [&str; 3] = [
    "historical/own-door",
    "places/own/historical",
    "places/own-zone/historical",
];

#[tokio::test]
async fn a_long_silence_does_not_vouch_for_a_time_in_which_no_server_ran() {
    let mut office = office(300).await;
    for minute in [0, 4, 16, 25, 35, 45, 55] {
        office.counts("own-door", at(minute)).await;
    }
    office.counts("own-door", at(60)).await;
    let outage = json!([{"from": at(5).to_string(), "to": at(15).to_string(), "coverage": 0.0}]);
    for path in SCOPES {
        let (coverage, unknown, outages) = told(&office, path).await;
        assert_eq!(coverage, 300.0 / 360.0, "{path}");
        assert_eq!(unknown, (5..15).collect::<Vec<_>>(), "{path}");
        assert_eq!(outages, outage, "{path}");
    }
    // The day and what is told of places side by side say the same.
    let day = office
        .get(&format!(
            "analytics/aggregated?groupBy=building&start={}&end={}",
            at(0),
            at(60)
        ))
        .await;
    let own = day["data"].as_array().unwrap().iter();
    let own = own.clone().find(|group| group["groupId"] == "own").unwrap();
    assert_eq!(own["coverage"], 300.0 / 360.0);
    let now = office.get("analytics/places/own/realtime?timeRange=30m").await;
    assert_eq!(now["outages"], outage, "the people of today lack it, too");
}

#[tokio::test]
async fn a_heartbeat_that_was_set_later_takes_nothing_out_of_what_was_observed_by_the_one_before() {
    let mut office = office(60).await;
    for minute in (0..=60).filter(|minute| !(5..15).contains(minute)) {
        office.counts("own-door", at(minute)).await;
    }
    let mut before = Vec::new();
    for path in SCOPES {
        before.push(told(&office, path).await);
    }
    // Up to the pane of the sign of life before the silence, and from the one after it on.
    assert_eq!(before[0].0, 295.0 / 360.0);
    for heartbeat in [300, 3_600] {
        office
            .patch("cameras/own-door", json!({"heartbeatSeconds": heartbeat}))
            .await;
        for (path, before) in SCOPES.iter().zip(&before) {
            assert_eq!(told(&office, path).await, *before, "{path}, {heartbeat} s");
        }
    }
}

#[tokio::test]
async fn what_cameras_stored_fills_it() {
    let mut office = office(300).await;
    for minute in [0, 4, 16, 25, 35, 45, 55, 60] {
        office.counts("own-door", at(minute)).await;
    }
    office.counts("own-door", at(9)).await;
    let (_, unknown, outages) = told(&office, SCOPES[1]).await;
    assert_eq!(
        unknown,
        (10..15).collect::<Vec<_>>(),
        "one event is not all of it"
    );
    // Up to the pane of that event.
    assert_eq!(outages[0]["coverage"], 25.0 / 60.0);
    office.counts("own-door", at(12)).await;
    for path in SCOPES {
        let (coverage, unknown, outages) = told(&office, path).await;
        assert_eq!(coverage, 1.0, "{path}");
        assert_eq!((unknown, outages), (Vec::new(), json!([])), "{path}");
    }
}

#[tokio::test]
async fn what_a_clock_ahead_told_of_it_before_was_not_sent_later() {
    // From a minute after now on, as the clock of the server has it.
    let from = |minute: i64| Timestamp(NOON + minute * MINUTE);
    let outage = TimeRange {
        start: from(1),
        end: from(11),
    };
    let mut office = Office::open_after(&[outage]).await;
    office
        .patch("cameras/own-door", json!({"heartbeatSeconds": 300}))
        .await;
    for minute in [-6, -1, 5] {
        office.counts("own-door", from(minute)).await;
    }
    office.house.clock.advance(60 * MINUTE);
    for minute in [16, 20] {
        office.counts("own-door", from(minute)).await;
    }
    let path = format!(
        "analytics/historical/own-door?start={}&end={}&interval=minute&metrics=in",
        from(0),
        from(20)
    );
    let told = office.get(&path).await;
    assert_eq!(told["outages"][0]["coverage"], 0.0);
    assert_eq!(told["data"][5]["metrics"]["in"], 1.0, "what came is counted");
    assert_eq!(told["data"][7]["metrics"]["in"], Value::Null);
    // What it stored is another matter. Of the 35 panes it had not told of, those up to that event still lie in a silence over more than
    // half of the outage.
    office.counts("own-door", from(7)).await;
    let told = office.get(&path).await;
    assert_eq!(told["outages"][0]["coverage"], 24.0 / 35.0);
}

#[tokio::test]
async fn a_camera_that_may_not_be_silent_so_long_is_judged_by_its_silence() {
    let mut office = office(30).await;
    for second in (0..=3_600)
        .step_by(30)
        .filter(|second| !(270..=900).contains(second))
    {
        let when = at(0).plus(second * SECOND);
        office.counts("own-door", when).await;
    }
    let (coverage, unknown, outages) = told(&office, SCOPES[1]).await;
    assert_eq!(unknown, (5..15).collect::<Vec<_>>());
    assert!(coverage < 300.0 / 360.0, "{coverage}");
    assert_eq!(outages[0]["coverage"], 0.0);
}

#[tokio::test]
async fn where_nobody_was_expected_nothing_is_missing() {
    let office = office(300).await;
    let day = format!("start={}&end={}", at(0), at(60));
    // Registered, and never heard of: missed from the beginning. Of a place that no camera feeds nothing is.
    office.house.add_spare("attic").await;
    office.ask("DELETE", "cameras/attic", Value::Null).await;
    let attic = office
        .get(&format!("analytics/places/attic/historical?{day}"))
        .await;
    assert_eq!(attic["outages"], json!([]));
    let own = office
        .get(&format!("analytics/places/own/historical?{day}"))
        .await;
    assert_eq!(
        own["outages"],
        json!([]),
        "nobody had heard of its door before either"
    );
}

#[tokio::test]
async fn a_camera_that_was_silent_before_is_not_missed_for_the_outage() {
    let mut office = office(300).await;
    office.counts("own-door", at(-20)).await;
    for minute in [30, 45, 60] {
        office.counts("own-door", at(minute)).await;
    }
    for path in SCOPES {
        assert_eq!(told(&office, path).await.2, json!([]), "{path}");
    }
    // It was there after all, to the last.
    office.counts("own-door", at(2)).await;
    assert_eq!(told(&office, SCOPES[1]).await.2[0]["coverage"], 0.0);
}

#[tokio::test]
async fn windows_fill_it_beside_a_camera_that_is_dead() {
    let mut office = office(300).await;
    office.house.add_spare("attic").await;
    for quarter in -4..4 {
        let (from, to) = (at(quarter * 15), at((quarter + 1) * 15));
        let data =
            json!({"counter": "main", "from": from.to_string(), "to": to.to_string(), "in": 1, "out": 1});
        let event = json!({"v": 1, "id": format!("019d371a-d328-7abc-9def-{:012}", quarter + 4), "type": "count",
            "cam": "own-door", "boot": "w", "seq": quarter + 5, "t": to.to_string(), "data": data});
        let bearer = office.gateway.clone();
        let (status, answer) = office.ask_as(&bearer, "POST", "events", &event.to_string()).await;
        assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
        office.fold();
    }
    for path in SCOPES {
        assert_eq!(told(&office, path).await.2, json!([]), "{path}");
    }
}

#[test]
fn a_server_that_was_killed_is_missed_by_the_next_one() {
    let server = binary::Server::start();
    let session = server.administrator();
    // It says nothing for half an hour after, and heard from the camera just before.
    let alive = Timestamp::from_millis(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_millis() as i64,
    )
    .plus(-30 * MINUTE);
    let mut event = binary::event(1);
    event["t"] = json!(alive.plus(-30 * SECOND).to_string());
    let (status, _) = server.post(
        "/api/v1/events",
        &server.keys[0],
        "application/json",
        None,
        event.to_string().as_bytes(),
    );
    assert_eq!(status, 200);
    let path = "/api/v1/analytics/realtime/north?timeRange=1h";
    let (_, now) = server.get(path, &session);
    assert_eq!(now["outages"], json!([]));
    let folder = server.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
            .await
            .unwrap();
        catalog.note_alive(alive).await.unwrap();
        catalog.close().await;
    });
    let server = binary::Server::start_in(folder);
    let (_, now) = server.get(path, &session);
    let outages = now["outages"].as_array().unwrap();
    assert_eq!(outages.len(), 1, "{now}");
    assert_eq!(outages[0]["from"], alive.to_string());
    assert_eq!(outages[0]["coverage"], 0.0);
    let folder = server.stop();
    let server = binary::Server::start_in(folder);
    let (_, now) = server.get(path, &session);
    assert_eq!(now["outages"].as_array().unwrap().len(), 1, "a restart is none");
}
