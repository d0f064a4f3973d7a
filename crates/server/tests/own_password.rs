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
use throng_model::FaultCode;
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
    set_password(&office, hash).await;
    let sessions = [
        sign_in(&office, PASSWORD).await.1,
        sign_in(&office, PASSWORD).await.1,
    ];
    (office, sessions)
}

/// As an administrator does, whatever it was.
async fn set_password(office: &Office, hash: String) {
    let set = office.house.catalog.set_password("ann".to_owned(), hash, None);
    set.await.unwrap().unwrap();
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
    // What is refused is noted by and by.
    office.house.app.settle().await.unwrap();
    let log = office.house.catalog.audit_log(20).await.unwrap();
    let refused = log
        .iter()
        .filter(|entry| entry.action == "session.change_password" && !entry.allowed);
    assert!(refused.count() >= 5, "{log:?}");
    assert_eq!(change(&office, "", PASSWORD, NEW).await.0, 401);
}

#[tokio::test]
async fn a_password_that_was_set_meanwhile_is_not_undone() {
    let (office, [here, _]) = ann().await;
    let app = &office.house.app;
    let session = app.session(&here).await.unwrap();
    let before = office
        .house
        .catalog
        .user("ann".to_owned())
        .await
        .unwrap()
        .unwrap();
    // The old one again: whoever asks knows it, and still must not change it.
    set_password(&office, before.password_hash.unwrap()).await;
    let late = app.change_own_password(&session, PASSWORD.to_owned(), NEW.to_owned(), support::HERE);
    assert_eq!(late.await.err().unwrap().code, FaultCode::SessionEnded);
    assert_eq!(sign_in(&office, PASSWORD).await.0, 200);
}

#[tokio::test]
async fn who_has_no_password_is_told_so_and_guesses_nothing() {
    let office = Office::open().await;
    let session = office.house.sign_in("ann", Role::Analyst, &[]).await;
    for _ in 0..7 {
        let (status, answer) = change(&office, &session, PASSWORD, NEW).await;
        assert_eq!((status, &answer["errors"][0]["pointer"]), (400, &json!("/old")));
        assert!(
            answer["detail"].as_str().unwrap().contains("has no password"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_holds() {
    let (office, [here, elsewhere]) = ann().await;
    let app = &office.house.app;
    let sessions = (
        app.session(&here).await.unwrap(),
        app.session(&elsewhere).await.unwrap(),
    );
    let change = |session, new: &str| {
        app.change_own_password(session, PASSWORD.to_owned(), new.to_owned(), support::HERE)
    };
    let other = "another battery staple";
    let (first, second) = tokio::join!(change(&sessions.0, NEW), change(&sessions.1, other));
    let holds = if first.is_ok() { NEW } else { other };
    let lost = first.err().or(second.err()).expect("one of them");
    assert_eq!(lost.code, FaultCode::SessionEnded);
    assert_eq!(sign_in(&office, holds).await.0, 200);
}
