//! Writes groups of records to the last segment and makes each group durable with one sync.
//!
//! After a failed write or sync nobody knows what is on the disk, and asking again gets a lie, so the writer never tries
//! again: it is poisoned and the process is to end, and recovery reads what really is there. The one exception is a full
//! disk. Room is claimed before a record is written into it, so a full disk shows before any byte of the group is in place;
//! and where it shows later all the same (a file system that copies on write), the group is cut off again and that is
//! synced, before the caller hears that it may try again.

use super::{
    frame::{self, HEAD},
    io_fault,
    options::Options,
    prologue::{FIRST_FRAME, Header, Mark, PROLOGUE},
    segment::{self, Segment},
    shared::Shared,
};
use std::{io, sync::Arc};
use throng_model::{Fault, FaultCode};
use throng_ports::{Disk, DiskFile, Position};

static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// Why a group was not written.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The disk is full and the log is as it was.
    Full(Fault),
    /// Unknown what is on the disk: nothing may be written any more.
    Poisoned(Fault),
}

fn poisoned(doing: &'static str) -> impl Fn(io::Error) -> Refused {
    move |error| {
        let what = format!("{doing} of the event log failed, what is on the disk is unknown: {error}");
        Refused::Poisoned(Fault::new(FaultCode::LogPoisoned, what))
    }
}

fn full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// The bytes of a record in a segment; a barrier has none.
pub(crate) fn size(payload: &[u8]) -> usize {
    if payload.is_empty() {
        0
    } else {
        HEAD + payload.len()
    }
}

/// Where to write on.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) segment: Arc<Segment>,
    /// Its file, open while it is being written.
    pub(crate) file: Arc<dyn DiskFile>,
    /// The end of the frames.
    pub(crate) tail: u64,
    /// The end of the zeros after them.
    pub(crate) claimed: u64,
    /// The number of the newest mark.
    pub(crate) marks: u64,
}

#[derive(Debug)]
pub(crate) struct Writer {
    disk: Arc<dyn Disk>,
    options: Options,
    shared: Arc<Shared>,
    place: Place,
    /// What the newest mark says.
    marked: Position,
    buffer: Vec<u8>,
}

/// Makes a segment that is durable and empty.
pub(crate) fn make_segment(disk: &Arc<dyn Disk>, base: Position, salt: Option<u32>) -> io::Result<Place> {
    let salt = salt.unwrap_or_else(random);
    let file = disk.create(&segment::name(base))?;
    let mut prologue = Header { salt, base }.encode();
    prologue.resize(PROLOGUE, 0);
    file.write_at(0, &prologue)?;
    file.sync_data()?;
    disk.sync_dir()?;
    Ok(Place {
        segment: Segment::new(disk, base, salt, &file),
        file,
        tail: FIRST_FRAME,
        claimed: FIRST_FRAME,
        marks: 0,
    })
}

/// The seed of the standard library's hash tables: random, and available without a file or a clock.
fn random() -> u32 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let bytes = RandomState::new().build_hasher().finish().to_le_bytes();
    bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

impl Place {
    /// Writes the next mark, without a sync.
    fn mark(&mut self, closed: bool, next: Position) -> io::Result<()> {
        let mark = Mark {
            closed,
            number: self.marks + 1,
            next,
            end: self.tail,
        };
        self.file.write_at(mark.offset(), &mark.encode())?;
        self.marks = mark.number;
        Ok(())
    }

    /// Ends the segment for good: everything in it is durable and another one follows.
    pub(crate) fn close(mut self, next: Position) -> io::Result<()> {
        // First the length, then the mark that vouches for it.
        self.file.truncate(self.tail)?;
        self.file.sync_data()?;
        self.mark(true, next)?;
        self.file.sync_data()
    }
}

impl Writer {
    /// Everything before the tail of `place` must be durable.
    pub(crate) fn new(disk: Arc<dyn Disk>, options: Options, shared: Arc<Shared>, place: Place) -> Self {
        let marked = place.segment.base;
        Self {
            disk,
            options,
            shared,
            place,
            marked,
            buffer: Vec::new(),
        }
    }

    /// Makes a group durable and publishes it; returns the position of its first record.
    pub(crate) fn commit(&mut self, payloads: Vec<Vec<u8>>) -> Result<Position, Refused> {
        let first = self.shared.end();
        let bytes = payloads.iter().map(|payload| size(payload) as u64).sum::<u64>();
        if self.place.tail > FIRST_FRAME && self.place.tail + bytes > self.options.segment_bytes {
            self.roll(first)?;
        }
        self.claim(bytes)?;
        self.buffer.clear();
        let mut next = first;
        for payload in &payloads {
            frame::encode(&mut self.buffer, self.place.segment.salt, next, first, payload);
            next = next.next();
        }
        self.write()?;
        self.place.file.sync_data().map_err(poisoned("a sync"))?;
        for (position, payload) in (first.0..).zip(&payloads) {
            self.place.segment.note(Position(position), self.place.tail);
            self.place.tail += size(payload) as u64;
        }
        self.shared.publish(payloads);
        // One large record must not hold its memory for ever.
        self.buffer.shrink_to(self.options.group_bytes_max);
        Ok(first)
    }

    fn write(&mut self) -> Result<(), Refused> {
        let file = &self.place.file;
        match file.write_at(self.place.tail, &self.buffer) {
            Ok(()) => Ok(()),
            Err(error) if full(&error) => {
                let clean = file.truncate(self.place.tail).and_then(|()| file.sync_data());
                clean.map_err(poisoned("taking back a write"))?;
                self.place.claimed = self.place.tail;
                Err(Refused::Full(io_fault(&error, "writing to the event log")))
            }
            Err(error) => Err(poisoned("a write")(error)),
        }
    }

    /// Makes sure that so many bytes can be written without asking the disk for room.
    fn claim(&mut self, bytes: u64) -> Result<(), Refused> {
        let needed = self.place.tail + bytes;
        if needed <= self.place.claimed {
            return Ok(());
        }
        // Everything so far is durable: a good moment to say so, the sync of this group takes it along.
        self.mark()?;
        let step = self.options.claim_bytes;
        let generous = (needed.div_ceil(step) * step)
            .min(self.options.segment_bytes)
            .max(needed);
        // On a disk that is almost full the exact size may still fit.
        let claimed = match self.write_zeros(generous) {
            Err(error) if full(&error) => self.write_zeros(needed),
            claimed => claimed,
        };
        match claimed {
            Ok(claimed) => {
                self.place.claimed = claimed;
                Ok(())
            }
            Err(error) if full(&error) => {
                let back = self.place.file.truncate(self.place.claimed);
                back.map_err(poisoned("giving back room"))?;
                Err(Refused::Full(io_fault(&error, "claiming room for the event log")))
            }
            Err(error) => Err(poisoned("claiming room")(error)),
        }
    }

    fn write_zeros(&self, until: u64) -> io::Result<u64> {
        let mut at = self.place.claimed;
        while at < until {
            let size = usize::try_from(until - at).unwrap_or(usize::MAX).min(ZEROS.len());
            self.place
                .file
                .write_at(at, ZEROS.get(..size).unwrap_or(&ZEROS))?;
            at += size as u64;
        }
        Ok(until)
    }

    /// Goes on in a new segment that begins with `base`.
    fn roll(&mut self, base: Position) -> Result<(), Refused> {
        let new = match make_segment(&self.disk, base, self.options.salt) {
            Ok(new) => new,
            Err(error) if full(&error) => {
                self.take_back(base).map_err(poisoned("taking back a segment"))?;
                return Err(Refused::Full(io_fault(
                    &error,
                    "making a segment of the event log",
                )));
            }
            Err(error) => return Err(poisoned("making a segment")(error)),
        };
        self.shared.add_segment(Arc::clone(&new.segment));
        let old = std::mem::replace(&mut self.place, new);
        self.marked = base;
        old.close(base).map_err(poisoned("closing a segment"))
    }

    /// A half-made segment must not come back after a crash, when records of its positions are elsewhere.
    fn take_back(&self, base: Position) -> io::Result<()> {
        match self.disk.remove(&segment::name(base)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.disk.sync_dir(),
        }
    }

    fn mark(&mut self) -> Result<(), Refused> {
        let durable = self.shared.end();
        if durable == self.marked {
            return Ok(());
        }
        self.place
            .mark(false, durable)
            .map_err(|error| match full(&error) {
                true => Refused::Full(io_fault(&error, "marking the event log")),
                false => poisoned("marking")(error),
            })?;
        self.marked = durable;
        Ok(())
    }

    /// Nothing to do: makes the mark durable, so that damage to the last group can be told from a torn tail.
    pub(crate) fn idle(&mut self) -> Result<(), Refused> {
        if self.shared.end() == self.marked {
            return Ok(());
        }
        self.mark()?;
        self.place.file.sync_data().map_err(poisoned("a sync"))
    }

    /// Leaves the last segment with its exact length and a mark.
    pub(crate) fn finish(mut self) -> Result<(), Refused> {
        self.place
            .file
            .truncate(self.place.tail)
            .map_err(poisoned("giving back room"))?;
        self.place.claimed = self.place.tail;
        self.mark()?;
        self.place.file.sync_data().map_err(poisoned("a sync"))
    }
}
