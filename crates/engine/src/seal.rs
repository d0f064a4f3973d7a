//! A state as bytes that tell whether they are whole: version byte, xxh3 checksum (8 bytes, little endian) of the rest,
//! postcard of the state.

use serde::Serialize;
use serde::de::DeserializeOwned;
use throng_model::codec::checksum;
use throng_model::{Fault, FaultCode};

/// Encodes a state. `what` names it where that fails.
pub(crate) fn seal(what: &str, version: u8, state: &impl Serialize) -> Result<Vec<u8>, Fault> {
    // The body is written behind its head: a state can be most of what a process holds, and is not copied once more.
    let mut sealed = postcard::to_extend(state, vec![version, 0, 0, 0, 0, 0, 0, 0, 0])
        .map_err(|error| Fault::internal(format!("encoding the state of {what}: {error}")))?;
    if let Some((head, body)) = sealed.split_first_chunk_mut::<9>() {
        head[1..].copy_from_slice(&checksum(body).to_le_bytes());
    }
    Ok(sealed)
}

/// The version of a state and its body, where it is whole and not from a later build than `newest`.
pub(crate) fn unseal<'a>(what: &str, newest: u8, bytes: &'a [u8]) -> Result<(u8, &'a [u8]), Fault> {
    let (version, rest) = bytes.split_first().ok_or_else(|| damaged(what, "is empty"))?;
    if !(1..=newest).contains(version) {
        let why = format!("has version {version}, this build reads 1 to {newest}");
        return Err(damaged(what, &why));
    }
    let (sum, body) = rest
        .split_first_chunk::<8>()
        .ok_or_else(|| damaged(what, "is cut short"))?;
    if u64::from_le_bytes(*sum) != checksum(body) {
        return Err(damaged(what, "does not match its checksum"));
    }
    Ok((*version, body))
}

/// Decodes the body of a state.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, Fault> {
    postcard::from_bytes(body).map_err(|error| damaged(what, &format!("does not decode: {error}")))
}

fn damaged(what: &str, why: &str) -> Fault {
    Fault::new(FaultCode::StoreDamaged, format!("state of {what} {why}"))
}
