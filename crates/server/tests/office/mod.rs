//! A house with an administrator in it who changes places and cameras, and with cameras that count.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "tests; each of them uses a part of the office"
)]

use crate::support::{self, House};
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Value, json};
use throng_model::time::MINUTE;
use throng_model::user::Role;
use throng_model::{TimeRange, Timestamp};
use throng_ports::Clock as _;
use tower::ServiceExt as _;

pub struct Office {
    pub house: House,
    pub admin: String,
    pub gateway: String,
    sent: u32,
}

impl Office {
    pub async fn open() -> Self {
        Self::open_after(&[]).await
    }

    /// The same where at times no server ran.
    pub async fn open_after(outages: &[TimeRange]) -> Self {
        let house = House::open_after(throng_api::ApiSettings::default(), outages).await;
        let admin = house.sign_in("admin", Role::Admin, &[]).await;
        let gateway = house.key(&[]).await.1.reveal().to_owned();
        Self {
            house,
            admin,
            gateway,
            sent: 0,
        }
    }

    /// A session lasts half a day.
    pub async fn sign_in_again(&mut self) {
        self.admin = self.house.sign_in("admin", Role::Admin, &[]).await;
    }

    pub async fn ask_as(&self, bearer: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
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

    pub async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.ask_as(&self.admin, method, path, &body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub async fn patch(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask("PATCH", path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Somebody comes in through a door; what became of the event.
    pub async fn comes_in(&mut self, camera: &str, at: Timestamp, bearer: &str) -> (u16, Value) {
        self.sent += 1;
        let number = self.sent;
        let event = json!({"v": 1, "id": format!("019d371a-d328-7abc-8def-{number:012}"), "type": "line", "cam": camera,
            "boot": "b", "seq": number, "t": at.to_string(), "data": {"line": "main", "dir": "in", "n": 1}});
        let answer = self.ask_as(bearer, "POST", "events", &event.to_string()).await;
        self.fold();
        answer
    }

    pub async fn counts(&mut self, camera: &str, at: Timestamp) {
        let gateway = self.gateway.clone();
        let (status, answer) = self.comes_in(camera, at, &gateway).await;
        assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    }

    pub fn fold(&mut self) {
        while self.house.stream.advance().unwrap() {}
        self.house.stream.checkpoint().unwrap();
    }

    pub fn now(&self) -> Timestamp {
        self.house.clock.now()
    }

    /// People in by minute from 12:00 on, of a camera or a place.
    pub async fn people_in(&self, scope: &str, minutes: i64) -> Vec<Option<i64>> {
        let start = Timestamp(support::NOON);
        let range = format!("start={start}&end={}", start.plus(minutes * MINUTE));
        let answer = self
            .get(&format!("analytics/{scope}?{range}&interval=minute&metrics=in"))
            .await;
        let points = answer["data"].as_array().unwrap();
        let people = |point: &Value| point["metrics"]["in"].as_f64().map(|people| people as i64);
        points.iter().map(people).collect()
    }

    pub async fn camera(&self, id: &str) -> Option<Value> {
        let answer = self.get("cameras").await;
        let cameras = answer["cameras"].as_array().unwrap();
        cameras.iter().find(|camera| camera["id"] == id).cloned()
    }
}

pub fn place_now<'a>(snapshot: &'a Value, id: &str) -> &'a Value {
    let places = snapshot["places"].as_array().unwrap();
    places.iter().find(|place| place["placeId"] == id).unwrap()
}
