//! The ingestion socket (ING-2): a batch a frame, an answer a batch after it is durable, a key that is asked for again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use std::time::Duration;
use support::socket::{Client, Pipe};
use support::{House, event};
use throng_api::ApiSettings;
use throng_ports::Catalog as _;

const INGEST: &str = "/api/v1/ingest";

async fn house() -> House {
    House::open(ApiSettings::default()).await
}

/// A socket that showed the key of `own-door` in its handshake, and the name of the key.
async fn open(house: &House) -> (Client, String) {
    let (id, key) = house.key(&["own-door"]).await;
    let bearer = format!("Bearer {}", key.reveal());
    (
        Client::open(house, INGEST, &[("authorization", &bearer)])
            .await
            .unwrap(),
        id,
    )
}

fn counts(answer: &Value) -> [u64; 4] {
    ["received", "accepted", "duplicate", "quarantined"].map(|name| answer[name].as_u64().expect(name))
}

fn own(number: u32) -> String {
    event("own-door", number)
}

#[tokio::test]
async fn each_frame_is_a_batch_and_each_batch_is_answered_in_order() {
    let house = house().await;
    let (mut client, _) = open(&house).await;
    client.say(format!("[{},{}]", own(1), own(2))).await;
    client
        .say(format!(r#"{{"batch":"mine","events":[{},{}]}}"#, own(2), own(3)))
        .await;
    client
        .say(format!("{}\n{}\n", own(4), event("foreign-door", 5)))
        .await;
    client.say(own(6)).await;
    let first = client.hear().await;
    assert_eq!((&first["batch"], counts(&first)), (&json!(1), [2, 2, 0, 0]));
    assert_eq!(
        first["events"],
        json!([]),
        "what was accepted is counted, not listed"
    );
    let named = client.hear().await;
    assert_eq!((&named["batch"], counts(&named)), (&json!("mine"), [2, 1, 1, 0]));
    let lines = client.hear().await;
    assert_eq!((&lines["batch"], counts(&lines)), (&json!(3), [2, 1, 0, 1]));
    assert_eq!(
        lines["events"][0]["code"], "foreign_camera",
        "the key speaks for its camera only"
    );
    let object = client.hear().await;
    assert_eq!((&object["batch"], counts(&object)), (&json!(4), [1, 1, 0, 0]));
    let all = house.app.intake().counters();
    assert_eq!(
        (all.received, all.accepted, all.duplicate, all.quarantined),
        (7, 5, 1, 1)
    );
}

#[tokio::test]
async fn an_event_printed_over_several_lines_is_one_event() {
    let house = house().await;
    let (mut client, _) = open(&house).await;
    let pretty: Value = serde_json::from_str(&own(1)).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    assert!(pretty.lines().count() > 5);
    assert_eq!(counts(&client.ask(pretty).await), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_broken_event_printed_over_several_lines_is_one_refused_event() {
    let house = house().await;
    let (mut client, _) = open(&house).await;
    let pretty: Value = serde_json::from_str(&own(1)).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    let torn = &pretty[..pretty.len() - 2];
    let misspelt = pretty.replace("\"line\"", "line");
    for broken in [torn, &misspelt] {
        let answer = client.ask(broken).await;
        assert_eq!(counts(&answer), [1, 0, 0, 1], "{answer}");
        assert_eq!(answer["events"][0]["code"], "malformed_json", "{answer}");
    }
    let all = house.app.intake().counters();
    assert_eq!(all.received, all.accepted + all.duplicate + all.quarantined);
}

#[tokio::test]
async fn without_a_content_type_the_text_says_whether_it_is_lines() {
    let house = house().await;
    let (_, key) = house.key(&["own-door"]).await;
    let send = async |kind: Option<&str>, body: &str| {
        let mut headers = vec![("x-throng-key", key.reveal())];
        headers.extend(kind.map(|kind| ("content-type", kind)));
        let (status, answer) = house.ask("POST", "/api/v1/events", &headers, body).await;
        assert_eq!(status, 200, "{answer}");
        counts(&serde_json::from_str(&answer).unwrap())
    };
    let two = format!("{}\n{}\n", own(1), own(2));
    assert_eq!(send(None, &two).await, [2, 2, 0, 0]);
    assert_eq!(send(Some("application/x-ndjson"), &two).await, [2, 0, 2, 0]);
    assert_eq!(send(Some("application/json"), &two).await, [1, 0, 0, 1]);
    assert_eq!(send(None, &own(3).replace(",", ",\n")).await, [1, 1, 0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_before_it_is_on_disk() {
    let house = house().await;
    let (mut client, _) = open(&house).await;
    house.disk.hold();
    client.say(own(1)).await;
    let disk = house.disk.clone();
    tokio::task::spawn_blocking(move || disk.wait_until_held())
        .await
        .unwrap();
    assert!(
        client.next().now_or_never().is_none(),
        "the disk has not answered yet"
    );
    house.disk.release();
    assert_eq!(counts(&client.hear().await), [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_batch_that_does_not_fit_on_the_disk_is_refused_whole_and_can_be_sent_again() {
    let house = house().await;
    let (mut client, _) = open(&house).await;
    client.ask(own(1)).await;
    house.disk.set_capacity(Some(house.disk.used()));
    let many: Vec<String> = (2..202).map(own).collect();
    let batch = format!("[{}]", many.join(","));
    let refused = client.ask(batch.as_str()).await;
    assert_eq!(refused["code"], "log_full", "{refused}");
    house.disk.set_capacity(None);
    assert_eq!(counts(&client.ask(batch.as_str()).await), [200, 200, 0, 0]);
}

#[tokio::test]
async fn the_key_comes_in_a_header_or_in_the_first_frame() {
    let house = house().await;
    let (_, key) = house.key(&["own-door"]).await;
    let key = key.reveal();
    let mut by_header = Client::open(&house, INGEST, &[("x-throng-key", key)])
        .await
        .unwrap();
    assert_eq!(counts(&by_header.ask(own(1)).await), [1, 1, 0, 0]);
    let mut by_frame = Client::open(&house, INGEST, &[]).await.unwrap();
    assert_eq!(
        by_frame.ask(json!({"auth": key}).to_string()).await,
        json!({"auth": "accepted"})
    );
    let answer = by_frame.ask(own(2)).await;
    assert_eq!((&answer["batch"], counts(&answer)), (&json!(1), [1, 1, 0, 0]));

    for wrong in [
        json!({"auth": "thr_wrong"}).to_string(),
        json!({"auth": ""}).to_string(),
        own(3),
        "not json".to_owned(),
    ] {
        let mut client = Client::open(&house, INGEST, &[]).await.unwrap();
        client.say(wrong.as_str()).await;
        assert_eq!(client.closed().await, 4401, "{wrong}");
    }
    let refused = Client::open(&house, INGEST, &[("authorization", "Bearer thr_wrong")]).await;
    assert_eq!(refused.err(), Some(401));
    assert_eq!(
        house.app.intake().counters().received,
        2,
        "nothing came in without a key"
    );
}

#[tokio::test]
async fn a_frame_that_is_no_batch_is_answered_or_ends_the_connection_and_harms_nobody() {
    let house = House::open(ApiSettings {
        events_max: 3,
        ..ApiSettings::default()
    })
    .await;
    let (mut other, _) = open(&house).await;
    let (mut client, _) = open(&house).await;
    for (frame, code) in [
        ("[1,", "malformed_json"),
        ("", "malformed_json"),
        ("[1,2,3,4]", "too_many_events"),
        (r#"{"batch":"b","events":[1,"#, "malformed_json"),
    ] {
        let answer = client.ask(frame).await;
        let code_of_event = &answer["events"][0]["code"];
        assert!(
            [&answer["code"], code_of_event].contains(&&json!(code)),
            "{frame}: {answer}"
        );
    }
    assert_eq!(
        counts(&client.ask(own(1)).await),
        [1, 1, 0, 0],
        "the connection goes on"
    );
    client.say_bytes(vec![0xff; 4]).await;
    assert_eq!(client.closed().await, 1003);

    let (mut client, _) = open(&house).await;
    client.say("x".repeat((1 << 20) + 1)).await;
    assert_eq!(client.closed().await, 1009, "a frame beyond the limit ends it");
    assert_eq!(counts(&other.ask(own(2)).await), [1, 1, 0, 0]);
    let all = house.app.intake().counters();
    assert_eq!(all.received, all.accepted + all.duplicate + all.quarantined);
}

#[tokio::test]
async fn a_key_that_is_ended_closes_its_open_connection_with_the_next_batch() {
    let house = house().await;
    let (mut client, id) = open(&house).await;
    assert_eq!(counts(&client.ask(own(1)).await), [1, 1, 0, 0]);
    assert!(house.catalog.remove_key(id).await.unwrap());
    let refused = client.ask(own(2)).await;
    assert_eq!(
        (&refused["batch"], &refused["code"]),
        (&json!(2), &json!("unknown_key"))
    );
    assert_eq!(client.closed().await, 4401);
    assert_eq!(house.app.intake().counters().received, 1);
}

#[tokio::test]
async fn a_key_can_be_changed_without_a_new_connection() {
    let house = house().await;
    let (mut client, id) = open(&house).await;
    let (_, next) = house.key(&["own-door"]).await;
    assert_eq!(
        client.ask(json!({"auth": next.reveal()}).to_string()).await,
        json!({"auth": "accepted"})
    );
    assert!(house.catalog.remove_key(id).await.unwrap());
    assert_eq!(counts(&client.ask(own(1)).await), [1, 1, 0, 0]);
}

#[tokio::test]
async fn only_so_many_sockets_and_strangers_are_let_in() {
    let house = House::open(ApiSettings {
        strangers_max: 1,
        ingest_sockets_max: 2,
        ..ApiSettings::default()
    })
    .await;
    let (_, key) = house.key(&["own-door"]).await;
    let mut stranger = Client::open(&house, INGEST, &[]).await.unwrap();
    assert_eq!(Client::open(&house, INGEST, &[]).await.err(), Some(429));
    stranger.ask(json!({"auth": key.reveal()}).to_string()).await;
    let _second = Client::open(&house, INGEST, &[])
        .await
        .expect("no stranger any more");
    let third = Client::open(&house, INGEST, &[("x-throng-key", key.reveal())]).await;
    assert_eq!(third.err(), Some(429));
}

#[tokio::test]
async fn a_connection_from_which_nothing_comes_is_asked_and_then_let_go() {
    let house = house().await;
    let (_, key) = house.key(&["own-door"]).await;
    let pipe = Pipe::into(&house);
    tokio::time::pause();
    let mut asleep = pipe
        .open(INGEST, &[("x-throng-key", key.reveal())])
        .await
        .unwrap();
    let mut quiet = pipe
        .open(INGEST, &[("x-throng-key", key.reveal())])
        .await
        .unwrap();
    let mut stranger = pipe.open(INGEST, &[]).await.unwrap();
    // Whoever listens answers pings by that alone.
    let five_idle_times = tokio::time::sleep(5 * ApiSettings::default().socket_idle_time_max);
    tokio::select! {
        ended = quiet.next() => panic!("a quiet camera is not a dead one: {ended:?}"),
        () = five_idle_times => {}
    }
    assert!(quiet.pings >= 5, "{} pings", quiet.pings);
    // Its own late answer to the ping may find the connection gone before it reads why.
    assert!([0, 4408].contains(&asleep.closed().await));
    assert_eq!(asleep.pings, 1);
    assert_eq!(stranger.closed().await, 4401);
    tokio::time::resume();
    assert_eq!(counts(&quiet.ask(own(1)).await), [1, 1, 0, 0]);
}

#[tokio::test]
async fn batches_wait_for_their_turn_beside_requests() {
    let house = House::open(ApiSettings {
        event_requests_max: 1,
        ..ApiSettings::default()
    })
    .await;
    let (_, key) = house.key(&["own-door"]).await;
    let pipe = Pipe::into(&house);
    let mut first = pipe
        .open(INGEST, &[("x-throng-key", key.reveal())])
        .await
        .unwrap();
    let mut second = pipe
        .open(INGEST, &[("x-throng-key", key.reveal())])
        .await
        .unwrap();
    house.disk.hold();
    first.say(own(1)).await;
    let disk = house.disk.clone();
    tokio::task::spawn_blocking(move || disk.wait_until_held())
        .await
        .unwrap();
    // Refused without the log, it would be answered at once; but it is not its turn. Paused time passes when there is
    // nothing left to do.
    tokio::time::pause();
    second.say("[1,").await;
    let early = tokio::time::timeout(Duration::from_secs(1), second.next()).await;
    assert!(early.is_err(), "{early:?}");
    tokio::time::resume();
    house.disk.release();
    assert_eq!(counts(&first.hear().await), [1, 1, 0, 0]);
    assert_eq!(second.hear().await["code"], "malformed_json");
}

#[tokio::test]
async fn batches_that_wait_hold_memory_and_what_there_is_none_for_is_asked_to_come_back() {
    let house = House::open(ApiSettings {
        event_requests_max: 1,
        bodies_bytes_max: 1_000,
        ..ApiSettings::default()
    })
    .await;
    let (mut first, _) = open(&house).await;
    let (mut second, _) = open(&house).await;
    let padded = |number| format!("{}{}", own(number), " ".repeat(400));
    house.disk.hold();
    first.say(padded(1)).await;
    let disk = house.disk.clone();
    tokio::task::spawn_blocking(move || disk.wait_until_held())
        .await
        .unwrap();
    // Before its turn comes: what waits for a turn is held in memory, too.
    let refused = second.ask(padded(2)).await;
    assert_eq!(
        (&refused["code"], &refused["retryAfterSeconds"]),
        (&json!("rate_limited"), &json!(1))
    );
    house.disk.release();
    assert_eq!(counts(&first.hear().await), [1, 1, 0, 0]);
    for number in 2..=5 {
        let answer = second.ask(padded(number)).await;
        assert_eq!(counts(&answer), [1, 1, 0, 0], "what was held is given back");
    }
}
