//! The first start: who holds the link that was printed becomes the first administrator, once.

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
use throng_model::user::Role;
use throng_ports::Accounts as _;

/// What came of a request, and the document.
async fn post(house: &House, path: &str, body: Value) -> (u16, Value) {
    let json = [("content-type", "application/json")];
    let (status, answer) = house.ask("POST", path, &json, &body.to_string()).await;
    (status, serde_json::from_str(&answer).unwrap())
}

#[tokio::test]
async fn of_first_start_links_the_last_one_works_and_older_ones_say_so() {
    let house = House::open(ApiSettings::default()).await;
    let first_start = async || house.app.first_start_link().await.unwrap().unwrap();
    let (first, second, last) = (first_start().await, first_start().await, first_start().await);
    let set_up = async |link: &throng_app::Secret| {
        let body = json!({"token": link.reveal(), "name": "ann", "password": PASSWORD});
        let (status, told) = post(&house, "/api/v1/setup", body).await;
        (status, told["code"].as_str().unwrap_or("").to_owned())
    };
    for old in [&first, &second, &first] {
        assert_eq!(set_up(old).await, (401, "link_replaced".to_owned()));
    }
    assert_eq!(set_up(&last).await.0, 200);
    for any in [&first, &second, &last] {
        assert_eq!(
            set_up(any).await,
            (401, "link_ended".to_owned()),
            "there is an administrator"
        );
    }
    assert!(house.app.first_start_link().await.unwrap().is_none());
}

#[tokio::test]
async fn the_setup_is_open_until_there_is_an_administrator_and_its_link_is_not_used_up_before() {
    let house = House::open(ApiSettings::default()).await;
    let link = house.app.first_start_link().await.unwrap().unwrap();
    let bob = house.sign_in("bob", Role::User, &["own"]).await;
    let needed = async || house.ask("GET", "/api/v1/setup", &[], "").await.1;
    assert_eq!(needed().await, r#"{"needed":true}"#, "bob administers nothing");
    let answer = async |path, body: Value| {
        let (status, told) = post(&house, path, body).await;
        let error = &told["errors"][0]["pointer"];
        (
            status,
            [&told["code"], error].map(|said| said.as_str().unwrap_or("").to_owned()),
        )
    };
    let set_up = async |name: &str| {
        let body = json!({"token": link.reveal(), "name": name, "password": PASSWORD});
        answer("/api/v1/setup", body).await
    };
    let as_sign_in = answer("/api/v1/session/link", json!({"token": link.reveal()})).await;
    assert_eq!(as_sign_in.1[0], "link_ended");
    assert_eq!(
        set_up("bob").await,
        (400, ["invalid_request", "/name"].map(str::to_owned)),
        "he is somebody else"
    );
    assert_eq!(set_up("Command line").await.1[1], "/name");
    let bearer = format!("Bearer {bob}");
    let session = house
        .ask("GET", "/api/v1/session", &[("authorization", &bearer)], "")
        .await;
    assert_eq!(session.0, 200, "and stays who he is");
    assert_eq!(set_up("ann").await.0, 200);
    assert_eq!(needed().await, r#"{"needed":false}"#);
    assert_eq!(set_up("eve").await.1[0], "link_ended");
    house.app.settle().await.unwrap();
    let entries = house.catalog.audit_log(100).await.unwrap();
    let setups = entries.iter().rev().filter(|entry| entry.action == "setup");
    let setups = setups.map(|entry| (entry.actor.as_str(), entry.allowed));
    let expected = [("bob", true), ("bob", false), ("ann", true), ("eve", false)];
    assert_eq!(setups.collect::<Vec<_>>(), expected);
}
