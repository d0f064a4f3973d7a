//! Who is calling: a person with a session, or a camera with a key.

use crate::Face;
use crate::problem::Problem;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use throng_app::people::Session;
use throng_app::{Actor, Secret};
use throng_model::{Fault, FaultCode};

/// Not among the names of the `http` crate.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

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
            Some(token) if token.starts_with(throng_app::cameras::KEY_PREFIX) => {
                return Err(Problem::from(Fault::new(
                    FaultCode::SignInRequired,
                    "this is the key of a camera, which only sends events; for everything else sign in: POST /api/v1/session",
                )));
            }
            Some(token) => token.to_owned(),
            None => {
                let token = cookie(&parts.headers)
                    .ok_or_else(|| Fault::new(FaultCode::SignInRequired, "sign in first"))?
                    .to_owned();
                // A browser sends cookies for other sites' pages, too: they count only for our own.
                same_origin(&parts.headers)?;
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

/// Refuses a request that another site's page made.
///
/// Browsers say so themselves in `Sec-Fetch-Site`, where no page can forge it; `none` is a person who typed the address.
/// They leave it out on plain HTTP, and old ones always: then `Origin` tells, which stands on everything that changes
/// something. Programs send neither.
pub(crate) fn same_origin(headers: &HeaderMap) -> Result<(), Fault> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let ours = match (text(SEC_FETCH_SITE), text(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, None) => true,
        (None, Some(origin)) => {
            let from = origin.split_once("://").map_or("", |(_, host)| host);
            let host = text(header::HOST).unwrap_or("");
            !host.is_empty() && from.eq_ignore_ascii_case(host)
        }
    };
    match ours {
        true => Ok(()),
        false => Err(Fault::new(
            FaultCode::Forbidden,
            "the request comes from another site",
        )),
    }
}

/// The address a request comes from, as far as it says who is asking.
pub(crate) struct Peer(pub IpAddr);

impl FromRequestParts<Arc<Face>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, face: &Arc<Face>) -> Result<Self, Infallible> {
        let forwarded = face.settings.behind_proxy.then(|| forwarded_for(&parts.headers));
        let address = match forwarded.flatten() {
            Some(address) => Some(address),
            None => ConnectInfo::<SocketAddr>::from_request_parts(parts, face)
                .await
                .ok()
                .map(|ConnectInfo(address)| address.ip()),
        };
        // All who come without an address (through a pipe, in tests) share one.
        Ok(Self(whole(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))))
    }
}

/// The last address of `X-Forwarded-For`: the one our own proxy saw and wrote. Those before it came with the request.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").into_iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// One customer of an IPv6 provider has a whole network of 2^64 addresses: it counts as one.
fn whole(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

/// Whether the request came to our proxy, or to us, over TLS, as far as that can be believed.
pub(crate) fn over_tls(headers: &HeaderMap, behind_proxy: bool) -> bool {
    behind_proxy
        && headers
            .get("x-forwarded-proto")
            .is_some_and(|proto| proto == "https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn only_our_own_page_and_programs_are_of_our_origin() {
        let host = ("host", "throng.example");
        for (pairs, ours) in [
            (vec![host], true),
            (vec![host, ("origin", "https://throng.example")], true),
            (vec![host, ("origin", "https://elsewhere.example")], false),
            (vec![host, ("origin", "null")], false),
            (vec![("origin", "https://throng.example")], false),
            (vec![host, ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("sec-fetch-site", "none")], true),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            // Another page of the same registered domain: its cookies are ours, it is not.
            (vec![host, ("sec-fetch-site", "same-site")], false),
            (
                vec![
                    host,
                    ("origin", "https://throng.example"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
        ] {
            assert_eq!(same_origin(&headers(&pairs)).is_ok(), ours, "{pairs:?}");
        }
    }

    #[test]
    fn what_a_request_says_of_itself_is_believed_only_of_our_proxy() {
        let forwarded = headers(&[("x-forwarded-for", "10.0.0.1, 203.0.113.7")]);
        assert_eq!(
            forwarded_for(&forwarded),
            Some(IpAddr::from([203, 0, 113, 7])),
            "the last one"
        );
        assert_eq!(forwarded_for(&headers(&[("x-forwarded-for", "unknown")])), None);
        let https = headers(&[("x-forwarded-proto", "https")]);
        assert!(over_tls(&https, true) && !over_tls(&https, false));
        let v6 = |text: &str| whole(text.parse().expect("an address"));
        assert_eq!(v6("2001:db8::1"), v6("2001:db8::ffff:1"));
        assert_ne!(v6("2001:db8::1"), v6("2001:db8:0:1::1"));
        assert_eq!(v6("::ffff:203.0.113.7"), IpAddr::from([203, 0, 113, 7]));
    }
}
