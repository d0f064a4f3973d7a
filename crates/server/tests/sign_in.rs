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
use serde_json::json;
use support::{House, PASSWORD};
use throng_api::ApiSettings;
use throng_model::time::SECOND;
use throng_ports::Accounts as _;
use tower::ServiceExt as _;

const BEHIND_PROXY: bool = true;

/// A house with the administrator `ann`.
async fn house(settings: ApiSettings) -> House {
    let house = House::open(settings).await;
    let setup = house.app.first_start_link().await.unwrap().unwrap();
    house
        .app
        .set_up(&setup, "ann", PASSWORD.to_owned())
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
        5,
        "each password that was looked at left its trace"
    );
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
