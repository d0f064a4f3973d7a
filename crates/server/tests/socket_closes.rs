//! Whenever this side closes a socket, the other side reads a close frame that says why; 1006 is for broken lines only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "support/binary.rs"]
mod binary;
mod support;

use serde_json::{Value, json};
use std::time::Duration;
use support::House;
use support::socket::{Client, OpData, Pipe};
use throng_api::ApiSettings;
use throng_model::user::Role;
use throng_ports::Catalog as _;
use tokio::net::TcpStream;

const INGEST: &str = "/api/v1/ingest";

/// A socket of each kind: one of a camera with its key, one of a watcher.
async fn both(house: &House) -> [Client; 2] {
    let (_, key) = house.key(&["own-door"]).await;
    let camera = Client::open(house, INGEST, &[("x-throng-key", key.reveal())]).await;
    let session = house.sign_in("ann", Role::Analyst, &[]).await;
    let bearer = format!("Bearer {session}");
    let (_, ticket) = house
        .ask("POST", "/api/v1/live/ticket", &[("authorization", &bearer)], "")
        .await;
    let ticket: Value = serde_json::from_str(&ticket).unwrap();
    let path = format!("/api/v1/live?ticket={}", ticket["ticket"].as_str().unwrap());
    [camera.unwrap(), Client::open(house, &path, &[]).await.unwrap()]
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_is_answered_with_what_was_wrong_with_it() {
    let house = House::open(ApiSettings::default()).await;
    for (what, code) in [("large", 1009), ("text", 1007), ("kind", 1002)] {
        for mut client in both(&house).await {
            match what {
                // Far more than is read before it is refused: what is left unread must not cost the close frame.
                "large" => client.say("x".repeat(8 << 20)).await,
                "text" => client.say_frame(OpData::Text, vec![0xff; 4]).await,
                _ => client.say_frame(OpData::Reserved(3), vec![1]).await,
            }
            let (said, reason) = client.goodbye().await;
            assert_eq!(said, code, "{what}: {reason}");
            assert!(!reason.is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn who_says_goodbye_first_gets_it_back() {
    let house = House::open(ApiSettings::default()).await;
    for mut client in both(&house).await {
        client.hang_up().await;
        assert_eq!(client.goodbye().await, (1000, "done".to_owned()));
    }
}

#[tokio::test]
async fn a_camera_that_says_nothing_hears_that_its_key_was_ended() {
    let house = House::open(ApiSettings::default()).await;
    let (id, key) = house.key(&["own-door"]).await;
    let pipe = Pipe::into(&house);
    let mut client = pipe
        .open(INGEST, &[("x-throng-key", key.reveal())])
        .await
        .unwrap();
    assert!(house.catalog.remove_key(id).await.unwrap());
    tokio::time::pause();
    assert_eq!(client.goodbye().await, (4401, "the key has ended".to_owned()));
    assert_eq!(client.pings, 0, "instead of a ping");
}

#[tokio::test]
async fn pings_do_not_put_off_that_a_key_was_ended() {
    let house = House::open(ApiSettings::default()).await;
    let (id, key) = house.key(&["own-door"]).await;
    let pipe = Pipe::into(&house);
    let mut client = pipe
        .open(INGEST, &[("x-throng-key", key.reveal())])
        .await
        .unwrap();
    assert!(house.catalog.remove_key(id).await.unwrap());
    tokio::time::pause();
    // Paused time leaps while the catalogue is asked: how many there are says nothing, that there is an end does.
    for _ in 0..10_000 {
        let twenty_seconds = tokio::time::sleep(Duration::from_secs(20));
        tokio::select! {
            ended = client.next() => return assert_eq!(ended, Err(4401)),
            () = twenty_seconds => client.ping().await,
        }
    }
    panic!("its pings keep the key alive");
}

#[tokio::test]
async fn the_end_of_the_server_is_said_to_every_socket_and_a_batch_under_way_is_acknowledged() {
    let house = House::open(ApiSettings::default()).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(throng_api::serve(
        listener,
        house.router.clone(),
        house.settings,
        async {
            stopped.await.unwrap();
        },
    ));
    let (_, key) = house.key(&["own-door"]).await;
    let open = async || {
        let wire = TcpStream::connect(address).await.unwrap();
        Client::over(Box::new(wire), INGEST, &[("x-throng-key", key.reveal())])
            .await
            .unwrap()
    };
    let (mut busy, mut idle) = (open().await, open().await);
    house.disk.hold();
    busy.say(support::event("own-door", 1)).await;
    let disk = house.disk.clone();
    tokio::task::spawn_blocking(move || disk.wait_until_held())
        .await
        .unwrap();
    stop.send(()).unwrap();
    assert_eq!(idle.goodbye().await, (1001, "the server ends".to_owned()));
    house.disk.release();
    assert_eq!(busy.hear().await["accepted"], 1);
    assert_eq!(busy.goodbye().await.0, 1001);
    drop((busy, idle));
    serving.await.expect("ended when the last socket had");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_server_says_goodbye_when_it_is_told_to_stop() {
    let server = binary::Server::start();
    let session = server.administrator();
    let (status, ticket) = server.post("/api/v1/live/ticket", &session, "application/json", None, b"");
    assert_eq!(status, 200, "{ticket}");
    let wire = async || {
        Box::new(
            TcpStream::connect(server.url.trim_start_matches("http://"))
                .await
                .unwrap(),
        )
    };
    let live = format!("/api/v1/live?ticket={}", ticket["ticket"].as_str().unwrap());
    let mut watcher = Client::over(wire().await, &live, &[]).await.unwrap();
    let key = server.keys[0].clone();
    let mut camera = Client::over(wire().await, INGEST, &[("x-throng-key", &key)])
        .await
        .unwrap();
    let mut stranger = Client::over(wire().await, INGEST, &[]).await.unwrap();
    assert_eq!(camera.ask(binary::event(1).to_string()).await["accepted"], 1);
    let stopped = tokio::task::spawn_blocking(move || drop(server.stop()));
    for client in [&mut watcher, &mut camera, &mut stranger] {
        assert_eq!(client.goodbye().await, (1001, "the server ends".to_owned()));
    }
    drop((watcher, camera, stranger));
    stopped.await.unwrap();
}

#[tokio::test]
async fn the_answer_to_a_body_that_is_too_large_is_read_although_the_body_was_not() {
    let house = House::open(ApiSettings::default()).await;
    let (_, key) = house.key(&["own-door"]).await;
    let headers = [
        ("x-throng-key", key.reveal()),
        ("content-type", "application/json"),
    ];
    let body = " ".repeat(24 << 20);
    let (status, told) = house.ask("POST", "/api/v1/events", &headers, &body).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["code"]), (413, &json!("body_too_large")));
}
