//! Who gets what at every address (SEC-1, API-7, I-8): one row an operation of the OpenAPI document, one column a
//! caller, over a real listener. An operation without a row fails the test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use support::{House, PASSWORD, event};
use throng_model::time::HOUR;
use throng_model::user::Role;
use throng_ports::Accounts;

/// Who asks. `Own` and `Foreign` are the same user of one building, asking about it and about the other one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Caller {
    Nobody,
    Forged,
    Expired,
    Ended,
    Own,
    Foreign,
    Analyst,
    Admin,
    /// The administrator's cookie, sent by a page of another site.
    Ridden,
    CameraKey,
    GatewayKey,
}

use Caller::{Admin, Analyst, CameraKey, Ended, Expired, Foreign, Forged, GatewayKey, Nobody, Own, Ridden};

const CALLERS: [Caller; 11] = [
    Nobody, Forged, Expired, Ended, Own, Foreign, Analyst, Admin, Ridden, CameraKey, GatewayKey,
];

/// Method, address, body, and the status for each caller in the order of [`CALLERS`].
type Row = (&'static str, &'static str, &'static str, [u16; 11]);

const OPEN: [u16; 11] = [200; 11];
const RANGE: &str = "start=2026-03-28T00:00:00Z&end=2026-03-29T00:00:00Z";

/// `{camera}` and `{place}` are what the caller asks about; `{new}`, `{spare}`, `{key}`, `{entry}`, `{link}`, `{ticket}` and
/// `{event}` are made for each request anew.
#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                                                          nobody forged expired ended own foreign analyst admin ridden camera gateway
    ("GET",    "/healthz", "",                                                                    OPEN),
    ("GET",    "/readyz", "",                                                                     OPEN),
    ("GET",    "/api/v1/openapi.json", "",                                      [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/setup", "",                                                               OPEN),
    ("POST",   "/api/v1/setup", r#"{"token":"x","name":"eve","password":"correct horse battery"}"#,
                                                                                [401, 401, 401, 401, 401, 401, 401, 401, 403, 401, 401]),
    ("POST",   "/api/v1/session", r#"{"name":"ann","password":"correct horse battery"}"#,
                                                                                [200, 200, 200, 200, 200, 200, 200, 200, 403, 200, 200]),
    ("POST",   "/api/v1/session/link", r#"{"token":"{link}"}"#,                 [200, 200, 200, 200, 200, 200, 200, 200, 403, 200, 200]),
    ("GET",    "/api/v1/session", "",                                           [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("DELETE", "/api/v1/session", "",                                           [401, 401, 401, 401, 204, 204, 204, 204, 403, 401, 401]),
    // With the old one right it ends the sessions of those who ask below: see own_password.rs.
    ("PUT",    "/api/v1/session/password", r#"{"old":"not the old one","new":"correct horse battery"}"#,
                                                                                [401, 401, 401, 401, 400, 400, 400, 400, 403, 401, 401]),
    ("GET",    "/api/v1/places", "",                                            [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("PATCH",  "/api/v1/places/{place}", r#"{"capacity":40}"#,                  [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("DELETE", "/api/v1/places/{spare}", "",                                    [401, 401, 401, 401, 403, 403, 403, 204, 403, 401, 401]),
    ("POST",   "/api/v1/places/{place}/occupancy", r#"{"people":3}"#,           [401, 401, 401, 401, 403, 403, 403, 204, 403, 401, 401]),
    ("GET",    "/api/v1/cameras", "",                                           [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("POST",   "/api/v1/cameras", r#"{"id":"{new}","name":"n","zoneId":"own-zone","boundary":"zone"}"#,
                                                                                [401, 401, 401, 401, 403, 403, 403, 201, 403, 401, 401]),
    ("PATCH",  "/api/v1/cameras/{camera}", r#"{"name":"Door"}"#,                [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("DELETE", "/api/v1/cameras/{spare}", "",                                   [401, 401, 401, 401, 403, 403, 403, 204, 403, 401, 401]),
    ("GET",    "/api/v1/cameras/{camera}/counters", "",                         [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("POST",   "/api/v1/cameras/{camera}/keys", "",                             [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("GET",    "/api/v1/keys", "",                                              [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("DELETE", "/api/v1/keys/{key}", "",                                        [401, 401, 401, 401, 403, 403, 403, 204, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/realtime/{camera}", "",                       [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/realtime", "",                 [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/historical/{camera}?{range}", "",             [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/historical?{range}", "",       [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/occupancy?{range}", "",        [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/occupancy/now", "",            [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/measures?{range}", "",         [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/statistics/{camera}?measure=in&{range}", "",  [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/statistics?measure=in&{range}", "",
                                                                                [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/windows/{camera}", "",                        [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/places/{place}/windows", "",                  [401, 401, 401, 401, 200, 404, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/analytics/aggregated?groupBy=building&{range}", "",     [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/live/snapshot", "",                                     [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("POST",   "/api/v1/live/ticket", "",                                       [401, 401, 401, 401, 200, 200, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/live?ticket={ticket}", "socket",                        [401, 401, 401, 401, 101, 101, 101, 101, 403, 401, 401]),
    ("POST",   "/api/v1/events", "{event}",                                     [401, 401, 401, 401, 401, 401, 401, 401, 401, 200, 200]),
    // Without a key in a header it may still come in the first frame (see ingest_socket.rs); a cookie means nothing here.
    ("GET",    "/api/v1/ingest", "socket",                                      [101, 401, 401, 401, 401, 401, 401, 401, 101, 101, 101]),
    ("GET",    "/api/v1/ingestion", "",                                         [401, 401, 401, 401, 403, 403, 200, 200, 403, 401, 401]),
    ("GET",    "/api/v1/quarantine", "",                                        [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("GET",    "/api/v1/quarantine/download", "",                               [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("GET",    "/api/v1/quarantine/{entry}", "",                                [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
    ("POST",   "/api/v1/quarantine/{entry}/replay", "{event}",                  [401, 401, 401, 401, 403, 403, 403, 200, 403, 401, 401]),
];

/// Outside of the document, for everybody: what a browser needs before anybody is signed in, and what is nowhere.
const OUTSIDE: [(&str, &str, u16); 4] = [
    ("GET", "/", 200),
    ("GET", "/help/errors/sign_in_required", 200),
    ("GET", "/api/v1/nowhere", 404),
    ("TRACE", "/api/v1/places", 405),
];

struct Callers {
    house: House,
    forged: String,
    expired: String,
    ended: String,
    user: String,
    analyst: String,
    admin: String,
    camera_key: String,
    gateway_key: String,
    made: AtomicU32,
}

impl Callers {
    async fn new() -> Self {
        let house = House::open(throng_api::ApiSettings::default()).await;
        let setup = house.app.first_start_link().await.unwrap().unwrap();
        house
            .app
            .set_up(&setup, "ann", PASSWORD.to_owned(), support::HERE)
            .await
            .unwrap();
        let expired = house.sign_in("early", Role::Admin, &[]).await;
        house.clock.advance(13 * HOUR);
        let ended = house.sign_in("gone", Role::Admin, &[]).await;
        let another = house
            .catalog
            .set_password("gone".to_owned(), "another".to_owned(), None);
        another.await.unwrap().unwrap();
        let admin = house.sign_in("admin", Role::Admin, &[]).await;
        // Somebody else's claims under the administrator's signature.
        let (_, signature) = admin.rsplit_once('.').unwrap();
        let forged = format!("{}.{signature}", expired.rsplit_once('.').unwrap().0);
        Self {
            forged,
            expired,
            ended,
            user: house.sign_in("user", Role::User, &["own"]).await,
            analyst: house.sign_in("analyst", Role::Analyst, &[]).await,
            admin,
            camera_key: house.key(&["own-door"]).await.1.reveal().to_owned(),
            gateway_key: house.key(&[]).await.1.reveal().to_owned(),
            house,
            made: AtomicU32::new(1),
        }
    }

    /// The name and role of who is signed in.
    fn role(&self, caller: Caller) -> Option<(&'static str, Role)> {
        match caller {
            Own | Foreign => Some(("user", Role::User)),
            Analyst => Some(("analyst", Role::Analyst)),
            Admin => Some(("admin", Role::Admin)),
            _ => None,
        }
    }

    fn credentials(&self, caller: Caller) -> Vec<(&'static str, String)> {
        let bearer = |token: &str| vec![("authorization", format!("Bearer {token}"))];
        match caller {
            Nobody => Vec::new(),
            Forged => bearer(&self.forged),
            Expired => bearer(&self.expired),
            Ended => bearer(&self.ended),
            Own | Foreign => bearer(&self.user),
            Analyst => bearer(&self.analyst),
            Admin => bearer(&self.admin),
            Ridden => vec![
                ("cookie", format!("throng_session={}", self.admin)),
                ("origin", "https://elsewhere.example".to_owned()),
            ],
            CameraKey => bearer(&self.camera_key),
            GatewayKey => bearer(&self.gateway_key),
        }
    }

    async fn ask(&self, caller: Caller, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut headers = self.credentials(caller);
        let role = self.role(caller);
        if method == "DELETE"
            && path == "/api/v1/session"
            && let Some((name, role)) = role
        {
            // One of his own to end: the others are needed for what follows.
            let link = self.house.app.sign_in_link(name, role).await.unwrap();
            let session = self.house.app.use_link(&link, support::HERE).await.unwrap();
            headers = vec![("authorization", format!("Bearer {}", session.token.reveal()))];
        }
        if body == "socket" {
            headers.extend(
                [
                    ("connection", "upgrade"),
                    ("upgrade", "websocket"),
                    ("sec-websocket-version", "13"),
                    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ]
                .map(|(name, value)| (name, value.to_owned())),
            );
        } else if body.starts_with('{') {
            headers.push(("content-type", "application/json".to_owned()));
        }
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let body = if body == "socket" { "" } else { body };
        self.house.ask(method, path, &headers, body).await
    }

    /// Fills the gaps of an address or a body.
    async fn fill(&self, text: &str, caller: Caller) -> String {
        let number = self.made.fetch_add(1, Ordering::SeqCst);
        let scope = if caller == Foreign { "foreign" } else { "own" };
        let mut text = text
            .replace("{camera}", &format!("{scope}-door"))
            .replace("{place}", scope)
            .replace("{range}", RANGE)
            .replace("{new}", &format!("new-{number}"))
            .replace("{event}", &event("own-door", number));
        if text.contains("{spare}") {
            let spare = format!("spare-{number}");
            self.house.add_spare(&spare).await;
            text = text.replace("{spare}", &spare);
        }
        if text.contains("{key}") {
            text = text.replace("{key}", &self.house.key(&["own-door"]).await.0);
        }
        if text.contains("{link}") {
            let link = self.house.app.sign_in_link("user", Role::User).await.unwrap();
            text = text.replace("{link}", link.reveal());
        }
        if text.contains("{entry}") {
            text = text.replace("{entry}", &self.quarantined().await);
        }
        if text.contains("{ticket}") {
            // Another site's page cannot read the answer; it would have to steal the ticket on the way.
            let giver = if caller == Ridden { Admin } else { caller };
            let (_, answer) = self.ask(giver, "POST", "/api/v1/live/ticket", "").await;
            let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            text = text.replace("{ticket}", answer["ticket"].as_str().unwrap_or("made-up"));
        }
        text
    }

    /// A new entry of the quarantine.
    async fn quarantined(&self) -> String {
        let (status, answer) = self
            .ask(GatewayKey, "POST", "/api/v1/events", r#"{"not":"an event"}"#)
            .await;
        assert_eq!(status, 200, "{answer}");
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        answer["events"][0]["entry"].to_string()
    }

    async fn decisions(&self) -> usize {
        self.house.app.settle().await.unwrap();
        self.house.catalog.audit_log(usize::MAX).await.unwrap().len()
    }
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_table_says() {
    let callers = Callers::new().await;
    let mut wrong = Vec::new();
    for (method, path, body, expected) in TABLE {
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let (path, body) = (callers.fill(path, caller).await, callers.fill(body, caller).await);
            let (status, answer) = callers.ask(caller, method, &path, &body).await;
            if status != *expected {
                wrong.push(format!(
                    "{caller:?}: {method} {path} is {status}, not {expected}: {answer}"
                ));
            }
            if caller == Own && answer.contains("foreign") {
                wrong.push(format!(
                    "{method} {path} tells a user about places of others: {answer}"
                ));
            }
        }
    }
    for (method, path, expected) in OUTSIDE {
        let (status, _) = callers.ask(Nobody, method, path, "").await;
        if status != expected {
            wrong.push(format!("{method} {path} is {status}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_of_the_document_has_a_row() {
    let document = serde_json::to_value(throng_api::openapi()).unwrap();
    let documented: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {}", method.to_uppercase(), without_names(path)))
        })
        .collect();
    let rows: BTreeSet<String> = TABLE
        .iter()
        .map(|(method, path, ..)| format!("{method} {}", without_names(path.split('?').next().unwrap())))
        .collect();
    assert_eq!(documented, rows);
}

/// `/keys/{keyId}` and `/keys/{key}` are the same address.
fn without_names(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Whoever is known and asks for numbers, lists or changes leaves exactly one trace, allowed or not.
#[tokio::test]
async fn every_decision_is_in_the_audit_log_once() {
    let callers = Callers::new().await;
    let decided = TABLE.iter().filter(|(_, path, ..)| {
        [
            "places",
            "cameras",
            "keys",
            "analytics",
            "live/snapshot",
            "live?",
            "ingestion",
            "quarantine",
        ]
        .iter()
        .any(|part| path.contains(&format!("/api/v1/{part}")))
    });
    let mut seen = 0;
    for (method, path, body, expected) in decided {
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            if ![Own, Foreign, Analyst, Admin].contains(&caller) {
                continue;
            }
            let (path, body) = (callers.fill(path, caller).await, callers.fill(body, caller).await);
            let before = callers.decisions().await;
            callers.ask(caller, method, &path, &body).await;
            assert_eq!(
                callers.decisions().await,
                before + 1,
                "{caller:?}: {method} {path}"
            );
            let entry = callers.house.catalog.audit_log(1).await.unwrap().remove(0);
            assert_eq!(
                entry.allowed,
                *expected < 400,
                "{caller:?}: {method} {path}: {entry:?}"
            );
            seen += 1;
        }
    }
    assert!(seen >= 60, "only {seen} requests were looked at");
}
