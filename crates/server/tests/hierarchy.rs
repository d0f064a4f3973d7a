//! What an operator changes of places and cameras: in every answer at once, and never in a number that was counted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Value, json};
use support::House;
use throng_model::Timestamp;
use throng_model::time::{MINUTE, SECOND};
use throng_model::user::Role;
use throng_ports::Clock as _;
use tower::ServiceExt as _;

struct Office {
    house: House,
    admin: String,
    gateway: String,
    sent: u32,
}

impl Office {
    async fn open() -> Self {
        let house = House::open(throng_api::ApiSettings::default()).await;
        let admin = house.sign_in("admin", Role::Admin, &[]).await;
        let gateway = house.key(&[]).await.1.reveal().to_owned();
        Self {
            house,
            admin,
            gateway,
            sent: 0,
        }
    }

    async fn ask_as(&self, bearer: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
            .header(
                header::CONTENT_TYPE,
                if method == "PATCH" {
                    "application/merge-patch+json"
                } else {
                    "application/json"
                },
            )
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = self.house.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.ask_as(&self.admin, method, path, &body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask("PATCH", path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Somebody comes in through a door; what became of the event.
    async fn comes_in(&mut self, camera: &str, at: Timestamp, bearer: &str) -> (u16, Value) {
        self.sent += 1;
        let number = self.sent;
        let event = json!({"v": 1, "id": format!("019d371a-d328-7abc-8def-{number:012}"), "type": "line", "cam": camera,
            "boot": "b", "seq": number, "t": at.to_string(), "data": {"line": "main", "dir": "in", "n": 1}});
        let answer = self.ask_as(bearer, "POST", "events", &event.to_string()).await;
        self.fold();
        answer
    }

    async fn counts(&mut self, camera: &str, at: Timestamp) {
        let gateway = self.gateway.clone();
        let (status, answer) = self.comes_in(camera, at, &gateway).await;
        assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    }

    fn fold(&mut self) {
        while self.house.stream.advance().unwrap() {}
        self.house.stream.checkpoint().unwrap();
    }

    fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    /// People in by minute from 12:00 on, of a camera or a place.
    async fn people_in(&self, scope: &str, minutes: i64) -> Vec<Option<i64>> {
        let start = Timestamp(support::NOON);
        let range = format!("start={start}&end={}", start.plus(minutes * MINUTE));
        let answer = self
            .get(&format!("analytics/{scope}?{range}&interval=minute&metrics=in"))
            .await;
        let points = answer["data"].as_array().unwrap();
        let people = |point: &Value| point["metrics"]["in"].as_f64().map(|people| people as i64);
        points.iter().map(people).collect()
    }

    async fn camera(&self, id: &str) -> Option<Value> {
        let answer = self.get("cameras").await;
        let cameras = answer["cameras"].as_array().unwrap();
        cameras.iter().find(|camera| camera["id"] == id).cloned()
    }
}

fn place_now<'a>(snapshot: &'a Value, id: &str) -> &'a Value {
    let places = snapshot["places"].as_array().unwrap();
    places.iter().find(|place| place["placeId"] == id).unwrap()
}

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
        ("places/own", json!({"capacity": -4}), 400, "capacity: invalid"),
        ("places/own", json!({"capacity": 4.5}), 400, "capacity: invalid"),
        ("places/own", json!({"capacity": "40"}), 400, "capacity: invalid"),
        ("places/own", json!({"name": long}), 400, "name is longer"),
        ("places/own", json!({"name": " \t"}), 400, "name is empty"),
        ("places/own", json!({"name": "a\u{0}b"}), 400, "U+0000"),
        ("places/own", json!({"name": {"a": []}}), 400, "name: invalid"),
        ("places/own", json!({"timeZone": null}), 400, "timeZone: invalid"),
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
        ("places/own", json!([]), 400, "sequence"),
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
            "zoneId: invalid",
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
            "retired: invalid type",
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
        (422, &json!("retired_camera")),
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
