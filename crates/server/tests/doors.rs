//! The doors of the real binary against everything a network can send: each bad input gets a clear answer or a
//! quarantine entry with a code, the process stays up, other senders are not delayed, and
//! received = accepted + duplicate + quarantined.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "support/binary.rs"]
mod binary;

use binary::{Server, event};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::TcpStream;

struct Doors(Server);

impl std::ops::Deref for Doors {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.0
    }
}

impl Doors {
    fn start() -> Self {
        Self(Server::start())
    }

    fn events(&self, body: impl AsRef<[u8]>) -> (u16, Value) {
        self.post(
            "/api/v1/events",
            &self.keys[0],
            "application/json",
            None,
            body.as_ref(),
        )
    }

    /// The code of the only event of a request.
    fn quarantined(&self, body: impl AsRef<[u8]>) -> String {
        let (status, answer) = self.events(body);
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["quarantined"], 1, "{answer}");
        assert!(
            answer["events"][0]["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
        answer["events"][0]["code"].as_str().unwrap().to_owned()
    }
}

fn with(number: u32, path: &str, value: Value) -> String {
    let mut changed = event(number);
    *changed.pointer_mut(path).expect("a field of the event") = value;
    changed.to_string()
}

#[test]
fn whatever_comes_in_is_answered_and_counted() {
    let server = Doors::start();

    // Good ones, once and again.
    let (status, answer) = server.events(json!([event(10), event(11)]).to_string());
    assert_eq!((status, &answer["accepted"]), (200, &json!(2)), "{answer}");
    let (_, answer) = server.events(event(10).to_string());
    assert_eq!(answer["duplicate"], 1);

    // One event at a time is at fault.
    assert_eq!(
        server.quarantined(with(12, "/cam", json!("nobody"))),
        "foreign_camera",
        "a key learns nothing about cameras it does not speak for"
    );
    assert_eq!(
        server.quarantined(with(12, "/cam", json!("south"))),
        "foreign_camera"
    );
    assert_eq!(
        server.quarantined(with(12, "/t", json!("2099-01-01T00:00:00Z"))),
        "future_event"
    );
    assert_eq!(server.quarantined(with(12, "/cam", json!(7))), "invalid_event");
    assert_eq!(
        server.quarantined(with(12, "/data/n", json!(-1))),
        "invalid_event"
    );
    assert_eq!(
        server.quarantined(with(12, "/type", json!("teleport"))),
        "invalid_event"
    );
    assert_eq!(
        server.quarantined(with(12, "/type", json!("track"))),
        "unsupported_type"
    );
    assert_eq!(
        server.quarantined(with(10, "/data/dir", json!("out"))),
        "conflicting_body"
    );
    assert_eq!(
        server.quarantined(with(99, "/seq", json!(3))),
        "sequence_regressed"
    );
    assert_eq!(server.quarantined("{\"id\":"), "malformed_json");
    assert_eq!(server.quarantined([b'{', 0xff, b'}']), "malformed_json");
    assert_eq!(server.quarantined("7"), "invalid_event");

    // The whole request is at fault.
    let problem = |(status, answer): (u16, Value)| {
        assert!(
            answer["requestId"].as_str().is_some_and(|id| !id.is_empty()),
            "{answer}"
        );
        (status, answer["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(problem(server.events("[1,")), (400, "malformed_json".to_owned()));
    assert_eq!(problem(server.events("")), (400, "malformed_json".to_owned()));
    assert_eq!(
        problem(server.events(format!("[{}1]", "1,".repeat(1_000_000)))),
        (413, "too_many_events".to_owned())
    );
    assert_eq!(
        problem(server.post("/api/v1/events", "thr_wrong", "application/json", None, b"{}")),
        (401, "unknown_key".to_owned())
    );
    assert_eq!(
        problem(server.post("/api/v1/events", &server.keys[0], "text/csv", None, b"a,b")),
        (415, "unsupported_media".to_owned())
    );
    assert_eq!(
        problem(server.post(
            "/api/v1/events",
            &server.keys[0],
            "application/json",
            Some("gzip"),
            &bomb()
        )),
        (413, "body_too_large".to_owned())
    );
    assert_eq!(
        problem(server.post(
            "/api/v1/events",
            &server.keys[0],
            "application/json",
            Some("gzip"),
            b"not gzip"
        )),
        (400, "invalid_request".to_owned())
    );
    assert_eq!(
        problem(server.get("/api/v1/nowhere", "x")),
        (404, "not_found".to_owned())
    );

    // Somebody who sends half a request and waits holds up nobody.
    let mut slow = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    write!(slow, "POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{", server.keys[0]).unwrap();
    let (status, answer) = server.events(event(13).to_string());
    assert_eq!((status, &answer["accepted"]), (200, &json!(1)));
    drop(slow);

    // Nothing of it was lost sight of.
    let session = server.administrator();
    let (_, mut counters) = server.get("/api/v1/ingestion", &session);
    let invariants = counters.as_object_mut().unwrap().remove("invariants").unwrap();
    let invariants = invariants.as_array().unwrap();
    assert_eq!(invariants[0]["number"], json!(1));
    assert!(
        invariants.iter().all(|invariant| invariant["broken"] == json!(0)),
        "{invariants:?}"
    );
    // What became of those that were accepted depends on how far they have been taken up.
    for taken_up in ["late", "tooLate", "orphaned"] {
        assert!(
            counters
                .as_object_mut()
                .unwrap()
                .remove(taken_up)
                .unwrap()
                .is_u64()
        );
    }
    assert_eq!(
        counters,
        json!({"received": 16, "accepted": 3, "duplicate": 1, "quarantined": 12})
    );
    let (_, list) = server.get("/api/v1/quarantine", &session);
    assert_eq!(list["entries"].as_array().unwrap().len(), 12);

    // A refused event can be corrected and handed in again, once.
    let entry = list["entries"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["code"] == "unsupported_type")
        .unwrap()["entry"]
        .as_u64()
        .unwrap();
    let replay = |body: String| {
        server.post(
            &format!("/api/v1/quarantine/{entry}/replay"),
            &session,
            "application/json",
            None,
            body.as_bytes(),
        )
    };
    assert_eq!(replay(event(14).to_string()).1["outcome"], "accepted");
    assert_eq!(replay(event(15).to_string()).0, 409);
}

#[test]
fn nobody_gets_in_without_a_session() {
    let server = Doors::start();
    for path in [
        "places",
        "cameras",
        "live/snapshot",
        "ingestion",
        "quarantine",
        "session",
        "analytics/realtime/north",
        "analytics/aggregated?groupBy=camera&start=2026-01-01T00:00:00Z&end=2026-02-01T00:00:00Z",
    ] {
        let (status, answer) = server.get(&format!("/api/v1/{path}"), "nonsense");
        assert_eq!(
            (status, &answer["code"]),
            (401, &json!("session_ended")),
            "{path}"
        );
    }
    let (status, answer) = server.get("/api/v1/places", &server.keys[0]);
    assert_eq!((status, &answer["code"]), (401, &json!("sign_in_required")));
    let detail = answer["detail"].as_str().unwrap();
    assert!(detail.contains("the key of a camera"), "{detail}");
    let session = server.administrator();
    for forged in forged(&session) {
        assert_eq!(server.get("/api/v1/places", &forged).0, 401, "{forged}");
    }
    assert_eq!(server.get("/api/v1/places", &session).0, 200);
    // The first-start link works once, and a camera's key opens no person's door.
    let again =
        json!({"token": server.setup, "name": "eve", "password": "correct horse battery"}).to_string();
    assert_eq!(
        server
            .post("/api/v1/setup", "x", "application/json", None, again.as_bytes())
            .0,
        401
    );
    assert_eq!(server.get("/api/v1/places", &server.keys[0]).0, 401);
    let wrong = json!({"name": "ann", "password": "incorrect horse battery"}).to_string();
    assert_eq!(
        server
            .post("/api/v1/session", "x", "application/json", None, wrong.as_bytes())
            .0,
        401
    );
}

/// Tokens somebody might try: another algorithm, no signature, a changed payload, nonsense.
fn forged(session: &str) -> Vec<String> {
    let parts: Vec<&str> = session.split('.').collect();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"; // {"alg":"none","typ":"JWT"}
    let rs256 = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"; // {"alg":"RS256","typ":"JWT"}
    let mut payload = parts[1].to_owned();
    payload.replace_range(4..5, if payload.as_bytes()[4] == b'A' { "B" } else { "A" });
    vec![
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{rs256}.{}.{}", parts[1], parts[2]),
        format!("{}.{payload}.{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        "a.b.c".to_owned(),
        "x".repeat(7_000),
    ]
}

/// A hundred megabytes of blanks in a hundred kilobytes.
fn bomb() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    (0..100).for_each(|_| packed.write_all(&blanks).unwrap());
    packed.finish().unwrap()
}
