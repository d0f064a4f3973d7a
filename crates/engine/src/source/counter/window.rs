//! Counters that report whole windows: the same window said again replaces what was said before.
//!
//! Devices send a window again with a later, better number (a retransmission after a fault, a recount). Which of two
//! holds is decided by what they say, not by which came first: the one sent later, then the greater id. Windows that
//! overlap without being equal would count people twice; they are refused and stay on record at the caller.

use super::{Booking, Correction, People};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use throng_model::{EventId, TimeRange, Timestamp};

/// Which of two reports of one window holds: the greater one.
pub type Version = (Option<Timestamp>, EventId);

/// The windows of one counter, by start; none overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowMemory {
    windows: BTreeMap<Timestamp, (Timestamp, Version, People)>,
}

/// What a report of a window means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// The numbers change so; empty when a better report is known.
    Corrected(Vec<Correction>),
    /// It overlaps this window, which was reported before.
    Overlaps(TimeRange),
}

impl WindowMemory {
    /// Takes in a report.
    pub fn observe(&mut self, over: TimeRange, version: Version, people: People) -> Reported {
        let booking = |people| Booking {
            after: over.start,
            at: over.end,
            people,
        };
        // The last window that starts before this one ends is the only one that can reach into it.
        let known = self.windows.range(..over.end).next_back();
        match known.map(|(start, known)| (*start, *known)) {
            Some((start, (end, known, before))) if (start, end) == (over.start, over.end) => {
                if version <= known {
                    return Reported::Corrected(Vec::new());
                }
                self.windows.insert(start, (end, version, people));
                Reported::Corrected(vec![
                    Correction::TakeBack(booking(before)),
                    Correction::Book(booking(people)),
                ])
            }
            Some((start, (end, ..))) if end > over.start => Reported::Overlaps(TimeRange { start, end }),
            _ => {
                self.windows.insert(over.start, (over.end, version, people));
                Reported::Corrected(vec![Correction::Book(booking(people))])
            }
        }
    }

    /// Forgets windows that ended before `horizon`.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        while let Some(first) = self.windows.first_entry()
            && first.get().0 <= horizon
        {
            first.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(start: i64, end: i64) -> TimeRange {
        TimeRange {
            start: Timestamp(start),
            end: Timestamp(end),
        }
    }

    fn version(sent: i64) -> Version {
        (Some(Timestamp(sent)), EventId::nil())
    }

    #[test]
    fn the_report_that_was_sent_last_holds_whichever_comes_first() {
        let reports = [(version(1), [5, 0, 0]), (version(2), [7, 0, 0])];
        let fold = |order: [usize; 2]| {
            let mut memory = WindowMemory::default();
            let corrections = order.map(|number| {
                let (version, people) = reports[number];
                memory.observe(over(0, 60), version, people)
            });
            (memory, corrections)
        };
        let (forth, corrections) = fold([0, 1]);
        let booking = |n| Booking {
            after: Timestamp(0),
            at: Timestamp(60),
            people: [n, 0, 0],
        };
        assert_eq!(
            corrections[1],
            Reported::Corrected(vec![
                Correction::TakeBack(booking(5)),
                Correction::Book(booking(7))
            ])
        );
        let (back, corrections) = fold([1, 0]);
        assert_eq!(corrections[1], Reported::Corrected(Vec::new()));
        assert_eq!(forth, back);
    }

    #[test]
    fn windows_tile_and_never_overlap() {
        let mut memory = WindowMemory::default();
        let counted =
            |reported| matches!(reported, Reported::Corrected(corrections) if corrections.len() == 1);
        assert!(counted(memory.observe(over(60, 120), version(1), [1, 0, 0])));
        assert!(counted(memory.observe(over(0, 60), version(1), [1, 0, 0])));
        for overlapping in [over(0, 120), over(30, 90), over(0, 30), over(119, 121)] {
            let reported = memory.observe(overlapping, version(9), [1, 0, 0]);
            assert!(matches!(reported, Reported::Overlaps(_)), "{overlapping:?}");
        }
        memory.forget_before(Timestamp(60));
        assert!(
            counted(memory.observe(over(0, 60), version(1), [1, 0, 0])),
            "forgotten"
        );
    }
}
