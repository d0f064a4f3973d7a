//! The engine's memory as bytes: what a checkpoint keeps beside the rows.
//!
//! Layout: version byte, xxh3 checksum (8 bytes, little endian) of the rest, postcard of [`Memory`]. Names, not
//! numbers, so that the hierarchy may change between two starts.

use crate::engine::{Counts, Engine, ScopeMemory};
use crate::rules::Rules;
use crate::source::Source;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use throng_model::codec::checksum;
use throng_model::site::Site;
use throng_model::{CameraId, Fault, FaultCode, Scope};

/// The version byte of what this build writes. Older ones stay readable.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Memory {
    counts: Counts,
    sources: Vec<(CameraId, Source)>,
    scopes: Vec<(Scope, ScopeMemory)>,
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
            scopes: scopes.filter(|(_, memory)| memory.frontier.is_some()).collect(),
        };
        let body = postcard::to_stdvec(&memory)
            .map_err(|error| Fault::internal(format!("encoding the engine's state: {error}")))?;
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&checksum(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// An engine that goes on where the saved one stopped.
    pub fn restore(site: &Site, rules: Rules, bytes: &[u8]) -> Result<Self, Fault> {
        let damaged = |why: String| Fault::new(FaultCode::StoreDamaged, format!("engine state {why}"));
        let (version, rest) = bytes
            .split_first()
            .ok_or_else(|| damaged("is empty".to_owned()))?;
        if *version != VERSION {
            return Err(damaged(format!(
                "has version {version}, this build reads {VERSION}"
            )));
        }
        let (sum, body) = rest
            .split_first_chunk::<8>()
            .ok_or_else(|| damaged("is cut short".to_owned()))?;
        if u64::from_le_bytes(*sum) != checksum(body) {
            return Err(damaged("does not match its checksum".to_owned()));
        }
        let memory: Memory =
            postcard::from_bytes(body).map_err(|error| damaged(format!("does not decode: {error}")))?;
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
        engine.know_the_latest();
        Ok(engine)
    }
}
