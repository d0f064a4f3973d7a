//! The dashboard's files, embedded in the binary.

use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use throng_app::Secret;
use throng_model::{Fault, FaultCode};

#[derive(RustEmbed)]
#[folder = "$THRONG_PAGES"]
struct Pages;

/// A file of the dashboard, or its page for any other address a person may open.
pub(crate) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Problem::from(Fault::new(
            FaultCode::NotFound,
            "there is nothing at this address",
        ))
        .into_response();
    }
    let path = uri.path().trim_start_matches('/');
    match Pages::get(path).filter(|_| path != "index.html" && !path.is_empty()) {
        Some(file) => asset(path, file, &headers),
        None if path.rsplit('/').next().is_some_and(|name| name.contains('.')) => Problem::from(Fault::new(
            FaultCode::NotFound,
            format!("there is no file {path:?}"),
        ))
        .into_response(),
        None => index(),
    }
}

/// A file with a hash in its name never changes. The packed twin made at build time is sent where the browser takes it.
fn asset(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|accepted| accepted.to_str().ok())
        .unwrap_or("");
    let takes = |coding: &str| {
        accepted
            .split(',')
            .any(|part| part.split(';').next().unwrap_or("").trim() == coding)
    };
    let twin = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, suffix)| Some((coding, Pages::get(&format!("{path}.{suffix}"))?)));
    let caching = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let kind = file.metadata.mimetype().to_owned();
    let (coding, data) = match twin {
        Some((coding, twin)) => (Some(coding), twin.data),
        None => (None, file.data),
    };
    let mut response = (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, caching.to_owned()),
        ],
        Body::from(bytes(data)),
    )
        .into_response();
    if let Some(coding) = coding {
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, header::HeaderValue::from_static(coding));
    }
    response
        .headers_mut()
        .insert(header::VARY, header::HeaderValue::from_static("accept-encoding"));
    harden(response)
}

/// What is in the binary is sent from there, not copied for each who asks.
fn bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// The page itself, with a fresh nonce: only scripts and styles of this very answer run.
fn index() -> Response {
    let Some(file) = Pages::get("index.html") else {
        return Problem::from(Fault::internal("the dashboard's page is missing")).into_response();
    };
    let Ok(nonce) = Secret::random("") else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let nonce = nonce.reveal();
    let html = String::from_utf8_lossy(&file.data).replace("__CSP_NONCE__", nonce);
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    harden((headers, html).into_response())
}

fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        header::HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, header::HeaderValue::from_static("DENY"));
    headers.insert(
        header::REFERRER_POLICY,
        header::HeaderValue::from_static("no-referrer"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_binary_is_not_copied() {
        static FILE: &[u8] = b"the dashboard";
        assert_eq!(bytes(Cow::Borrowed(FILE)).as_ptr(), FILE.as_ptr());
        assert_eq!(bytes(Cow::Owned(FILE.to_vec())), FILE);
    }
}
