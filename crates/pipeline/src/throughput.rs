//! Events per second over the last ten seconds.

use std::collections::VecDeque;
use throng_model::Timestamp;
use throng_model::time::SECOND;

const SECONDS: i64 = 10;

/// A sliding count. Until it has counted for as long as it tells of, nothing is told: right after a start, the few seconds there are
/// would look like ten in which hardly anybody came.
#[derive(Debug, Default)]
pub(crate) struct Throughput {
    /// From when on every event was counted.
    since: Option<Timestamp>,
    /// (second, events), ascending.
    seconds: VecDeque<(i64, u64)>,
}

impl Throughput {
    /// Counts from now on.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.since = Some(now);
        self.seconds.clear();
    }

    /// Counts events at this moment. Before it [began](Self::begin) they are those that are folded again, at whatever speed: they
    /// came long ago.
    pub(crate) fn count(&mut self, now: Timestamp, events: u64) {
        if self.since.is_none() {
            return;
        }
        let second = now.0.div_euclid(SECOND);
        match self.seconds.back_mut() {
            // A clock that jumps back must not break the order: such events count for the newest second.
            Some(last) if last.0 >= second => last.1 += events,
            _ => self.seconds.push_back((second, events)),
        }
        self.forget(now);
    }

    /// The mean over the last ten seconds, rounded to whole events; none before so many have passed.
    pub(crate) fn per_second(&mut self, now: Timestamp) -> Option<u64> {
        // A clock that was set back has not measured for hours to come.
        self.since = self.since.map(|since| since.min(now));
        if now.since(self.since?) < SECONDS * SECOND {
            return None;
        }
        self.forget(now);
        let events: u64 = self.seconds.iter().map(|second| second.1).sum();
        Some((events + SECONDS as u64 / 2) / SECONDS as u64)
    }

    fn forget(&mut self, now: Timestamp) {
        let oldest = now.0.div_euclid(SECOND) - SECONDS;
        while self.seconds.front().is_some_and(|second| second.0 <= oldest) {
            self.seconds.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp(second * SECOND)
    }

    #[test]
    fn counts_the_last_ten_seconds() {
        let mut throughput = Throughput::default();
        throughput.begin(at(-10));
        throughput.count(at(0), 100);
        throughput.count(at(5), 50);
        throughput.count(at(4), 50);
        assert_eq!(throughput.per_second(at(5)), Some(20));
        assert_eq!(throughput.per_second(at(12)), Some(10));
        assert_eq!(throughput.per_second(at(60)), Some(0));
    }

    #[test]
    fn nothing_is_told_before_ten_seconds_were_counted() {
        let mut throughput = Throughput::default();
        throughput.count(at(0), 1_000_000);
        assert_eq!(throughput.per_second(at(20)), None, "it has not begun");
        throughput.begin(at(20));
        throughput.count(at(21), 70);
        assert_eq!(throughput.per_second(at(29)), None);
        assert_eq!(throughput.per_second(at(30)), Some(7), "and nothing of before");
        assert_eq!(throughput.per_second(at(-3_600)), None, "the clock was set back");
        assert_eq!(throughput.per_second(at(-3_590)), Some(7), "not for an hour");
    }
}
