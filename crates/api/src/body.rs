//! Bodies with events: read with a limit in bytes and time, unpacked with a cap, split without being parsed.

use crate::settings::ApiSettings;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use serde::Deserializer as _;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::Read as _;
use throng_model::{Fault, FaultCode};

/// The text of a request's events.
pub(crate) struct EventBody {
    bytes: Vec<u8>,
    lines: bool,
}

impl EventBody {
    /// Reads a body in time and up to the limit, and unpacks it.
    pub async fn read(headers: &HeaderMap, body: Body, settings: &ApiSettings) -> Result<Self, Fault> {
        let lines = is_lines(headers)?;
        let packed = is_gzip(headers)?;
        let slow = || Fault::new(FaultCode::ClientTooSlow, "the body did not arrive in time");
        let bytes = tokio::time::timeout(settings.body_time_max, collect(body, settings.body_bytes_max))
            .await
            .map_err(|_| slow())??;
        let bytes = if packed {
            unpack(&bytes, settings.body_bytes_max)?
        } else {
            bytes
        };
        Ok(Self { bytes, lines })
    }

    /// Text that came in a socket's frame: an array, an object, or lines.
    pub fn of_text(text: &str) -> Self {
        let first = text.trim_start().bytes().next();
        Self {
            lines: first == Some(b'{') && text.trim_end().contains('\n'),
            bytes: text.as_bytes().to_vec(),
        }
    }

    /// The events, each as the text of one JSON value. Whether it is an event is for the intake to say.
    pub fn split(&self, events_max: usize) -> Result<Vec<&[u8]>, Fault> {
        let too_many = || {
            Fault::new(
                FaultCode::TooManyEvents,
                format!("more than {events_max} events in one request"),
            )
        };
        if self.lines {
            let lines = self
                .bytes
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::trim_ascii)
                .filter(|line| !line.is_empty());
            let events: Vec<&[u8]> = lines.take(events_max + 1).collect();
            return if events.len() > events_max {
                Err(too_many())
            } else {
                Ok(events)
            };
        }
        let body = self.bytes.trim_ascii();
        if body.first() != Some(&b'[') {
            return if body.is_empty() {
                Err(Fault::new(FaultCode::MalformedJson, "the body is empty"))
            } else {
                Ok(vec![body])
            };
        }
        let malformed = |detail: String| Fault::new(FaultCode::MalformedJson, detail);
        let text = std::str::from_utf8(body)
            .map_err(|error| malformed(format!("the body is not UTF-8: {error}")))?;
        let events = elements(text, events_max).map_err(|error| malformed(error.to_string()))?;
        if events.len() > events_max {
            return Err(too_many());
        }
        Ok(events.into_iter().map(|event| event.get().as_bytes()).collect())
    }
}

/// The elements of an array, of which it keeps at most one more than `max`: ten megabytes of `1,1,1,…` are five million
/// elements, and must not become a list of as many before they are refused. The rest is still read as JSON.
fn elements(text: &str, max: usize) -> serde_json::Result<Vec<&RawValue>> {
    struct AtMost(usize);

    impl<'de> Visitor<'de> for AtMost {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array of events")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let mut kept = Vec::new();
            while kept.len() <= self.0 {
                match array.next_element()? {
                    Some(element) => kept.push(element),
                    None => return Ok(kept),
                }
            }
            while array.next_element::<IgnoredAny>()?.is_some() {}
            Ok(kept)
        }
    }

    let mut json = serde_json::Deserializer::from_str(text);
    let kept = json.deserialize_seq(AtMost(max))?;
    json.end()?;
    Ok(kept)
}

fn is_lines(headers: &HeaderMap) -> Result<bool, Fault> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("application/json");
    match kind.split(';').next().unwrap_or("").trim() {
        "application/json" => Ok(false),
        "application/x-ndjson" | "application/jsonl" => Ok(true),
        other => Err(Fault::new(
            FaultCode::UnsupportedMedia,
            format!("content type {other:?} is not application/json or application/x-ndjson"),
        )),
    }
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Fault> {
    match headers
        .get(header::CONTENT_ENCODING)
        .map(|encoding| encoding.as_bytes())
    {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(Fault::new(
            FaultCode::UnsupportedMedia,
            "content encoding is not gzip",
        )),
    }
}

/// Reads at most `limit` bytes; a longer body is refused as soon as that is known.
pub(crate) async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk
            .map_err(|error| Fault::new(FaultCode::InvalidRequest, format!("the body broke off: {error}")))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Unpacks at most `limit` bytes: a small file that unpacks to gigabytes stops here.
fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(packed)
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes);
    read.map_err(|error| {
        Fault::new(
            FaultCode::InvalidRequest,
            format!("the body is not gzip: {error}"),
        )
    })?;
    if bytes.len() > limit {
        Err(too_large(limit))
    } else {
        Ok(bytes)
    }
}

fn too_large(limit: usize) -> Fault {
    Fault::new(
        FaultCode::BodyTooLarge,
        format!("the body is larger than {limit} bytes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        bomb.write_all(&vec![b' '; 4 << 20]).expect("in memory");
        let packed = bomb.finish().expect("in memory");
        assert_eq!(
            unpack(&packed, 1 << 20).expect_err("bomb").code,
            FaultCode::BodyTooLarge
        );
        assert_eq!(unpack(&packed, 4 << 20).expect("fits").len(), 4 << 20);
        assert!(unpack(b"not gzip", 100).is_err());
    }

    #[test]
    fn a_request_with_a_million_events_is_refused_without_keeping_them() {
        let million = format!("[{}1]", "1,".repeat(999_999));
        assert_eq!(elements(&million, 10).expect("an array").len(), 11);
        assert_eq!(elements("[1,2]", 2).expect("fits").len(), 2);
        for broken in ["[1,2,3,4", "[1,2,3,4,]", "[1] 2", "[1,2,3,nope]"] {
            assert!(elements(broken, 2).is_err(), "{broken}");
        }
    }

    #[test]
    fn bodies_are_split_without_judging_events() {
        let split = |text: &str, lines| {
            let body = EventBody {
                bytes: text.as_bytes().to_vec(),
                lines,
            };
            body.split(3).map(|events| {
                events
                    .iter()
                    .map(|event| String::from_utf8_lossy(event).into_owned())
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            split(" [ {\"a\":1} , 7 ]", false).expect("array"),
            ["{\"a\":1}", "7"]
        );
        assert_eq!(split("{\"a\":1}", false).expect("object"), ["{\"a\":1}"]);
        assert_eq!(
            split("{}\r\n\nnot json\n", true).expect("lines"),
            ["{}", "not json"]
        );
        assert_eq!(
            split("[1,2,3,4]", false).expect_err("many").code,
            FaultCode::TooManyEvents
        );
        assert_eq!(
            split("[1,2", false).expect_err("broken").code,
            FaultCode::MalformedJson
        );
        assert_eq!(
            split("", false).expect_err("empty").code,
            FaultCode::MalformedJson
        );
    }
}
