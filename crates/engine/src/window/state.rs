//! The windows' memory as bytes, at any point between two events.
//!
//! Names, not numbers, so that the hierarchy may change between two starts, and so may the number of threads.

use super::contacts::Contacts;
use super::observation::Observation;
use super::operator::{Operators, Saved};
use super::scope::{ScopeKept, ScopeOfVersion4, ScopeOfVersion6, ScopeRef, ScopeState};
use super::stream::{Inbox, Windows};
use super::unread::Unread;
use crate::rules::Rules;
use crate::seal;
use crate::source::Told;
use crate::source::counter::{Counters, CountersWithoutWindows};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::HashMap;
use throng_model::camera::missed_from;
use throng_model::pane::{pane_of, pane_start};
use throng_model::site::Site;
use throng_model::window::{Window, WindowTable};
use throng_model::{CameraId, Fault, Scope, Timestamp};

/// The version byte of what this build writes. Older ones stay readable.
///
/// 2 has counters. 3 looks like 2, but what was given out stands as sums where 2 still has the single events. 4 knows which
/// counted windows were said. 5 has sums where a crowd was. 6 knows the first reading of a counter that forgot some; what 5 says
/// reads the same. 7 has no events that were forgotten. 8 has the events of short count windows, and the earliest moment each camera told of.
const VERSION: u8 = 8;

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
    scopes: Vec<(&'a Scope, ScopeRef<'a>, OperatorsRef<'a>)>,
}

/// The operators of a scope, encoded when it is their turn to be written: those of all scopes would be a second state in memory.
struct OperatorsRef<'a>(&'a Operators);

impl Serialize for OperatorsRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut operators = Vec::new();
        for operator in self.0 {
            operator.save(&mut operators).map_err(S::Error::custom)?;
        }
        serializer.serialize_bytes(&operators)
    }
}

/// A scope with its watermark.
type Scoped = (Option<Timestamp>, ScopeState);

/// A camera as it is read.
#[derive(Deserialize)]
struct Kept {
    latest: Option<Timestamp>,
    first: Option<Timestamp>,
    heard: Option<Timestamp>,
    contacts: Contacts,
    observations: Vec<Observation>,
    counters: Counters,
    unread: Unread,
}

/// The same, as it is written.
#[derive(Serialize)]
struct KeptRef<'a> {
    latest: Option<Timestamp>,
    first: Option<Timestamp>,
    heard: Option<Timestamp>,
    contacts: Contacts,
    /// What it saw since the last turn.
    observations: Vec<Observation>,
    counters: &'a Counters,
    unread: &'a Unread,
}

/// As it stood in states of versions 4 to 7, which did not know since when a camera is there.
#[derive(Deserialize)]
struct KeptOfVersion7 {
    before: KeptOfVersion1,
    counters: Counters,
    unread: Unread,
}

impl From<KeptOfVersion7> for Kept {
    fn from(kept: KeptOfVersion7) -> Self {
        Self {
            counters: kept.counters,
            unread: kept.unread,
            ..kept.before.into()
        }
    }
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
            // Nobody noted it. That a camera was missed before it was there is sooner believed than that it was not.
            first: kept.latest.map(|_| Timestamp(0)),
            heard: kept.latest,
            contacts: kept.contacts,
            observations: kept.observations,
            counters: Counters::default(),
            unread: Unread::default(),
        }
    }
}

impl Kept {
    fn told(&self) -> Option<Told> {
        let told = self.first.zip(self.latest).zip(self.heard);
        told.map(|((first, latest), heard)| Told { first, latest, heard })
    }
}

impl<I: Into<Kept>, S: Into<Scoped>> Memory<I, S> {
    fn into_newest(self) -> Memory<Kept, Scoped> {
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
        let (observations, in_order) = self.arrived();
        let inboxes = self.inboxes.iter().zip(&self.hearings).zip(observations);
        let cameras = self.directory.cameras.iter().zip(inboxes);
        let cameras = cameras.filter_map(|(entry, ((inbox, hearing), observations))| {
            let told = hearing.told()?;
            let mut contacts = inbox.contacts.clone();
            hearing.settle(&mut contacts, entry.gap);
            let kept = KeptRef {
                latest: Some(told.latest),
                first: Some(told.first),
                heard: Some(told.heard),
                contacts,
                observations,
                counters: &inbox.counters,
                unread: &inbox.unread,
            };
            Some((&entry.id, kept))
        });
        let mut scopes = Vec::new();
        let each = self.scopes.iter().zip(&self.watermarks).zip(&in_order);
        for (entry, ((scope, watermark), in_order)) in self.directory.scopes.iter().zip(each) {
            let arrived = if scope.counts() { in_order.as_slice() } else { &[] };
            if watermark.is_some() || scope.state.holds_any() || !arrived.is_empty() {
                let state = scope.state.kept(*watermark, arrived);
                scopes.push((&entry.scope, state, OperatorsRef(&scope.operators)));
            }
        }
        let memory = MemoryRef {
            table: self.table.iter().collect(),
            cameras: cameras.collect(),
            scopes,
        };
        seal::seal("the windows", VERSION, &memory)
    }

    /// What came since the last turn, by camera, and what of it is in no queue yet, by scope.
    fn arrived(&self) -> (Vec<Vec<Observation>>, Vec<Vec<Observation>>) {
        let cameras = &self.directory.cameras;
        let mut by_camera = vec![Vec::new(); cameras.len()];
        let mut by_scope = vec![Vec::new(); self.scopes.len()];
        let put = |into: &mut [Vec<Observation>], number: usize, seen: &Observation| {
            if let Some(into) = into.get_mut(number) {
                into.push(*seen);
            }
        };
        for (camera, seen) in self.in_order.each() {
            let at = pane_start(pane_of(seen.at));
            for scope in cameras
                .get(camera)
                .into_iter()
                .flat_map(|entry| entry.counted_by(at))
            {
                put(&mut by_scope, scope, seen);
            }
        }
        for (camera, seen) in self.in_order.each().chain(self.belated.each()) {
            put(&mut by_camera, camera, seen);
        }
        by_camera.iter_mut().for_each(|seen| seen.sort_unstable());
        (by_camera, by_scope)
    }

    /// Windows that go on where the saved ones stopped. None where the table has changed since, or where an older state has
    /// not the events a window is made of now: half a window is of no use.
    pub fn restore(
        site: &Site,
        rules: Rules,
        table: WindowTable,
        bytes: &[u8],
    ) -> Result<Option<Self>, Fault> {
        let (version, body) = seal::unseal("the windows", VERSION, bytes)?;
        type Old<I> = Memory<I, ScopeOfVersion4>;
        let memory: Memory<Kept, Scoped> = match version {
            1 => seal::decode::<Old<KeptOfVersion1>>("the windows", body)?.into_newest(),
            2 | 3 => seal::decode::<Old<KeptOfVersion3>>("the windows", body)?.into_newest(),
            4 => seal::decode::<Old<KeptOfVersion7>>("the windows", body)?.into_newest(),
            5 | 6 => {
                seal::decode::<Memory<KeptOfVersion7, ScopeOfVersion6>>("the windows", body)?.into_newest()
            }
            7 => seal::decode::<Memory<KeptOfVersion7, ScopeKept>>("the windows", body)?.into_newest(),
            _ => seal::decode::<Memory<Kept, ScopeKept>>("the windows", body)?.into_newest(),
        };
        if !table.iter().eq(&memory.table) {
            return Ok(None);
        }
        let mut windows = Self::new(site, rules, table);
        let mut inboxes: HashMap<_, _> = memory.cameras.into_iter().collect();
        for (number, camera) in windows.directory.cameras.iter().enumerate() {
            let inbox = windows.inboxes.get_mut(number);
            let inbox = inbox.zip(windows.hearings.get_mut(number));
            if let Some((kept, (inbox, hearing))) = inboxes.remove(&camera.id).zip(inbox) {
                let told = kept.told();
                let arrived = kept.observations.into_iter();
                // They are in the queues that were kept.
                arrived.for_each(|seen| windows.belated.push(number, seen));
                if let Some(missed) = windows.missed_from.get_mut(number) {
                    *missed = missed_from(camera.registered, told.map(|told| told.first));
                }
                hearing.go_on(told);
                *inbox = Inbox {
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
        let scopes = windows.scopes.iter_mut().zip(&mut windows.watermarks);
        for (entry, (scope, reached)) in windows.directory.scopes.iter().zip(scopes) {
            if let Some(((watermark, state), operators)) = states.remove(&entry.scope) {
                *reached = watermark;
                scope.go_on(state);
                let mut saved = Saved {
                    version,
                    table: &windows.table,
                    bytes: &operators,
                };
                for operator in &mut scope.operators {
                    if !operator.restore(&mut saved)? {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(Some(windows))
    }
}
