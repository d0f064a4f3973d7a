//! Walks the frames of one segment and says what comes after the last one that follows its predecessor.

use super::{
    frame::{self, NoFrame},
    prologue::{FIRST_FRAME, Header, PROLOGUE},
};
use std::ops::Range;
use throng_ports::Position;

/// What the frames of a segment look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The first position that is not whole.
    pub(crate) next: Position,
    /// The offset after the last whole frame.
    pub(crate) end: u64,
    /// What stands at `end`.
    pub(crate) rest: Rest,
}

/// The bytes after the last whole frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing, or zeros that were claimed for frames to come.
    Blank,
    /// So many bytes that are neither frames nor zeros, with nothing after them that was written later. A write that a
    /// crash tore looks like this.
    Torn(u64),
    /// Bytes that are no frame, although a whole frame further on was written after them: they had been durable.
    Damaged {
        /// The records of whole frames further on, first and after the last.
        after: Range<Position>,
    },
}

/// Walks all of a segment; `bytes` begin with its prologue.
pub(crate) fn scan(bytes: &[u8], header: Header) -> Scan {
    let mut at = PROLOGUE;
    let mut next = header.base;
    while let Ok(frame) = frame::decode(bytes.get(at..).unwrap_or_default(), header.salt) {
        if frame.position != next {
            break;
        }
        at += frame.size();
        next = next.next();
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let end = (at as u64).max(FIRST_FRAME);
    Scan {
        next,
        end,
        rest: look_at_rest(rest, header.salt, next),
    }
}

fn look_at_rest(rest: &[u8], salt: u32, next: Position) -> Rest {
    let Some(last) = rest.iter().rposition(|byte| *byte != 0) else {
        return Rest::Blank;
    };
    let mut after: Option<Range<Position>> = None;
    let mut proven = false;
    let mut at = 0;
    while let Some(bytes) = rest.get(at..) {
        let Some((position, durable)) = frame::peek(bytes) else {
            break;
        };
        // More records than bytes cannot be: most payload bytes fail here, before a checksum is computed.
        let plausible = position >= next && position.0 - next.0 <= rest.len() as u64 && durable <= position;
        match if plausible {
            frame::decode(bytes, salt)
        } else {
            Err(NoFrame::Blank)
        } {
            Ok(frame) => {
                let first = after.map_or(frame.position, |range| range.start);
                after = Some(first..frame.position.next());
                // A frame of the torn write itself says that nothing from `next` on was durable: it proves nothing.
                proven |= durable > next;
                at += frame.size();
            }
            Err(_) => at += 1,
        }
    }
    match after {
        Some(after) if proven => Rest::Damaged { after },
        _ => Rest::Torn(last as u64 + 1),
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        salt: 9,
        base: Position(10),
    };

    /// A segment of groups of records; returns where each frame begins.
    fn segment(groups: &[u64]) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut offsets, mut next) = (vec![0; PROLOGUE], Vec::new(), HEADER.base);
        for group in groups {
            let durable = next;
            for _ in 0..*group {
                offsets.push(bytes.len());
                frame::encode(&mut bytes, HEADER.salt, next, durable, b"payload");
                next = next.next();
            }
        }
        (bytes, offsets)
    }

    #[test]
    fn whole_frames_are_walked_up_to_zeros() {
        let (mut bytes, _) = segment(&[1, 3, 2]);
        let end = bytes.len() as u64;
        bytes.extend([0; 1_000]);
        assert_eq!(
            scan(&bytes, HEADER),
            Scan {
                next: Position(16),
                end,
                rest: Rest::Blank
            }
        );
    }

    #[test]
    fn an_empty_segment_is_blank() {
        let expected = Scan {
            next: Position(10),
            end: FIRST_FRAME,
            rest: Rest::Blank,
        };
        assert_eq!(scan(&vec![0; PROLOGUE], HEADER), expected);
        assert_eq!(scan(&[], HEADER), expected);
    }

    #[test]
    fn a_flip_in_the_last_group_looks_torn_whatever_follows_in_the_group() {
        let (mut bytes, offsets) = segment(&[2, 3]);
        bytes[offsets[3]] ^= 1;
        let scan = scan(&bytes, HEADER);
        assert_eq!((scan.next, scan.end), (Position(13), offsets[3] as u64));
        assert_eq!(scan.rest, Rest::Torn((bytes.len() - offsets[3]) as u64));
    }

    #[test]
    fn a_flip_before_the_last_group_is_damage_and_says_what_is_whole_after_it() {
        let (mut bytes, offsets) = segment(&[2, 3, 2]);
        bytes[offsets[2] + 5] ^= 1;
        let scan = scan(&bytes, HEADER);
        assert_eq!((scan.next, scan.end), (Position(12), offsets[2] as u64));
        assert_eq!(
            scan.rest,
            Rest::Damaged {
                after: Position(13)..Position(17)
            }
        );
    }

    #[test]
    fn a_missing_frame_is_damage() {
        let (mut bytes, offsets) = segment(&[1, 1, 1]);
        bytes.drain(offsets[1]..offsets[2]);
        assert_eq!(
            scan(&bytes, HEADER).rest,
            Rest::Damaged {
                after: Position(12)..Position(13)
            }
        );
    }
}
