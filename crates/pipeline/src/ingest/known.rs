//! The ids that are not in the store yet: on their way to the log, or in the log but after the last checkpoint.
//!
//! Ids leave only one checkpoint *after* the one that put them into the store. A batch that asked the store just
//! before that commit, and looks here just after it, therefore still finds them.

use std::collections::HashMap;
use throng_model::EventId;

/// An id that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reservation {
    /// Of the body it was taken with.
    pub fingerprint: u64,
    /// Whether its record may not be durable yet: who repeats it must wait for the log.
    pub in_flight: bool,
}

/// Ids since the last checkpoint but one.
#[derive(Debug, Default)]
pub(crate) struct KnownIds {
    fingerprints: HashMap<EventId, u64>,
    leaving: Vec<EventId>,
    epoch: u64,
}

impl KnownIds {
    /// Grows with each checkpoint.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Looks for an id.
    pub fn find(&self, id: &EventId) -> Option<Reservation> {
        self.fingerprints.get(id).map(|fingerprint| Reservation {
            fingerprint: *fingerprint,
            in_flight: true,
        })
    }

    /// Takes an id.
    pub fn reserve(&mut self, id: EventId, fingerprint: u64) {
        self.fingerprints.insert(id, fingerprint);
    }

    /// Gives ids back that did not reach the log.
    pub fn take_back(&mut self, ids: &[EventId]) {
        for id in ids {
            self.fingerprints.remove(id);
        }
    }

    /// These ids are in the store now.
    pub fn committed(&mut self, ids: Vec<EventId>) {
        for id in std::mem::replace(&mut self.leaving, ids) {
            self.fingerprints.remove(&id);
        }
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_for_one_more_checkpoint() {
        let (a, b) = (EventId::from_u128(1), EventId::from_u128(2));
        let mut known = KnownIds::default();
        known.reserve(a, 7);
        known.committed(vec![a]);
        assert!(known.find(&a).is_some());
        known.reserve(b, 8);
        known.committed(vec![b]);
        assert!(known.find(&a).is_none() && known.find(&b).is_some());
        known.take_back(&[b]);
        assert!(known.find(&b).is_none());
    }
}
