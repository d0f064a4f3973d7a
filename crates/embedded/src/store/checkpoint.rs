//! Checkpoints in, and what they left out again.

use super::fault::failed;
use super::{Store, keys, values};
use fjall::{PersistMode, Readable};
use throng_model::{EventId, Fault};
use throng_ports::{Checkpoint, CheckpointStore, Recovered};

impl CheckpointStore for Store {
    fn recover(&self) -> Result<Option<Recovered>, Fault> {
        let value = self
            .database
            .snapshot()
            .get(&self.meta, keys::CHECKPOINT)
            .map_err(|error| failed("reading the checkpoint", error))?;
        value.as_deref().map(values::decode_checkpoint).transpose()
    }

    fn commit(&self, checkpoint: Checkpoint) -> Result<(), Fault> {
        let Checkpoint {
            position,
            state,
            rows,
            ids,
        } = checkpoint;
        let mut batch = self.database.batch().durability(Some(PersistMode::Buffer));
        let mut value = Vec::new();
        for (key, row) in &rows {
            values::encode_row(row, &mut value)?;
            batch.insert(&self.rows, keys::row(key), value.as_slice());
        }
        for (id, fingerprint) in &ids {
            batch.insert(&self.ids, *id.as_bytes(), fingerprint.to_be_bytes());
        }
        batch.insert(
            &self.meta,
            keys::CHECKPOINT,
            values::encode_checkpoint(position, &state),
        );
        batch
            .commit()
            .map_err(|error| failed(format_args!("committing the checkpoint at {position}"), error))
    }

    fn sync(&self) -> Result<(), Fault> {
        self.database
            .persist(PersistMode::SyncAll)
            .map_err(|error| failed("syncing the store", error))
    }

    fn keep(&self, name: &str, state: &[&[u8]]) -> Result<(), Fault> {
        self.keep_file(name, state)
    }

    fn kept(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.kept_file(name)
    }

    fn known(&self, ids: &[EventId]) -> Result<Vec<Option<u64>>, Fault> {
        let snapshot = self.database.snapshot();
        // Neighbours share memory, filters and blocks: in order, a batch touches each of them once.
        let mut order: Vec<(&EventId, usize)> = ids.iter().zip(0..).collect();
        order.sort_unstable();
        let mut known = vec![None; ids.len()];
        for (id, place) in order {
            let value = snapshot
                .get(&self.ids, id.as_bytes())
                .map_err(|error| failed(format_args!("looking for event {id}"), error))?;
            if let (Some(value), Some(answer)) = (value, known.get_mut(place)) {
                *answer = Some(values::decode_fingerprint(id.as_bytes(), &value)?);
            }
        }
        Ok(known)
    }
}
