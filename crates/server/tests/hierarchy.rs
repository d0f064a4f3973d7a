//! What an operator changes of places: in every answer at once, and never in a number that was counted.

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
use throng_model::time::MINUTE;

#[tokio::test]
async fn a_capacity_is_in_every_answer_after_it_was_set() {
    let mut office = Office::open().await;
    let noon = Timestamp(support::NOON);
    // The last minute is settled when something later was heard.
    office.house.clock.advance(MINUTE);
    for minute in 0..=61 {
        office.counts("own-door", noon.plus((minute - 60) * MINUTE)).await;
    }
    let measures = "analytics/places/own/measures?start=2026-03-29T11:00:00Z&end=2026-03-29T12:00:00Z";
    let utilisation = |answer: &Value| {
        let measures = answer["measures"].as_array().unwrap();
        measures
            .iter()
            .find(|one| one["name"] == "utilisation")
            .unwrap()
            .clone()
    };
    let before = office.get(measures).await;
    assert_eq!(utilisation(&before)["unknown"]["code"], "no_capacity", "{before}");
    let place = office
        .patch("places/own", json!({"capacity": 100, "name": "Own house"}))
        .await;
    assert_eq!(
        (&place["capacity"], &place["name"], &place["timeZone"]),
        (&json!(100), &json!("Own house"), &json!("UTC"))
    );
    // One more each minute: 30.5 people on average.
    let after = office.get(measures).await;
    let value = utilisation(&after)["value"].as_f64().expect("known now");
    assert!((value - 0.305).abs() < 0.001, "{value}");
    let live = office.get("live/snapshot").await;
    assert_eq!(place_now(&live, "own")["capacity"], 100);
    let named = office.patch("places/own", json!({"name": "Ours"})).await;
    assert_eq!(named["capacity"], 100, "what is absent stays");
    let forgotten = office
        .patch("places/own", json!({"capacity": null, "name": null}))
        .await;
    assert_eq!(
        (&forgotten["capacity"], &forgotten["name"]),
        (&Value::Null, &json!("own"))
    );
    let after = office.get(measures).await;
    assert_eq!(utilisation(&after)["unknown"]["code"], "no_capacity");
}

#[tokio::test]
async fn impossible_changes_are_refused_and_say_which_field() {
    let office = Office::open().await;
    let long = "x".repeat(201);
    let wrong = [
        ("places/own", json!({"capacity": 0}), 400, "capacity 0 is not"),
        ("places/own", json!({"capacity": -4}), 400, "field \"capacity\": "),
        (
            "places/own",
            json!({"capacity": 4.5}),
            400,
            "field \"capacity\": ",
        ),
        (
            "places/own",
            json!({"capacity": "40"}),
            400,
            "field \"capacity\": ",
        ),
        ("places/own", json!({"name": long}), 400, "name is longer"),
        ("places/own", json!({"name": " \t"}), 400, "name is empty"),
        ("places/own", json!({"name": "a\u{0}b"}), 400, "U+0000"),
        ("places/own", json!({"name": {"a": []}}), 400, "field \"name\": "),
        (
            "places/own",
            json!({"timeZone": null}),
            400,
            "field \"timeZone\": ",
        ),
        (
            "places/own",
            json!({"timeZone": "../../etc/passwd"}),
            400,
            "time zone",
        ),
        (
            "places/own-zone",
            json!({"timeZone": "Asia/Tokyo"}),
            400,
            "building \"own\"",
        ),
        ("places/own", json!({"parentId": "foreign"}), 400, "parentId"),
        (
            "places/own",
            json!([]),
            400,
            "a list stands where an object belongs",
        ),
        ("places/nowhere", json!({"capacity": 1}), 404, "nowhere"),
        (
            "cameras/own-door",
            json!({"zoneId": "own-area"}),
            400,
            "zone \"own-area\"",
        ),
        (
            "cameras/own-door",
            json!({"zoneId": null}),
            400,
            "field \"zoneId\": ",
        ),
        (
            "cameras/own-door",
            json!({"boundary": "galaxy"}),
            400,
            "\"galaxy\" is not zone",
        ),
        (
            "cameras/own-door",
            json!({"heartbeatSeconds": 0}),
            400,
            "heartbeat",
        ),
        (
            "cameras/own-door",
            json!({"retired": true}),
            400,
            "field \"retired\": true stands where null belongs",
        ),
        ("cameras/own-door", json!({"id": "other"}), 400, "id"),
        ("cameras/nowhere", json!({"name": "n"}), 404, "nowhere"),
    ];
    let (places, cameras) = (office.get("places").await, office.get("cameras").await);
    for (path, body, expected, says) in wrong {
        let (status, answer) = office.ask("PATCH", path, body.clone()).await;
        assert_eq!(status, expected, "{path} {body}: {answer}");
        let detail = answer["detail"].as_str().unwrap();
        assert!(detail.contains(says), "{path} {body}: {detail}");
        let field = body.as_object().and_then(|fields| fields.keys().next());
        if let Some(field) = field.filter(|_| status == 400) {
            assert_eq!(answer["errors"][0]["pointer"], format!("/{field}"), "{answer}");
        }
    }
    assert_eq!(office.get("places").await, places);
    assert_eq!(office.get("cameras").await, cameras);
    let form = office
        .house
        .ask(
            "PATCH",
            "/api/v1/places/own",
            &[
                ("authorization", &format!("Bearer {}", office.admin)),
                ("content-type", "text/plain"),
            ],
            r#"{"capacity":1}"#,
        )
        .await;
    assert_eq!(form.0, 415, "{}", form.1);
}

#[tokio::test]
async fn days_are_cut_otherwise_only_before_anything_was_counted() {
    let mut office = Office::open().await;
    office
        .patch("places/own", json!({"timeZone": "Asia/Ho_Chi_Minh"}))
        .await;
    let zones = |answer: Value| {
        let places = answer["places"].as_array().unwrap().clone();
        let in_vietnam = places
            .into_iter()
            .filter(|place| place["timeZone"] == "Asia/Ho_Chi_Minh");
        in_vietnam
            .map(|place| place["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(zones(office.get("places").await), ["own", "own-area", "own-zone"]);
    let noon = office.now();
    office.counts("own-door", noon).await;
    let (status, answer) = office
        .ask("PATCH", "places/own", json!({"timeZone": "UTC"}))
        .await;
    assert_eq!((status, &answer["code"]), (409, &json!("counted_already")));
    assert!(
        answer["detail"].as_str().unwrap().contains("--recount"),
        "{answer}"
    );
    assert_eq!(zones(office.get("places").await).len(), 3, "nothing changed");
    // The same zone once more, and everything else, can be said at any time.
    office
        .patch(
            "places/own",
            json!({"timeZone": "Asia/Ho_Chi_Minh", "capacity": 3}),
        )
        .await;
    office
        .patch("places/foreign", json!({"timeZone": "Asia/Tokyo"}))
        .await;
    let (status, answer) = office
        .ask("PATCH", "cameras/own-door", json!({"zoneId": "foreign-zone"}))
        .await;
    assert_eq!(
        (status, &answer["code"]),
        (409, &json!("counted_already")),
        "its own days are counted"
    );
}

#[tokio::test]
async fn what_was_never_counted_is_removed() {
    let mut office = Office::open().await;
    office.house.add_spare("spare").await;
    let (status, _) = office.ask("DELETE", "cameras/spare", Value::Null).await;
    assert_eq!((status, office.camera("spare").await), (204, None));
    let again = json!({"id": "spare", "name": "n", "zoneId": "spare", "boundary": "zone"});
    let (status, _) = office.ask("POST", "cameras", again).await;
    assert_eq!(status, 201, "its id is free");
    let (status, answer) = office.ask("DELETE", "places/spare", Value::Null).await;
    assert_eq!((status, &answer["code"]), (409, &json!("counted_already")));
    // Moved before it was heard of: there is no before.
    office.patch("cameras/spare", json!({"zoneId": "own-zone"})).await;
    let (status, _) = office.ask("DELETE", "places/spare", Value::Null).await;
    assert_eq!(status, 204);
    let (status, answer) = office.ask("DELETE", "places/own-area", Value::Null).await;
    assert_eq!(status, 400, "{answer}");
    let (status, _) = office.ask("DELETE", "places/spare", Value::Null).await;
    assert_eq!(status, 404);
    // Somebody counted heads in a room without cameras: that is a number as well.
    office.house.add_spare("room").await;
    office.ask("DELETE", "cameras/room", Value::Null).await;
    let (status, _) = office
        .ask("POST", "places/room/occupancy", json!({"people": 4}))
        .await;
    assert_eq!(status, 204);
    office.fold();
    let (status, answer) = office.ask("DELETE", "places/room", Value::Null).await;
    assert_eq!(
        (status, &answer["code"]),
        (409, &json!("counted_already")),
        "{answer}"
    );
}
