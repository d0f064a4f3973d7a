//! From what is on disk to a running data plane. No step asks a person.
//!
//! The log has cut its torn tail when it was opened; the store stands at its last whole checkpoint. What the log holds
//! after that checkpoint is folded again, which gives the same rows as if nothing had happened; only then do the
//! doors open. That may be the whole log: it is read once, and checkpoints are made on the way, so that memory does not
//! grow with it (I-10).

#[cfg(test)]
mod tests;

use crate::facts::Facts;
use crate::ingest::{Ingest, IngestRules};
use crate::memory::StreamMemory;
use crate::stream::Stream;
use std::sync::Arc;
use throng_engine::{Engine, Rules};
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
    engine.find_first_told(&Facts(&*ports.rollups))?;
    engine.find_inside(&Facts(&*ports.rollups))?;
    let counters = Counters {
        received: memory.logged + memory.duplicate + memory.quarantined,
        accepted: memory.logged,
        duplicate: memory.duplicate,
        quarantined: memory.quarantined,
    };
    let ingest = Arc::new(Ingest::new(ports.clone(), ingest_rules, rules, counters));
    let mut stream = Stream::new(ports, Arc::clone(&ingest), engine, site, start, memory.logged)?;
    let replayed = stream.fold_again()?;
    stream.checkpoint()?;
    stream.publish_all();
    Ok(DataPlane {
        ingest,
        stream,
        replayed,
    })
}
