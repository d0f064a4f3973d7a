//! The engine's memory as bytes: what a checkpoint keeps beside the rows.
//!
//! Names, not numbers, so that the hierarchy may change between two starts.

mod older;

use crate::desk::RowSource;
use crate::engine::{Counts, Engine, ScopeMemory};
use crate::inside::Inside;
use crate::rules::Rules;
use crate::seal;
use crate::source::{Source, SourceOfVersion1, SourceOfVersion2, SourceOfVersion5};
use older::{ScopeOfVersion3, ScopeOfVersion5, ScopeOfVersion6, ScopeOfVersion7};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use throng_model::site::Site;
use throng_model::time::HOUR;
use throng_model::{CameraId, Fault, Rung, Scope, TimeRange, Timestamp};

/// The version byte of what this build writes. Older ones stay readable.
///
/// 2 has cumulative counters, 3 counted windows, 4 tells the time of a scope from its latest event, 5 knows the first reading of a
/// counter that forgot some; what 4 says reads the same. 6 knows people of unknown direction today, and since when a camera is there,
/// 7 what the level now is followed through, 8 what clocks that are ahead told of.
const VERSION: u8 = 8;

#[derive(Serialize, Deserialize)]
struct Memory<S, M> {
    counts: Counts,
    sources: Vec<(CameraId, S)>,
    scopes: Vec<(Scope, M)>,
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
            1 => seal::decode::<Memory<SourceOfVersion1, ScopeOfVersion3>>("the engine", body)?.into_newest(),
            2 => seal::decode::<Memory<SourceOfVersion2, ScopeOfVersion3>>("the engine", body)?.into_newest(),
            3 => seal::decode::<Memory<SourceOfVersion5, ScopeOfVersion3>>("the engine", body)?.into_newest(),
            4 | 5 => {
                seal::decode::<Memory<SourceOfVersion5, ScopeOfVersion5>>("the engine", body)?.into_newest()
            }
            6 => seal::decode::<Memory<Source, ScopeOfVersion6>>("the engine", body)?.into_newest(),
            7 => seal::decode::<Memory<Source, ScopeOfVersion7>>("the engine", body)?.into_newest(),
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
            // State and rows are of one checkpoint.
            (memory.flushed, memory.stored) = (memory.present.as_of, memory.present.as_of);
        }
        let heard = engine.sources.iter().map(|source| source.heard);
        let told = engine.scopes.iter().map(|memory| memory.present.as_of);
        engine.clock = heard.chain(told).max().flatten();
        engine.know_the_latest();
        Ok(engine)
    }

    /// Looks up in the rows what no state keeps: where how many are inside was ever told. Rows and state must be of one checkpoint.
    pub fn find_inside(&mut self, rows: &dyn RowSource) -> Result<(), Fault> {
        for (entry, memory) in self.directory.scopes.iter_mut().zip(&mut self.scopes) {
            let Some(latest) = memory.present.latest else {
                continue;
            };
            let month = entry.cutter.bucket(Rung::Month, latest).start;
            memory.inside = Inside::find(rows, &entry.scope, month)?;
            // A level whose minutes are not settled is in no month yet.
            memory.inside.say(u32::from(memory.level().raw != 0));
        }
        Ok(())
    }

    /// Looks up since when the cameras of a state before version 6 are there: where their rows begin.
    pub fn find_first_told(&mut self, rows: &dyn RowSource) -> Result<(), Fault> {
        for (camera, source) in self.directory.cameras.iter().zip(&mut self.sources) {
            if source.latest.is_some() && source.first.is_none() {
                source.first = first_row(rows, &Scope::Camera(camera.id.clone()))?;
            }
        }
        Ok(())
    }
}

/// Where the rows of a scope begin, to the minute where there are minutes: the first bucket within the first one of the rung above.
fn first_row(rows: &dyn RowSource, scope: &Scope) -> Result<Option<Timestamp>, Fault> {
    // As long as a bucket of the rung above may be, with the hour that a change of the clocks adds.
    let rungs = [
        (Rung::Day, 31 * 24 * HOUR + HOUR),
        (Rung::Hour, 25 * HOUR),
        (Rung::Minute, HOUR),
    ];
    let ever = TimeRange {
        start: Timestamp::MIN,
        end: Timestamp::MAX,
    };
    let months = rows.rows(scope, Rung::Month, ever)?;
    let mut first = months.first().map(|(start, _)| *start);
    for (rung, length) in rungs {
        let Some(start) = first else { break };
        let end = start.plus(length);
        let found = rows.rows(scope, rung, TimeRange { start, end })?;
        first = found.first().map_or(first, |(start, _)| Some(*start));
    }
    Ok(first)
}
