//! One segment file, and reading records from it.
//!
//! Only the file that is being written is open all the time: a log of years has more segments than a process may have files.
//! Any other one is opened by a read and closed behind it, once in megabytes.
//!
//! Reading needs the offset of a position. The segment keeps a landmark about every 64 KiB, set by the writer as it writes and
//! by readers as they walk, so a sequential reader never walks far and an untouched old segment costs no memory.

use super::{
    damaged,
    frame::{self, NoFrame},
    io_fault, lock,
    prologue::FIRST_FRAME,
    recovery::Damage,
};
use std::{
    io,
    sync::{Arc, Mutex, Weak},
};
use throng_model::Fault;
use throng_ports::{Disk, DiskFile, Position, Record};

const LANDMARK_BYTES: u64 = 64 << 10;
/// Reads are at least a page, and not so large that a reader of small records drags in what it will not use.
const READ_BYTES: std::ops::RangeInclusive<usize> = 4 << 10..=256 << 10;
/// Not `.log`: files of that name are what clean-up jobs delete.
const SUFFIX: &str = ".segment";

/// The file name of the segment that begins with a position.
pub(crate) fn name(base: Position) -> String {
    format!("{:020}{SUFFIX}", base.0)
}

/// The position a file name says; other files in the folder are not ours.
pub(crate) fn base_of(name: &str) -> Option<Position> {
    let digits = name.strip_suffix(SUFFIX)?;
    let ours = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if ours {
        digits.parse().ok().map(Position)
    } else {
        None
    }
}

#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) base: Position,
    pub(crate) salt: u32,
    disk: Arc<dyn Disk>,
    /// The file as long as it is being written.
    written: Weak<dyn DiskFile>,
    /// Positions and offsets of some frames, ascending.
    landmarks: Mutex<Vec<(Position, u64)>>,
}

/// What a read has gathered, and how much it may.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) records: Vec<Record>,
    room: usize,
}

impl Window {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self {
            records: Vec::new(),
            room: max_bytes,
        }
    }

    /// Adds a record if there is room; false when the window is complete without it. The first always fits.
    pub(crate) fn add(&mut self, len: usize, record: impl FnOnce() -> Record) -> bool {
        if !self.records.is_empty() && len > self.room {
            return false;
        }
        self.room = self.room.saturating_sub(len);
        self.records.push(record());
        true
    }
}

impl Segment {
    /// `file` is shared with readers while somebody else holds it.
    pub(crate) fn new(
        disk: &Arc<dyn Disk>,
        base: Position,
        salt: u32,
        file: &Arc<dyn DiskFile>,
    ) -> Arc<Self> {
        Arc::new(Self {
            base,
            salt,
            disk: Arc::clone(disk),
            written: Arc::downgrade(file),
            landmarks: Mutex::new(vec![(base, FIRST_FRAME)]),
        })
    }

    fn file(&self) -> io::Result<Arc<dyn DiskFile>> {
        let written = self.written.upgrade();
        written.map_or_else(|| self.disk.open(&name(self.base)), Ok)
    }

    /// Remembers where a frame is, if the last landmark is far enough back.
    pub(crate) fn note(&self, position: Position, offset: u64) {
        let mut landmarks = lock(&self.landmarks);
        if landmarks
            .last()
            .is_none_or(|(_, last)| offset >= last + LANDMARK_BYTES)
        {
            landmarks.push((position, offset));
        }
    }

    fn landmark(&self, position: Position) -> (Position, u64) {
        let landmarks = lock(&self.landmarks);
        let after = landmarks.partition_point(|(at, _)| *at <= position);
        let before = after.checked_sub(1).and_then(|at| landmarks.get(at));
        before.copied().unwrap_or((self.base, FIRST_FRAME))
    }

    /// Adds records from `from` on and below `limit` to the window; true when the window is complete.
    pub(crate) fn read(&self, from: Position, limit: Position, window: &mut Window) -> Result<bool, Fault> {
        let failed = |error: io::Error| io_fault(&error, format!("reading segment \"{}\"", name(self.base)));
        let file = self.file().map_err(failed)?;
        let (mut position, mut offset) = self.landmark(from);
        let mut bytes = Vec::new();
        let mut at = 0;
        while position < limit {
            match frame::decode(bytes.get(at..).unwrap_or_default(), self.salt) {
                Ok(frame) if frame.position == position => {
                    let record = || Record {
                        position,
                        payload: frame.payload.into(),
                    };
                    if position >= from && !window.add(frame.payload.len(), record) {
                        return Ok(true);
                    }
                    self.note(position, offset);
                    at += frame.size();
                    offset += frame.size() as u64;
                    position = position.next();
                }
                Err(NoFrame::Short(needed)) => {
                    bytes = fetch(&*file, offset, needed, window.room).map_err(failed)?;
                    at = 0;
                    if bytes.len() < needed {
                        return Err(self.damaged(position, offset));
                    }
                }
                _ => return Err(self.damaged(position, offset)),
            }
        }
        Ok(false)
    }

    fn damaged(&self, position: Position, offset: u64) -> Fault {
        damaged(&Damage {
            segment: self.base,
            offset,
            what: format!("record {position} is not whole"),
            before: self.base..position,
            after: None,
        })
    }
}

/// At least `needed` bytes from `offset` on, fewer only where the file ends before that.
fn fetch(file: &dyn DiskFile, offset: u64, needed: usize, wanted: usize) -> io::Result<Vec<u8>> {
    let left = file.len()?.saturating_sub(offset);
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    let size = wanted.clamp(*READ_BYTES.start(), *READ_BYTES.end()).max(needed);
    let mut bytes = vec![0; size.min(left)];
    let read = file.read_at(offset, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_like_positions_and_foreign_files_are_not_ours() {
        assert_eq!(name(Position(42)), "00000000000000000042.segment");
        assert_eq!(base_of(&name(Position(u64::MAX))), Some(Position(u64::MAX)));
        for foreign in [
            "lock",
            "42.segment",
            "0000000000000000004x.segment",
            "99999999999999999999.segment",
            "00000000000000000042.log",
        ] {
            assert_eq!(base_of(foreign), None, "{foreign}");
        }
    }
}
