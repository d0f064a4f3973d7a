//! What one camera sent, and what is then told of its place.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "tests; each of them uses a part of it"
)]

use super::support::House;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use throng_model::calendar::{Calendar, Week};
use throng_model::time::{MINUTE, SECOND};
use throng_model::user::Role;
use throng_model::{CameraId, PlaceId, Timestamp};
use throng_ports::Catalog;

/// The events of one camera, numbered as they come.
#[derive(Default)]
pub struct Events(pub Vec<String>);

impl Events {
    pub fn add(&mut self, at: Timestamp, kind: &str, data: Value, confidence: Option<f64>) {
        let number = self.0.len() + 1;
        let mut event = json!({"v": 1, "id": format!("019d371a-d328-7abc-8def-{number:012}"), "type": kind,
            "cam": "own-door", "boot": "b", "seq": number, "t": at.to_string(), "data": data});
        if let Some(confidence) = confidence {
            event["q"] = json!({"conf": confidence});
        }
        self.0.push(event.to_string());
    }

    pub fn line(&mut self, at: Timestamp, direction: &str, people: u32, confidence: Option<f64>) {
        let data = json!({"line": "main", "dir": direction, "n": people});
        self.add(at, "line", data, confidence);
    }

    /// Signs of life every ten minutes, and one just before the end.
    pub fn alive(&mut self, from: Timestamp, to: Timestamp) {
        let mut at = from;
        while at < to {
            self.add(at, "beat", json!({}), None);
            at = at.plus(10 * MINUTE);
        }
        self.add(to.plus(-SECOND), "beat", json!({}), None);
    }
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// The house after these events: `own` holds ten people and opens as the week says, its zone says nothing of its own; the
/// camera is given up after half an hour of silence.
pub async fn house(zone: &str, week: Week, events: &Events) -> House {
    let mut house = House::open(throng_api::ApiSettings::default()).await;
    let site = house.catalog.site();
    let mut own = site.place(&PlaceId::new("own").unwrap()).unwrap().clone();
    own.capacity = Some(10);
    own.time_zone = zone.to_owned();
    own.calendar = Some(Calendar {
        week,
        exceptions: Vec::new(),
    });
    house.catalog.save_place(own).await.unwrap();
    let mut door = site.camera(&CameraId::new("own-door").unwrap()).unwrap().clone();
    door.heartbeat_s = 600;
    // Expected from then on, and not only since it first spoke.
    door.registered = Some(at("2026-03-28T05:00:00Z"));
    house.catalog.save_camera(door).await.unwrap();
    send(&mut house, &events.0).await;
    house
}

/// Sends what its camera says, and counts it.
pub async fn send(house: &mut House, events: &[String]) {
    let key = house.key(&["own-door"]).await.1;
    let bearer = format!("Bearer {}", key.reveal());
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/x-ndjson"),
    ];
    let (status, answer) = house
        .ask("POST", "/api/v1/events", &headers, &events.join("\n"))
        .await;
    let accepted = serde_json::from_str::<Value>(&answer).unwrap()["accepted"].clone();
    assert_eq!((status, accepted), (200, json!(events.len())), "{answer}");
    while house.stream.advance().unwrap() {}
    house.stream.checkpoint().unwrap();
}

pub async fn ask(house: &House, path: &str) -> (u16, Value) {
    let bearer = format!("Bearer {}", house.sign_in("analyst", Role::Analyst, &[]).await);
    let path = format!("/api/v1/analytics/{path}");
    let (status, body) = house.ask("GET", &path, &[("authorization", &bearer)], "").await;
    (status, serde_json::from_str(&body).unwrap())
}

/// The answer, and of each measure its value or the code of why there is none: one of the two, with all its words.
pub async fn measures(house: &House, place: &str, range: &str) -> (Value, BTreeMap<String, Value>) {
    let (status, answer) = ask(house, &format!("places/{place}/measures?{range}")).await;
    assert_eq!(status, 200, "{answer}");
    let told = answer["measures"].as_array().unwrap().iter().map(|measure| {
        let (value, unknown) = (&measure["value"], &measure["unknown"]);
        assert_ne!(value.is_null(), unknown.is_null(), "{measure}");
        for words in ["unit", "formula", "source", "hours"] {
            assert!(!measure[words].as_str().unwrap().is_empty(), "{measure}");
        }
        let value = if value.is_null() { &unknown["code"] } else { value };
        (measure["name"].as_str().unwrap().to_owned(), value.clone())
    });
    let told = told.collect();
    (answer, told)
}

/// What is told of one camera or place among others side by side.
pub async fn beside(house: &House, group: &str, id: &str, range: &str) -> Value {
    let (status, answer) = ask(house, &format!("aggregated?groupBy={group}&{range}")).await;
    assert_eq!(status, 200, "{answer}");
    let mut groups = answer["data"].as_array().unwrap().iter();
    groups.find(|group| group["groupId"] == id).unwrap().clone()
}

pub fn measure<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let measures = answer["measures"].as_array().unwrap();
    measures.iter().find(|measure| measure["name"] == name).unwrap()
}

pub fn assert_told(told: &BTreeMap<String, Value>, expected: &[(&str, Value)]) {
    for (name, expected) in expected {
        let got = &told[*name];
        let near = match (got.as_f64(), expected.as_f64()) {
            (Some(got), Some(expected)) => (got - expected).abs() <= 1e-9 * expected.abs(),
            _ => got == expected,
        };
        assert!(near, "{name} is {got}, not {expected}");
    }
}
