//! Refused events are listed, looked at, downloaded, corrected and replayed (ING-7).

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
use std::time::Duration;
use support::{House, event};
use throng_api::ApiSettings;
use throng_model::user::Role;
use tower::ServiceExt as _;

struct Desk {
    house: House,
    session: String,
    key: String,
}

impl Desk {
    async fn open() -> Self {
        Self::open_with(ApiSettings::default()).await
    }

    async fn open_with(settings: ApiSettings) -> Self {
        let house = House::open(settings).await;
        let session = house.sign_in("admin", Role::Admin, &[]).await;
        let key = house.key(&["own-door"]).await.1.reveal().to_owned();
        Self { house, session, key }
    }

    async fn ask(&self, method: &str, path: &str, bearer: &str, body: impl Into<Body>) -> (u16, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
            .body(body.into())
            .unwrap();
        let answer = self.house.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Sends an event that is refused; its entry.
    async fn refused(&self, body: impl Into<Body>) -> u64 {
        let (status, answer) = self.ask("POST", "/api/v1/events", &self.key, body).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["quarantined"]), (200, &json!(1)), "{answer}");
        answer["events"][0]["entry"].as_u64().unwrap()
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let (status, answer) = self
            .ask("GET", &format!("/api/v1/quarantine{path}"), &self.session, "")
            .await;
        (status, serde_json::from_str(&answer).unwrap())
    }

    async fn replay(&self, entry: u64, body: &str) -> (u16, Value) {
        let path = format!("/api/v1/quarantine/{entry}/replay");
        let (status, answer) = self.ask("POST", &path, &self.session, body.to_owned()).await;
        (status, serde_json::from_str(&answer).unwrap())
    }

    async fn download(&self, query: &str) -> Vec<Value> {
        let path = format!("/api/v1/quarantine/download{query}");
        let (status, text) = self.ask("GET", &path, &self.session, "").await;
        assert_eq!(status, 200, "{text}");
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn an_entry_is_shown_as_it_came_corrected_and_replayed_once() {
    let desk = Desk::open().await;
    let wrong = event("own-door", 1).replace("\"in\"", "\"sideways\"");
    let entry = desk.refused(wrong.clone()).await;
    let (status, shown) = desk.get(&format!("/{entry}")).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&shown["body"], &shown["code"]),
        (&json!(wrong), &json!("invalid_event"))
    );
    assert_eq!(
        (&shown["camera"], &shown["replayed"]),
        (&json!("own-door"), &Value::Null)
    );
    assert!(shown["detail"].as_str().unwrap().contains("sideways"), "{shown}");

    let corrected = shown["body"].as_str().unwrap().replace("sideways", "in");
    let replayed = desk.replay(entry, &corrected).await.1;
    assert_eq!(replayed["outcome"], "accepted");
    let sent: Value = serde_json::from_str(&corrected).unwrap();
    assert_eq!(replayed["id"], sent["id"]);
    assert_eq!(desk.replay(entry, &corrected).await.0, 409);
    let (_, after) = desk.get(&format!("/{entry}")).await;
    assert_eq!(after["replayed"], "2026-03-29T12:00:00.000Z");
    assert_eq!(desk.get("").await.1["entries"], json!([]), "done with");
    let (_, all) = desk.get("?replayed=true").await;
    assert_eq!(all["entries"], json!([after]));

    let counters = desk.house.app.intake().counters();
    assert_eq!(
        (counters.received, counters.accepted, counters.quarantined),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn a_replay_that_fails_again_leaves_the_entry_waiting() {
    let desk = Desk::open().await;
    let entry = desk.refused("not json").await;
    let (status, again) = desk.replay(entry, "").await;
    assert_eq!((status, &again["outcome"]), (200, &json!("quarantined")));
    assert_eq!(again["entry"], entry);
    let (_, shown) = desk.get(&format!("/{entry}")).await;
    assert_eq!(
        (&shown["replayed"], &shown["attempts"]),
        (&Value::Null, &json!(1))
    );
    let wrong = event("own-door", 1).replace("own-door", "no-door");
    assert_eq!(desk.replay(entry, &wrong).await.1["code"], "unknown_camera");
    let (_, list) = desk.get("?replayed=true").await;
    let entries = list["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "it does not multiply: {list}");
    let shown = &entries[0];
    assert_eq!(
        (&shown["code"], &shown["body"], &shown["attempts"]),
        (&json!("malformed_json"), &json!("not json"), &json!(2))
    );
    assert_eq!(shown["refusedAgain"]["code"], "unknown_camera");
    assert_eq!(shown["refusedAgain"]["at"], "2026-03-29T12:00:00.000Z");
    assert_eq!(
        desk.replay(entry, &event("own-door", 1)).await.1["outcome"],
        "accepted"
    );
}

#[tokio::test]
async fn a_correction_that_does_not_arrive_in_time_is_given_up() {
    let desk = Desk::open_with(ApiSettings {
        body_time_max: Duration::from_millis(1),
        ..ApiSettings::default()
    })
    .await;
    let entry = desk.refused("not json").await;
    let never = Body::from_stream(futures_util::stream::pending::<Result<&[u8], std::io::Error>>());
    let path = format!("/api/v1/quarantine/{entry}/replay");
    assert_eq!(desk.ask("POST", &path, &desk.session, never).await.0, 408);
}

#[tokio::test]
async fn bytes_that_are_not_text_are_not_lost() {
    let desk = Desk::open().await;
    let entry = desk.refused(vec![b'{', 0xff, 0x00, b'}']).await;
    let (_, shown) = desk.get(&format!("/{entry}")).await;
    assert_eq!(
        (&shown["body"], &shown["bodyHex"]),
        (&json!("{\u{fffd}\u{0}}"), &json!("7bff007d"))
    );
}

#[tokio::test]
async fn a_download_has_every_entry_once_whatever_the_page_and_filters_as_the_list_does() {
    let desk = Desk::open().await;
    // More than a few pages; every third is of another code.
    let many: Vec<String> = (1..=300)
        .map(|n| match n % 3 {
            0 => event("foreign-door", n),
            _ => format!("{{\"n\":{n}}}"),
        })
        .collect();
    let (status, _) = desk
        .ask(
            "POST",
            "/api/v1/events",
            &desk.key,
            format!("[{}]", many.join(",")),
        )
        .await;
    assert_eq!(status, 200);
    let entries =
        |lines: &[Value]| -> Vec<u64> { lines.iter().map(|line| line["entry"].as_u64().unwrap()).collect() };
    let all = desk.download("").await;
    assert_eq!(entries(&all), (1..=300).collect::<Vec<_>>());
    let (_, list) = desk.get("?limit=1000").await;
    assert_eq!(json!(all), list["entries"], "line by line what the list shows");
    let foreign = desk.download("?code=foreign_camera&after=150").await;
    assert_eq!(entries(&foreign), (153..=300).step_by(3).collect::<Vec<_>>());
    assert_eq!(
        desk.replay(3, &event("own-door", 1)).await.1["outcome"],
        "accepted"
    );
    assert_eq!(desk.download("").await.len(), 299);
    assert_eq!(desk.download("?replayed=true").await.len(), 300);
    assert_eq!(desk.download("?after=300").await.len(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    let desk = Desk::open().await;
    assert_eq!(desk.get("/1").await.0, 404);
    assert_eq!(desk.replay(1, "").await.0, 404);
    for wrong in [
        "/one",
        "?code=nonsense",
        "/download?code=nonsense",
        "/download?limit=3",
        "?after=-1",
    ] {
        let (status, problem) = desk.get(wrong).await;
        assert_eq!(
            (status, &problem["code"]),
            (400, &json!("invalid_request")),
            "{wrong}"
        );
    }
}
