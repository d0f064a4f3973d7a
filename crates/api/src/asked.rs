//! What people and programs ask for: small JSON bodies, read with a limit in bytes and time, and parameters of the query.
//!
//! What cannot be decoded is told by its place and reason, so that a program need not read the sentence.

use crate::Face;
use crate::body::collect;
use crate::problem::Problem;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use throng_model::codec::plain::{Said, check_json, not_json};
use throng_model::{Fault, FaultCode};

/// The body of a request, decoded.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Face>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Arc<Face>) -> Result<Self, Problem> {
        let body = read(request, face, face.settings.small_body_bytes_max).await?;
        Ok(Self(body_of(&body)?))
    }
}

/// The same of somebody who is not signed in: everybody may send it, so it is held to what is needed.
#[derive(Debug)]
pub(crate) struct AskedByStranger<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Face>> for AskedByStranger<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Arc<Face>) -> Result<Self, Problem> {
        let body = read(request, face, face.settings.stranger_body_bytes_max).await?;
        Ok(Self(body_of(&body)?))
    }
}

async fn read(request: Request, face: &Face, bytes_max: usize) -> Result<Vec<u8>, Fault> {
    // A form of another site can send text, but not this type.
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !media_type(kind).eq_ignore_ascii_case("application/json") {
        let detail = format!("content type {kind:?} is not application/json");
        return Err(Fault::new(FaultCode::UnsupportedMedia, detail));
    }
    collect(request.into_body(), bytes_max, None, face).await
}

/// What a content type names, without the parameters that follow (a charset for example). Its case means nothing (RFC 9110,
/// 8.3.1).
pub(crate) fn media_type(kind: &str) -> &str {
    kind.split(';').next().unwrap_or("").trim()
}

fn body_of<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let malformed = |error: &serde_json::Error| Fault::new(FaultCode::MalformedJson, not_json(body, error));
    let decoded = serde_path_to_error::deserialize(&mut json);
    let Object(decoded) = decoded.map_err(|error| match check_json(body) {
        Ok(()) => {
            let said = Said::of_json(error.inner());
            let place = place(error.path(), &said);
            let pointer: String = place
                .iter()
                .map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")))
                .collect();
            let subject = match place.as_slice() {
                [] => "the body".to_owned(),
                place => format!("field {:?}", place.join(".")),
            };
            Fault::invalid(said.reason, said.about(&subject)).in_field(&pointer)
        }
        Err(broken) => malformed(&broken),
    })?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(decoded)
}

/// serde takes a list for a struct, too: its values, in the order of the fields. What is asked for has names.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// The parameters of the query, decoded.
#[derive(Debug)]
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(query_of(parts.uri.query().unwrap_or(""))?))
    }
}

fn query_of<T: DeserializeOwned>(query: &str) -> Result<T, Fault> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let said = Said::new(&error.inner().to_string());
        let parameter = place(error.path(), &said).join(".");
        Fault::invalid(said.reason, said.about(&format!("parameter {parameter:?}"))).in_parameter(&parameter)
    })
}

/// The way to the flaw. A field that is missing, unknown or there twice has no value whose path could be told: it is named by
/// what was said.
fn place(path: &Path, said: &Said) -> Vec<String> {
    let mut way: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    if let Some(name) = said.field.as_ref().filter(|name| way.last() != Some(name)) {
        way.push(name.clone());
    }
    way
}

/// Says where the flaw is that a use case or a word found.
pub(crate) trait Placed {
    /// In this field of the body, as a JSON pointer.
    fn field(self, pointer: &str) -> Self;
    /// In this parameter of the path or query.
    fn parameter(self, name: &str) -> Self;
}

impl<T> Placed for Result<T, Fault> {
    fn field(self, pointer: &str) -> Self {
        self.map_err(|fault| fault.in_field(pointer))
    }

    fn parameter(self, name: &str) -> Self {
        self.map_err(|fault| fault.in_parameter(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::flaw::FlawPlace;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only whether it can be decoded counts")]
    struct Line {
        id: String,
        people: Option<u8>,
        way: Option<Way>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        In,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only whether it can be decoded counts")]
    struct Door {
        name: String,
        #[serde(default)]
        lines: Vec<Line>,
    }

    fn told(fault: Fault) -> (String, &'static str) {
        assert_eq!(fault.code, FaultCode::InvalidRequest, "{fault}");
        let flaw = fault.flaws.into_iter().next().expect("a flaw");
        let place = match flaw.place.expect("a place") {
            FlawPlace::Field(place) | FlawPlace::Parameter(place) => place,
        };
        (place, flaw.reason.as_str())
    }

    #[test]
    fn a_body_is_refused_by_pointer_and_reason() {
        for (body, pointer, reason) in [
            (r#"{}"#, "/name", "missing"),
            (r#"{"name":1}"#, "/name", "wrong_type"),
            (r#"{"name":"a","name":"b"}"#, "/name", "repeated"),
            (r#"{"name":"a","nmae":"b"}"#, "/nmae", "unknown"),
            (r#"{"name":"a","b/~c":1}"#, "/b~1~0c", "unknown"),
            (
                r#"{"name":"a","lines":[{"id":"x"},{}]}"#,
                "/lines/1/id",
                "missing",
            ),
            (
                r#"{"name":"a","lines":[{"id":"x","in":1}]}"#,
                "/lines/0/in",
                "unknown",
            ),
            (
                r#"{"name":"a","lines":[{"id":"x","people":-1}]}"#,
                "/lines/0/people",
                "out_of_range",
            ),
            (
                r#"{"name":"a","lines":[{"id":"x","people":256}]}"#,
                "/lines/0/people",
                "out_of_range",
            ),
            (
                r#"{"name":"a","lines":[{"id":"x","way":"up"}]}"#,
                "/lines/0/way",
                "not_listed",
            ),
            (
                r#"{"name":"a","lines":[{"id":"x","way":7}]}"#,
                "/lines/0/way",
                "wrong_type",
            ),
            (r#"{"name":"a","b`c":1}"#, "/b`c", "unknown"),
            (r#"7"#, "", "wrong_type"),
            (r#"[]"#, "", "wrong_type"),
            (r#"["a",[]]"#, "", "wrong_type"),
        ] {
            let fault = body_of::<Door>(body.as_bytes()).expect_err(body);
            assert_eq!(told(fault), (pointer.to_owned(), reason), "{body}");
        }
        for body in ["", "{", r#"{"name":"a"} x"#] {
            let fault = body_of::<Door>(body.as_bytes()).expect_err(body);
            assert_eq!(fault.code, FaultCode::MalformedJson, "{body}");
        }
        let torn = body_of::<Door>(b"{\"name\":7,\n\"lines\":[").expect_err("torn");
        assert!(
            torn.detail
                .starts_with("this is not JSON at line 2, column 9: it breaks off"),
            "{torn}"
        );
    }

    #[test]
    fn a_query_is_refused_by_parameter_and_reason() {
        for (query, parameter, reason) in [
            ("", "id", "missing"),
            ("id=x&people=many", "people", "malformed"),
            ("id=x&people=", "people", "malformed"),
            ("id=x&people=256", "people", "out_of_range"),
            ("id=x&id=y", "id", "repeated"),
            ("id=x&pepole=1", "pepole", "unknown"),
            ("id=x&way=up", "way", "not_listed"),
        ] {
            let fault = query_of::<Line>(query).expect_err(query);
            assert_eq!(told(fault), (parameter.to_owned(), reason), "{query}");
        }
    }
}
