//! The first three sectors of a segment: who it is, and how far it was once known to be durable.
//!
//! ```text
//!    0  "THRNGLOG", format version u32, salt u32, position of the first record u64, zeros, crc32c u32 at 508
//!  512  mark, even:  crc32c u32, kind u32 (1 open, 2 closed), number u64, next position u64, end offset u64, zeros
//! 1024  mark, odd:   the same; the mark with the higher number counts
//! 1536  frames
//! ```
//!
//! A mark says: all bytes below the end offset, holding all records below the next position, have been synced. It is written
//! after that sync and is itself synced with whatever follows, so it may be old, but it is never wrong. Two marks
//! take turns, each in a sector of its own, so that a torn one leaves the other. A closed segment ends exactly where its last
//! mark says and another one follows it.

use throng_ports::Position;

/// Changes when an older build could not read the files any more.
pub(crate) const FORMAT_VERSION: u32 = 1;
/// Where the first frame begins.
pub(crate) const FIRST_FRAME: u64 = 1_536;
/// The bytes before the first frame.
pub(crate) const PROLOGUE: usize = FIRST_FRAME as usize;

const SECTOR: usize = 512;
const MAGIC: &[u8; 8] = b"THRNGLOG";

/// What is written once, when the segment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Begins the checksum of each frame.
    pub(crate) salt: u32,
    /// The position of the first record.
    pub(crate) base: Position,
}

/// Why a first sector is not a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoHeader {
    /// Missing bytes, or a checksum that does not match.
    Damaged,
    /// Made by a build that this one does not know.
    Version(u32),
}

/// How far a segment was durable when this was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Whether nothing follows in this segment and another segment does.
    pub(crate) closed: bool,
    /// Counts the marks of this segment from 1.
    pub(crate) number: u64,
    /// The first position that was not durable.
    pub(crate) next: Position,
    /// The offset after the last durable frame.
    pub(crate) end: u64,
}

fn sector(parts: &[&[u8]]) -> [u8; SECTOR] {
    let mut bytes = [0; SECTOR];
    for (to, from) in bytes.iter_mut().zip(parts.iter().flat_map(|part| part.iter())) {
        *to = *from;
    }
    bytes
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|bytes| u64::from_le_bytes(*bytes))
}

impl Header {
    /// The first sector.
    pub(crate) fn encode(self) -> Vec<u8> {
        let version = FORMAT_VERSION.to_le_bytes();
        let mut bytes = sector(&[
            MAGIC,
            &version,
            &self.salt.to_le_bytes(),
            &self.base.0.to_le_bytes(),
        ])
        .to_vec();
        bytes.truncate(SECTOR - 4);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Reads the first sector of a segment.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, NoHeader> {
        let read = || {
            let covered = bytes.get(..SECTOR - 4)?;
            let valid = covered.starts_with(MAGIC) && u32_at(bytes, SECTOR - 4)? == crc32c::crc32c(covered);
            valid.then_some((u32_at(covered, 8)?, u32_at(covered, 12)?, u64_at(covered, 16)?))
        };
        match read().ok_or(NoHeader::Damaged)? {
            (FORMAT_VERSION, salt, base) => Ok(Self {
                salt,
                base: Position(base),
            }),
            (version, ..) => Err(NoHeader::Version(version)),
        }
    }
}

impl Mark {
    /// Where it is written.
    pub(crate) fn offset(self) -> u64 {
        SECTOR as u64 * (1 + self.number % 2)
    }

    /// Its sector.
    pub(crate) fn encode(self) -> Vec<u8> {
        let kind = if self.closed { 2_u32 } else { 1 };
        let bytes = sector(&[
            &[0; 4],
            &kind.to_le_bytes(),
            &self.number.to_le_bytes(),
            &self.next.0.to_le_bytes(),
            &self.end.to_le_bytes(),
        ]);
        let covered = bytes.get(4..).unwrap_or_default();
        let mut mark = crc32c::crc32c(covered).to_le_bytes().to_vec();
        mark.extend_from_slice(covered);
        mark
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let covered = bytes.get(4..SECTOR)?;
        let kind = u32_at(bytes, 4)?;
        let valid = u32_at(bytes, 0)? == crc32c::crc32c(covered) && (kind == 1 || kind == 2);
        valid.then_some(Self {
            closed: kind == 2,
            number: u64_at(bytes, 8)?,
            next: Position(u64_at(bytes, 16)?),
            end: u64_at(bytes, 24)?,
        })
    }

    /// The newest valid mark of a segment, and whether a mark is there that cannot be read: torn by a crash or damaged,
    /// which look the same and do the same harm, namely none, because the other mark is true.
    pub(crate) fn newest(prologue: &[u8]) -> (Option<Self>, bool) {
        let sectors = [
            prologue.get(SECTOR..2 * SECTOR),
            prologue.get(2 * SECTOR..3 * SECTOR),
        ];
        let marks = sectors.map(|bytes| bytes.and_then(Self::decode));
        let written = sectors.map(|bytes| bytes.is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0)));
        let unreadable = marks
            .iter()
            .zip(written)
            .any(|(mark, written)| written && mark.is_none());
        (
            marks.into_iter().flatten().max_by_key(|mark| mark.number),
            unreadable,
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back_and_every_flipped_bit_is_seen() {
        let header = Header {
            salt: 5,
            base: Position(1 << 40),
        };
        let bytes = header.encode();
        assert_eq!(bytes.len(), SECTOR);
        assert_eq!(Header::decode(&bytes), Ok(header));
        for bit in 0..SECTOR * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::decode(&damaged), Err(NoHeader::Damaged), "bit {bit}");
        }
        assert_eq!(Header::decode(&bytes[..511]), Err(NoHeader::Damaged));
    }

    #[test]
    fn a_newer_format_is_named() {
        let mut bytes = Header {
            salt: 5,
            base: Position(0),
        }
        .encode();
        bytes[8] = 2;
        let crc = crc32c::crc32c(&bytes[..508]).to_le_bytes();
        bytes[508..].copy_from_slice(&crc);
        assert_eq!(Header::decode(&bytes), Err(NoHeader::Version(2)));
    }

    #[test]
    fn the_newest_mark_counts_and_a_torn_one_leaves_the_other() {
        let mut prologue = vec![0; PROLOGUE];
        assert_eq!(Mark::newest(&prologue), (None, false));
        let marks = [1, 2, 3].map(|number| Mark {
            closed: number == 3,
            number,
            next: Position(number),
            end: 2_000,
        });
        for mark in marks {
            let at = mark.offset() as usize;
            prologue[at..at + SECTOR].copy_from_slice(&mark.encode());
            assert_eq!(Mark::newest(&prologue), (Some(mark), false));
        }
        prologue[marks[2].offset() as usize + 20] ^= 1;
        assert_eq!(Mark::newest(&prologue), (Some(marks[1]), true));
    }
}
