//! Counting everything again, where the numbers in the store can stay as they are no longer.

use crate::memory::StreamMemory;
use throng_model::Fault;
use throng_ports::{Checkpoint, CheckpointStore, Position};

/// Leaves a checkpoint in a new store from which the next start counts the whole log, whose first position is `start`. Of the
/// old store goes over what the log does not hold: how many events the doors turned away.
pub fn count_again(
    old: &dyn CheckpointStore,
    new: &dyn CheckpointStore,
    start: Position,
) -> Result<(), Fault> {
    let known = match old.recover()? {
        None => StreamMemory::default(),
        Some(recovered) => StreamMemory::decode(&recovered.state)?,
    };
    let memory = StreamMemory {
        duplicate: known.duplicate,
        quarantined: known.quarantined,
        ..StreamMemory::default()
    };
    new.commit(Checkpoint {
        position: start.0,
        state: memory.encode()?,
        ..Checkpoint::default()
    })?;
    new.sync()
}
