//! What to do with the segments found at start: facts in, decisions out, no I/O.
//!
//! A crash leaves only these traces, each undone here: a segment that was being made (its header may be anything, nothing was
//! ever written after it), a segment whose successor exists but whose closing mark does not, and a torn tail in the last
//! segment. Everything else that does not fit together is damage to bytes that had been durable. It is reported with its
//! place and with what is whole around it, and nothing is changed: an operator decides, not a start-up.

use super::{
    prologue::{FIRST_FRAME, Header, Mark, NoHeader},
    scan::{Rest, Scan},
};
use std::{fmt, ops::Range};
use throng_ports::Position;

/// What was read of one segment file.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The position in the file name.
    pub(crate) named: Position,
    /// The length of the file.
    pub(crate) len: u64,
    /// Its first sector.
    pub(crate) header: Result<Header, NoHeader>,
    /// Whether no byte after the first sector was ever written.
    pub(crate) unborn: bool,
    /// Its newest readable mark.
    pub(crate) mark: Option<Mark>,
    /// Its frames; not walked where a closing mark says where they end.
    pub(crate) scan: Option<Scan>,
}

/// What to do with one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is closed and fits the next one.
    Keep,
    /// Everything in it is durable; its closing was interrupted and is to be finished.
    Close { end: u64, next: Position },
    /// Write on in it after `end`, cutting what a crash left behind.
    Continue { end: u64, next: Position, cut: u64 },
    /// It was being made when the process stopped and holds nothing: take it away.
    Remove,
    /// The same, and there is no other: make it again.
    Remake,
}

/// Bytes that had been durable and are not what they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The first position of the segment: its file is named after it.
    pub segment: Position,
    /// Where in the file.
    pub offset: u64,
    /// What is wrong there.
    pub what: String,
    /// The records of the segment before the damage that are whole.
    pub before: Range<Position>,
    /// Records of the segment after the damage that are whole, if any: from the first to the last of them.
    pub after: Option<Range<Position>>,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segment = super::segment::name(self.segment);
        write!(
            f,
            "segment \"{segment}\" is damaged at offset {}: {}",
            self.offset, self.what
        )?;
        let Range { start, end } = self.before;
        match end.0.saturating_sub(start.0) {
            0 => write!(f, "; no record of it before that is whole")?,
            1 => write!(f, "; record {start} is whole before it")?,
            count => write!(f, "; the {count} records from {start} on are whole before it")?,
        }
        match &self.after {
            Some(Range { start, end }) => {
                write!(f, ", and records between {start} and {end} are whole after it")
            }
            None => Ok(()),
        }
    }
}

/// Decides about all segments, in the order of their names.
pub(crate) fn decide(segments: &[Facts]) -> Result<Vec<Decision>, Damage> {
    let born = match segments {
        [.., before, last] if torn_in_the_making(last) && !closed(before) => segments.len() - 1,
        [only] if torn_in_the_making(only) => return Ok(vec![Decision::Remake]),
        _ => segments.len(),
    };
    let (born, unborn) = segments.split_at(born);
    let next_bases = born.iter().skip(1).map(|facts| Some(facts.named)).chain([None]);
    let decisions = born.iter().zip(next_bases).map(|(facts, next)| match next {
        Some(next) => followed(facts, next),
        None => last(facts),
    });
    decisions
        .chain(unborn.iter().map(|_| Ok(Decision::Remove)))
        .collect()
}

fn closed(facts: &Facts) -> bool {
    facts.mark.is_some_and(|mark| mark.closed)
}

/// Frames and marks are written only after the header was synced, so a file without a header and with anything
/// else in it had a header once.
fn torn_in_the_making(facts: &Facts) -> bool {
    facts.header == Err(NoHeader::Damaged) && facts.unborn
}

fn damage(facts: &Facts, offset: u64, what: impl Into<String>) -> Damage {
    let whole = facts.scan.as_ref().map_or(facts.named, |scan| scan.next);
    let after = match facts.scan.as_ref().map(|scan| &scan.rest) {
        Some(Rest::Damaged { after }) => Some(after.clone()),
        _ => None,
    };
    Damage {
        segment: facts.named,
        offset,
        what: what.into(),
        before: facts.named..whole,
        after,
    }
}

/// Checks what every segment must be.
fn check_header(facts: &Facts) -> Result<(), Damage> {
    match facts.header {
        Ok(header) if header.base == facts.named => Ok(()),
        Ok(header) => Err(damage(
            facts,
            0,
            format!("its header says that it begins with record {}", header.base),
        )),
        Err(NoHeader::Damaged) => Err(damage(facts, 0, "its header does not match its checksum")),
        Err(NoHeader::Version(version)) => Err(damage(
            facts,
            8,
            format!("it has format version {version}, which this build does not know"),
        )),
    }
}

/// A segment with another one after it: every record up to the other one was durable.
fn followed(facts: &Facts, next: Position) -> Result<Decision, Damage> {
    check_header(facts)?;
    match (facts.mark, &facts.scan) {
        (Some(mark), _) if mark.closed => {
            if mark.next != next {
                let what = format!(
                    "the next segment is missing: it ends before record {}, but {next} follows",
                    mark.next
                );
                return Err(damage(facts, mark.end, what));
            }
            if mark.end != facts.len {
                let what = format!("it has {} bytes but was closed with {}", facts.len, mark.end);
                return Err(damage(facts, mark.end.min(facts.len), what));
            }
            Ok(Decision::Keep)
        }
        (_, Some(scan)) if scan.next == next && scan.rest == Rest::Blank => {
            Ok(Decision::Close { end: scan.end, next })
        }
        (_, Some(scan)) => Err(damage(
            facts,
            scan.end,
            format!("record {} is not whole, but {next} follows", scan.next),
        )),
        (_, None) => Err(damage(facts, FIRST_FRAME, "its frames cannot be read")),
    }
}

/// The segment that was written last.
fn last(facts: &Facts) -> Result<Decision, Damage> {
    check_header(facts)?;
    let Some(scan) = &facts.scan else {
        let end = facts.mark.map_or(FIRST_FRAME, |mark| mark.end);
        return Err(damage(
            facts,
            end,
            "it is closed, but the segment after it is missing",
        ));
    };
    if let Some(mark) = facts
        .mark
        .filter(|mark| mark.end > scan.end || mark.next > scan.next)
    {
        let what = format!(
            "record {} is not whole, but all before {} had been durable",
            scan.next, mark.next
        );
        return Err(damage(facts, scan.end, what));
    }
    let cut = match &scan.rest {
        Rest::Blank => 0,
        Rest::Torn(bytes) => *bytes,
        Rest::Damaged { .. } => {
            let what = format!(
                "record {} is not whole, but later ones were written after it",
                scan.next
            );
            return Err(damage(facts, scan.end, what));
        }
    };
    Ok(Decision::Continue {
        end: scan.end,
        next: scan.next,
        cut,
    })
}

#[cfg(test)]
mod tests;
