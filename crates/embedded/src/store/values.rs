//! What stands under a key: a version byte first, so that a later build can tell what an earlier one wrote.
//!
//! Everything must be used up in decoding: a byte too many is damage as much as a byte too few.

mod older;

use super::fault::damaged;
use older::{RowOfVersion1, RowOfVersion2, RowOfVersion3, RowOfVersion4};
use serde::de::DeserializeOwned;
use throng_model::{Fault, Row};
use throng_ports::Recovered;

/// Postcard of [`Row`].
const ROW: u8 = 5;
/// The same before minutes knew what clocks that are ahead told of: when they said how many are inside, and that the camera was there.
const ROW_WITHOUT_SAID: u8 = 4;
/// The same before minutes knew in which second of a pane somebody moved.
const ROW_WITHOUT_SECONDS: u8 = 3;
/// The same before cameras that count windows were observed once: places hold what is in excess, too, until the camera's bucket
/// changes again.
const ROW_WITHOUT_EXCESS: u8 = 2;
/// The same before minutes knew who said how many are inside.
const ROW_WITHOUT_SETTINGS: u8 = 1;
/// Position as 8 bytes big-endian, then the state as it is.
const CHECKPOINT: u8 = 1;
/// A state kept beside it, before such states had files of their own.
const KEPT: u8 = 1;

/// Puts the row in place of what is in `bytes`: a checkpoint has thousands, and one buffer serves them all.
pub(super) fn encode_row(row: &Row, bytes: &mut Vec<u8>) -> Result<(), Fault> {
    bytes.clear();
    bytes.push(ROW);
    let written = postcard::to_extend(row, std::mem::take(bytes));
    *bytes = written.map_err(|error| Fault::internal(format!("encoding a row: {error}")))?;
    Ok(())
}

pub(super) fn decode_row(key: &[u8], value: &[u8]) -> Result<Row, Fault> {
    let wrong = |why: &dyn std::fmt::Display| {
        let key = key.escape_ascii();
        damaged(format_args!("row \"{key}\": {why}"))
    };
    match value {
        [ROW, body @ ..] => whole(body).map_err(|why| wrong(&why)),
        [ROW_WITHOUT_SAID, body @ ..] => {
            let row: RowOfVersion4 = whole(body).map_err(|why| wrong(&why))?;
            Ok(row.into())
        }
        [ROW_WITHOUT_SECONDS, body @ ..] => {
            let row: RowOfVersion3 = whole(body).map_err(|why| wrong(&why))?;
            Ok(row.into())
        }
        [ROW_WITHOUT_EXCESS, body @ ..] => {
            let row: RowOfVersion2 = whole(body).map_err(|why| wrong(&why))?;
            Ok(row.into())
        }
        [ROW_WITHOUT_SETTINGS, body @ ..] => {
            let row: RowOfVersion1 = whole(body).map_err(|why| wrong(&why))?;
            Ok(row.into())
        }
        [version, ..] => Err(wrong(&format_args!("version {version} is unknown"))),
        [] => Err(wrong(&"it is empty")),
    }
}

fn whole<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(format!("{} bytes too many", rest.len())),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn encode_checkpoint(position: u64, state: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(9 + state.len());
    value.push(CHECKPOINT);
    value.extend_from_slice(&position.to_be_bytes());
    value.extend_from_slice(state);
    value
}

pub(super) fn decode_kept(name: &str, value: &[u8]) -> Result<Vec<u8>, Fault> {
    match value {
        [KEPT, state @ ..] => Ok(state.to_vec()),
        _ => Err(damaged(format_args!(
            "key \"kept/{name}\": its version is unknown"
        ))),
    }
}

pub(super) fn decode_checkpoint(value: &[u8]) -> Result<Recovered, Fault> {
    let wrong = |why: &dyn std::fmt::Display| damaged(format_args!("key \"checkpoint\": {why}"));
    match value {
        [CHECKPOINT, rest @ ..] => {
            let (position, state) = rest
                .split_first_chunk::<8>()
                .ok_or_else(|| wrong(&"it ends within the position"))?;
            Ok(Recovered {
                position: u64::from_be_bytes(*position),
                state: state.to_vec(),
            })
        }
        [version, ..] => Err(wrong(&format_args!("version {version} is unknown"))),
        [] => Err(wrong(&"it is empty")),
    }
}

pub(super) fn decode_fingerprint(id: &[u8], value: &[u8]) -> Result<u64, Fault> {
    let bytes = <[u8; 8]>::try_from(value).map_err(|_| {
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        damaged(format_args!(
            "id {id}: {} bytes are not a fingerprint",
            value.len()
        ))
    })?;
    Ok(u64::from_be_bytes(bytes))
}
