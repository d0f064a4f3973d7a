//! Waiting time in a queue: `W = L / throughput`, the length of the queue over how fast it is served.
//!
//! Unit: seconds. `L` is the length now (or its mean), the throughput is that of the last five to ten minutes: shorter and
//! one slow customer swings it, longer and a till that opened is not seen. Source: Little 1961.

use super::ratio;
use throng_model::time::SECOND;

/// Seconds until somebody who joins now is served, from people waiting and people served in so many microseconds.
///
/// Nobody waiting is no wait. People waiting and nobody served is none: the wait is long, but nobody knows how long.
pub fn wait(waiting: f64, served: u64, micros: i64) -> Option<f64> {
    if waiting <= 0.0 {
        return Some(0.0);
    }
    let by_second = ratio(served as f64, micros as f64 / SECOND as f64)?;
    ratio(waiting, by_second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::MINUTE;

    #[test]
    fn by_hand() {
        // Six people wait, ten were served in five minutes: one every 30 seconds.
        assert_eq!(wait(6.0, 10, 5 * MINUTE), Some(180.0));
    }

    #[test]
    fn nobody_waiting_and_nobody_served_are_not_the_same() {
        assert_eq!(wait(0.0, 0, 5 * MINUTE), Some(0.0));
        assert_eq!(wait(1.0, 0, 5 * MINUTE), None);
    }
}
