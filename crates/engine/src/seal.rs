//! A state as bytes that tell whether they are whole: version byte, xxh3 checksum (8 bytes, little endian) of the rest,
//! postcard of the state.

use serde::Serialize;
use serde::de::DeserializeOwned;
use throng_model::codec::checksum;
use throng_model::{Fault, FaultCode};

/// Encodes a state. `what` names it where that fails.
pub(crate) fn seal(what: &str, version: u8, state: &impl Serialize) -> Result<Vec<u8>, Fault> {
    let body = postcard::to_stdvec(state)
        .map_err(|error| Fault::internal(format!("encoding the state of {what}: {error}")))?;
    Ok([&[version], checksum(&body).to_le_bytes().as_slice(), &body].concat())
}

/// Decodes a state of this version.
pub(crate) fn open<T: DeserializeOwned>(what: &str, version: u8, bytes: &[u8]) -> Result<T, Fault> {
    let damaged = |why: String| Fault::new(FaultCode::StoreDamaged, format!("state of {what} {why}"));
    let (found, rest) = bytes
        .split_first()
        .ok_or_else(|| damaged("is empty".to_owned()))?;
    if *found != version {
        return Err(damaged(format!(
            "has version {found}, this build reads {version}"
        )));
    }
    let (sum, body) = rest
        .split_first_chunk::<8>()
        .ok_or_else(|| damaged("is cut short".to_owned()))?;
    if u64::from_le_bytes(*sum) != checksum(body) {
        return Err(damaged("does not match its checksum".to_owned()));
    }
    postcard::from_bytes(body).map_err(|error| damaged(format!("does not decode: {error}")))
}
