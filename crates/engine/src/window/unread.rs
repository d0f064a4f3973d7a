//! What the counters of a camera said and nobody has read yet.
//!
//! Readings that come within the disorder are read in the order of their time, so that nobody has to be moved. How many wait is
//! bounded: a sender that says thousands of things of one moment makes the process neither hold them nor look through
//! them with each event.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::VecDeque;
use throng_model::{Event, Timestamp};

/// So many wait for the watermark; of more the earliest are read before their time, and what comes before these is late. In the
/// five seconds of the disorder a counter says a handful of things.
const UNREAD_MAX: usize = 1_024;

/// Readings and resets that the watermark of their camera has not passed: by time, those of one moment in the order of the log.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Unread(VecDeque<Event>);

impl Unread {
    /// Adds one.
    pub fn push(&mut self, event: Event) {
        let place = self.0.partition_point(|known| known.at <= event.at);
        self.0.insert(place, event);
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes out the next one that is to be read; none while all may wait.
    pub fn next(&mut self, watermark: Timestamp) -> Option<Event> {
        let is_due = self.0.front()?.at <= watermark || self.0.len() > UNREAD_MAX;
        is_due.then(|| self.0.pop_front()).flatten()
    }
}

impl<'de> Deserialize<'de> for Unread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // In states written before there was a bound they stand in the order of the log.
        let mut events = Vec::deserialize(deserializer)?;
        events.sort_by_key(|event: &Event| event.at);
        Ok(Self(events.into()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use throng_model::{EventBody, EventId};

    fn said(number: u128, at: i64) -> Event {
        Event {
            id: EventId::from_u128(number),
            camera: "door".parse().unwrap(),
            boot: None,
            seq: None,
            at: Timestamp(at),
            sent: None,
            confidence: None,
            body: EventBody::Beat,
            rest: Box::default(),
        }
    }

    fn read(unread: &mut Unread, watermark: i64) -> Vec<u128> {
        std::iter::from_fn(|| unread.next(Timestamp(watermark)))
            .map(|event| event.id.as_u128())
            .collect()
    }

    #[test]
    fn they_are_read_by_time_and_then_by_the_log_when_the_watermark_passes() {
        let mut unread = Unread::default();
        for (number, at) in [(1, 20), (2, 10), (3, 20), (4, 10), (5, 30)] {
            unread.push(said(number, at));
        }
        assert!(read(&mut unread, 9).is_empty());
        assert_eq!(read(&mut unread, 20), [2, 4, 1, 3]);
        assert!(!unread.is_empty());
        assert_eq!(read(&mut unread, 30), [5]);
        assert!(unread.is_empty());
    }

    #[test]
    fn of_too_many_the_earliest_are_read_before_their_time() {
        let mut unread = Unread::default();
        let mut early = Vec::new();
        for number in 0..3 * UNREAD_MAX as u128 {
            unread.push(said(number, 100 - (number % 2) as i64));
            early.extend(read(&mut unread, 0));
        }
        assert_eq!(unread.0.len(), UNREAD_MAX);
        assert_eq!(early.len(), 2 * UNREAD_MAX);
        assert_eq!(early[..3], [1, 3, 5], "those of 99 first");
    }

    #[test]
    fn states_in_the_order_of_the_log_are_read_in_the_order_of_time() {
        let kept = postcard::to_stdvec(&vec![said(1, 20), said(2, 10), said(3, 20)]).unwrap();
        let mut unread: Unread = postcard::from_bytes(&kept).unwrap();
        assert_eq!(read(&mut unread, 20), [2, 1, 3]);
    }
}
