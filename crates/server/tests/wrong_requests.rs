//! A request that cannot be served says where it is wrong and in what way, for programs (RFC 9457): one row a request.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use serde_json::{Value, json};
use support::{House, PASSWORD};
use throng_api::ApiSettings;

const RANGE: &str = "start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z";

/// Method, address, body; the place and the reason that are told.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// A place with a slash in front is a pointer into the body.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("GET", "/analytics/realtime/own%20door", "", "cameraId", "malformed"),
    ("GET", "/analytics/realtime/own-door?timeRange=soon", "", "timeRange", "malformed"),
    ("GET", "/analytics/realtime/own-door?metrics=in,size", "", "metrics", "not_listed"),
    ("GET", "/analytics/realtime/own-door?metric=in", "", "metric", "unknown"),
    ("GET", "/analytics/places/.own/realtime", "", "placeId", "malformed"),
    ("GET", "/analytics/historical/own-door", "", "start", "missing"),
    ("GET", "/analytics/historical/own-door?start=2026-03-28T00:00:00Z", "", "end", "missing"),
    ("GET", "/analytics/historical/own-door?start=yesterday&end=2026-03-29T00:00:00Z", "", "start", "malformed"),
    ("GET", "/analytics/historical/own-door?start=2026-03-28T00:00:00Z&end=1960-01-01T00:00:00Z", "", "end", "out_of_range"),
    ("GET", "/analytics/historical/own-door?start=2026-03-28T00:00:00Z&end=2026-03-28T00:00:00Z", "", "end", "out_of_range"),
    ("GET", "/analytics/historical/own-door?{range}&interval=year", "", "interval", "not_listed"),
    ("GET", "/analytics/places/own/measures?start=2000-01-01T00:00:00Z&end=2026-03-29T00:00:00Z", "", "end", "out_of_range"),
    ("GET", "/analytics/places/own/occupancy?start=2000-01-01T00:00:00Z&end=2026-03-29T00:00:00Z", "", "end", "out_of_range"),
    ("GET", "/analytics/aggregated?{range}&groupBy=street", "", "groupBy", "not_listed"),
    ("GET", "/analytics/aggregated?{range}&groupBy=zone&metrics=size", "", "metrics", "not_listed"),
    ("GET", "/analytics/aggregated?groupBy=zone&start=2000-01-01T00:00:00Z&end=2026-03-29T00:00:00Z", "", "end", "out_of_range"),
    ("GET", "/analytics/statistics/own-door?{range}&measure=size", "", "measure", "not_listed"),
    ("GET", "/analytics/statistics/own-door?{range}&measure=in&aggregates=most", "", "aggregates", "not_listed"),
    ("GET", "/analytics/windows/own%20door", "", "cameraId", "malformed"),
    ("GET", "/quarantine?limit=many", "", "limit", "malformed"),
    ("GET", "/quarantine?limit=-1", "", "limit", "malformed"),
    ("GET", "/quarantine?code=odd", "", "code", "not_listed"),
    ("GET", "/quarantine/first", "", "entry", "malformed"),
    ("POST", "/cameras", r#"{"id":"a b","name":"n","zoneId":"own-zone","boundary":"zone"}"#, "/id", "malformed"),
    ("POST", "/cameras", r#"{"id":"a","name":"n","zoneId":"","boundary":"zone"}"#, "/zoneId", "too_short"),
    ("POST", "/cameras", r#"{"id":"a","name":"n","zoneId":"own-zone","boundary":"street"}"#, "/boundary", "not_listed"),
    ("POST", "/cameras", r#"{"id":"a","zoneId":"own-zone","boundary":"zone"}"#, "/name", "missing"),
    ("POST", "/cameras", r#"{"id":"a","name":"n","zoneId":"own-zone","boundary":"zone","lines":[{"id":"l","name":"n"},{"id":"m/n","name":"n"}]}"#, "/lines/1/id", "malformed"),
    ("POST", "/places/own/occupancy", r#"{"people":"three"}"#, "/people", "wrong_type"),
    ("POST", "/places/own/occupancy", r#"{"people":-1}"#, "/people", "out_of_range"),
    ("POST", "/places/own/occupancy", r#"{"people":4000000000}"#, "/people", "out_of_range"),
    ("POST", "/session", r#"{"name":"ann"}"#, "/password", "missing"),
    ("POST", "/session/link", r#"{"token":7}"#, "/token", "wrong_type"),
    ("POST", "/events?answer=some", "[]", "answer", "not_listed"),
];

async fn ask(house: &House, session: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let bearer = format!("Bearer {session}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let path = format!("/api/v1{}", path.replace("{range}", RANGE));
    let (status, text) = house.ask(method, &path, &headers, body).await;
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn every_wrong_request_says_where_and_why() {
    let house = House::open(ApiSettings::default()).await;
    let setup = house.app.first_start_link().await.unwrap().unwrap();
    let session = house
        .app
        .set_up(&setup, "ann", PASSWORD.to_owned(), support::HERE)
        .await
        .unwrap();
    let mut wrong = Vec::new();
    for (method, path, body, place, reason) in ROWS {
        let (status, told) = ask(&house, session.token.reveal(), method, path, body).await;
        let kind = if place.starts_with('/') {
            "pointer"
        } else {
            "parameter"
        };
        let flaw = &told["errors"][0];
        let right = status == 400
            && told["code"] == "invalid_request"
            && (&flaw[kind], &flaw["reason"]) == (&json!(place), &json!(reason))
            && told["detail"]
                .as_str()
                .unwrap()
                .ends_with(flaw["detail"].as_str().unwrap());
        if !right {
            wrong.push(format!("{method} {path} {body}: {status} {told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_our_words_with_its_place() {
    let house = House::open(ApiSettings::default()).await;
    let session = house.sign_in("ann", throng_model::user::Role::Admin, &[]).await;
    let (_, key) = house.key(&["own-door"]).await;
    let good = support::event("own-door", 1);
    let counted = r#"{"id":"019d371a-d328-7abc-8def-000000000009","type":"count","cam":"own-door","t":"2026-03-29T00:00:00Z","data":{"in":"many"}}"#;
    for (method, path, body, says) in [
        (
            "POST",
            "/events",
            "[{\"v\":1},",
            "this is not JSON at column 9: it breaks off",
        ),
        (
            "POST",
            "/events",
            "{\"v\":1,\n \"id\"",
            "this is not JSON at line 2, column 5: it breaks off within an object",
        ),
        (
            "POST",
            "/events",
            &good.replace("\"n\":1", "\"n\":-1"),
            "field \"n\": the number -1 is not a whole number, 0 or more",
        ),
        (
            "POST",
            "/events",
            &good.replace("\"in\"", "\"up\""),
            "field \"dir\": \"up\" is not one of in, out, unknown",
        ),
        (
            "POST",
            "/events",
            "[7]",
            "the object: the number 7 stands where an object belongs",
        ),
        (
            "POST",
            "/events",
            counted,
            "field \"in\": the text \"many\" stands where a whole number, 0 or more belongs",
        ),
        (
            "PATCH",
            "/places/own",
            "{\"name\":\"Own\"",
            "this is not JSON at column 13: it breaks off",
        ),
        (
            "PATCH",
            "/places/own",
            r#"{"capacity":-3}"#,
            "field \"capacity\": the number -3 is not a whole number, 0 or more",
        ),
        (
            "PATCH",
            "/cameras/own-door",
            r#"{"zone":"x"}"#,
            "field \"zone\" is not known here; known are name",
        ),
        (
            "PATCH",
            "/cameras/own-door",
            "[]",
            "the body: a list stands where an object belongs",
        ),
        (
            "GET",
            "/quarantine?limit=many",
            "",
            "parameter \"limit\": this is not a whole number, 0 or more",
        ),
    ] {
        let bearer = if path == "/events" { key.reveal() } else { &session };
        let (_, told) = ask(&house, bearer, method, path, body).await;
        let detail = told.pointer("/events/0/detail").unwrap_or(&told["detail"]);
        assert!(
            detail.as_str().unwrap().contains(says),
            "{method} {path} {body}: {told}"
        );
    }
}

#[tokio::test]
async fn a_first_start_with_a_wrong_name_and_a_short_password_is_told_of_both_and_keeps_its_link() {
    let house = House::open(ApiSettings::default()).await;
    let setup = house.app.first_start_link().await.unwrap().unwrap();
    let choose = |name: &str, password: &str| {
        json!({"token": setup.reveal(), "name": name, "password": password}).to_string()
    };
    let (status, told) = ask(&house, "", "POST", "/setup", &choose(" ann", "short")).await;
    assert_eq!(status, 400, "{told}");
    let flaws: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flaw| {
            (
                flaw["pointer"].as_str().unwrap(),
                flaw["reason"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(flaws, [("/name", "malformed"), ("/password", "too_short")]);
    for (name, reason) in [("", "too_short"), (&*"n".repeat(65), "too_long")] {
        let (_, told) = ask(&house, "", "POST", "/setup", &choose(name, PASSWORD)).await;
        assert_eq!(told["errors"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["errors"][0]["reason"], reason, "{told}");
    }
    assert_eq!(
        ask(&house, "", "POST", "/setup", &choose("ann", PASSWORD))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn what_is_not_the_requests_own_fault_has_no_errors() {
    let house = House::open(ApiSettings::default()).await;
    let session = house.sign_in("ann", throng_model::user::Role::Admin, &[]).await;
    let (status, told) = ask(&house, &session, "GET", "/analytics/realtime/nowhere", "").await;
    assert_eq!((status, &told["errors"]), (404, &Value::Null), "{told}");
}
