//! Accepted events as one record of the event log.
//!
//! Layout: one version byte, then postcard (a specified, platform-independent format) of the list of events. A record
//! is a batch as a door accepted it: the log's frame around it carries length, checksum and position.

use crate::event::Event;
use crate::fault::{Fault, FaultCode};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The version byte of the records this build writes. Older ones stay readable: 2 only adds kinds of events (readings of
/// counters, resets, occupancies) behind those of 1, and 3 stays that were cut, so that what they say means the same. A build that
/// knows only 1 refuses a 2 as a whole rather than stumble over a kind it does not know.
pub const RECORD_VERSION: u8 = 3;
const OLDEST_VERSION: u8 = 1;

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
    /// See [`decode_fingerprinted`].
    pub fingerprint: u64,
}

impl EncodedEvent {
    /// Encodes.
    pub fn new(received: Timestamp, event: &Event) -> Result<Self, Fault> {
        let failed = |error| Fault::internal(format!("encoding an event: {error}"));
        // What most events need beside what is kept of them as it came: growing there byte by byte took longer than encoding.
        let room = Vec::with_capacity(128 + event.rest.len());
        let bytes = postcard::to_extend(&received, room).map_err(failed)?;
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
    let events = decode_fingerprinted(bytes)?;
    Ok(events.into_iter().map(|(logged, _)| logged).collect())
}

/// Reads a record, each event with its fingerprint: 64 bits that differ when the meaning differs. Two events with the same id
/// and the same fingerprint are one event sent twice; with another fingerprint the second one is a conflict.
pub fn decode_fingerprinted(bytes: &[u8]) -> Result<Vec<(LoggedEvent, u64)>, Fault> {
    let damaged = |why: String| Fault::new(FaultCode::LogDamaged, format!("log record {why}"));
    let undecodable = |error| damaged(format!("does not decode: {error}"));
    let rest = match bytes.split_first() {
        Some((OLDEST_VERSION..=RECORD_VERSION, rest)) => rest,
        Some((version, _)) => {
            return Err(damaged(format!(
                "has version {version}, this build reads {OLDEST_VERSION} to {RECORD_VERSION}"
            )));
        }
        None => return Err(damaged("is empty".to_owned())),
    };
    let (count, mut rest) = postcard::take_from_bytes::<u64>(rest).map_err(undecodable)?;
    // Not to be believed before the events are there: the id of each has 16 bytes.
    let mut events = Vec::with_capacity((rest.len() / 16).min(count as usize));
    for _ in 0..count {
        let (received, encoded) = postcard::take_from_bytes(rest).map_err(undecodable)?;
        let (event, after) = postcard::take_from_bytes(encoded).map_err(undecodable)?;
        let fingerprint = checksum(encoded.get(..encoded.len() - after.len()).unwrap_or_default());
        events.push((LoggedEvent { received, event }, fingerprint));
        rest = after;
    }
    if !rest.is_empty() {
        return Err(damaged(format!("has {} bytes behind its events", rest.len())));
    }
    Ok(events)
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
        let read = decode_fingerprinted(&bytes).expect("decodes");
        assert_eq!(read, [(logged[0].clone(), encoded.fingerprint)]);
        assert_eq!(join_record(&[encoded]).expect("joins"), bytes);
        assert_eq!(decode_record(&bytes).expect("decodes"), logged);
        let longer = [&bytes[..], &[0]].concat();
        assert!(
            decode_record(&longer)
                .expect_err("more")
                .detail
                .contains("1 bytes behind")
        );
        let fewer = &bytes[..bytes.len() - 1];
        assert!(
            decode_record(fewer)
                .expect_err("less")
                .detail
                .contains("does not decode")
        );
        bytes[0] = 9;
        assert_eq!(
            decode_record(&bytes).expect_err("foreign").code,
            FaultCode::LogDamaged
        );
        assert!(decode_record(&bytes[..0]).is_err());
    }

    /// A record as version 1 wrote it: a line, a count and a status.
    const VERSION_1: &str = "01038090ac8ee887a70610019d371ad3287abc8def000000000001097331322d646f6f7231010362343101e3c00580d1c68ce887a7060001a20700046d61696e00012a7b2264617461223a7b22747261636b223a22343930227d2c2271223a7b22636f6e66223a302e39337d7d8090ac8ee887a70610019d371ad3287abc8def000000000002097331322d646f6f723100008090ac8ee887a706018099a68fe887a7060003046d61696e80c8ddd9da87a7068090ac8ee887a706030200008090ac8ee887a70610019d371ad3287abc8def000000000003097331322d646f6f7231000080a2a090e887a7060000060200";

    #[test]
    fn records_of_version_1_stay_readable() {
        let bytes: Vec<u8> = (0..VERSION_1.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&VERSION_1[at..at + 2], 16).expect("hex"))
            .collect();
        let logged = decode_record(&bytes).expect("decodes");
        let said: Vec<_> = logged
            .iter()
            .map(|logged| (logged.event.body.type_name(), logged.event.at.to_string()))
            .collect();
        let said: Vec<(&str, &str)> = said.iter().map(|(kind, at)| (*kind, at.as_str())).collect();
        assert_eq!(
            said,
            [
                ("line", "2026-03-29T00:59:58.120Z"),
                ("count", "2026-03-29T01:00:00.000Z"),
                ("status", "2026-03-29T01:00:02.000Z")
            ]
        );
        assert!(matches!(
            logged[1].event.body,
            crate::EventBody::Count {
                people_in: 3,
                people_out: 2,
                ..
            }
        ));
        let again = encode_record(&logged).expect("encodes");
        assert_eq!(again[1..], bytes[1..], "only the version byte differs");
    }
}
