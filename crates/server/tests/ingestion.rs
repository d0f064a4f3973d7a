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
    for (number, sent) in [event("own-door", 1), late, too_late].into_iter().enumerate() {
        // A boot of its own each, so that only the time goes back.
        let id = sent.split('"').nth(5).unwrap();
        let sent = sent.replace(r#""boot":"b""#, &format!(r#""boot":"{id}""#));
        let (status, answer) = house.ask("POST", "/api/v1/events", &headers, &sent).await;
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
        // Whoever sends it is told, and not only whoever looks at the counts.
        let is_too_late = number == 2;
        assert_eq!(answer["tooLate"], u8::from(is_too_late));
        let told = &answer["events"][0];
        assert_eq!(told["outcome"], "accepted");
        assert_eq!(
            told["code"],
            if is_too_late {
                json!("too_late")
            } else {
                Value::Null
            }
        );
        if is_too_late {
            let why = told["detail"].as_str().unwrap();
            assert!(
                why.contains("2026-03-29T11:00:01.000Z") && why.contains("7 days"),
                "{why}"
            );
            let (_, summary) = house
                .ask(
                    "POST",
                    "/api/v1/events?answer=summary",
                    &headers,
                    &sent.replace("000000000003", "000000000004"),
                )
                .await;
            assert!(
                summary.contains("too_late"),
                "it is more than an accepted one: {summary}"
            );
        }
    }
    while house.stream.advance().unwrap() {}

    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let (_, body) = house
        .ask("GET", "/api/v1/ingestion", &[("authorization", &bearer)], "")
        .await;
    let told: Value = serde_json::from_str(&body).unwrap();
    let told = ["accepted", "late", "tooLate", "orphaned"].map(|count| &told[count]);
    assert_eq!(json!(told), json!([4, 1, 2, 0]));
}
