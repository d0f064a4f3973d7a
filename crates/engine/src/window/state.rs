//! The windows' memory as bytes, at any point between two events.
//!
//! Names, not numbers, so that the hierarchy may change between two starts, and so may the number of threads.

use super::contacts::Contacts;
use super::observation::Observation;
use super::scope::{ScopeState, ScopeStateOfVersion4, ScopeStateOfVersion6};
use super::stream::{Inbox, Windows};
use super::unread::Unread;
use crate::rules::Rules;
use crate::seal;
use crate::source::counter::{Counters, CountersWithoutWindows};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use throng_model::site::Site;
use throng_model::window::{Window, WindowTable};
use throng_model::{CameraId, Fault, Scope, Timestamp};

/// The version byte of what this build writes. Older ones stay readable.
///
/// 2 has counters. 3 looks like 2, but what was given out stands as sums where 2 still has the single events. 4 knows which
/// counted windows were said. 5 has sums where a crowd was. 6 knows the first reading of a counter that forgot some; what 5 says
/// reads the same. 7 has no events that were forgotten.
const VERSION: u8 = 7;

/// As it is read.
#[derive(Deserialize)]
struct Memory<I, S> {
    table: Vec<Window>,
    cameras: Vec<(CameraId, I)>,
    scopes: Vec<(Scope, S, Vec<u8>)>,
}

/// The same, as it is written: what the windows hold is not copied for that.
#[derive(Serialize)]
struct MemoryRef<'a> {
    table: Vec<&'a Window>,
    cameras: Vec<(&'a CameraId, KeptRef<'a>)>,
    scopes: Vec<(&'a Scope, &'a ScopeState, Vec<u8>)>,
}

/// A camera as it is read.
#[derive(Deserialize)]
struct Kept {
    latest: Option<Timestamp>,
    contacts: Contacts,
    observations: Vec<Observation>,
    counters: Counters,
    unread: Unread,
}

/// The same, as it is written.
#[derive(Serialize)]
struct KeptRef<'a> {
    latest: Option<Timestamp>,
    contacts: &'a Contacts,
    /// What it saw since the last turn.
    observations: Vec<Observation>,
    counters: &'a Counters,
    unread: &'a Unread,
}

/// As it stood in states of version 1, which knew no counters.
#[derive(Deserialize)]
struct KeptOfVersion1 {
    latest: Option<Timestamp>,
    contacts: Contacts,
    observations: Vec<Observation>,
}

/// As it stood in states of versions 2 and 3, which knew cumulative counters only.
#[derive(Deserialize)]
struct KeptOfVersion3 {
    before: KeptOfVersion1,
    counters: CountersWithoutWindows,
    unread: Unread,
}

impl From<KeptOfVersion3> for Kept {
    fn from(kept: KeptOfVersion3) -> Self {
        Self {
            counters: kept.counters.into(),
            unread: kept.unread,
            ..kept.before.into()
        }
    }
}

impl From<KeptOfVersion1> for Kept {
    fn from(kept: KeptOfVersion1) -> Self {
        Self {
            latest: kept.latest,
            contacts: kept.contacts,
            observations: kept.observations,
            counters: Counters::default(),
            unread: Unread::default(),
        }
    }
}

impl<I: Into<Kept>, S: Into<ScopeState>> Memory<I, S> {
    fn into_newest(self) -> Memory<Kept, ScopeState> {
        let (cameras, scopes) = (self.cameras.into_iter(), self.scopes.into_iter());
        Memory {
            table: self.table,
            cameras: cameras.map(|(camera, inbox)| (camera, inbox.into())).collect(),
            scopes: scopes
                .map(|(scope, state, operators)| (scope, state.into(), operators))
                .collect(),
        }
    }
}

impl Windows {
    /// Everything the windows remember. Cameras and scopes that were never heard of take no room.
    pub fn save(&self) -> Result<Vec<u8>, Fault> {
        let observations = self.arrivals.by_camera(self.inboxes.len());
        let inboxes = self.inboxes.iter().zip(observations);
        let inboxes = inboxes.map(|(inbox, observations)| KeptRef {
            latest: inbox.latest,
            contacts: &inbox.contacts,
            observations,
            counters: &inbox.counters,
            unread: &inbox.unread,
        });
        let cameras = self.directory.cameras.iter().zip(inboxes);
        let cameras = cameras.filter(|(_, inbox)| inbox.latest.is_some());
        let mut scopes = Vec::new();
        for (entry, scope) in self.directory.scopes.iter().zip(&self.scopes) {
            if scope.state.watermark.is_some() {
                let mut operators = Vec::new();
                scope
                    .operators
                    .iter()
                    .try_for_each(|operator| operator.save(&mut operators))?;
                scopes.push((&entry.scope, &scope.state, operators));
            }
        }
        let memory = MemoryRef {
            table: self.table.iter().collect(),
            cameras: cameras.map(|(camera, inbox)| (&camera.id, inbox)).collect(),
            scopes,
        };
        seal::seal("the windows", VERSION, &memory)
    }

    /// Windows that go on where the saved ones stopped. None where the table has changed since: half a window of another
    /// width is of no use.
    pub fn restore(
        site: &Site,
        rules: Rules,
        table: WindowTable,
        bytes: &[u8],
    ) -> Result<Option<Self>, Fault> {
        let (version, body) = seal::unseal("the windows", VERSION, bytes)?;
        type Old<I> = Memory<I, ScopeStateOfVersion4>;
        let memory: Memory<Kept, ScopeState> = match version {
            1 => seal::decode::<Old<KeptOfVersion1>>("the windows", body)?.into_newest(),
            2 | 3 => seal::decode::<Old<KeptOfVersion3>>("the windows", body)?.into_newest(),
            4 => seal::decode::<Old<Kept>>("the windows", body)?.into_newest(),
            5 | 6 => seal::decode::<Memory<Kept, ScopeStateOfVersion6>>("the windows", body)?.into_newest(),
            _ => seal::decode("the windows", body)?,
        };
        if !table.iter().eq(&memory.table) {
            return Ok(None);
        }
        let mut windows = Self::new(site, rules, table);
        let mut inboxes: HashMap<_, _> = memory.cameras.into_iter().collect();
        for (number, camera) in windows.directory.cameras.iter().enumerate() {
            let inbox = windows.inboxes.get_mut(number);
            if let Some((kept, inbox)) = inboxes.remove(&camera.id).zip(inbox) {
                let arrived = kept.observations.into_iter();
                arrived.for_each(|seen| windows.arrivals.push(number, seen));
                *inbox = Inbox {
                    latest: kept.latest,
                    contacts: kept.contacts,
                    counters: kept.counters,
                    unread: kept.unread,
                };
            }
        }
        let mut states: HashMap<_, _> = memory
            .scopes
            .into_iter()
            .map(|(scope, state, operators)| (scope, (state, operators)))
            .collect();
        for (entry, scope) in windows.directory.scopes.iter().zip(&mut windows.scopes) {
            if let Some((state, operators)) = states.remove(&entry.scope) {
                scope.go_on(state);
                let mut rest = operators.as_slice();
                scope
                    .operators
                    .iter_mut()
                    .try_for_each(|operator| operator.restore(&mut rest))?;
            }
        }
        Ok(Some(windows))
    }
}
