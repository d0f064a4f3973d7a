//! What is remembered of a camera's minutes once their rows have left the desk.
//!
//! Coverage looks as far back as a camera may be silent, twice: six hours of minutes where it promises to say something every hour.
//! It asks two small facts of each, where the row is a thousand times their size.

use throng_model::Timestamp;
use throng_model::row::Row;

/// What coverage asks of a camera's minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PastMinute {
    pub start: Timestamp,
    /// See [`throng_model::row::MinuteFacts::contacts`].
    pub contacts: u8,
    /// In how many of its panes the camera was observed.
    pub observed: u32,
}

impl PastMinute {
    pub fn of(start: Timestamp, row: &Row) -> Self {
        Self {
            start,
            contacts: row.minute.contacts,
            observed: u32::try_from(row.observed).unwrap_or(u32::MAX),
        }
    }
}

/// The minutes of one camera whose rows are not at hand, ascending.
#[derive(Default)]
pub(super) struct Past {
    minutes: Vec<PastMinute>,
    /// Every row that starts here or later is remembered, is at hand, or is not there. None: nothing is remembered.
    pub complete_from: Option<Timestamp>,
}

impl Past {
    /// Remembers a minute as it is now.
    pub fn put(&mut self, minute: PastMinute) {
        match self
            .minutes
            .binary_search_by_key(&minute.start, |known| known.start)
        {
            Ok(found) => {
                if let Some(known) = self.minutes.get_mut(found) {
                    *known = minute;
                }
            }
            Err(place) => self.minutes.insert(place, minute),
        }
    }

    /// The minutes from one moment up to another.
    pub fn between(&self, start: Timestamp, end: Timestamp) -> &[PastMinute] {
        let from = self.minutes.partition_point(|minute| minute.start < start);
        let to = self.minutes.partition_point(|minute| minute.start < end);
        self.minutes.get(from..to).unwrap_or_default()
    }

    /// Ends a flush: remembers what leaves the desk, on which every row from `complete_from` on was, and forgets all but the
    /// newest minutes.
    pub fn take(
        &mut self,
        leaving: impl Iterator<Item = PastMinute>,
        complete_from: Option<Timestamp>,
        kept: usize,
    ) {
        if kept == 0 {
            // What is read again is not remembered either: nobody would say when it changes.
            *self = Self::default();
            return;
        }
        leaving.for_each(|minute| self.put(minute));
        self.complete_from = self.complete_from.into_iter().chain(complete_from).min();
        let old = self.minutes.len().saturating_sub(kept);
        if old > 0 {
            let oldest = self.minutes.get(old).map(|minute| minute.start);
            self.complete_from = self.complete_from.max(oldest);
            self.minutes.drain(..old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(start: i64) -> PastMinute {
        let (start, contacts, observed) = (Timestamp(start), 1, 6);
        PastMinute {
            start,
            contacts,
            observed,
        }
    }

    #[test]
    fn the_newest_minutes_stay_and_it_is_known_from_when_on_they_are_all() {
        let mut past = Past::default();
        past.take([3, 1, 2].map(minute).into_iter(), Some(Timestamp(1)), 3);
        assert_eq!(past.between(Timestamp(1), Timestamp(3)), [1, 2].map(minute));
        assert_eq!(past.complete_from, Some(Timestamp(1)));
        past.take([minute(4)].into_iter(), Some(Timestamp(4)), 2);
        assert_eq!(past.between(Timestamp(0), Timestamp(9)), [3, 4].map(minute));
        assert_eq!(past.complete_from, Some(Timestamp(3)));
        past.take([minute(5)].into_iter(), Some(Timestamp(5)), 0);
        assert_eq!(past.between(Timestamp(0), Timestamp(9)), []);
        assert_eq!(past.complete_from, None);
    }
}
