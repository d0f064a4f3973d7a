//! What a checkpoint keeps beside the rows: a version byte, then postcard of [`StreamMemory`].

use serde::{Deserialize, Serialize};
use throng_model::{Fault, FaultCode};

/// Its number leaves states readable that were written before there was one: these begin with the length of the engine's
/// state, which is 0 or at least that of its version and checksum, never 1.
const VERSION: u8 = 1;

/// The stream at a position of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamMemory {
    /// The engine, in its own format.
    pub engine: Vec<u8>,
    /// Events in the log before the checkpoint's position.
    pub logged: u64,
    /// Duplicates and quarantined events at the doors so far. Those after the last checkpoint are forgotten by a crash,
    /// together with their share of `received`: the sum stays right.
    pub duplicate: u64,
    /// See `duplicate`.
    pub quarantined: u64,
}

impl StreamMemory {
    /// As bytes.
    pub fn encode(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_extend(self, vec![VERSION])
            .map_err(|error| Fault::internal(format!("encoding the stream's memory: {error}")))
    }

    /// From the bytes of this build or an earlier one.
    pub fn decode(bytes: &[u8]) -> Result<Self, Fault> {
        let body = bytes.strip_prefix(&[VERSION]).unwrap_or(bytes);
        let damaged = |why: &dyn std::fmt::Display| {
            let detail = format!("the stream's memory does not decode: {why}");
            Fault::new(FaultCode::StoreDamaged, detail)
        };
        match postcard::take_from_bytes(body) {
            Ok((memory, [])) => Ok(memory),
            Ok((_, more)) => Err(damaged(&format_args!("{} bytes too many", more.len()))),
            Err(error) => Err(damaged(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::*;

    fn memory() -> StreamMemory {
        StreamMemory {
            engine: (1..=10).collect(),
            logged: 300,
            duplicate: 2,
            quarantined: 1,
        }
    }

    #[test]
    fn memories_without_a_version_stay_readable() {
        let old = [10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 172, 2, 2, 1];
        assert_eq!(StreamMemory::decode(&old), Ok(memory()));
        let nothing = StreamMemory::default();
        assert_eq!(StreamMemory::decode(&[0, 0, 0, 0]), Ok(nothing));
    }

    #[test]
    fn version_1_stays_readable() {
        let kept = [1, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 172, 2, 2, 1];
        assert_eq!(memory().encode().expect("bytes"), kept);
        assert_eq!(StreamMemory::decode(&kept), Ok(memory()));
    }

    #[test]
    fn every_cut_and_every_byte_too_many_is_damage() {
        let kept = memory().encode().expect("bytes");
        for length in 1..kept.len() {
            let fault = StreamMemory::decode(&kept[..length]).expect_err("damage");
            assert_eq!(fault.code, FaultCode::StoreDamaged);
        }
        let longer = [kept, vec![0]].concat();
        let fault = StreamMemory::decode(&longer).expect_err("damage");
        assert_eq!(fault.code, FaultCode::StoreDamaged);
    }
}
