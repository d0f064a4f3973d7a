//! The audit log: what happens while it cannot be written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

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
