//! A person changes the own password: by the old one, noted, and so that no other session goes on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod office;
mod support;

use office::Office;
use serde_json::{Value, json};
use support::PASSWORD;
use throng_model::user::Role;
use throng_ports::Accounts as _;

const NEW: &str = "a longer battery staple";

/// An office with `ann`, who has a password and signed in twice.
async fn ann() -> (Office, [String; 2]) {
    let office = Office::open().await;
    let hash = throng_app::people::new_password(PASSWORD.to_owned())
        .await
        .unwrap();
    office.house.sign_in("ann", Role::Analyst, &[]).await;
    assert!(
        office
            .house
            .catalog
            .set_password("ann".to_owned(), hash)
            .await
            .unwrap()
    );
    let sessions = [
        sign_in(&office, PASSWORD).await.1,
        sign_in(&office, PASSWORD).await.1,
    ];
    (office, sessions)
}

/// The status, and the token where there is one.
async fn sign_in(office: &Office, password: &str) -> (u16, String) {
    let body = json!({"name": "ann", "password": password}).to_string();
    let (status, answer) = office.ask_as("", "POST", "session", &body).await;
    (status, answer["token"].as_str().unwrap_or_default().to_owned())
}

async fn change(office: &Office, session: &str, old: &str, new: &str) -> (u16, Value) {
    let body = json!({"old": old, "new": new}).to_string();
    office.ask_as(session, "PUT", "session/password", &body).await
}

async fn is_signed_in(office: &Office, session: &str) -> bool {
    office.ask_as(session, "GET", "session", "").await.0 == 200
}

#[tokio::test]
async fn another_password_ends_every_other_session() {
    let (office, [here, elsewhere]) = ann().await;
    let (status, answer) = change(&office, &here, PASSWORD, NEW).await;
    assert_eq!(
        (status, &answer["user"]["name"]),
        (200, &json!("ann")),
        "{answer}"
    );
    assert!(!is_signed_in(&office, &here).await && !is_signed_in(&office, &elsewhere).await);
    assert!(
        is_signed_in(&office, answer["token"].as_str().unwrap()).await,
        "it goes on here"
    );
    assert_eq!(sign_in(&office, PASSWORD).await.0, 401);
    assert_eq!(sign_in(&office, NEW).await.0, 200);
    office.house.app.settle().await.unwrap();
    let log = office.house.catalog.audit_log(20).await.unwrap();
    let noted = log
        .iter()
        .find(|entry| entry.action == "session.change_password")
        .unwrap();
    assert_eq!((noted.actor.as_str(), noted.allowed), ("ann", true));
}

#[tokio::test]
async fn whoever_does_not_know_the_old_one_changes_nothing() {
    let (office, [here, _]) = ann().await;
    let (status, answer) = change(&office, &here, PASSWORD, "too short").await;
    assert_eq!(
        (status, &answer["errors"][0]["pointer"]),
        (400, &json!("/new")),
        "{answer}"
    );
    assert_eq!(answer["errors"][0]["reason"], "too_short");
    for _ in 0..5 {
        let (status, answer) = change(&office, &here, "a wrong old password", NEW).await;
        assert_eq!(
            (status, &answer["errors"][0]["pointer"]),
            (400, &json!("/old")),
            "{answer}"
        );
    }
    assert_eq!(
        change(&office, &here, PASSWORD, NEW).await.0,
        429,
        "guessing waits"
    );
    assert!(is_signed_in(&office, &here).await);
    let log = office.house.catalog.audit_log(20).await.unwrap();
    let refused = log
        .iter()
        .filter(|entry| entry.action == "session.change_password" && !entry.allowed);
    assert!(refused.count() >= 5, "{log:?}");
    assert_eq!(change(&office, "", PASSWORD, NEW).await.0, 401);
}
