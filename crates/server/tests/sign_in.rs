//! Signing in: guesses are slowed down by name and by address, cookies are for our own page only, and what a request says
//! of itself is believed only where the configuration says that a proxy of ours wrote it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::time::Duration;
use support::socket::Client;
use support::{House, PASSWORD};
use throng_api::ApiSettings;
use throng_model::time::{HOUR, SECOND};
use throng_model::user::Role;
use throng_ports::Accounts as _;
use tower::ServiceExt as _;

const BEHIND_PROXY: bool = true;

/// A house with the administrator `ann`.
async fn house(settings: ApiSettings) -> House {
    let house = House::open(settings).await;
    let setup = house.app.first_start_link().await.unwrap().unwrap();
    house
        .app
        .set_up(&setup, "ann", PASSWORD.to_owned(), support::HERE)
        .await
        .unwrap();
    house
}

async fn behind(behind_proxy: bool) -> House {
    house(ApiSettings {
        behind_proxy,
        ..ApiSettings::default()
    })
    .await
}

/// The status of a try, and the cookie that came with it.
async fn sign_in(house: &House, name: &str, password: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = Request::post("/api/v1/session").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({"name": name, "password": password}).to_string();
    let request = request.body(Body::from(body)).unwrap();
    let answer = house.router.clone().oneshot(request).await.unwrap();
    let cookie = answer.headers().get("set-cookie");
    let cookie = cookie.map_or("", |cookie| cookie.to_str().unwrap()).to_owned();
    (answer.status().as_u16(), cookie)
}

#[tokio::test]
async fn a_name_that_is_guessed_at_waits_whether_it_exists_or_not() {
    for name in ["ann", "nobody of this name"] {
        let house = behind(false).await;
        for _ in 0..5 {
            assert_eq!(sign_in(&house, name, "wrong password", &[]).await.0, 401);
        }
        assert_eq!(
            sign_in(&house, name, "wrong password", &[]).await.0,
            429,
            "{name}"
        );
        house.clock.advance(2 * SECOND);
        assert_eq!(
            sign_in(&house, name, "wrong password", &[]).await.0,
            401,
            "{name}"
        );
        assert_eq!(
            sign_in(&house, "ann", PASSWORD, &[]).await.0,
            if name == "ann" { 429 } else { 200 }
        );
        house.clock.advance(16 * SECOND);
        assert_eq!(
            sign_in(&house, "ann", PASSWORD, &[]).await.0,
            200,
            "the owner waits seconds, not hours"
        );
    }
}

/// What a refusal says to programs: status, `Retry-After`, and the document.
async fn refusal(house: &House, request: Request<Body>) -> (u16, Option<String>, Value) {
    let answer = house.router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let header = answer.headers().get("retry-after");
    let header = header.map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(answer.into_body(), 4_096).await.unwrap();
    (status, header, serde_json::from_slice(&body).unwrap())
}

fn post(path: &str, body: &Value) -> Request<Body> {
    let request = Request::post(path).header("content-type", "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}

#[tokio::test]
async fn who_is_locked_out_is_told_how_long_to_the_second() {
    let house = behind(false).await;
    let wrong = json!({"name": "ann", "password": "wrong password"});
    let mut last = (0, None, Value::Null);
    for second in 0..12 {
        last = refusal(&house, post("/api/v1/session", &wrong)).await;
        if last.0 == 401 {
            assert_eq!(
                (&last.1, &last.2["retryAfterSeconds"]),
                (&None, &Value::Null),
                "{second}"
            );
            // As long as the next try has to wait at most, so that each one counts.
            house.clock.advance(15 * SECOND);
        }
    }
    assert_eq!(last.0, 401, "each waited long enough: {last:?}");
    house.clock.advance(-15 * SECOND + SECOND / 2);
    let (status, header, document) = refusal(&house, post("/api/v1/session", &wrong)).await;
    assert_eq!(
        (status, &document["code"]),
        (429, &json!("rate_limited")),
        "{document}"
    );
    assert_eq!(header.as_deref(), Some("15"), "14.5 s, rounded up");
    assert_eq!(document["retryAfterSeconds"], 15);
    assert!(document["detail"].as_str().unwrap().ends_with("wait 15 s"));
}

#[tokio::test]
async fn each_refusal_at_the_sign_in_has_a_code_of_its_own_and_a_help_page() {
    let house = behind(false).await;
    let link = house.app.sign_in_link("bob", Role::User).await.unwrap();
    let link = json!({"token": link.reveal()});
    let code = async |request| {
        let (status, _, document) = refusal(&house, request).await;
        assert_eq!(status, 401, "{document}");
        let code = document["code"].as_str().unwrap().to_owned();
        let help = format!("/help/errors/{code}");
        assert_eq!(document["type"], help.as_str());
        let page = house.ask("GET", &help, &[], "").await;
        assert!(page.0 == 200 && page.1.contains(&format!("<code>{code}</code>")));
        code
    };
    let credentials = |name| {
        post(
            "/api/v1/session",
            &json!({"name": name, "password": "wrong password"}),
        )
    };
    assert_eq!(code(credentials("ann")).await, "wrong_credentials");
    assert_eq!(
        code(credentials("nobody of this name")).await,
        "wrong_credentials",
        "whether there is such an account is not told"
    );
    assert_eq!(
        code(credentials("bob")).await,
        "wrong_credentials",
        "nor whether it has a password"
    );
    let used = || post("/api/v1/session/link", &link);
    let answer = house.router.clone().oneshot(used()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(code(used()).await, "link_ended");
    let made_up = json!({"token": "made up"});
    assert_eq!(code(post("/api/v1/session/link", &made_up)).await, "link_ended");
    let late = house.app.sign_in_link("bob", Role::User).await.unwrap();
    house.clock.advance(25 * HOUR);
    let late = json!({"token": late.reveal()});
    assert_eq!(code(post("/api/v1/session/link", &late)).await, "link_ended");

    let ask = |headers: &[(&str, &str)]| {
        let mut request = Request::get("/api/v1/session");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(code(ask(&[])).await, "sign_in_required");
    let cookie = sign_in(&house, "ann", PASSWORD, &[]).await.1;
    let cookie = [("cookie", cookie.split(';').next().unwrap())];
    house.clock.advance(12 * HOUR);
    assert_eq!(code(ask(&cookie)).await, "session_ended");
    assert_eq!(
        code(ask(&[("authorization", "Bearer forged")])).await,
        "session_ended"
    );
}

/// What the audit log holds, the oldest first.
async fn noted(house: &House) -> Vec<(String, String, bool)> {
    house.app.settle().await.unwrap();
    let entries = house.catalog.audit_log(100).await.unwrap();
    let entries = entries.into_iter().rev();
    entries
        .map(|entry| (entry.actor, entry.action, entry.allowed))
        .collect()
}

#[tokio::test]
async fn who_types_the_name_of_the_command_line_is_not_noted_as_it() {
    let house = behind(false).await;
    for _ in 0..7 {
        sign_in(&house, "command line", "wrong password", &[]).await;
    }
    sign_in(&house, "bob", "wrong password", &[]).await;
    let tries = noted(&house).await.into_iter();
    let tries = tries.filter(|(_, action, _)| action == "session.password");
    let tries: Vec<String> = tries.map(|(actor, ..)| actor).collect();
    assert_eq!(
        tries,
        ["", "", "", "", "", "", "bob"],
        "five that were looked at, and that there was a wait"
    );
}

#[tokio::test]
async fn an_address_that_tries_many_names_waits_and_others_do_not() {
    let house = behind(BEHIND_PROXY).await;
    let attacker = [("x-forwarded-for", "192.0.2.9, 203.0.113.7")];
    let made_up = [("x-forwarded-for", "192.0.2.10, 203.0.113.7")];
    for n in 0..20 {
        let status = sign_in(&house, &format!("name {n}"), "wrong password", &attacker)
            .await
            .0;
        assert_eq!(status, 401, "try {n}");
    }
    assert_eq!(
        sign_in(&house, "name 20", "wrong password", &attacker).await.0,
        429
    );
    assert_eq!(
        sign_in(&house, "name 20", "wrong password", &made_up).await.0,
        429,
        "only what our proxy wrote counts"
    );
    let ann = [("x-forwarded-for", "198.51.100.1")];
    assert_eq!(sign_in(&house, "ann", PASSWORD, &ann).await.0, 200);
}

#[tokio::test]
async fn without_a_proxy_nobody_chooses_his_own_address() {
    let house = behind(false).await;
    let mut last = 0;
    for n in 0..21 {
        let address = format!("198.51.100.{n}");
        let headers = [("x-forwarded-for", address.as_str())];
        last = sign_in(&house, &format!("name {n}"), "wrong password", &headers)
            .await
            .0;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn tries_at_the_same_time_do_not_slip_past_the_wait() {
    let house = behind(false).await;
    let tries = (0..30).map(|_| sign_in(&house, "ann", "wrong password", &[]));
    let statuses = futures_util::future::join_all(tries).await;
    let let_through = statuses.iter().filter(|(status, _)| *status == 401).count();
    assert_eq!(let_through, 5, "{statuses:?}");
    house.app.settle().await.unwrap();
    let traces = house.catalog.audit_log(100).await.unwrap();
    let refused = traces
        .iter()
        .filter(|entry| entry.action == "session.password" && !entry.allowed);
    assert_eq!(
        refused.count(),
        6,
        "each password that was looked at left its trace, and the others one: that there was a wait"
    );
}

#[tokio::test]
async fn links_that_open_nothing_leave_a_trace_and_cannot_be_guessed_from_one_address() {
    let house = behind(false).await;
    let link = house.app.sign_in_link("bob", Role::User).await.unwrap();
    let use_link = async |secret: &str| {
        let body = json!({"token": secret});
        refusal(&house, post("/api/v1/session/link", &body)).await.0
    };
    assert_eq!(use_link(link.reveal()).await, 200);
    assert_eq!(use_link(link.reveal()).await, 401, "used");
    for n in 1..20 {
        assert_eq!(use_link(&format!("made up {n}")).await, 401);
    }
    for _ in 0..10 {
        assert_eq!(use_link("made up").await, 429);
    }
    let setup = json!({"token": "made up", "name": "eve", "password": PASSWORD});
    assert_eq!(refusal(&house, post("/api/v1/setup", &setup)).await.0, 429);
    house.clock.advance(2 * SECOND);
    assert_eq!(refusal(&house, post("/api/v1/setup", &setup)).await.0, 401);
    house.app.settle().await.unwrap();
    let traces = house.catalog.audit_log(100).await.unwrap();
    let of = |action: &str, allowed| {
        let entries = traces.iter().rev();
        let entries = entries.filter(|entry| entry.action == action && entry.allowed == allowed);
        entries.map(|entry| entry.actor.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("session.link", true), ["bob"]);
    assert_eq!(
        of("session.link", false),
        [""; 21],
        "twenty that were looked at, and that there was a wait"
    );
    assert_eq!(of("setup", false), ["eve"]);
}

#[tokio::test]
async fn the_cookie_is_for_tls_where_the_configuration_or_our_proxy_says_so() {
    let https = [("x-forwarded-proto", "https")];
    let secure = |cookie: &str| {
        assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
        cookie.ends_with("; Secure")
    };
    let direct = behind(false).await;
    assert!(!secure(&sign_in(&direct, "ann", PASSWORD, &[]).await.1));
    assert!(
        !secure(&sign_in(&direct, "ann", PASSWORD, &https).await.1),
        "anybody can say that"
    );
    let proxied = behind(BEHIND_PROXY).await;
    assert!(secure(&sign_in(&proxied, "ann", PASSWORD, &https).await.1));
    assert!(!secure(&sign_in(&proxied, "ann", PASSWORD, &[]).await.1));
    let always = house(ApiSettings {
        secure_cookie: true,
        ..ApiSettings::default()
    })
    .await;
    assert!(secure(&sign_in(&always, "ann", PASSWORD, &[]).await.1));
}

#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in_and_rides_no_cookie() {
    let house = behind(false).await;
    for site in ["cross-site", "same-site"] {
        let headers = [("sec-fetch-site", site)];
        assert_eq!(sign_in(&house, "ann", PASSWORD, &headers).await.0, 403, "{site}");
    }
    let (status, cookie) = sign_in(&house, "ann", PASSWORD, &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(status, 200);
    let cookie = cookie.split(';').next().unwrap();
    for (site, expected) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
    ] {
        let headers = [("cookie", cookie), ("sec-fetch-site", site)];
        assert_eq!(
            house.ask("GET", "/api/v1/places", &headers, "").await.0,
            expected,
            "{site}"
        );
    }
}

#[tokio::test]
async fn who_signs_out_is_out_wherever_the_session_was_used_and_only_there() {
    let house = House::open(ApiSettings {
        reauthorise_every: Duration::from_millis(1),
        ..ApiSettings::default()
    })
    .await;
    // In the same second: but for their names the tokens say the same.
    let session = house.sign_in("bob", Role::Analyst, &[]).await;
    let other = house.sign_in("bob", Role::Analyst, &[]).await;
    let bearer = format!("Bearer {session}");
    let cookie = format!("throng_session={session}");
    let ask = async |method, header, value: &str| {
        house
            .ask(method, "/api/v1/session", &[(header, value)], "")
            .await
            .0
    };
    let (_, ticket) = house
        .ask("POST", "/api/v1/live/ticket", &[("authorization", &bearer)], "")
        .await;
    let ticket: Value = serde_json::from_str(&ticket).unwrap();
    let live = format!("/api/v1/live?ticket={}", ticket["ticket"].as_str().unwrap());
    let mut tab = Client::open(&house, &live, &[]).await.unwrap();
    assert_eq!(tab.hear().await["type"], "snapshot");

    assert_eq!(ask("DELETE", "cookie", &cookie).await, 204);
    assert_eq!(ask("GET", "cookie", &cookie).await, 401);
    assert_eq!(ask("GET", "authorization", &bearer).await, 401);
    assert_eq!(tab.closed().await, 4401, "the other tab");
    let other = format!("Bearer {other}");
    assert_eq!(
        ask("GET", "authorization", &other).await,
        200,
        "another session of his"
    );
    assert_eq!(ask("DELETE", "cookie", &cookie).await, 401, "it has ended");
    house.app.settle().await.unwrap();
    let traces = house.catalog.audit_log(100).await.unwrap();
    let ended = traces.iter().filter(|entry| entry.action == "session.end");
    let ended: Vec<_> = ended.map(|entry| (entry.actor.as_str(), entry.allowed)).collect();
    assert_eq!(ended, [("bob", true)]);
}
