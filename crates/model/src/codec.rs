//! How events look outside memory: JSON for doors and files, a compact binary for the log.
//!
//! Both forms are lossless: JSON -> event -> JSON keeps every field a camera sent, known or not.

mod fields;
mod json;
pub mod plain;
mod record;

pub use fields::Fields;
pub use json::{decode_json, encode_json};
pub use record::{
    EncodedEvent, LoggedEvent, RECORD_VERSION, checksum, decode_fingerprinted, decode_record, encode_record,
    join_record,
};

use uuid::Uuid;

/// The id of an event that has none of its own: the same native message always gets the same id, and ids sort by
/// event time (UUID version 8: 48 bits of milliseconds, then a hash).
pub fn derived_id(at: crate::Timestamp, parts: &[&str]) -> Uuid {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
        // A separator no id may contain, so that ("ab", "c") and ("a", "bc") differ.
        text.push('\u{1f}');
    }
    let hash = xxhash_rust::xxh3::xxh3_128(text.as_bytes());
    let millis = (at.as_millis() as u128) & 0xffff_ffff_ffff;
    let bits = (millis << 80) | (hash & 0xffff_ffff_ffff_ffff_ffff);
    uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use crate::Timestamp;

    #[test]
    fn derived_ids_are_stable_and_sort_by_time() {
        let id = super::derived_id(
            Timestamp::from_millis(1_774_745_998_120),
            &["csv", "calit2", "17"],
        );
        assert_eq!(id.to_string(), "019d371a-d328-848e-ace1-64d9d64c63de");
        assert_eq!(id.get_version_num(), 8);
        assert_ne!(
            id,
            super::derived_id(
                Timestamp::from_millis(1_774_745_998_120),
                &["csv", "calit2", "1", "7"]
            )
        );
        assert!(
            id < super::derived_id(
                Timestamp::from_millis(1_774_745_998_121),
                &["csv", "calit2", "17"]
            )
        );
    }
}
