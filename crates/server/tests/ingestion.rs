//! What became of accepted events is told where it is told that they were accepted.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use serde_json::{Value, json};
use support::{House, event};
use throng_model::user::Role;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_and_in_no_number_is_counted() {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let late = event("own-door", 2).replace("T11:00", "T10:00");
    let too_late = event("own-door", 3).replace("2026-03-29", "2026-03-21");
    for sent in [event("own-door", 1), late, too_late] {
        // A boot of its own each, so that only the time goes back.
        let id = sent.split('"').nth(5).unwrap();
        let sent = sent.replace(r#""boot":"b""#, &format!(r#""boot":"{id}""#));
        let (status, answer) = house.ask("POST", "/api/v1/events", &headers, &sent).await;
        assert!(status == 200 && answer.contains(r#""accepted":1"#), "{answer}");
    }
    while house.stream.advance().unwrap() {}

    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let (_, body) = house
        .ask("GET", "/api/v1/ingestion", &[("authorization", &bearer)], "")
        .await;
    let told: Value = serde_json::from_str(&body).unwrap();
    let told = ["accepted", "late", "tooLate", "orphaned"].map(|count| &told[count]);
    assert_eq!(json!(told), json!([3, 1, 1, 0]));
}
