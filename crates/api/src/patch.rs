//! JSON merge patches (RFC 7396): a field that is absent stays as it is, one that is null is forgotten.
//!
//! A patch is a struct whose fields are read by [`said`]: `Option<T>` where null is refused, `Option<Option<T>>` where it
//! means "forget".

use crate::Face;
use crate::asked::{Asked, media_type};
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use std::sync::Arc;

/// The body of a PATCH: `application/merge-patch+json`, or plain `application/json`.
pub(crate) struct Patch<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Face>> for Patch<T> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, face: &Arc<Face>) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        if kind.is_some_and(is_merge_patch) {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        let Asked(patch) = Asked::from_request(request, face).await?;
        Ok(Self(patch))
    }
}

/// Whatever parameters follow the media type, a charset for example.
fn is_merge_patch(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or("");
    media_type(kind).eq_ignore_ascii_case("application/merge-patch+json")
}

/// A field that was said. Without this serde takes null for absent.
pub(crate) fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Change {
        #[serde(default, deserialize_with = "said")]
        capacity: Option<Option<u32>>,
        #[serde(default, deserialize_with = "said")]
        zone: Option<String>,
    }

    fn change(body: Value) -> Result<Change, serde_json::Error> {
        serde_json::from_value(body)
    }

    #[test]
    fn a_merge_patch_is_one_with_parameters_too() {
        let is = |kind: &'static str| is_merge_patch(&HeaderValue::from_static(kind));
        assert!(is("application/merge-patch+json"));
        assert!(is("Application/Merge-Patch+JSON ; charset=utf-8"));
        assert!(!is("application/json-patch+json"));
        assert!(!is("text/plain; application/merge-patch+json"));
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let capacity = |body| change(body).unwrap().capacity;
        assert_eq!(capacity(json!({})), None);
        assert_eq!(capacity(json!({"capacity": null})), Some(None));
        assert_eq!(capacity(json!({"capacity": 7})), Some(Some(7)));
        assert_eq!(change(json!({"zone": "a"})).unwrap().zone.as_deref(), Some("a"));
    }

    #[test]
    fn what_cannot_be_forgotten_is_refused() {
        for body in [json!({"zone": null}), json!({"zoen": "a"}), json!(7)] {
            assert!(change(body.clone()).is_err(), "{body}");
        }
    }
}
