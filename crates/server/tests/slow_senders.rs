//! Senders who are slow, many, or large (I-10): they cost what they sent and delay nobody.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use axum::body::Body;
use axum::http::{Request, Response};
use futures_util::StreamExt as _;
use std::io::Write as _;
use std::time::Duration;
use support::socket::Pipe;
use support::{House, event};
use throng_api::ApiSettings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower::ServiceExt as _;

async fn post(house: &House, key: &str, encoding: &str, body: impl Into<Body>) -> Response<Body> {
    let request = Request::post("/api/v1/events")
        .header("x-throng-key", key)
        .header("content-encoding", encoding)
        .body(body.into())
        .unwrap();
    house.router.clone().oneshot(request).await.unwrap()
}

/// Another sender's event comes through meanwhile.
async fn is_taken(house: &House, key: &str) {
    let taken = post(house, key, "identity", event("own-door", 1)).await;
    assert_eq!(taken.status(), 200);
}

async fn house(settings: ApiSettings) -> (House, String) {
    let house = House::open(settings).await;
    let (_, key) = house.key(&["own-door"]).await;
    (house, key.reveal().to_owned())
}

#[tokio::test]
async fn those_who_send_half_a_request_take_no_turn_from_others() {
    let (house, key) = house(ApiSettings {
        event_requests_max: 1,
        ..ApiSettings::default()
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut connection = TcpStream::connect(house.address).await.unwrap();
        let head = format!(
            "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nx-throng-key: {key}\r\nexpect: 100-continue\r\ncontent-length: 10000000\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        // The answer to `expect` comes when the body is asked for: from here on it is being read.
        connection.readable().await.unwrap();
        connection.write_all(b"[").await.unwrap();
        slow.push(connection);
    }
    is_taken(&house, &key).await;
    drop(slow);
}

#[tokio::test]
async fn a_sender_who_hangs_up_before_the_answer_loses_nothing_and_breaks_no_count() {
    let (house, key) = house(ApiSettings::default()).await;
    house.disk.hold();
    let disk = house.disk.clone();
    let held = tokio::task::spawn_blocking(move || disk.wait_until_held());
    tokio::select! {
        answer = post(&house, &key, "identity", event("own-door", 1)) => panic!("{answer:?} before the disk"),
        held = held => held.unwrap(),
    }
    // Its future was dropped with the select: that is what happens to a request whose connection ends.
    house.disk.release();
    let again = post(&house, &key, "identity", event("own-door", 1)).await;
    assert_eq!(again.status(), 200);
    let all = house.app.intake().counters();
    assert_eq!((all.received, all.accepted, all.duplicate), (2, 1, 1));
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_given_up() {
    let (house, key) = house(ApiSettings::default()).await;
    tokio::time::pause();
    assert_eq!(post(&house, &key, "identity", never()).await.status(), 408);
}

/// A body of which nothing ever comes.
fn never() -> Body {
    Body::from_stream(futures_util::stream::pending::<Result<&[u8], std::io::Error>>())
}

/// A body of these parts, one after each pause.
fn dripping(parts: impl Iterator<Item = String> + Send + 'static, pause: Duration) -> Body {
    let parts = futures_util::stream::unfold(parts, move |mut parts| async move {
        let part = parts.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok::<_, std::io::Error>(part), parts))
    });
    Body::from_stream(parts)
}

#[tokio::test]
async fn a_body_that_comes_byte_by_byte_is_given_up_and_a_large_one_on_a_slow_line_is_not() {
    let (house, key) = house(ApiSettings::default()).await;
    tokio::time::pause();
    let (second, since) = (Duration::from_secs(1), Instant::now());
    let spaces = std::iter::once("[".to_owned()).chain(std::iter::repeat(" ".to_owned()));
    let refused = post(&house, &key, "identity", dripping(spaces, 3 * second)).await;
    assert_eq!(refused.status(), 408);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let late = since.elapsed() - house.settings.body_time_max;
    assert!(late < second, "{late:?} after its time");

    // 100 kB a second, for longer than a short body may take.
    let mut parts = vec![format!("[{}", event("own-door", 1))];
    parts.extend(std::iter::repeat_n(" ".repeat(100_000), 90));
    parts.push("]".to_owned());
    let since = Instant::now();
    let taken = post(&house, &key, "identity", dripping(parts.into_iter(), second)).await;
    assert_eq!(taken.status(), 200);
    assert!(
        since.elapsed() > 2 * house.settings.body_time_max,
        "{:?}",
        since.elapsed()
    );
}

#[tokio::test]
async fn a_body_that_came_fast_and_stalls_is_given_up_as_soon_as_any() {
    let (house, key) = house(ApiSettings::default()).await;
    tokio::time::pause();
    let since = Instant::now();
    let fast = futures_util::stream::iter([Ok::<_, std::io::Error>(" ".repeat(9 << 20))]);
    let stalls = Body::from_stream(fast.chain(futures_util::stream::pending()));
    assert_eq!(post(&house, &key, "identity", stalls).await.status(), 408);
    let late = since.elapsed() - house.settings.body_time_max;
    assert!(late < Duration::from_secs(1), "{late:?} after its time");
}

#[tokio::test]
async fn bodies_beyond_the_memory_there_is_are_asked_to_come_back() {
    let (house, key) = house(ApiSettings {
        bodies_bytes_max: 100_000,
        ..ApiSettings::default()
    })
    .await;
    let large = format!("[{}]", " ".repeat(100_000));
    let refused = post(&house, &key, "identity", large.clone()).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(large.as_bytes()).unwrap();
    let refused = post(&house, &key, "gzip", packed.finish().unwrap()).await;
    assert_eq!(refused.status(), 429, "what it unpacks to counts, too");
    for number in 1..=20 {
        let padded = format!("{}{}", event("own-door", number), " ".repeat(60_000));
        let taken = post(&house, &key, "identity", padded).await;
        assert_eq!(
            taken.status(),
            200,
            "what was held is given back: request {number}"
        );
    }
}

#[tokio::test]
async fn large_batches_come_through_whole_packed_or_not() {
    let (house, key) = house(ApiSettings::default()).await;
    let events: Vec<String> = (1..=2_000).map(|number| event("own-door", number)).collect();
    let array = format!("[{}]", events.join(","));
    assert_eq!(post(&house, &key, "identity", array.clone()).await.status(), 200);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(array.as_bytes()).unwrap();
    assert_eq!(
        post(&house, &key, "gzip", packed.finish().unwrap())
            .await
            .status(),
        200
    );
    let all = house.app.intake().counters();
    assert_eq!((all.received, all.accepted, all.duplicate), (4_000, 2_000, 2_000));
}

#[tokio::test]
async fn whoever_signs_in_byte_by_byte_or_at_length_is_let_go() {
    let (house, _) = house(ApiSettings::default()).await;
    let sign_in = async |kind: &str, body: Body| {
        let request = Request::post("/api/v1/session")
            .header("content-type", kind)
            .body(body);
        let answer = house.router.clone().oneshot(request.unwrap());
        answer.await.unwrap().status().as_u16()
    };
    let json = "application/json";
    assert_eq!(sign_in(json, Body::from(" ".repeat(10_000))).await, 413);
    // What the longest name and password need, each character as two escapes.
    let longest = format!(
        r#"{{"name":"{}","password":"{}"}}"#,
        r"\ud83d\ude00".repeat(64),
        r"\ud83d\ude00".repeat(256)
    );
    let read = sign_in("Application/JSON; charset=utf-8", Body::from(longest)).await;
    assert_eq!(read, 401, "it was read");
    let form = Body::from(r#"{"name":"ann","password":"x"}"#);
    assert_eq!(sign_in("text/plain", form).await, 415);
    assert_eq!(sign_in(json, Body::from("{")).await, 400);
    assert_eq!(sign_in(json, Body::from("{}")).await, 400);
    tokio::time::pause();
    assert_eq!(sign_in(json, never()).await, 408);
}

const ASKS: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

/// One whole answer: the status, after the head and as many bytes as it announced.
async fn answer(connection: &mut DuplexStream) -> u16 {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let announced = head.split_once("content-length: ").expect("a length").1;
    let length: usize = announced.lines().next().unwrap().parse().unwrap();
    connection.read_exact(&mut vec![0; length]).await.unwrap();
    head.split(' ').nth(1).expect("a status line").parse().unwrap()
}

#[tokio::test]
async fn a_connection_that_never_finishes_its_head_is_closed() {
    let (house, key) = house(ApiSettings::default()).await;
    tokio::time::pause();
    let (door, opened) = (Pipe::into(&house), Instant::now());
    let (mut silent, mut slow) = (door.connect(), door.connect());
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost").await.unwrap();
    for connection in [&mut silent, &mut slow] {
        let mut said = Vec::new();
        connection.read_to_end(&mut said).await.unwrap();
        assert!(!said.starts_with(b"HTTP/1.1 200"));
        let late = opened.elapsed() - house.settings.head_time_max;
        assert!(late < Duration::from_millis(10), "{late:?} after its time");
    }
    tokio::time::resume();
    is_taken(&house, &key).await;
}

#[tokio::test]
async fn a_connection_whose_body_drips_is_answered_and_closed() {
    let (house, key) = house(ApiSettings::default()).await;
    tokio::time::pause();
    let (door, since) = (Pipe::into(&house), Instant::now());
    let (mut reads, mut writes) = tokio::io::split(door.connect());
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nx-throng-key: {key}\r\ncontent-length: 1000\r\n\r\n"
    );
    writes.write_all(head.as_bytes()).await.unwrap();
    let dripping = tokio::spawn(async move {
        while writes.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    });
    let mut said = String::new();
    reads.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    dripping.await.unwrap();
    let late = since.elapsed() - house.settings.body_time_max;
    assert!(late < Duration::from_secs(6), "{late:?} after its time");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_one_to_end() {
    let (house, _) = house(ApiSettings {
        connections_max: 1,
        ..ApiSettings::default()
    })
    .await;
    tokio::time::pause();
    let door = Pipe::into(&house);
    let (mut first, mut second) = (door.connect(), door.connect());
    for connection in [&mut first, &mut second] {
        connection.write_all(ASKS).await.unwrap();
    }
    assert_eq!(answer(&mut first).await, 200);
    // Time passes only when there is nothing left to do: who is not answered until then is not going to be. Less of it
    // than an idle connection is kept open.
    let unanswered = tokio::time::timeout(house.settings.head_time_max / 2, second.read_u8()).await;
    assert!(
        unanswered.is_err(),
        "there is one place, and the first one has it"
    );
    first.write_all(ASKS).await.unwrap();
    assert_eq!(answer(&mut first).await, 200);
    drop(first);
    assert_eq!(answer(&mut second).await, 200);
}

#[tokio::test]
async fn who_does_not_read_his_answers_holds_no_connection() {
    let (house, _) = house(ApiSettings {
        connections_max: 1,
        ..ApiSettings::default()
    })
    .await;
    tokio::time::pause();
    let door = Pipe::into(&house);
    let (mut deaf, slow, mut next) = (door.connect(), door.connect(), door.connect());
    // More answers than fit into the pipe and what is kept of a connection: then nothing is read from it any more either.
    let many = ASKS.repeat(10_000);
    let (since, limit) = (Instant::now(), house.settings.write_time_max);
    let ended = tokio::time::timeout(2 * limit, deaf.write_all(&many)).await;
    assert!(ended.expect("it is closed in time").is_err());
    assert!(since.elapsed() >= limit, "{:?}", since.elapsed());

    // Whoever reads on is not let go, however slowly he does.
    let (mut reads, mut writes) = tokio::io::split(slow);
    let asking = tokio::spawn(async move { writes.write_all(&many).await });
    for _ in 0..12 {
        tokio::time::sleep(limit / 2).await;
        reads
            .read_exact(&mut [0; 2_000])
            .await
            .expect("more than a pipe holds");
    }
    next.write_all(ASKS).await.unwrap();
    let unanswered = tokio::time::timeout(limit / 4, next.read_u8()).await;
    assert!(unanswered.is_err(), "there is one place, and the slow one has it");
    asking.abort();
}

#[tokio::test]
async fn a_head_without_end_is_refused_before_it_fills_the_memory() {
    let (house, _) = house(ApiSettings::default()).await;
    let mut connection = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "y".repeat(200_000)
    );
    // It may be refused before all of it is sent.
    let _ = connection.write_all(head.as_bytes()).await;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}
