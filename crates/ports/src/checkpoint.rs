//! Where the stream processor keeps what it must not forget.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_model::row::{Row, RowKey};
use throng_model::{EventId, Fault};

/// Everything that becomes true together. Either all of it is in the store afterwards, or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// The first position of the event log that is not yet part of the state.
    pub position: u64,
    /// The engine's state, opaque, versioned by itself.
    pub state: Vec<u8>,
    /// Rows that changed, each as a whole.
    pub rows: Vec<(RowKey, Arc<Row>)>,
    /// Ids accepted since the last checkpoint, with the fingerprint of their bodies.
    pub ids: Vec<(EventId, u64)>,
}

/// What the last checkpoint left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// See [`Checkpoint::position`].
    pub position: u64,
    /// See [`Checkpoint::state`].
    pub state: Vec<u8>,
}

/// A store with atomic checkpoints.
pub trait CheckpointStore: Send + Sync {
    /// The last committed checkpoint; none in a new store.
    fn recover(&self) -> Result<Option<Recovered>, Fault>;

    /// Commits atomically. Visible to readers at once; survives a crash of the process. Survives a power cut only
    /// after [`Self::sync`]: until then a restart may find an earlier checkpoint, but always a whole one.
    fn commit(&self, checkpoint: Checkpoint) -> Result<(), Fault>;

    /// Makes every commit so far survive a power cut.
    fn sync(&self) -> Result<(), Fault>;

    /// Keeps a state of its own beside the checkpoints, in place of the one kept under this name before. On the disk when
    /// this returns, whole or not at all. Handed over in parts, one behind the other, so that nobody has to put a large state
    /// together in memory.
    fn keep(&self, name: &str, state: &[&[u8]]) -> Result<(), Fault>;

    /// The state last kept under a name; none where none was.
    fn kept(&self, name: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// The fingerprint under which an id was accepted, for each id asked about, in the same order.
    fn known(&self, ids: &[EventId]) -> Result<Vec<Option<u64>>, Fault>;
}
