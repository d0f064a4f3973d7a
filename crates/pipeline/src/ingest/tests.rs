//! What the door asks of the store.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::recover::recover;
use crate::world::{START, World};
use std::sync::{Arc, OnceLock};
use throng_engine::Rules;
use throng_model::codec::encode_json;
use throng_ports::contract::poll_once;
use throng_ports::{Checkpoint, CheckpointStore, Recovered};
use throng_sim::trial::events;

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

    fn keep(&self, _: &str, _: &[&[u8]]) -> Result<(), Fault> {
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
    let on_its_way = door.desk().known.begin();
    let lost = door.desk().known.begin();
    let repeated = |number, batch: &Batch| {
        let id = EventId::from_u128(number);
        door.desk().known.reserve(id, 7, batch);
        Item {
            id: Some(id),
            standing: Standing::Duplicate(door.desk().known.find(&id).unwrap()),
            too_late: None,
        }
    };
    let arrives = [repeated(1, &on_its_way)];
    let are_lost = [repeated(2, &lost), repeated(3, &lost)];
    door.desk().known.settle(on_its_way, &[]);
    door.confirm_repeated(&arrives).await.unwrap();
    assert_eq!(*store.asked.lock().unwrap(), [], "it arrived just now");
    let ids: Vec<EventId> = are_lost.iter().filter_map(|item| item.id).collect();
    door.desk().known.settle(lost, &ids);
    let confirmed = door.confirm_repeated(&are_lost).await;
    assert_eq!(confirmed.map_err(|fault| fault.code), Err(FaultCode::Unavailable));
    assert_eq!(
        *store.asked.lock().unwrap(),
        [(2, true)],
        "one question, without the lock"
    );
}

/// The log answers who repeats an event before it answers who sent it: in the same group, the disk being full.
#[tokio::test]
async fn a_repeated_event_that_a_full_disk_refused_is_not_called_a_duplicate() {
    let world = World::new().await;
    let door = recover(world.ports.clone(), Rules::default(), IngestRules::default())
        .unwrap()
        .ingest;
    let text = encode_json(&events(1, START, 1)[0].0);
    let bodies = || vec![text.as_bytes()];
    world.disk.set_capacity(Some(world.disk.used()));
    world.disk.hold();
    let mut first = door.submit(&Sender::Operator, bodies());
    let mut again = door.submit(&Sender::Operator, bodies());
    assert!(poll_once(&mut first).is_none() && poll_once(&mut again).is_none());
    world.disk.release();
    world.ports.log.barrier().await.unwrap();
    assert_eq!(first.await.map_err(|fault| fault.code), Err(FaultCode::LogFull));
    assert_eq!(
        again.await.map_err(|fault| fault.code),
        Err(FaultCode::Unavailable)
    );
    world.disk.set_capacity(None);
    let receipt = door.submit(&Sender::Operator, bodies()).await.unwrap();
    assert_eq!(receipt.counts(), (1, 0, 0));
    let receipt = door
        .submit(&Sender::Operator, [bodies(), bodies()].concat())
        .await
        .unwrap();
    assert_eq!(receipt.counts(), (0, 2, 0));
}

/// Connections end while the log still writes: what the log then refuses was never there.
#[tokio::test]
async fn an_event_whose_sender_went_away_from_a_full_disk_is_taken_when_it_comes_again() {
    let world = World::new().await;
    let door = recover(world.ports.clone(), Rules::default(), IngestRules::default())
        .unwrap()
        .ingest;
    let text = encode_json(&events(1, START, 1)[0].0);
    let bodies = || vec![text.as_bytes()];
    world.disk.set_capacity(Some(world.disk.used()));
    world.disk.hold();
    let mut gone = door.submit(&Sender::Operator, bodies());
    assert!(poll_once(&mut gone).is_none());
    drop(gone);
    world.disk.release();
    world.ports.log.barrier().await.unwrap();
    // The answer to the batch came before that to the barrier; whoever hears it has his turn.
    tokio::task::yield_now().await;
    world.disk.set_capacity(None);
    let receipt = door.submit(&Sender::Operator, bodies()).await.unwrap();
    assert_eq!(receipt.counts(), (1, 0, 0));
}
