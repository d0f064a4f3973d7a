//! Keys whose byte order is the order of time within a rung within a scope, so that a question is one range scan.
//!
//! A row's key is `kind (1 camera, 2 place) | id | 0x00 | rung code | start, 8 bytes big-endian, sign flipped`. Ids hold
//! no zero byte, so no id's keys can stand among those of a longer id that begins with it.

use throng_model::row::RowKey;
use throng_model::{Rung, Scope, TimeRange, Timestamp};

pub(super) const FORMAT: &[u8] = b"format";
pub(super) const CHECKPOINT: &[u8] = b"checkpoint";

/// The key under which earlier builds kept a state beside the checkpoint.
pub(super) fn kept(name: &str) -> Vec<u8> {
    format!("kept/{name}").into_bytes()
}

/// Flipping the sign bit makes unsigned byte order agree with signed order.
fn ordered(at: Timestamp) -> [u8; 8] {
    (at.0 ^ i64::MIN).to_be_bytes()
}

fn key(scope: &Scope, rung: Rung, start: Timestamp) -> Vec<u8> {
    let (kind, id) = match scope {
        Scope::Camera(id) => (1, id.as_str()),
        Scope::Place(id) => (2, id.as_str()),
    };
    let mut key = Vec::with_capacity(id.len() + 11);
    key.push(kind);
    key.extend_from_slice(id.as_bytes());
    key.extend_from_slice(&[0, rung.code()]);
    key.extend_from_slice(&ordered(start));
    key
}

/// Where a row stands.
pub(super) fn row(row: &RowKey) -> Vec<u8> {
    key(&row.scope, row.rung, row.start)
}

/// Where the rows stand that start inside the range.
pub(super) fn rows(scope: &Scope, rung: Rung, range: TimeRange) -> std::ops::Range<Vec<u8>> {
    // A range that ends before it starts holds nothing; scanned as given it would be a mistake of ours.
    let end = range.end.max(range.start);
    key(scope, rung, range.start)..key(scope, rung, end)
}

/// The start of the bucket in a row's key; none when the key is too short to be one.
pub(super) fn start(key: &[u8]) -> Option<Timestamp> {
    let bytes = key.last_chunk::<8>()?;
    Some(Timestamp(i64::from_be_bytes(*bytes) ^ i64::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::{CameraId, PlaceId};

    fn camera(id: &str, rung: Rung, start: i64) -> Vec<u8> {
        let scope = Scope::Camera(CameraId::new(id).expect("id"));
        row(&RowKey {
            scope,
            rung,
            start: Timestamp(start),
        })
    }

    #[test]
    fn byte_order_is_the_order_of_scope_rung_and_time() {
        let place = Scope::Place(PlaceId::new("a").expect("id"));
        let keys = [
            camera("a", Rung::Minute, i64::MIN),
            camera("a", Rung::Minute, -1),
            camera("a", Rung::Minute, 0),
            camera("a", Rung::Minute, 255),
            camera("a", Rung::Minute, 256),
            camera("a", Rung::Minute, i64::MAX),
            camera("a", Rung::Hour, 0),
            camera("a-b", Rung::Minute, 0),
            camera("ab", Rung::Minute, 0),
            row(&RowKey {
                scope: place,
                rung: Rung::Minute,
                start: Timestamp(0),
            }),
        ];
        assert!(keys.is_sorted(), "{keys:x?}");
    }

    #[test]
    fn the_start_can_be_read_back() {
        for at in [i64::MIN, -1, 0, 1, 1_700_000_000_000_000, i64::MAX] {
            assert_eq!(start(&camera("door", Rung::Day, at)), Some(Timestamp(at)));
        }
        assert_eq!(start(b"short"), None);
    }

    #[test]
    fn a_range_that_ends_before_it_starts_is_empty() {
        let scope = Scope::Camera(CameraId::new("a").expect("id"));
        let range = TimeRange {
            start: Timestamp(9),
            end: Timestamp(3),
        };
        assert!(rows(&scope, Rung::Minute, range).is_empty());
    }
}
