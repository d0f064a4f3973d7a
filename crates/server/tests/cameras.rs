//! What an operator changes of cameras: in every answer at once, and never in a number that was counted.

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
use throng_model::time::{MINUTE, SECOND};
use throng_model::user::Role;

#[tokio::test]
async fn a_moved_camera_leaves_what_it_counted_where_it_was() {
    let mut office = Office::open().await;
    let noon = office.now();
    office.counts("own-door", noon).await;
    let user = office.house.sign_in("user", Role::User, &["own"]).await;
    let moved = office
        .patch(
            "cameras/own-door",
            json!({"zoneId": "foreign-zone", "name": "Door 7"}),
        )
        .await;
    assert_eq!(
        (&moved["zoneId"], &moved["name"]),
        (&json!("foreign-zone"), &json!("Door 7"))
    );
    office.house.clock.advance(3 * MINUTE);
    office.counts("own-door", noon.plus(50 * SECOND)).await;
    office.counts("own-door", noon.plus(MINUTE)).await;
    office.counts("own-door", noon.plus(2 * MINUTE)).await;
    // Late, and still of the place it was at.
    office.counts("own-door", noon.plus(59 * SECOND)).await;
    let own = office.people_in("places/own/historical", 3).await;
    assert_eq!(own, [Some(3), None, None]);
    let foreign = office.people_in("places/foreign/historical", 3).await;
    assert_eq!(foreign, [None, Some(1), Some(1)]);
    let camera = office.people_in("historical/own-door", 3).await;
    assert_eq!(camera, [Some(3), Some(1), Some(1)], "its own are whole");
    let organisation = office.people_in("places/organisation/historical", 3).await;
    assert_eq!(organisation, camera);
    let (status, _) = office
        .ask_as(&user, "GET", "analytics/realtime/own-door", "")
        .await;
    assert_eq!(status, 404, "what it says now is of a place he may not see");
}

#[tokio::test]
async fn a_retired_camera_is_refused_and_not_missed_and_its_numbers_stay() {
    let mut office = Office::open().await;
    let noon = office.now();
    office.counts("own-door", noon).await;
    let key = office.house.key(&["own-door"]).await.1.reveal().to_owned();
    let (status, _) = office.ask("DELETE", "cameras/own-door", Value::Null).await;
    assert_eq!(status, 204);
    let camera = office.camera("own-door").await.expect("still there");
    assert_eq!(
        (&camera["status"], &camera["retired"]),
        (&json!("retired"), &json!("2026-03-29T12:01:00.000Z"))
    );
    let (status, _) = office.comes_in("own-door", noon.plus(SECOND), &key).await;
    assert_eq!(status, 401, "its key has ended");
    let (status, answer) = office.ask("POST", "cameras/own-door/keys", Value::Null).await;
    assert_eq!(
        (status, &answer["code"]),
        (409, &json!("camera_out_of_use")),
        "{answer}"
    );
    office.house.clock.advance(10 * MINUTE);
    let gateway = office.gateway.clone();
    office.counts("own-door", noon.plus(30 * SECOND)).await;
    let (_, refused) = office.comes_in("own-door", noon.plus(MINUTE), &gateway).await;
    assert_eq!(refused["events"][0]["code"], "retired_camera", "{refused}");
    let camera = office.camera("own-door").await.unwrap();
    assert_eq!(camera["status"], "retired", "long silent, and not offline");
    let live = office.get("live/snapshot").await;
    assert_eq!(place_now(&live, "own")["coverage"], Value::Null);
    assert_eq!(office.people_in("historical/own-door", 1).await, [Some(2)]);
    assert_eq!(office.people_in("places/own/historical", 1).await, [Some(2)]);
    let (status, answer) = office
        .ask("PATCH", "cameras/own-door", json!({"zoneId": "foreign-zone"}))
        .await;
    assert_eq!(status, 400, "{answer}");
    let back = office.patch("cameras/own-door", json!({"retired": null})).await;
    assert_eq!(
        (&back["retired"], &back["zoneId"]),
        (&Value::Null, &json!("own-zone"))
    );
    office.house.clock.advance(2 * MINUTE);
    office.counts("own-door", office.now()).await;
    let own = office.people_in("places/own/historical", 13).await;
    assert_eq!((own[0], own[12]), (Some(2), Some(1)), "{own:?}");
    let (status, _) = office.comes_in("own-door", office.now(), &key).await;
    assert_eq!(status, 401, "an ended key stays ended");
}

/// The share of the ten minutes from noon on in which the cameras of `own` were heard from.
async fn coverage_from_noon(office: &Office) -> Vec<Value> {
    let range = "start=2026-03-29T12:00:00Z&end=2026-03-29T12:10:00Z&interval=five_minutes";
    let answer = office
        .get(&format!("analytics/places/own/historical?{range}"))
        .await;
    let buckets = answer["data"].as_array().unwrap().iter();
    buckets.map(|bucket| bucket["coverage"].clone()).collect()
}

#[tokio::test]
async fn a_camera_that_came_today_is_not_missed_before() {
    let mut office = Office::open().await;
    let noon = office.now();
    office.house.clock.advance(24 * 60 * MINUTE);
    office.sign_in_again().await;
    for minute in 0..=10 {
        office.counts("own-door", noon.plus(minute * MINUTE)).await;
    }
    let whole = [json!(1.0), json!(1.0)];
    assert_eq!(coverage_from_noon(&office).await, whole);
    let new = json!({"id": "side", "name": "Side", "zoneId": "own-zone", "boundary": "organisation"});
    let (status, answer) = office.ask("POST", "cameras", new).await;
    assert_eq!(status, 201, "{answer}");
    office.fold();
    assert_eq!(coverage_from_noon(&office).await, whole, "it is new");
    office.counts("side", office.now()).await;
    assert_eq!(coverage_from_noon(&office).await, whole, "and was heard now");
    office.counts("side", noon.plus(5 * MINUTE)).await;
    assert_eq!(
        coverage_from_noon(&office).await,
        [json!(1.0), json!(31.0 / 60.0)],
        "it sends what it stored, and a minute of it came"
    );
}

#[tokio::test]
async fn a_camera_whose_clock_is_ahead_moves_behind_what_it_has_counted() {
    let mut office = Office::open().await;
    let noon = office.now();
    for minute in 0..4 {
        office
            .counts("own-door", noon.plus(minute * MINUTE + SECOND))
            .await;
    }
    office
        .patch("cameras/own-door", json!({"zoneId": "foreign-zone"}))
        .await;
    for minute in 3..5 {
        office
            .counts("own-door", noon.plus(minute * MINUTE + 2 * SECOND))
            .await;
    }
    office.house.clock.advance(6 * MINUTE);
    let own = office.people_in("places/own/historical", 5).await;
    assert_eq!(own, [Some(1), Some(1), Some(1), Some(2), None]);
    let foreign = office.people_in("places/foreign/historical", 5).await;
    assert_eq!(foreign, [None, None, None, None, Some(1)]);
    office.house.clock.advance(4 * MINUTE);
    office.counts("own-door", noon.plus(14 * MINUTE)).await;
    let (status, _) = office.ask("DELETE", "cameras/own-door", Value::Null).await;
    assert_eq!(status, 204);
    let camera = office.camera("own-door").await.unwrap();
    assert_eq!(camera["retired"], noon.plus(15 * MINUTE).to_string());
}

#[tokio::test]
async fn a_new_camera_is_refused_by_the_field_that_is_wrong() {
    let office = Office::open().await;
    let good = json!({"id": "side", "name": "Side door", "zoneId": "own-zone", "boundary": "zone",
        "lines": [{"id": "main", "name": "Main"}]});
    let lines: Vec<Value> = (0..65)
        .map(|n| json!({"id": format!("l{n}"), "name": "l"}))
        .collect();
    let before = office.get("cameras").await;
    for (field, value, pointer) in [
        ("id", json!("a b"), "/id"),
        ("name", json!(""), "/name"),
        ("name", json!("a\u{202e}b"), "/name"),
        ("zoneId", json!("nowhere"), "/zoneId"),
        ("zoneId", json!("own-area"), "/zoneId"),
        ("boundary", json!("galaxy"), "/boundary"),
        ("heartbeatSeconds", json!(0), "/heartbeatSeconds"),
        ("heartbeatSeconds", json!(3_601), "/heartbeatSeconds"),
        ("lines", json!(lines), "/lines"),
        ("lines", json!([{"id": "main", "name": " "}]), "/lines/0/name"),
        (
            "lines",
            json!([{"id": "main", "name": "m", "wrapsAt": 256}]),
            "/lines/0/wrapsAt",
        ),
    ] {
        let mut wrong = good.clone();
        wrong[field] = value;
        let (status, answer) = office.ask("POST", "cameras", wrong).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (400, &json!(pointer)),
            "{answer}"
        );
    }
    assert_eq!(office.get("cameras").await, before);
    let (status, _) = office.ask("POST", "cameras", good.clone()).await;
    assert_eq!(status, 201);
    let (status, answer) = office.ask("POST", "cameras", good).await;
    assert_eq!((status, &answer["code"]), (409, &json!("already_exists")));
}

#[tokio::test]
async fn an_id_that_cannot_be_one_is_a_wrong_parameter() {
    let office = Office::open().await;
    for (path, parameter) in [("cameras/a%20b", "cameraId"), ("places/a%20b", "placeId")] {
        for (method, body) in [("PATCH", json!({"name": "n"})), ("DELETE", Value::Null)] {
            let (status, answer) = office.ask(method, path, body).await;
            let flaw = &answer["errors"][0]["parameter"];
            assert_eq!((status, flaw), (400, &json!(parameter)), "{method} {answer}");
        }
    }
}

#[tokio::test]
async fn a_removed_camera_leaves_the_live_page() {
    let mut office = Office::open().await;
    office.house.add_spare("spare").await;
    office.fold();
    let shown = |live: &Value, list: &str, key: &str| {
        let entries = live[list].as_array().unwrap();
        entries.iter().any(|entry| entry[key] == "spare")
    };
    let live = office.get("live/snapshot").await;
    assert!(
        shown(&live, "cameras", "cameraId") && shown(&live, "places", "placeId"),
        "{live}"
    );
    for path in ["cameras/spare", "places/spare"] {
        let (status, answer) = office.ask("DELETE", path, Value::Null).await;
        assert_eq!(status, 204, "{answer}");
    }
    office.fold();
    let live = office.get("live/snapshot").await;
    assert!(
        !shown(&live, "cameras", "cameraId") && !shown(&live, "places", "placeId"),
        "{live}"
    );
}

#[tokio::test]
async fn what_was_recorded_years_ago_is_not_there() {
    let mut office = Office::open().await;
    office
        .counts("own-door", Timestamp::parse("2005-11-12T12:00:00Z").unwrap())
        .await;
    assert_eq!(office.camera("own-door").await.unwrap()["status"], "recording");
    let now = office.get("live/snapshot").await;
    assert_eq!(place_now(&now, "own")["coverage"], 0.0);
    assert_eq!(place_now(&now, "own")["asOf"], "2005-11-12T12:00:00.000Z");
    office.counts("own-door", office.now()).await;
    assert_eq!(office.camera("own-door").await.unwrap()["status"], "online");
}
