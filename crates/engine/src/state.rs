//! The engine's memory as bytes: what a checkpoint keeps beside the rows.
//!
//! Names, not numbers, so that the hierarchy may change between two starts.

use crate::engine::{Counts, Engine, ScopeMemory};
use crate::levels::{Marks, Tail};
use crate::present::PresentOfVersion3;
use crate::rules::Rules;
use crate::seal;
use crate::source::{Source, SourceOfVersion1, SourceOfVersion2};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use throng_model::site::Site;
use throng_model::{CameraId, Fault, Scope, Timestamp};

/// The version byte of what this build writes. Older ones stay readable.
///
/// 2 has cumulative counters, 3 counted windows, 4 tells the time of a scope from its latest event, 5 knows the first reading of a
/// counter that forgot some; what 4 says reads the same.
const VERSION: u8 = 5;

#[derive(Serialize, Deserialize)]
struct Memory<S, M> {
    counts: Counts,
    sources: Vec<(CameraId, S)>,
    scopes: Vec<(Scope, M)>,
}

/// A scope as it stood up to version 3.
#[derive(Deserialize)]
struct ScopeOfVersion3 {
    present: PresentOfVersion3,
    tail: Option<Tail>,
    frontier: Option<Timestamp>,
}

impl From<ScopeOfVersion3> for ScopeMemory {
    fn from(scope: ScopeOfVersion3) -> Self {
        Self {
            present: scope.present.into(),
            tail: scope.tail,
            marks: Marks::default(),
            frontier: scope.frontier,
        }
    }
}

impl<S: Into<Source>> Memory<S, ScopeOfVersion3> {
    fn into_newest(self) -> Memory<Source, ScopeMemory> {
        let (sources, scopes) = (self.sources.into_iter(), self.scopes.into_iter());
        Memory {
            counts: self.counts,
            sources: sources.map(|(camera, source)| (camera, source.into())).collect(),
            scopes: scopes.map(|(scope, memory)| (scope, memory.into())).collect(),
        }
    }
}

impl Engine {
    /// The memory of an engine whose changes have all been flushed. Scopes and cameras that were never heard of take no room.
    pub fn save(&self) -> Result<Vec<u8>, Fault> {
        debug_assert!(self.is_flushed(), "changes that are in no row would be lost");
        let cameras = self
            .directory
            .cameras
            .iter()
            .map(|camera| camera.id.clone())
            .zip(self.sources.iter().cloned());
        let scopes = self
            .directory
            .scopes
            .iter()
            .map(|entry| entry.scope.clone())
            .zip(self.scopes.iter().cloned());
        let memory = Memory {
            counts: self.counts,
            sources: cameras.filter(|(_, source)| source.latest.is_some()).collect(),
            scopes: scopes
                .filter(|(_, memory)| memory.present.latest.is_some())
                .collect(),
        };
        seal::seal("the engine", VERSION, &memory)
    }

    /// An engine that goes on where the saved one stopped.
    pub fn restore(site: &Site, rules: Rules, bytes: &[u8]) -> Result<Self, Fault> {
        let (version, body) = seal::unseal("the engine", VERSION, bytes)?;
        let memory: Memory<Source, ScopeMemory> = match version {
            1 => seal::decode::<Memory<SourceOfVersion1, _>>("the engine", body)?.into_newest(),
            2 => seal::decode::<Memory<SourceOfVersion2, _>>("the engine", body)?.into_newest(),
            3 => seal::decode::<Memory<Source, _>>("the engine", body)?.into_newest(),
            _ => seal::decode("the engine", body)?,
        };
        let mut engine = Self::new(site, rules);
        engine.counts = memory.counts;
        let mut sources: HashMap<_, _> = memory.sources.into_iter().collect();
        let mut scopes: HashMap<_, _> = memory.scopes.into_iter().collect();
        for (camera, source) in engine.directory.cameras.iter().zip(&mut engine.sources) {
            *source = sources.remove(&camera.id).unwrap_or_default();
        }
        for (entry, memory) in engine.directory.scopes.iter().zip(&mut engine.scopes) {
            *memory = scopes.remove(&entry.scope).unwrap_or_default();
        }
        let heard = engine.sources.iter().map(|source| source.heard);
        let told = engine.scopes.iter().map(|memory| memory.present.as_of);
        engine.clock = heard.chain(told).max().flatten();
        engine.know_the_latest();
        Ok(engine)
    }
}
