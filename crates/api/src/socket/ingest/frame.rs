//! What goes to and fro on an ingestion socket.

use crate::body::off_worker;
use crate::rest::events::ReceiptAnswer;
use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use throng_app::Secret;
use throng_model::Fault;

/// The longest frame that is looked at on an async thread: a key, or some hundred events.
const INLINE_MAX: usize = 64 << 10;

/// The longest name of a batch: it is sent back, and must not make the answer as long as the batch.
const NAME_BYTES_MAX: usize = 256;

/// What a sender says.
#[derive(Debug)]
pub(super) enum Frame {
    /// `{"auth": "thr_…"}`.
    Auth(Secret),
    /// Events: an array, one object, NDJSON, or `{"batch": name, "events": [...]}`.
    Batch {
        /// The name the batch came with, or its number on this connection.
        name: Box<RawValue>,
        events: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Auth {
    auth: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedBatch<'a> {
    #[serde(borrow)]
    batch: &'a RawValue,
    #[serde(borrow)]
    events: &'a RawValue,
}

impl Frame {
    /// Tells them apart. What is neither is a batch: the intake says what is wrong with it.
    pub async fn read(text: Utf8Bytes, number: u64) -> Result<Self, Fault> {
        if text.len() <= INLINE_MAX {
            return Self::parse(&text, number);
        }
        off_worker(move || Self::parse(&text, number)).await
    }

    fn parse(text: &str, number: u64) -> Result<Self, Fault> {
        // To serde an array of two is as good as an object with two fields; to us it is two events.
        let object = text.trim_start().starts_with('{');
        if object
            && text.len() <= NAME_BYTES_MAX
            && let Ok(Auth { auth }) = serde_json::from_str(text)
        {
            return Ok(Self::Auth(Secret::new(auth)));
        }
        if object
            && let Ok(NamedBatch { batch, events }) = serde_json::from_str(text)
            && batch.get().len() <= NAME_BYTES_MAX
        {
            return Ok(Self::Batch {
                name: batch.to_owned(),
                events: events.get().to_owned(),
            });
        }
        let name = serde_json::value::to_raw_value(&number);
        Ok(Self::Batch {
            name: name.map_err(|error| Fault::internal(error.to_string()))?,
            events: text.to_owned(),
        })
    }
}

/// The answer to a key.
#[derive(Serialize)]
pub(super) struct Accepted {
    auth: &'static str,
}

impl Default for Accepted {
    fn default() -> Self {
        Self { auth: "accepted" }
    }
}

/// The answer to a batch.
#[derive(Serialize)]
pub(super) struct Acknowledgement<'a> {
    pub batch: &'a RawValue,
    #[serde(flatten)]
    pub result: BatchResult,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum BatchResult {
    Done(ReceiptAnswer),
    /// Nothing of the batch was acknowledged; it may be sent again.
    #[serde(rename_all = "camelCase")]
    Failed {
        code: &'static str,
        detail: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_seconds: Option<u32>,
    },
}

impl BatchResult {
    pub fn new(result: Result<ReceiptAnswer, Fault>) -> Self {
        match result {
            Ok(done) => Self::Done(done),
            Err(fault) => Self::Failed {
                code: fault.code.as_str(),
                detail: fault.detail,
                retry_after_seconds: fault.retry_after_s.map(u32::from),
            },
        }
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn batch(text: &str) -> (String, String) {
        match Frame::parse(text, 7).expect("a frame") {
            Frame::Batch { name, events } => (name.get().to_owned(), events),
            Frame::Auth(_) => panic!("{text} is no key"),
        }
    }

    #[test]
    fn keys_batches_and_named_batches_are_told_apart() {
        let Frame::Auth(key) = Frame::parse(r#" {"auth": "thr_1"} "#, 7).expect("a frame") else {
            panic!("it is a key")
        };
        assert_eq!(key.reveal(), "thr_1");
        assert_eq!(
            batch(r#"{"batch": "a", "events": [1, 2]}"#),
            ("\"a\"".into(), "[1, 2]".into())
        );
        for text in [
            "[1]",
            "[1, [2]]",
            r#"["thr_1"]"#,
            "not json",
            r#"{"auth": "thr_1", "v": 1}"#,
            r#"{"batch": 1, "event": []}"#,
        ] {
            assert_eq!(batch(text), ("7".into(), text.into()));
        }
        let long = format!(r#"{{"batch": "{}", "events": []}}"#, "x".repeat(NAME_BYTES_MAX));
        assert_eq!(batch(&long).0, "7", "a long name is not repeated");
    }
}
