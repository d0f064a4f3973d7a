//! The live feed over its WebSocket: a snapshot, then what changes; resume; a pace of the watcher's choice; watchers who
//! do not read; sessions that end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use support::House;
use support::socket::{Client, Pipe};
use throng_api::ApiSettings;
use throng_model::camera::Membership;
use throng_model::live::Now;
use throng_model::place::PlaceKind;
use throng_model::time::{HOUR, MINUTE};
use throng_model::user::Role;
use throng_model::{CameraId, PlaceId, Scope};
use throng_ports::{Accounts as _, Catalog as _, Clock as _, LiveFeed as _};

async fn house() -> House {
    House::open(ApiSettings::default()).await
}

/// The address of the live feed, with a ticket for it.
async fn address(house: &House, session: &str, query: &str) -> String {
    let bearer = format!("Bearer {session}");
    let (status, answer) = house
        .ask("POST", "/api/v1/live/ticket", &[("authorization", &bearer)], "")
        .await;
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    format!(
        "/api/v1/live?ticket={}{query}",
        answer["ticket"].as_str().unwrap()
    )
}

async fn watch(house: &House, session: &str, query: &str) -> Client {
    let address = address(house, session, query).await;
    Client::open(house, &address, &[]).await.unwrap()
}

/// So many people are in this place now.
fn publish(house: &House, place: &str, inside: i64) {
    let scope = Scope::Place(PlaceId::new(place).unwrap());
    publish_all(house, vec![now(house, scope, inside)]);
}

fn publish_all(house: &House, changed: Vec<Now>) {
    house.feed.publish(house.clock.now(), changed, Some(7));
}

fn now(house: &House, scope: Scope, inside: i64) -> Now {
    Now {
        scope,
        raw_occupancy: inside,
        occupancy: inside,
        measures_inside: true,
        in_today: inside,
        out_today: 0,
        pass_today: 0,
        as_of: Some(house.clock.now()),
        latest: Some(house.clock.now()),
        first_told: None,
        last_heard: Some(house.clock.now()),
        latency: None,
        device: None,
    }
}

/// Place and occupancy of what a message tells, without empty places.
fn inside(message: &Value) -> Vec<(&str, i64)> {
    let places = message["places"].as_array().expect("places").iter();
    places
        .map(|place| {
            // Nothing is told of a place that was never heard of.
            (
                place["placeId"].as_str().unwrap(),
                place["occupancy"].as_i64().unwrap_or(0),
            )
        })
        .filter(|(_, inside)| *inside != 0)
        .collect()
}

/// The next message that tells something: a watcher is also told, about once a second, that nothing changed.
async fn news(client: &mut Client) -> Value {
    loop {
        let message = client.hear().await;
        let told = |name: &str| !message[name].as_array().expect(name).is_empty();
        if message["type"] == "snapshot" || told("places") || told("cameras") {
            return message;
        }
    }
}

#[tokio::test]
async fn a_snapshot_comes_first_and_then_what_changes_of_what_one_may_see() {
    let house = house().await;
    let user = house.sign_in("user", Role::User, &["own"]).await;
    let admin = house.sign_in("admin", Role::Admin, &[]).await;
    publish(&house, "own", 1);
    publish(&house, "foreign", 2);
    let mut users = watch(&house, &user, "&every=0").await;
    let mut admins = watch(&house, &admin, "&every=0").await;
    let first = users.hear().await;
    assert_eq!(
        (&first["type"], inside(&first)),
        (&json!("snapshot"), vec![("own", 1)])
    );
    assert_eq!(first["throughput"], 7);
    assert_eq!(inside(&admins.hear().await), [("foreign", 2), ("own", 1)]);
    publish(&house, "foreign", 3);
    publish(&house, "own", 4);
    let next = news(&mut users).await;
    assert_eq!(
        (&next["type"], inside(&next)),
        (&json!("delta"), vec![("own", 4)])
    );
    assert!(next["seq"].as_u64() > first["seq"].as_u64());
    assert_eq!(inside(&news(&mut admins).await), [("foreign", 3)]);
    assert_eq!(inside(&news(&mut admins).await), [("own", 4)]);
}

#[tokio::test]
async fn a_watcher_who_comes_back_is_told_what_he_missed_or_gets_everything_anew() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    publish(&house, "own", 1);
    let mut client = watch(&house, &session, "&every=0").await;
    let seen = client.hear().await["seq"].as_u64().unwrap();
    drop(client);
    publish(&house, "foreign", 2);
    publish(&house, "own", 3);
    let mut back = watch(&house, &session, &format!("&every=0&since={seen}")).await;
    let missed = [news(&mut back).await, news(&mut back).await];
    assert!(
        missed.iter().all(|message| message["type"] == "delta"),
        "{missed:?}"
    );
    let seqs = missed.each_ref().map(|message| message["seq"].as_u64().unwrap());
    assert_eq!(seqs, [seen + 1, seen + 2], "each once, in order, none left out");
    assert_eq!(missed.each_ref().map(inside), [[("foreign", 2)], [("own", 3)]]);

    // Longer ago than is kept, and a number of another run of the server.
    house.clock.advance(2 * HOUR);
    publish(&house, "own", 4);
    publish(&house, "own", 5);
    for since in [seen, seen + 1_000] {
        let mut lost = watch(&house, &session, &format!("&every=0&since={since}")).await;
        let message = news(&mut lost).await;
        assert_eq!(
            (&message["type"], inside(&message)),
            (&json!("snapshot"), vec![("foreign", 2), ("own", 5)])
        );
    }
}

#[tokio::test]
async fn changes_wait_for_the_pace_and_only_the_newest_is_told() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let address = address(&house, &session, "&every=30000").await;
    let pipe = Pipe::into(&house);
    let mut client = pipe.open(&address, &[]).await.unwrap();
    assert_eq!(client.hear().await["type"], "snapshot");
    publish(&house, "own", 500);
    assert_eq!(
        inside(&news(&mut client).await),
        [("own", 500)],
        "the first change is told at once"
    );
    tokio::time::pause();
    for inside in 1..=100 {
        publish(&house, "own", inside);
    }
    let started = tokio::time::Instant::now();
    assert_eq!(inside(&news(&mut client).await), [("own", 100)]);
    assert!(
        started.elapsed() >= Duration::from_secs(29),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn what_changes_without_an_event_waits_for_the_pace_too() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let door = Scope::Camera(CameraId::new("own-door").unwrap());
    publish_all(&house, vec![now(&house, door, 1)]);
    let address = address(&house, &session, "&every=30000").await;
    let pipe = Pipe::into(&house);
    let mut client = pipe.open(&address, &[]).await.unwrap();
    let first = client.hear().await;
    let cameras = first["cameras"].as_array().unwrap().iter();
    let online: Vec<&Value> = cameras.filter(|camera| camera["status"] == "online").collect();
    assert_eq!(online.len(), 1, "{first}");
    publish(&house, "foreign", 1);
    assert_eq!(inside(&news(&mut client).await), [("foreign", 1)]);
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    house.clock.advance(10 * MINUTE);
    publish(&house, "foreign", 2);
    let told = news(&mut client).await;
    let took = started.elapsed();
    assert!(took >= Duration::from_secs(29), "{took:?}");
    let cameras = told["cameras"].as_array().unwrap().iter();
    let statuses: Vec<&Value> = cameras.map(|camera| &camera["status"]).collect();
    assert_eq!(statuses, ["offline"], "with the other news: {told}");
    assert_eq!(inside(&told), [("foreign", 2)]);
    let places = told["places"].as_array().unwrap().iter();
    let mut places: Vec<&str> = places.map(|place| place["placeId"].as_str().unwrap()).collect();
    let all = places.len();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), all, "each once: {told}");
}

#[tokio::test]
async fn a_quiet_building_and_a_dead_line_do_not_look_the_same() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    publish(&house, "own", 1);
    let address = address(&house, &session, "").await;
    let pipe = Pipe::into(&house);
    let mut client = pipe.open(&address, &[]).await.unwrap();
    let first = client.hear().await;
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    for _ in 0..5 {
        let beat = client.hear().await;
        assert_eq!((&beat["type"], &beat["seq"]), (&json!("delta"), &first["seq"]));
        assert_eq!(beat["places"], json!([]));
    }
    let took = started.elapsed();
    assert!((4..=11).contains(&took.as_secs()), "five beats took {took:?}");
}

#[tokio::test]
async fn what_a_place_loses_without_an_event_is_told() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let own = Scope::Place(PlaceId::new("own").unwrap());
    let door = CameraId::new("own-door").unwrap();
    publish_all(
        &house,
        vec![now(&house, own, 1), now(&house, Scope::Camera(door.clone()), 1)],
    );
    let mut client = watch(&house, &session, "&every=0").await;
    let first = client.hear().await;
    let coverage = |message: &Value| -> BTreeMap<String, Value> {
        let places = message["places"].as_array().unwrap().iter();
        let told = |place: &Value| {
            (
                place["placeId"].as_str().unwrap().to_owned(),
                place["coverage"].clone(),
            )
        };
        places.map(told).collect()
    };
    assert_eq!(coverage(&first)["own"], 1.0, "{first}");
    // Its only camera is moved, from the next minute on.
    let mut camera = house.catalog.site().camera(&door).unwrap().clone();
    let until = house.clock.now().plus(MINUTE);
    camera.memberships[0].until = Some(until);
    camera.memberships.push(Membership {
        zone: PlaceId::new("foreign-zone").unwrap(),
        boundary: PlaceKind::Organisation,
        since: Some(until),
        until: None,
    });
    house.catalog.save_camera(camera).await.unwrap();
    house.clock.advance(MINUTE);
    let next = news(&mut client).await;
    let told = coverage(&next);
    assert_eq!((&told["own"], &told["foreign"]), (&Value::Null, &json!(0.5)));
    assert!(
        !told.contains_key("organisation"),
        "for it nothing changed: {next}"
    );
    assert_eq!(next["cameras"], json!([]));
}

#[tokio::test]
async fn a_watcher_who_does_not_read_is_let_go_and_delays_nobody() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let (deaf, awake) = (
        address(&house, &session, "&every=0").await,
        address(&house, &session, "&every=0").await,
    );
    let pipe = Pipe::into(&house);
    let mut deaf = pipe.open(&deaf, &[]).await.unwrap();
    let mut awake = pipe.open(&awake, &[]).await.unwrap();
    assert_eq!(deaf.hear().await["type"], "snapshot");
    assert_eq!(awake.hear().await["type"], "snapshot");
    tokio::time::pause();
    // More than the pipe holds, in several messages.
    for round in 1..=5 {
        let cameras = (0..100).map(|n| Scope::Camera(CameraId::new(format!("camera-{n}")).unwrap()));
        publish_all(&house, cameras.map(|scope| now(&house, scope, round)).collect());
        let told = news(&mut awake).await;
        assert_eq!(told["cameras"].as_array().unwrap().len(), 100, "round {round}");
        assert_eq!(told["cameras"][0]["occupancy"], round);
    }
    tokio::time::sleep(2 * ApiSettings::default().socket_write_time_max).await;
    // What was written before is still in the pipe; then it ends.
    let mut last = 0;
    let code = loop {
        match deaf.next().await {
            Ok(message) => last = message["cameras"][0]["occupancy"].as_i64().unwrap_or(last),
            Err(code) => break code,
        }
    };
    assert!([0, 4408].contains(&code), "{code}");
    assert!(last < 5, "it was not told what nobody read");
    publish(&house, "own", 9);
    assert_eq!(inside(&news(&mut awake).await), [("own", 9)]);
}

#[tokio::test]
async fn a_session_that_ends_closes_its_socket_and_a_changed_grant_changes_what_it_shows() {
    let house = House::open(ApiSettings {
        reauthorise_every: Duration::from_millis(1),
        ..ApiSettings::default()
    })
    .await;
    let session = house.sign_in("user", Role::User, &["own"]).await;
    publish(&house, "own", 1);
    publish(&house, "foreign", 2);
    let mut client = watch(&house, &session, "&every=0").await;
    assert_eq!(inside(&client.hear().await), [("own", 1)]);
    let file = format!("sqlite://{}", house.catalog_file().display());
    let file = sqlx::SqlitePool::connect(&file).await.unwrap();
    let grant = "UPDATE account_place SET place = 'foreign' WHERE account = 'user'";
    sqlx::query(grant).execute(&file).await.unwrap();
    let message = news(&mut client).await;
    assert_eq!(
        (&message["type"], inside(&message)),
        (&json!("snapshot"), vec![("foreign", 2)])
    );
    let another = house
        .catalog
        .set_password("user".to_owned(), "another".to_owned(), None);
    another.await.unwrap().unwrap();
    assert_eq!(client.closed().await, 4401);
}

#[tokio::test]
async fn a_session_that_cannot_be_looked_up_has_not_ended() {
    let house = House::open(ApiSettings {
        reauthorise_every: Duration::from_millis(1),
        ..ApiSettings::default()
    })
    .await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let mut client = watch(&house, &session, "").await;
    assert_eq!(client.hear().await["type"], "snapshot");
    house.catalog.close().await;
    assert_eq!(client.closed().await, 1011);
}

#[tokio::test]
async fn a_ticket_opens_one_socket_in_time() {
    let house = house().await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let once = address(&house, &session, "").await;
    let _open = Client::open(&house, &once, &[]).await.unwrap();
    assert_eq!(Client::open(&house, &once, &[]).await.err(), Some(401));
    let late = address(&house, &session, "").await;
    house.clock.advance(31_000_000);
    assert_eq!(Client::open(&house, &late, &[]).await.err(), Some(401));
    let hasty = address(&house, &session, "&every=60001").await;
    assert_eq!(Client::open(&house, &hasty, &[]).await.err(), Some(400));
}
