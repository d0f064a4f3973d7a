//! Reads every byte of a log that is not open and reports all damage, changing nothing.

use super::{
    io_fault, lock_folder,
    open::{bases, inspect},
    recovery::{Damage, decide},
    scan::Rest,
};
use std::io;
use throng_model::Fault;
use throng_ports::{Disk, Position};

/// What a log folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Segment files.
    pub segments: usize,
    /// The first position that is kept.
    pub start: Position,
    /// The position after the last whole record.
    pub end: Position,
    /// Records that are whole and follow their predecessor in the segment.
    pub records: u64,
    /// Bytes after the last record that opening would cut.
    pub torn_bytes: u64,
    /// Marks that cannot be read: they hold no record, the other mark of the segment stands in.
    pub unreadable_marks: usize,
    /// All damage: the first place of each damaged segment.
    pub damage: Vec<Damage>,
}

/// Verifies a log folder. Closed segments are verified too, which opening leaves to reading. A log that is open, here or
/// in another process, is refused: what is being written would look torn.
pub fn verify(disk: &dyn Disk) -> Result<Verification, Fault> {
    let _lock = lock_folder(disk)?;
    let failed = |error: io::Error| io_fault(&error, "verifying the event log");
    let mut facts = Vec::new();
    let mut verification = Verification::default();
    for base in bases(disk).map_err(failed)? {
        let found = inspect(disk, base, true).map_err(failed)?;
        verification.unreadable_marks += usize::from(found.unreadable_mark);
        let mut found = found.facts;
        if verification.segments == 0 {
            verification.start = base;
        }
        verification.segments += 1;
        if let Some(scan) = &found.scan {
            verification.records += scan.next.0 - base.0;
            verification.end = scan.next;
            if let Rest::Torn(bytes) = scan.rest {
                verification.torn_bytes += bytes;
            }
        }
        if let Some(mark) = found.mark.filter(|mark| mark.closed) {
            match &found.scan {
                Some(scan) if scan.next == mark.next && scan.end == mark.end => {}
                Some(scan) => verification.damage.push(Damage {
                    segment: base,
                    offset: scan.end,
                    what: format!(
                        "record {} is not whole, but it was closed before {}",
                        scan.next, mark.next
                    ),
                    before: base..scan.next,
                    after: match &scan.rest {
                        Rest::Damaged { after } => Some(after.clone()),
                        _ => None,
                    },
                }),
                None => {}
            }
            found.scan = None;
        }
        facts.push(found);
    }
    // How segments fit together is decided as at opening; that stops at the first misfit.
    if let Err(damage) = decide(&facts)
        && verification
            .damage
            .iter()
            .all(|known| known.segment != damage.segment)
    {
        verification.damage.push(damage);
    }
    verification
        .damage
        .sort_by_key(|damage| (damage.segment, damage.offset));
    Ok(verification)
}
