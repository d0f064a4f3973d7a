//! Accepted events as one record of the event log.
//!
//! Layout: one version byte, then postcard (a specified, platform-independent format) of the list of events. A record
//! is a batch as a door accepted it: the log's frame around it carries length, checksum and position.

use crate::event::Event;
use crate::fault::{Fault, FaultCode};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The version byte of the records this build writes. Older ones stay readable.
pub const RECORD_VERSION: u8 = 1;

/// An event and when it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedEvent {
    /// Server time of its arrival.
    pub received: Timestamp,
    /// The event.
    pub event: Event,
}

/// Writes a record.
pub fn encode_record(events: &[LoggedEvent]) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(1 + events.len() * 128);
    bytes.push(RECORD_VERSION);
    postcard::to_extend(events, bytes)
        .map_err(|error| Fault::internal(format!("encoding a log record: {error}")))
}

/// One event as it will stand in a record, and its fingerprint: encoded once, before anybody waits for a lock.
#[derive(Clone, Debug, Default)]
pub struct EncodedEvent {
    bytes: Vec<u8>,
    /// See [`fingerprint`].
    pub fingerprint: u64,
}

impl EncodedEvent {
    /// Encodes.
    pub fn new(received: Timestamp, event: &Event) -> Result<Self, Fault> {
        let failed = |error| Fault::internal(format!("encoding an event: {error}"));
        let bytes = postcard::to_stdvec(&received).map_err(failed)?;
        let head = bytes.len();
        let bytes = postcard::to_extend(event, bytes).map_err(failed)?;
        let fingerprint = checksum(bytes.get(head..).unwrap_or_default());
        Ok(Self { bytes, fingerprint })
    }
}

/// Joins encoded events to the record [`encode_record`] would write.
pub fn join_record(events: &[EncodedEvent]) -> Result<Vec<u8>, Fault> {
    let length = events.iter().map(|event| event.bytes.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length + 11);
    bytes.push(RECORD_VERSION);
    let failed = |error| Fault::internal(format!("encoding a log record: {error}"));
    bytes = postcard::to_extend(&(events.len() as u64), bytes).map_err(failed)?;
    events
        .iter()
        .for_each(|event| bytes.extend_from_slice(&event.bytes));
    Ok(bytes)
}

/// Reads a record.
pub fn decode_record(bytes: &[u8]) -> Result<Vec<LoggedEvent>, Fault> {
    let damaged = |why: String| Fault::new(FaultCode::LogDamaged, format!("log record {why}"));
    match bytes.split_first() {
        Some((&RECORD_VERSION, rest)) => {
            postcard::from_bytes(rest).map_err(|error| damaged(format!("does not decode: {error}")))
        }
        Some((version, _)) => Err(damaged(format!(
            "has version {version}, this build reads {RECORD_VERSION}"
        ))),
        None => Err(damaged("is empty".to_owned())),
    }
}

/// 64 bits that differ when the meaning differs: two events with the same id and the same fingerprint are one event
/// sent twice; with another fingerprint the second one is a conflict.
pub fn fingerprint(event: &Event) -> Result<u64, Fault> {
    let bytes =
        postcard::to_stdvec(event).map_err(|error| Fault::internal(format!("encoding an event: {error}")))?;
    Ok(checksum(&bytes))
}

/// The checksum of our own small binary formats: 64 bits that do not change between versions or machines.
pub fn checksum(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode_json;

    #[test]
    fn records_round_trip_and_know_their_version() {
        let event = decode_json(r#"{"id":"019d371a-d328-7abc-8def-000000000001","type":"beat","cam":"c","t":"2026-03-29T00:59:58Z","ext":{"a":[1,2]}}"#).expect("valid");
        let logged = vec![LoggedEvent {
            received: Timestamp(5),
            event,
        }];
        let mut bytes = encode_record(&logged).expect("encodes");
        let encoded = EncodedEvent::new(logged[0].received, &logged[0].event).expect("encodes");
        assert_eq!(
            encoded.fingerprint,
            fingerprint(&logged[0].event).expect("encodes")
        );
        assert_eq!(join_record(&[encoded]).expect("joins"), bytes);
        assert_eq!(decode_record(&bytes).expect("decodes"), logged);
        bytes[0] = 9;
        assert_eq!(
            decode_record(&bytes).expect_err("foreign").code,
            FaultCode::LogDamaged
        );
        assert!(decode_record(&bytes[..0]).is_err());
    }
}
