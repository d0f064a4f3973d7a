//! Sequence numbers: what was lost, and which numbers cannot be right.

use serde::{Deserialize, Serialize};
use throng_model::Timestamp;
use throng_model::time::MINUTE;

/// How much further than any before it the time of a number that went back must be to contradict, microseconds. Ways differ by
/// seconds; a counter that began anew goes on for longer.
const SLACK: i64 = MINUTE;

/// The numbering of one run (boot) of one producer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    boot: Option<Box<str>>,
    first: u64,
    last: u64,
    /// The furthest time any number of this run came with.
    furthest: Timestamp,
    seen: u64,
    lost_before: u64,
}

impl Sequence {
    /// Whether this number contradicts what was heard: time went on, yet the number went back, in the same run.
    /// A number that went back together with its time is only out of order, and so is one whose time is hardly further than
    /// any before: a device that sends on several ways does not number in the order of time to the second.
    pub fn contradicts(&self, boot: Option<&str>, seq: u64, at: Timestamp) -> bool {
        let is_known = self.seen > 0 && self.boot.as_deref() == boot;
        is_known && seq < self.last && at.since(self.furthest) > SLACK
    }

    /// Takes note of a number.
    pub fn note(&mut self, boot: Option<&str>, seq: u64, at: Timestamp) {
        if self.seen == 0 || self.boot.as_deref() != boot {
            let lost_before = self.lost();
            *self = Self {
                boot: boot.map(Box::from),
                first: seq,
                last: seq,
                furthest: at,
                seen: 1,
                lost_before,
            };
            return;
        }
        self.seen += 1;
        self.first = self.first.min(seq);
        self.last = self.last.max(seq);
        self.furthest = self.furthest.max(at);
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
    use throng_model::time::SECOND;

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
        let far = Timestamp(20 + MINUTE + 1);
        assert!(sequence.contradicts(Some("a"), 6, far));
        assert!(!sequence.contradicts(Some("a"), 6, Timestamp(12)), "out of order");
        assert!(!sequence.contradicts(Some("b"), 1, far), "restarted");
        assert!(!sequence.contradicts(Some("a"), 10, far));
        assert!(!sequence.contradicts(Some("a"), 9, far), "did not go back");
        let hardly = Timestamp(20 + MINUTE);
        assert!(!sequence.contradicts(Some("a"), 6, hardly), "hardly went on");
    }

    #[test]
    fn no_order_of_arrival_makes_a_good_number_wrong() {
        // Numbered in the order they were sent, which for windows and crossings is not quite that of their times.
        let sent = [(1, 100), (2, 30), (3, 90), (4, 60)];
        for first in 0..sent.len() {
            let mut sequence = Sequence::default();
            let (before, after) = sent.split_at(first);
            for (seq, at) in after.iter().chain(before) {
                let at = Timestamp(*at * SECOND);
                assert!(
                    !sequence.contradicts(None, *seq, at),
                    "{seq} after {first} others"
                );
                sequence.note(None, *seq, at);
            }
        }
    }

    #[test]
    fn the_furthest_time_of_a_run_counts_not_that_of_its_highest_number() {
        let sequence = noted(&[("a", 1, 10 * MINUTE), ("a", 9, 20)]);
        assert!(!sequence.contradicts(Some("a"), 6, Timestamp(10 * MINUTE)));
    }
}
