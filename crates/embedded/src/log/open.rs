//! Reads what a log folder holds, lets [`recovery`](super::recovery) decide, and does what it decided.

use super::{
    damaged, io_fault,
    options::Options,
    prologue::{FIRST_FRAME, Header, Mark, NoHeader, PROLOGUE},
    recovery::{Damage, Decision, Facts, decide},
    scan::scan,
    segment::{self, Segment},
    writer::{Place, make_segment},
};
use std::{collections::VecDeque, io, sync::Arc};
use throng_model::Fault;
use throng_ports::{Disk, DiskFile, Position};

/// What opening a log found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The bytes of a torn tail that were cut: of records that nobody was told are durable.
    pub cut_bytes: u64,
    /// Segments now.
    pub segments: usize,
    /// Records now.
    pub records: u64,
    /// Marks that could not be read: torn by the crash, or flipped bits in a place that holds no record.
    pub unreadable_marks: usize,
}

/// A log folder, ready to be written on.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) segments: VecDeque<Arc<Segment>>,
    pub(crate) place: Place,
    pub(crate) next: Position,
    pub(crate) recovery: Recovery,
}

/// One segment file and what it says.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) facts: Facts,
    pub(crate) unreadable_mark: bool,
}

/// The positions of all segments, ascending.
pub(crate) fn bases(disk: &dyn Disk) -> io::Result<Vec<Position>> {
    let mut bases: Vec<_> = disk
        .list()?
        .iter()
        .filter_map(|name| segment::base_of(name))
        .collect();
    bases.sort_unstable();
    Ok(bases)
}

/// Reads a segment: its prologue, and its frames where no mark says that it is closed, or where all are to be verified.
pub(crate) fn inspect(disk: &dyn Disk, base: Position, verify: bool) -> io::Result<Found> {
    let file = disk.open(&segment::name(base))?;
    let len = file.len()?;
    let mut prologue = vec![0; PROLOGUE];
    let read = file.read_at(0, &mut prologue)?;
    prologue.truncate(read);
    // A prologue is synced as a whole before anything follows, so a part of one is none.
    let header = if read == PROLOGUE {
        Header::decode(&prologue)
    } else {
        Err(NoHeader::Damaged)
    };
    let (mark, unreadable_mark) = Mark::newest(&prologue);
    let walk = verify || header.is_err() || !mark.is_some_and(|mark| mark.closed);
    let mut bytes = Vec::new();
    if walk {
        bytes.resize(usize::try_from(len).unwrap_or(usize::MAX), 0);
        let read = file.read_at(0, &mut bytes)?;
        bytes.truncate(read);
    }
    let facts = Facts {
        named: base,
        len,
        header,
        unborn: walk && bytes.iter().skip(512).all(|byte| *byte == 0),
        mark,
        scan: header.ok().filter(|_| walk).map(|header| scan(&bytes, header)),
    };
    Ok(Found {
        facts,
        unreadable_mark,
    })
}

/// Opens the log of a folder; an empty folder becomes an empty log.
pub(crate) fn open(disk: &Arc<dyn Disk>, options: &Options) -> Result<Opened, Fault> {
    let failed = |error: io::Error| io_fault(&error, "opening the event log");
    let bases = bases(&**disk).map_err(failed)?;
    let found = bases
        .iter()
        .map(|base| inspect(&**disk, *base, false))
        .collect::<io::Result<Vec<_>>>();
    let found = found.map_err(failed)?;
    let facts: Vec<Facts> = found.iter().map(|found| found.facts.clone()).collect();
    let decisions = decide(&facts).map_err(|damage: Damage| damaged(&damage))?;
    execute(disk, options, &found, &decisions).map_err(failed)
}

/// The last segment is settled before the one before it is closed: closing says that another one follows.
fn execute(
    disk: &Arc<dyn Disk>,
    options: &Options,
    found: &[Found],
    decisions: &[Decision],
) -> io::Result<Opened> {
    let mut cut_bytes = 0;
    let mut segments = VecDeque::new();
    let mut last: Option<(Place, Position)> = None;
    for (found, decision) in found.iter().zip(decisions) {
        match *decision {
            Decision::Keep | Decision::Close { .. } => {
                segments.push_back(found.place(disk, FIRST_FRAME)?.segment)
            }
            Decision::Continue { end, next, cut } => {
                cut_bytes += cut;
                let place = found.place(disk, end)?;
                found.settle(&*place.file, end)?;
                segments.push_back(Arc::clone(&place.segment));
                last = Some((place, next));
            }
            Decision::Remove => disk.remove(&segment::name(found.facts.named))?,
            Decision::Remake => cut_bytes += found.facts.len,
        }
    }
    // A killed process may have made names that it never synced.
    disk.sync_dir()?;
    for (found, decision) in found.iter().zip(decisions) {
        if let Decision::Close { end, next } = *decision {
            found.place(disk, end)?.close(next)?;
        }
    }
    let (place, next) = match last {
        Some(last) => last,
        None => {
            let base = found.last().map_or(Position(0), |found| found.facts.named);
            let place = make_segment(disk, base, options.salt)?;
            segments.push_back(Arc::clone(&place.segment));
            (place, base)
        }
    };
    let start = segments.front().map_or(next, |segment| segment.base);
    let recovery = Recovery {
        cut_bytes,
        segments: segments.len(),
        records: next.0 - start.0,
        unreadable_marks: found.iter().filter(|found| found.unreadable_mark).count(),
    };
    Ok(Opened {
        segments,
        place,
        next,
        recovery,
    })
}

impl Found {
    fn place(&self, disk: &Arc<dyn Disk>, end: u64) -> io::Result<Place> {
        let (base, salt) = (
            self.facts.named,
            self.facts.header.map_or(0, |header| header.salt),
        );
        let file = disk.open(&segment::name(base))?;
        Ok(Place {
            segment: Segment::new(disk, base, salt, &file),
            file,
            tail: end,
            claimed: end,
            marks: self.facts.mark.map_or(0, |mark| mark.number),
        })
    }

    /// Makes everything below `end` durable and cuts the rest, before anything is served.
    ///
    /// What was read may be in memory only: the process before may have been killed before its sync, or ended because a sync
    /// failed, and after a failed sync the pages are marked clean and another sync does nothing. Writing them again
    /// makes them dirty again. Below the mark everything is known to be durable.
    fn settle(&self, file: &dyn DiskFile, end: u64) -> io::Result<()> {
        file.truncate(end)?;
        let mut at = self.facts.mark.map_or(0, |mark| mark.end);
        let mut bytes = vec![0; 1 << 20];
        while at < end {
            let size = usize::try_from(end - at).unwrap_or(usize::MAX).min(bytes.len());
            let piece = bytes.get_mut(..size).unwrap_or_default();
            let read = file.read_at(at, piece)?;
            let piece = piece
                .get(..read)
                .filter(|piece| !piece.is_empty())
                .ok_or(io::ErrorKind::UnexpectedEof)?;
            file.write_at(at, piece)?;
            at += read as u64;
        }
        file.sync_data()
    }
}
