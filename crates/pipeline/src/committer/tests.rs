//! A store that takes its time delays neither the counting nor the doors; one that fails ends both.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::recover::{DataPlane, Ports, recover};
use crate::world::{START, World};
use crate::{IngestRules, Stream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use throng_engine::Rules;
use throng_model::{EventId, Fault, FaultCode};
use throng_ports::{Checkpoint, CheckpointStore, Intake as _, Recovered};

/// A store whose commits wait until a test lets them pass.
struct Gated {
    store: Arc<dyn CheckpointStore>,
    passes: Mutex<Receiver<Result<(), Fault>>>,
}

impl CheckpointStore for Gated {
    fn recover(&self) -> Result<Option<Recovered>, Fault> {
        self.store.recover()
    }

    fn commit(&self, checkpoint: Checkpoint) -> Result<(), Fault> {
        self.passes.lock().unwrap().recv().unwrap()?;
        self.store.commit(checkpoint)
    }

    fn sync(&self) -> Result<(), Fault> {
        self.store.sync()
    }

    fn keep(&self, name: &str, state: &[&[u8]]) -> Result<(), Fault> {
        self.store.keep(name, state)
    }

    fn kept(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.store.kept(name)
    }

    fn known(&self, ids: &[EventId]) -> Result<Vec<Option<u64>>, Fault> {
        self.store.known(ids)
    }
}

fn gated(world: &World) -> (Ports, DataPlane, Sender<Result<(), Fault>>) {
    let (pass, passes) = channel();
    let checkpoints = Arc::new(Gated {
        store: Arc::clone(&world.ports.checkpoints),
        passes: Mutex::new(passes),
    });
    let ports = Ports {
        checkpoints,
        ..world.ports.clone()
    };
    let plane = recover(ports.clone(), Rules::default(), IngestRules::default()).unwrap();
    (ports, plane, pass)
}

/// Somebody goes in at the camera "street" just before noon.
fn crossing(number: u8) -> String {
    let at = START.plus(i64::from(number) - 1_000_000);
    format!(
        r#"{{"v":1,"id":"019d371a-d328-7abc-8def-0000000000{number:02x}","type":"line","cam":"street","boot":"b","seq":{number},"t":"{at}","data":{{"line":"main","dir":"in","n":1}}}}"#
    )
}

async fn send(plane: &DataPlane, number: u8) -> (usize, usize, usize) {
    let (text, sender) = (crossing(number), throng_ports::Sender::Operator);
    let receipt = plane.ingest.submit(&sender, vec![text.as_bytes()]).await.unwrap();
    receipt.counts()
}

fn fold(stream: &mut Stream) {
    while stream.advance().unwrap() {}
}

fn committed(ports: &Ports) -> Option<u64> {
    ports.checkpoints.recover().unwrap().map(|found| found.position)
}

#[tokio::test(flavor = "multi_thread")]
async fn counting_and_doors_go_on_while_a_checkpoint_is_on_its_way() {
    let world = World::new().await;
    let (ports, mut plane, pass) = gated(&world);
    assert_eq!(send(&plane, 1).await, (1, 0, 0));
    fold(&mut plane.stream);
    plane.stream.checkpoint_if_free().unwrap();
    assert_eq!(committed(&ports), None, "it waits at the gate");

    assert_eq!(
        send(&plane, 1).await,
        (0, 1, 0),
        "known although no store knows it yet"
    );
    assert_eq!(send(&plane, 2).await, (1, 0, 0));
    fold(&mut plane.stream);
    plane.stream.checkpoint_if_free().unwrap();
    let (_, shown, _) = ports.feed.snapshot();
    assert!(shown.iter().any(|now| now.in_today == 2), "{shown:?}");

    pass.send(Ok(())).unwrap();
    plane.stream.settle().unwrap();
    let first = committed(&ports);
    assert!(first.is_some() && first < Some(plane.stream.position().0));
    pass.send(Ok(())).unwrap();
    plane.stream.checkpoint().unwrap();
    assert_eq!(committed(&ports), Some(plane.stream.position().0));
    assert_eq!(send(&plane, 1).await, (0, 1, 0));
    assert_eq!(send(&plane, 2).await, (0, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_is_told_and_gets_nothing_more() {
    let world = World::new().await;
    let (ports, mut plane, pass) = gated(&world);
    send(&plane, 1).await;
    fold(&mut plane.stream);
    plane.stream.checkpoint_if_free().unwrap();
    pass.send(Err(Fault::new(FaultCode::StoreIo, "no space left")))
        .unwrap();
    assert_eq!(plane.stream.settle().unwrap_err().code, FaultCode::StoreIo);
    send(&plane, 2).await;
    fold(&mut plane.stream);
    assert!(plane.stream.checkpoint().is_err());
    assert_eq!(committed(&ports), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_handed_in_is_in_the_store_when_the_stream_is_gone() {
    let world = World::new().await;
    let (ports, mut plane, pass) = gated(&world);
    send(&plane, 1).await;
    fold(&mut plane.stream);
    let position = plane.stream.position().0;
    pass.send(Ok(())).unwrap();
    plane.stream.checkpoint_if_free().unwrap();
    drop(plane.stream);
    assert_eq!(committed(&ports), Some(position));
}
