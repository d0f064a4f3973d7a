//! Sequence numbers: what was lost, and which numbers cannot be right.

use serde::{Deserialize, Serialize};
use throng_model::Timestamp;

/// The numbering of one run (boot) of one producer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    boot: Option<Box<str>>,
    first: u64,
    last: u64,
    last_at: Timestamp,
    seen: u64,
    lost_before: u64,
}

impl Sequence {
    /// Whether this number contradicts what was heard: time went on, yet the number went back, in the same run.
    /// A number that went back together with its time is only out of order.
    pub fn contradicts(&self, boot: Option<&str>, seq: u64, at: Timestamp) -> bool {
        self.seen > 0 && self.boot.as_deref() == boot && seq < self.last && at > self.last_at
    }

    /// Takes note of a number.
    pub fn note(&mut self, boot: Option<&str>, seq: u64, at: Timestamp) {
        if self.seen == 0 || self.boot.as_deref() != boot {
            let lost_before = self.lost();
            *self = Self {
                boot: boot.map(Box::from),
                first: seq,
                last: seq,
                last_at: at,
                seen: 1,
                lost_before,
            };
            return;
        }
        self.seen += 1;
        self.first = self.first.min(seq);
        if seq > self.last {
            self.last = seq;
            self.last_at = at;
        }
    }

    /// How many numbers are missing: events that never came, or not yet.
    pub fn lost(&self) -> u64 {
        let expected = if self.seen == 0 {
            0
        } else {
            (self.last - self.first).saturating_add(1)
        };
        self.lost_before
            .saturating_add(expected.saturating_sub(self.seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(numbers: &[(&str, u64, i64)]) -> Sequence {
        let mut sequence = Sequence::default();
        for (boot, seq, at) in numbers {
            sequence.note(Some(boot), *seq, Timestamp(*at));
        }
        sequence
    }

    #[test]
    fn gaps_are_losses_until_they_fill() {
        assert_eq!(noted(&[("a", 5, 1), ("a", 9, 2)]).lost(), 3);
        assert_eq!(
            noted(&[("a", 5, 1), ("a", 9, 2), ("a", 7, 1), ("a", 6, 1), ("a", 8, 1)]).lost(),
            0
        );
        assert_eq!(
            noted(&[("a", 5, 1), ("a", 7, 2), ("b", 1, 3), ("b", 2, 4)]).lost(),
            1,
            "a restart keeps the old loss"
        );
    }

    #[test]
    fn only_a_number_that_goes_back_while_time_goes_on_is_wrong() {
        let sequence = noted(&[("a", 5, 10), ("a", 9, 20)]);
        assert!(sequence.contradicts(Some("a"), 6, Timestamp(21)));
        assert!(!sequence.contradicts(Some("a"), 6, Timestamp(12)), "out of order");
        assert!(!sequence.contradicts(Some("b"), 1, Timestamp(21)), "restarted");
        assert!(!sequence.contradicts(Some("a"), 10, Timestamp(21)));
        assert!(
            !sequence.contradicts(Some("a"), 9, Timestamp(21)),
            "did not go back"
        );
        assert!(
            !sequence.contradicts(Some("a"), 6, Timestamp(20)),
            "no time went by"
        );
    }
}
