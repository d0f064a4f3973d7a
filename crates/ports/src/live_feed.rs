//! From the stream processor to everybody who watches.

use crate::Pending;
use std::sync::Arc;
use throng_model::live::{LiveUpdate, Now};
use throng_model::{Fault, PlaceId, Timestamp};

/// Spreads changes. Watching never slows counting down: a watcher that cannot keep up is told to start afresh.
pub trait LiveFeed: Send + Sync {
    /// Publishes changed scopes under the next sequence number. `throughput`: see [`LiveUpdate::throughput`].
    fn publish(&self, at: Timestamp, changed: Vec<Now>, throughput: Option<u64>);

    /// Publishes the present of every scope there is: what was published of others before is gone. Whoever watches takes a
    /// snapshot, as after missed updates.
    fn replace(&self, present: Vec<Now>);

    /// Takes note of how far the rows of places have come: what came up to then can be read in them. That is a checkpoint behind the
    /// present, and a moment longer. Nothing is published: it moves with every checkpoint, and no watcher asks for it.
    fn note_stored(&self, stored: Vec<(PlaceId, Timestamp)>);

    /// How far the rows of a place have come; none before the first, and of places that were not among those of the last
    /// [`replace`](Self::replace).
    fn stored(&self, place: &PlaceId) -> Option<Timestamp>;

    /// The sequence number a snapshot would be true for: as long as it stays, so does the present.
    fn seq(&self) -> u64;

    /// The latest present of every scope, between the sequence number it is true for and the throughput told last.
    fn snapshot(&self) -> (u64, Vec<Now>, Option<u64>);

    /// Watches from now on, or from after `since` where that is still kept. A subscription that starts with a gap
    /// says so with [`LiveSubscription::next`] returning `None` in place of an update.
    fn subscribe(&self, since: Option<u64>) -> Box<dyn LiveSubscription>;
}

/// One watcher.
pub trait LiveSubscription: Send {
    /// The next update. `Ok(None)`: updates were missed, take a snapshot and go on. Fails when the feed has ended.
    fn next(&mut self) -> Pending<'_, Result<Option<Arc<LiveUpdate>>, Fault>>;
}
