//! The ids that are not in the store yet: on their way to the log, or in the log but after the last checkpoint.
//!
//! Ids leave only one checkpoint *after* the one that put them into the store. A batch that asked the store just
//! before that commit, and looks here just after it, therefore still finds them.

use std::collections::HashMap;
use throng_model::EventId;
use tokio::sync::watch;

/// An id that is taken.
#[derive(Clone, Debug)]
pub(crate) struct Reservation {
    /// Of the body it was taken with.
    pub fingerprint: u64,
    /// The batch whose record it is in, as long as nobody knows whether that will be durable.
    pub under_way: Option<UnderWay>,
}

/// Somebody else's batch that waits for the log.
#[derive(Clone, Debug)]
pub(crate) struct UnderWay {
    number: u64,
    settled: watch::Receiver<bool>,
}

impl UnderWay {
    /// Waits until the log has answered that batch and its ids are kept or given back. False where nobody will tell any more,
    /// because the process ends.
    pub async fn settled(mut self) -> bool {
        self.settled.wait_for(|settled| *settled).await.is_ok()
    }
}

/// A batch that takes ids.
#[derive(Debug)]
pub(crate) struct Batch {
    number: u64,
    settled: watch::Sender<bool>,
}

impl Batch {
    /// Whether an id is on its way in this batch itself.
    pub fn is(&self, under_way: &UnderWay) -> bool {
        self.number == under_way.number
    }
}

#[derive(Clone, Copy, Debug)]
struct Known {
    fingerprint: u64,
    /// The number of the batch it came with.
    batch: u64,
}

/// Of ids that were found in the log.
const LOGGED: u64 = 0;

/// Ids since the last checkpoint but one.
#[derive(Debug, Default)]
pub(crate) struct KnownIds {
    ids: HashMap<EventId, Known>,
    leaving: Vec<EventId>,
    epoch: u64,
    /// Batches the log has not answered yet: as many as there are requests at a time.
    under_way: HashMap<u64, watch::Receiver<bool>>,
    batches: u64,
}

impl KnownIds {
    /// Grows with each checkpoint.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Looks for an id.
    pub fn find(&self, id: &EventId) -> Option<Reservation> {
        let known = self.ids.get(id)?;
        let under_way = self.under_way.get(&known.batch);
        Some(Reservation {
            fingerprint: known.fingerprint,
            under_way: under_way.map(|settled| UnderWay {
                number: known.batch,
                settled: settled.clone(),
            }),
        })
    }

    /// Knows an id whose record is durable.
    pub fn remember(&mut self, id: EventId, fingerprint: u64) {
        let batch = LOGGED;
        self.ids.insert(id, Known { fingerprint, batch });
    }

    /// Begins a batch.
    pub fn begin(&mut self) -> Batch {
        self.batches += 1;
        let (sender, settled) = watch::channel(false);
        self.under_way.insert(self.batches, settled);
        Batch {
            number: self.batches,
            settled: sender,
        }
    }

    /// Takes an id for a batch.
    pub fn reserve(&mut self, id: EventId, fingerprint: u64, batch: &Batch) {
        let batch = batch.number;
        self.ids.insert(id, Known { fingerprint, batch });
    }

    /// Ends a batch that the log has answered; gives back the ids that did not reach it.
    pub fn settle(&mut self, batch: Batch, lost: &[EventId]) {
        for id in lost {
            self.ids.remove(id);
        }
        self.under_way.remove(&batch.number);
        batch.settled.send_replace(true);
    }

    /// These ids are in the store now.
    pub fn committed(&mut self, ids: Vec<EventId>) {
        for id in std::mem::replace(&mut self.leaving, ids) {
            self.ids.remove(&id);
        }
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const A: EventId = EventId::from_u128(1);
    const B: EventId = EventId::from_u128(2);

    #[test]
    fn ids_stay_for_one_more_checkpoint() {
        let mut known = KnownIds::default();
        known.remember(A, 7);
        known.committed(vec![A]);
        assert!(known.find(&A).is_some());
        known.remember(B, 8);
        known.committed(vec![B]);
        assert!(known.find(&A).is_none() && known.find(&B).is_some());
    }

    #[tokio::test]
    async fn who_repeats_an_id_waits_for_the_batch_that_took_it() {
        let mut known = KnownIds::default();
        let (kept, lost) = (known.begin(), known.begin());
        known.reserve(A, 7, &kept);
        known.reserve(B, 8, &lost);
        let [waits_for_a, waits_for_b] = [A, B].map(|id| known.find(&id).unwrap().under_way.unwrap());
        assert!(kept.is(&waits_for_a) && !kept.is(&waits_for_b));
        known.settle(kept, &[]);
        known.settle(lost, &[B]);
        assert!(waits_for_a.settled().await && waits_for_b.settled().await);
        let found = known.find(&A).unwrap();
        assert!(found.fingerprint == 7 && found.under_way.is_none());
        assert!(known.find(&B).is_none());
    }
}
