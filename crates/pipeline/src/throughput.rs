//! Events per second over the last ten seconds.

use std::collections::VecDeque;
use throng_model::Timestamp;
use throng_model::time::SECOND;

const SECONDS: i64 = 10;

/// A sliding count.
#[derive(Debug, Default)]
pub(crate) struct Throughput {
    /// (second, events), ascending.
    seconds: VecDeque<(i64, u64)>,
}

impl Throughput {
    /// Counts events at this moment.
    pub(crate) fn count(&mut self, now: Timestamp, events: u64) {
        let second = now.0.div_euclid(SECOND);
        match self.seconds.back_mut() {
            // A clock that jumps back must not break the order: such events count for the newest second.
            Some(last) if last.0 >= second => last.1 += events,
            _ => self.seconds.push_back((second, events)),
        }
        self.forget(now);
    }

    /// The mean over the last ten seconds, rounded to whole events.
    pub(crate) fn per_second(&mut self, now: Timestamp) -> u64 {
        self.forget(now);
        let events: u64 = self.seconds.iter().map(|second| second.1).sum();
        (events + SECONDS as u64 / 2) / SECONDS as u64
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

    #[test]
    fn counts_the_last_ten_seconds() {
        let mut throughput = Throughput::default();
        throughput.count(Timestamp(0), 100);
        throughput.count(Timestamp(5 * SECOND), 50);
        throughput.count(Timestamp(4 * SECOND), 50);
        assert_eq!(throughput.per_second(Timestamp(5 * SECOND)), 20);
        assert_eq!(throughput.per_second(Timestamp(12 * SECOND)), 10);
        assert_eq!(throughput.per_second(Timestamp(60 * SECOND)), 0);
    }
}
