//! Who is calling: a person with a session, or a camera with a key.

use crate::Face;
use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use std::sync::Arc;
use throng_app::people::Session;
use throng_app::{Actor, Secret};
use throng_model::{Fault, FaultCode};

/// The cookie of a session.
pub(crate) const COOKIE: &str = "throng_session";

/// A signed-in person.
pub(crate) struct SignedIn(pub Session);

impl SignedIn {
    /// As the control plane knows him.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }
}

impl FromRequestParts<Arc<Face>> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Arc<Face>) -> Result<Self, Problem> {
        let token = match bearer(&parts.headers) {
            Some(token) => token.to_owned(),
            None => {
                let token = cookie(&parts.headers)
                    .ok_or_else(|| Fault::new(FaultCode::SignInRequired, "sign in first"))?
                    .to_owned();
                // A browser sends cookies for other sites' forms, too: what changes something must come from our page.
                if parts.method != Method::GET && parts.method != Method::HEAD {
                    same_origin(&parts.headers)?;
                }
                token
            }
        };
        Ok(Self(face.app.session(&token).await?))
    }
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
        .map(str::trim)
}

/// The camera key of a request, where there is one: `Authorization: Bearer thr_…` or `X-Throng-Key`.
pub(crate) fn camera_key(headers: &HeaderMap) -> Option<Secret> {
    let key = headers
        .get("x-throng-key")
        .and_then(|key| key.to_str().ok())
        .or_else(|| bearer(headers));
    key.map(|key| Secret::new(key.to_owned()))
}

/// What is said to whoever shows no key.
pub(crate) fn key_needed() -> Fault {
    Fault::new(
        FaultCode::SignInRequired,
        "a camera key is needed: Authorization: Bearer thr_…",
    )
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// Refuses a request that another site's page made. Programs send no `Origin`; browsers always do where it matters.
pub(crate) fn same_origin(headers: &HeaderMap) -> Result<(), Fault> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("");
    let from = origin
        .to_str()
        .unwrap_or("")
        .split_once("://")
        .map_or("", |(_, host)| host);
    match !host.is_empty() && from.eq_ignore_ascii_case(host) {
        true => Ok(()),
        false => Err(Fault::new(
            FaultCode::Forbidden,
            "the request comes from another site",
        )),
    }
}
