//! One record as bytes in a segment.
//!
//! ```text
//! 0        4        8                16               24
//! | length | crc32c |    position    |    durable     | payload ...
//! ```
//!
//! All integers are little-endian. `length` counts the payload and is never 0, so zeros are never a frame. `durable` is the
//! first position that was not yet durable when this frame was written: a valid frame proves that every record below its
//! `durable` had been synced, which is how recovery tells damage from a torn tail. The checksum covers all of the frame
//! but itself and begins with the salt of the segment, so bytes of another segment, or bytes that a sender made to look
//! like a frame, do not match.

use throng_ports::Position;

/// Bytes before the payload.
pub(crate) const HEAD: usize = 24;

/// A verified frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) position: Position,
    pub(crate) durable: Position,
    pub(crate) payload: &'a [u8],
}

impl Frame<'_> {
    /// All bytes of it.
    pub(crate) fn size(&self) -> usize {
        HEAD + self.payload.len()
    }
}

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoFrame {
    /// Too few bytes to say; so many are needed at least.
    Short(usize),
    /// The length is zero.
    Blank,
    /// The checksum does not match.
    Checksum,
}

/// Adds a frame to `bytes`.
pub(crate) fn encode(bytes: &mut Vec<u8>, salt: u32, position: Position, durable: Position, payload: &[u8]) {
    // A longer payload than u32 is refused at the door; saturating makes the checksum of such a frame fail.
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes();
    let [position, durable] = [position.0.to_le_bytes(), durable.0.to_le_bytes()];
    let crc = [&length[..], &position, &durable, payload]
        .iter()
        .fold(salt, |crc, part| crc32c::crc32c_append(crc, part));
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(&position);
    bytes.extend_from_slice(&durable);
    bytes.extend_from_slice(payload);
}

/// Verifies the frame at the beginning of `bytes`.
pub(crate) fn decode(bytes: &[u8], salt: u32) -> Result<Frame<'_>, NoFrame> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else {
        return Err(NoFrame::Short(HEAD));
    };
    let size = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if size == 0 {
        return Err(NoFrame::Blank);
    }
    let head = rest.split_first_chunk::<4>().and_then(|(crc, covered)| {
        let (position, rest) = covered.split_first_chunk::<8>()?;
        let (durable, rest) = rest.split_first_chunk::<8>()?;
        Some((u32::from_le_bytes(*crc), covered, position, durable, rest))
    });
    let Some((crc, covered, position, durable, rest)) = head else {
        return Err(NoFrame::Short(HEAD));
    };
    let (Some(payload), Some(covered)) = (rest.get(..size), covered.get(..size.saturating_add(16))) else {
        return Err(NoFrame::Short(HEAD.saturating_add(size)));
    };
    if crc32c::crc32c_append(crc32c::crc32c_append(salt, length), covered) != crc {
        return Err(NoFrame::Checksum);
    }
    Ok(Frame {
        position: Position(u64::from_le_bytes(*position)),
        durable: Position(u64::from_le_bytes(*durable)),
        payload,
    })
}

/// Position and durable of what may be a frame, unverified: a cheap filter before [`decode`].
pub(crate) fn peek(bytes: &[u8]) -> Option<(Position, Position)> {
    let (position, rest) = bytes.get(8..)?.split_first_chunk::<8>()?;
    let (durable, _) = rest.split_first_chunk::<8>()?;
    Some((
        Position(u64::from_le_bytes(*position)),
        Position(u64::from_le_bytes(*durable)),
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    fn frame() -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(
            &mut bytes,
            7,
            Position(3),
            Position(2),
            b"a camera saw two people",
        );
        bytes
    }

    #[test]
    fn a_frame_reads_back() {
        let bytes = frame();
        let frame = decode(&bytes, 7).unwrap();
        assert_eq!(frame.size(), bytes.len());
        assert_eq!(peek(&bytes), Some((frame.position, frame.durable)));
        let expected = Frame {
            position: Position(3),
            durable: Position(2),
            payload: b"a camera saw two people",
        };
        assert_eq!(frame, expected);
    }

    #[test]
    fn the_layout_is_as_documented() {
        let bytes = frame();
        assert_eq!(bytes[..4], 23_u32.to_le_bytes());
        assert_eq!(bytes[8..16], 3_u64.to_le_bytes());
        assert_eq!(bytes[16..24], 2_u64.to_le_bytes());
        let covered = [&bytes[..4], &bytes[8..]].concat();
        assert_eq!(bytes[4..8], crc32c::crc32c_append(7, &covered).to_le_bytes());
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_seen() {
        let bytes = frame();
        for at in 0..bytes.len() {
            assert!(
                matches!(decode(&bytes[..at], 7), Err(NoFrame::Short(_))),
                "cut at {at}"
            );
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                decode(&damaged, 7).unwrap_err();
            }
        }
    }

    #[test]
    fn zeros_and_foreign_frames_are_no_frames() {
        assert_eq!(decode(&[0; 100], 7), Err(NoFrame::Blank));
        assert_eq!(
            decode(&frame(), 8),
            Err(NoFrame::Checksum),
            "the salt of another segment"
        );
    }
}
