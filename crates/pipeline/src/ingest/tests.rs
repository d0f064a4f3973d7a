//! What the door asks of the store.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::recover::recover;
use crate::world::World;
use std::sync::{Arc, OnceLock};
use throng_engine::Rules;
use throng_ports::{Checkpoint, CheckpointStore, Recovered};

/// A store that knows nothing, and looks at the door when it is asked.
#[derive(Default)]
struct Watching {
    door: OnceLock<Arc<Ingest>>,
    /// How many ids each question had, and whether another batch could have had the lock meanwhile.
    asked: Mutex<Vec<(usize, bool)>>,
}

impl CheckpointStore for Watching {
    fn recover(&self) -> Result<Option<Recovered>, Fault> {
        Ok(None)
    }

    fn commit(&self, _: Checkpoint) -> Result<(), Fault> {
        Ok(())
    }

    fn sync(&self) -> Result<(), Fault> {
        Ok(())
    }

    fn keep(&self, _: &str, _: &[u8]) -> Result<(), Fault> {
        Ok(())
    }

    fn kept(&self, _: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok(None)
    }

    fn known(&self, ids: &[EventId]) -> Result<Vec<Option<u64>>, Fault> {
        let free = self.door.get().unwrap().desk.try_lock().is_ok();
        self.asked.lock().unwrap().push((ids.len(), free));
        Ok(vec![None; ids.len()])
    }
}

#[tokio::test]
async fn others_go_on_while_the_store_is_asked_for_repeated_events() {
    let (world, store) = (World::new().await, Arc::new(Watching::default()));
    let ports = Ports {
        checkpoints: store.clone(),
        ..world.ports.clone()
    };
    let door = recover(ports, Rules::default(), IngestRules::default())
        .unwrap()
        .ingest;
    assert!(store.door.set(Arc::clone(&door)).is_ok());
    let repeated = |number| Item {
        id: Some(EventId::from_u128(number)),
        standing: Standing::Duplicate { in_flight: true },
    };
    door.desk().known.reserve(EventId::from_u128(1), 7);
    door.confirm_in_flight(&[repeated(1)]).unwrap();
    assert_eq!(
        *store.asked.lock().unwrap(),
        [],
        "it is still on its way, or just arrived"
    );
    let lost = door.confirm_in_flight(&[repeated(1), repeated(2), repeated(3)]);
    assert_eq!(lost.map_err(|fault| fault.code), Err(FaultCode::Unavailable));
    assert_eq!(
        *store.asked.lock().unwrap(),
        [(2, true)],
        "one question, without the lock"
    );
}
