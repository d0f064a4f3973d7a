//! What must hold at any time: the numbered invariants of ARCHITECTURE.md as one table.
//!
//! A debug build stops where one is broken. A release build counts and goes on: wrong numbers that are known to be wrong
//! are better than no numbers. The counts are of the running process; operators see them beside the counts of the doors.

use std::sync::atomic::{AtomicU64, Ordering};

/// One of them.
#[derive(Debug)]
pub struct Invariant {
    /// As in ARCHITECTURE.md: the 3 of I-3.
    pub number: u8,
    /// What must hold.
    pub says: &'static str,
    broken: AtomicU64,
}

/// Checked whenever a door has counted a batch.
pub static RECEIVED: Invariant = Invariant::new(1, "received = accepted + duplicate + quarantined");
/// Checked at every checkpoint: the engine has taken in as many events as the log held. Its other half is proven by killing.
pub static ACKNOWLEDGED: Invariant = Invariant::new(
    2,
    "an acknowledged event is in every later recovery, exactly once in every result",
);
/// Checked at every checkpoint on one of the changed buckets.
pub static SUMS: Invariant = Invariant::new(
    3,
    "in, out and every sum over a rung equal the sums over the rung below",
);
/// Checked at every checkpoint on one of the changed buckets.
pub static REVISIONS: Invariant = Invariant::new(4, "a bucket's revision only grows");
/// Of cameras checked at every checkpoint against the one before, of scopes at every event against its arrival.
pub static WATERMARK: Invariant = Invariant::new(5, "the watermark of a camera never goes backwards");
/// Checked at every checkpoint.
pub static LATE: Invariant = Invariant::new(6, "late_received = late_applied + late_beyond");

/// Those that a running process can see broken. I-7 compares runs and I-8 needs somebody who asks for what he may not
/// see: both are proven by tests alone.
pub static INVARIANTS: [&Invariant; 6] = [&RECEIVED, &ACKNOWLEDGED, &SUMS, &REVISIONS, &WATERMARK, &LATE];

impl Invariant {
    const fn new(number: u8, says: &'static str) -> Self {
        let broken = AtomicU64::new(0);
        Self { number, says, broken }
    }

    /// Counts when it does not hold. `what` names where; it is asked for in debug builds only.
    #[inline]
    pub fn check(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.broken.fetch_add(1, Ordering::Relaxed);
            debug_assert!(holds, "I-{} is broken ({}): {}", self.number, self.says, what());
        }
    }

    /// How often it was found broken since the process started.
    pub fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn a_broken_invariant_counts_and_stops_a_debug_build() {
        static MADE_UP: Invariant = Invariant::new(99, "nothing is broken");
        MADE_UP.check(true, || unreachable!("only asked for where it is broken"));
        assert_eq!(MADE_UP.broken(), 0);
        let checked = catch_unwind(|| MADE_UP.check(false, || "here".to_owned()));
        assert_eq!(MADE_UP.broken(), 1);
        assert_eq!(checked.is_err(), cfg!(debug_assertions));
    }

    #[test]
    fn the_table_is_the_list_of_the_architecture() {
        let page = std::fs::read_to_string("../../ARCHITECTURE.md").unwrap();
        let plain = page.replace('`', "").replace("\n  ", " ");
        for invariant in INVARIANTS {
            let line = format!("- I-{} {}", invariant.number, invariant.says);
            assert!(plain.contains(&line), "ARCHITECTURE.md does not say {line:?}");
        }
    }
}
