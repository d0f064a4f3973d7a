//! From what is on disk to a running data plane. No step asks a person.
//!
//! The log has cut its torn tail when it was opened; the store stands at its last whole checkpoint. What the log holds
//! after that checkpoint is folded again, which gives the same rows as if nothing had happened; only then do the
//! doors open.

use crate::ingest::{Desk, Ingest, IngestRules, KnownIds};
use crate::memory::StreamMemory;
use crate::stream::Stream;
use std::collections::HashMap;
use std::sync::Arc;
use throng_engine::{Engine, Rules};
use throng_model::codec::decode_fingerprinted;
use throng_model::{Fault, FaultCode};
use throng_ports::{
    Catalog, CheckpointStore, Clock, CounterBoard, Counters, EventLog, LiveFeed, Position, Quarantine,
    Rollups,
};

/// Everything the data plane stands on.
#[derive(Clone)]
pub struct Ports {
    /// Accepted events.
    pub log: Arc<dyn EventLog>,
    /// Engine state, ids, rows: written.
    pub checkpoints: Arc<dyn CheckpointStore>,
    /// Rows: read. The same store as `checkpoints`.
    pub rollups: Arc<dyn Rollups>,
    /// Refused events.
    pub quarantine: Arc<dyn Quarantine>,
    /// The hierarchy.
    pub catalog: Arc<dyn Catalog>,
    /// Who watches.
    pub feed: Arc<dyn LiveFeed>,
    /// What counters did, for who asks.
    pub counters: Arc<dyn CounterBoard>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A recovered data plane.
pub struct DataPlane {
    /// The door.
    pub ingest: Arc<Ingest>,
    /// The stream; [`crate::run`] keeps it going.
    pub stream: Stream,
    /// How many events were folded again.
    pub replayed: u64,
}

/// How much of the log is read at once while folding again.
const READ_BYTES: usize = 4 << 20;

/// Builds the data plane from its last checkpoint and the log behind it.
pub fn recover(ports: Ports, rules: Rules, ingest_rules: IngestRules) -> Result<DataPlane, Fault> {
    let site = ports.catalog.site();
    let (memory, start) = match ports.checkpoints.recover()? {
        None => (StreamMemory::default(), ports.log.start()),
        Some(recovered) => (
            StreamMemory::decode(&recovered.state)?,
            Position(recovered.position),
        ),
    };
    if start > ports.log.end() {
        let detail = format!(
            "the store knows position {start}, the event log ends at {}: they are not of one data folder",
            ports.log.end()
        );
        return Err(Fault::new(FaultCode::LogDamaged, detail));
    }
    let mut engine = match memory.engine.as_slice() {
        [] => Engine::new(&site, rules),
        bytes => Engine::restore(&site, rules, bytes)?,
    };
    // The doors check sequences in the order of arrival, which is the order of the log: the engine's own notes, taken
    // to the log's end, are what the doors knew.
    let (mut known, mut sequences) = (KnownIds::default(), HashMap::new());
    for (camera, source) in engine.sources() {
        sequences.insert(camera.clone(), source.sequence.clone());
    }
    let (mut position, mut replayed) = (start, 0);
    loop {
        let records = ports.log.read(position, READ_BYTES)?;
        if records.is_empty() {
            break;
        }
        for record in records {
            for (logged, fingerprint) in decode_fingerprinted(&record.payload)? {
                let event = &logged.event;
                known.remember(event.id, fingerprint);
                if let Some(seq) = event.seq {
                    sequences.entry(event.camera.clone()).or_default().note(
                        event.boot.as_deref(),
                        seq,
                        event.at,
                    );
                }
                replayed += 1;
            }
            position = record.position.next();
        }
    }
    let counters = Counters {
        received: memory.logged + replayed + memory.duplicate + memory.quarantined,
        accepted: memory.logged + replayed,
        duplicate: memory.duplicate,
        quarantined: memory.quarantined,
    };
    engine.take_changed();
    let ingest = Arc::new(Ingest::new(
        ports.clone(),
        ingest_rules,
        Desk { known, sequences },
        counters,
    ));
    let mut stream = Stream::new(ports, Arc::clone(&ingest), engine, site, start, memory.logged)?;
    while stream.advance()? {}
    stream.checkpoint()?;
    stream.publish_all();
    Ok(DataPlane {
        ingest,
        stream,
        replayed,
    })
}
