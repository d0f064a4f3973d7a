//! What a start asks of the log, and what it tells the doors.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::world::{START, World};
use std::sync::Mutex;
use throng_model::codec::{decode_json, encode_json};
use throng_model::event::Direction;
use throng_model::time::HOUR;
use throng_model::{EventBody, LineId, Scope};
use throng_ports::{Intake as _, Pending, Record, Sender};
use throng_sim::trial::events;

/// A log that keeps a note of where it was read from.
struct Watched {
    log: Arc<dyn EventLog>,
    read_from: Mutex<Vec<Position>>,
}

impl EventLog for Watched {
    fn append(&self, payload: Vec<u8>) -> Pending<'static, Result<Position, Fault>> {
        self.log.append(payload)
    }

    fn barrier(&self) -> Pending<'_, Result<(), Fault>> {
        self.log.barrier()
    }

    fn read(&self, from: Position, max_bytes: usize) -> Result<Vec<Record>, Fault> {
        self.read_from.lock().unwrap().push(from);
        self.log.read(from, max_bytes)
    }

    fn end(&self) -> Position {
        self.log.end()
    }

    fn beyond(&self, position: Position) -> Pending<'_, Result<(), Fault>> {
        self.log.beyond(position)
    }

    fn start(&self) -> Position {
        self.log.start()
    }

    fn trim(&self, position: Position) -> Result<(), Fault> {
        self.log.trim(position)
    }
}

/// Ids that are collected in a pass of their own, before the first checkpoint can take them over, are as many as the log has.
#[tokio::test]
async fn a_start_reads_the_log_once_and_the_doors_know_what_is_in_it() {
    let world = World::new().await;
    // Days ago, so that nothing of it is of the future; only what the doors let pass of every camera.
    let mut sent = events(3, START.plus(-10 * 24 * HOUR), 200);
    sent.retain(|(event, _)| matches!(event.body, EventBody::Beat));
    sent.truncate(20);
    for (event, _) in &mut sent {
        // As it comes in.
        *event = decode_json(&encode_json(event)).unwrap();
    }
    for part in sent.chunks(10) {
        world.append(part).await;
    }
    let log = Arc::new(Watched {
        log: world.ports.log.clone(),
        read_from: Mutex::default(),
    });
    let ports = Ports {
        log: log.clone(),
        ..world.ports.clone()
    };
    let plane = recover(ports, Rules::default(), IngestRules::default()).unwrap();
    let read_from = log.read_from.lock().unwrap().clone();
    assert_eq!(
        read_from,
        [log.start(), log.end()],
        "all of it, and that there is no more"
    );
    assert_eq!(plane.replayed, 20);
    let counters = plane.ingest.counters();
    assert_eq!((counters.received, counters.accepted), (20, 20));
    let texts: Vec<String> = sent.iter().map(|(event, _)| encode_json(event)).collect();
    let again = texts.iter().map(String::as_bytes).collect();
    let receipt = plane.ingest.submit(&Sender::Operator, again).await.unwrap();
    assert_eq!(receipt.counts(), (0, 20, 0), "{receipt:?}");
}

#[tokio::test]
async fn what_the_doors_turned_away_outlives_a_clean_stop() {
    let world = World::new().await;
    let start = || recover(world.ports.clone(), Rules::default(), IngestRules::default()).unwrap();
    let mut plane = start();
    let text = encode_json(&events(3, START, 1)[0].0);
    let submit = async |bodies| plane.ingest.submit(&Sender::Operator, bodies).await.unwrap();
    submit(vec![text.as_bytes()]).await;
    plane.stream.advance().unwrap();
    plane.stream.checkpoint().unwrap();
    // Nothing of this comes into the log.
    submit(vec![text.as_bytes(), b"no event".as_slice()]).await;
    let counted = plane.ingest.counters();
    assert_eq!((counted.duplicate, counted.quarantined), (1, 1));
    plane.stream.finish().unwrap();
    drop(plane);
    assert_eq!(start().ingest.counters(), counted);
}

/// The state does not know that a camera stands at a street: its rows do.
#[tokio::test]
async fn a_start_finds_again_where_nothing_is_measured_inside() {
    let world = World::new().await;
    let start = || recover(world.ports.clone(), Rules::default(), IngestRules::default()).unwrap();
    let mut sent = events(3, START, 2);
    for ((event, received), dir) in sent.iter_mut().zip([Direction::Unknown, Direction::In]) {
        event.body = EventBody::Line {
            line: LineId::new("main").unwrap(),
            dir,
            n: 1,
        };
        (event.at, *received) = (START, START);
    }
    let camera = Scope::Camera(sent[0].0.camera.clone());
    let measures_inside = || {
        let present = world.ports.feed.snapshot().1;
        let now = present.into_iter().find(|now| now.scope == camera);
        now.unwrap().measures_inside
    };
    sent[1].0.camera = sent[0].0.camera.clone();
    for (event, measured) in sent.iter().zip([false, true]) {
        world.append(std::slice::from_ref(event)).await;
        // Once from the log, and once from what the checkpoint before left.
        for replayed in [1, 0] {
            let mut plane = start();
            assert_eq!((plane.replayed, measures_inside()), (replayed, measured));
            plane.stream.finish().unwrap();
        }
    }
}
