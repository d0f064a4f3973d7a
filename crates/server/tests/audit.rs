//! The audit log: a word for whatever changes something, and what happens while it cannot be written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use serde_json::Value;
use std::time::Duration;
use support::{House, event};
use throng_api::ApiSettings;
use throng_model::user::Role;
use throng_ports::Accounts as _;

struct Desk {
    house: House,
    admin: String,
    key: String,
}

impl Desk {
    async fn open() -> Self {
        let house = House::open(ApiSettings::default()).await;
        let admin = house.sign_in("admin", Role::Admin, &[]).await;
        let key = house.key(&[]).await.1.reveal().to_owned();
        house.app.settle().await.unwrap();
        Self { house, admin, key }
    }

    async fn ask_as(&self, bearer: &str, method: &str, path: &str, body: &str) -> (u16, String) {
        let bearer = format!("Bearer {bearer}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        self.house.ask(method, path, &headers, body).await
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        self.ask_as(&self.admin, method, &format!("/api/v1/{path}"), body)
            .await
    }

    async fn sends(&self, body: &str) -> (u16, String) {
        self.ask_as(&self.key, "POST", "/api/v1/events", body).await
    }
}

#[tokio::test]
async fn each_change_leaves_a_word_of_its_own() {
    let desk = Desk::open().await;
    desk.house.add_spare("spare").await;
    let key = desk.house.key(&["own-door"]).await.0;
    let (_, refused) = desk.sends(r#"{"not":"an event"}"#).await;
    let refused: Value = serde_json::from_str(&refused).unwrap();
    let entry = refused["events"][0]["entry"].to_string();
    let new = r#"{"id":"new","name":"n","zoneId":"own-zone","boundary":"zone"}"#;
    for (method, path, body, action, object) in [
        ("POST", "cameras", new, "cameras.register", "new"),
        (
            "PATCH",
            "cameras/own-door",
            r#"{"name":"Door"}"#,
            "cameras.change",
            "camera own-door",
        ),
        (
            "POST",
            "cameras/own-door/keys",
            "",
            "keys.create",
            "camera own-door",
        ),
        ("DELETE", &format!("keys/{key}"), "", "keys.end", &key),
        ("DELETE", "cameras/spare", "", "cameras.retire", "camera spare"),
        (
            "PATCH",
            "places/own",
            r#"{"capacity":40}"#,
            "places.change",
            "place own",
        ),
        ("DELETE", "places/spare", "", "places.remove", "place spare"),
        (
            "POST",
            "places/own/occupancy",
            r#"{"people":3}"#,
            "occupancy.set",
            "place own",
        ),
        (
            "GET",
            &format!("quarantine/{entry}"),
            "",
            "quarantine.read",
            &format!("quarantine entry {entry}"),
        ),
        (
            "POST",
            &format!("quarantine/{entry}/replay"),
            &event("own-door", 1),
            "quarantine.replay",
            &format!("quarantine entry {entry}"),
        ),
    ] {
        let (status, answer) = desk.ask(method, path, body).await;
        assert!(status < 300, "{method} {path} is {status}: {answer}");
        desk.house.app.settle().await.unwrap();
        let last = desk.house.catalog.audit_log(1).await.unwrap().remove(0);
        assert_eq!((last.action.as_str(), last.object.as_str()), (action, object));
        assert_eq!((last.actor.as_str(), last.allowed), ("admin", true));
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_told_holds_up_no_camera_and_goes_on_by_itself() {
    let desk = Desk::open().await;
    let ready = async || desk.house.ask("GET", "/readyz", &[], "").await;
    let file = format!("sqlite://{}", desk.house.catalog_file().display());
    let file = sqlx::SqlitePool::connect(&file).await.unwrap();
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&file).await.unwrap();
    assert_eq!(ready().await, (200, "ready\n".to_owned()), "nobody has tried");
    assert_eq!(
        desk.ask("GET", "places", "").await.0,
        200,
        "its entry is on the way"
    );
    let is_noticed = async {
        while desk.house.app.audit_is_written() {
            tokio::task::yield_now().await;
        }
    };
    let is_noticed = tokio::time::timeout(Duration::from_secs(60), is_noticed).await;
    is_noticed.expect("the writer tries it at once");
    let (status, said) = ready().await;
    assert!(
        status == 200 && said.contains("the audit log cannot be written"),
        "{said}"
    );
    assert_eq!(
        desk.sends(&event("own-door", 1)).await.0,
        200,
        "counting asks no audit log"
    );
    let there_is_room = async {
        sqlx::query("DROP TRIGGER full").execute(&file).await.unwrap();
    };
    let ((status, answer), ()) = tokio::join!(desk.ask("GET", "cameras", ""), there_is_room);
    assert_eq!(status, 200, "it has waited: {answer}");
    desk.house.app.settle().await.unwrap();
    let entries = desk.house.catalog.audit_log(2).await.unwrap();
    let objects: Vec<&str> = entries.iter().map(|entry| entry.object.as_str()).collect();
    assert_eq!(objects, ["cameras", "places"], "none is lost");
    assert_eq!(ready().await.1, "ready\n");
}
