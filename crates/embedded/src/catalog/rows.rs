//! Stored columns back to checked words. What was checked before it was stored and fails now is damage.

use super::damaged;
use std::fmt::Display;
use std::str::FromStr;
use throng_model::{Fault, FaultCode};

/// A stored word: an id, a kind, a role.
pub(super) fn word<T: FromStr<Err = Fault>>(of: impl Display, text: &str) -> Result<T, Fault> {
    text.parse()
        .map_err(|fault: Fault| damaged(format_args!("stored {of}: {}", fault.detail)))
}

/// A stored number that must fit.
pub(super) fn number<T: TryFrom<i64>>(of: impl Display, value: i64) -> Result<T, Fault> {
    T::try_from(value).map_err(|_| damaged(format_args!("stored {of}: {value} is impossible")))
}

/// A stored SHA-256.
pub(super) fn digest(of: impl Display, bytes: &[u8]) -> Result<[u8; 32], Fault> {
    <[u8; 32]>::try_from(bytes).map_err(|_| {
        damaged(format_args!(
            "stored {of}: {} bytes are not a digest",
            bytes.len()
        ))
    })
}

/// A stored fault code.
pub(super) fn fault_code(of: impl Display, text: &str) -> Result<FaultCode, Fault> {
    FaultCode::ALL
        .iter()
        .copied()
        .find(|code| code.as_str() == text)
        .ok_or_else(|| damaged(format_args!("stored {of}: fault code {text:?} is unknown")))
}

/// A position in a list, as stored. Lists longer than `i64` do not fit into memory.
pub(super) fn position(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}
