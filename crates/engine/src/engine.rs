//! The engine itself: folds events into panes and keeps the present.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

mod changed;
mod counters;
mod memory;
mod telling;

use crate::booking::Recounts;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::open::Moved;
use crate::pane::PaneChanges;
use crate::rules::Rules;
use crate::source::counter::{Counters, is_contact};
use crate::source::{Source, latency};
use changed::Changed;
pub(crate) use memory::ScopeMemory;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use throng_model::event::{Direction, OccTarget, ResetReason, ResetTarget};
use throng_model::invariant::WATERMARK;
use throng_model::pane::PANE;
use throng_model::row::Setting;
use throng_model::site::Site;
use throng_model::time::MINUTE;
use throng_model::{Event, EventBody, Measure, PlaceId, Timestamp};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// It is in the numbers.
    Applied,
    /// It is in the numbers; some of them had been closed and will get a new revision.
    Late,
    /// It is older than the allowance: it stays in the log, and the numbers stay as they are.
    BeyondAllowance,
    /// Its camera was removed after the event had been accepted.
    Orphaned,
}

/// What the engine did since the data folder was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events folded.
    pub folded: u64,
    /// Events that came after their minute had closed. `late_received = late_applied + late_beyond` (I-6).
    pub late_received: u64,
    /// Those that changed the numbers as revisions.
    pub late_applied: u64,
    /// Those that came too late to.
    pub late_beyond: u64,
    /// Events whose camera is no longer there.
    pub orphaned: u64,
}

/// The stream processor.
#[derive(Debug)]
pub struct Engine {
    pub(crate) rules: Rules,
    pub(crate) directory: Directory,
    /// By camera number.
    pub(crate) sources: Vec<Source>,
    /// By camera number: what changed since the last flush.
    pub(crate) changes: Vec<CameraChanges>,
    /// Words on how many are inside since the last flush.
    pub(crate) words: Vec<Word>,
    /// By scope number.
    pub(crate) scopes: Vec<ScopeMemory>,
    pub(crate) counts: Counts,
    /// The furthest arrival of anything folded: the server's time as far as the log tells it.
    pub(crate) clock: Option<Timestamp>,
    /// The rows that the next flush will most likely change.
    pub(crate) desk: Desk,
    pub(crate) live: Changed,
    /// Cameras whose counters did what somebody should be able to look up.
    noted: Changed,
}

/// Somebody said how many are inside of a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// The place, by scope number.
    pub scope: usize,
    pub setting: Setting,
    /// How far the watermark was, where that was past the minute.
    pub late: Option<Timestamp>,
}

/// What changed at one camera since the last flush.
#[derive(Debug, Default)]
pub(crate) struct CameraChanges {
    pub panes: PaneChanges,
    /// What readings and windows of counters moved.
    pub recounts: Recounts,
}

impl CameraChanges {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.panes.is_empty() && self.recounts.is_empty()
    }
}

impl Engine {
    /// An engine that has seen nothing yet.
    pub fn new(site: &Site, rules: Rules) -> Self {
        let directory = Directory::new(site, rules.heartbeats_missed);
        let (cameras, scopes) = (directory.cameras.len(), directory.scopes.len());
        let desk = Desk::new(&directory);
        Self {
            rules,
            directory,
            sources: vec![Source::default(); cameras],
            changes: (0..cameras).map(|_| CameraChanges::default()).collect(),
            words: Vec::new(),
            scopes: vec![ScopeMemory::default(); scopes],
            counts: Counts::default(),
            clock: None,
            desk,
            live: Changed::none(scopes),
            noted: Changed::none(cameras),
        }
    }

    /// Goes on with another hierarchy. Everything must have been flushed: panes are filed under camera numbers.
    pub fn change_site(&mut self, site: &Site) {
        debug_assert!(
            self.is_flushed(),
            "a change of the hierarchy needs a flush before it"
        );
        let mut sources: HashMap<_, _> = self
            .directory
            .cameras
            .iter()
            .map(|camera| camera.id.clone())
            .zip(std::mem::take(&mut self.sources))
            .collect();
        let mut memories: HashMap<_, _> = self
            .directory
            .scopes
            .iter()
            .map(|entry| entry.scope.clone())
            .zip(std::mem::take(&mut self.scopes))
            .collect();
        let (counts, clock) = (self.counts, self.clock);
        *self = Self::new(site, self.rules);
        (self.counts, self.clock) = (counts, clock);
        for (camera, source) in self.directory.cameras.iter().zip(&mut self.sources) {
            *source = sources.remove(&camera.id).unwrap_or_default();
        }
        for (entry, memory) in self.directory.scopes.iter().zip(&mut self.scopes) {
            *memory = memories.remove(&entry.scope).unwrap_or_default();
        }
        self.know_the_latest();
    }

    /// Tells the desk how far the rows of each scope can reach. Everything must have been flushed.
    pub(crate) fn know_the_latest(&mut self) {
        for (number, memory) in self.scopes.iter().enumerate() {
            if let Some(latest) = memory.present.latest {
                self.desk.nothing_after(number, latest);
            }
        }
    }

    /// Whether everything folded has been handed out as rows.
    pub fn is_flushed(&self) -> bool {
        self.words.is_empty() && self.changes.iter().all(CameraChanges::is_empty)
    }

    /// Takes in one event. Events come in the order of the log, each id once.
    pub fn fold(&mut self, event: &Event, received: Timestamp) -> Folded {
        let at = moment_of(event);
        self.clock = self.clock.max(Some(received));
        let Some(number) = self.directory.camera(&event.camera) else {
            return self.hear_a_person(event, at, received);
        };
        let watermark = self.sources[number].watermark(&self.rules);
        if let Some(seq) = event.seq {
            // Also of what comes too late to count: the doors have noted it, and know after a restart what is noted here.
            let sequence = &mut self.sources[number].sequence;
            sequence.note(event.boot.as_deref(), seq, event.at);
        }
        let late = match self.judge_lateness(at, watermark) {
            Ok(late) => late,
            Err(beyond) => return beyond,
        };
        self.hear(number, event, at, received);
        self.measure(number, event, at, received, late);
        let people = people(&event.body);
        let moved = Moved::new(at, people[0] - people[1]);
        // Of this event, not of its camera: the camera may count for other places by now.
        let reached = Some(at.min(received).plus(-self.rules.out_of_order));
        for scope in self.directory.cameras[number].counted_by(at) {
            let (memory, cutter) = (&mut self.scopes[scope], &mut self.directory.scopes[scope].cutter);
            memory.frontier = memory.frontier.max(reached);
            check_frontier(memory, self.clock);
            memory.present.reach(at, received, cutter);
            memory.count(at, people);
            memory.walk(&moved);
            self.live.mark(scope);
        }
        if let Some((place, setting)) = said_inside(event, received)
            && let Some(scope) = self.directory.place(place)
            && self.directory.cameras[number]
                .counted_by(at)
                .any(|fed| fed == scope)
        {
            self.set_inside(scope, setting, late);
        }
        if Counters::concern(&event.body) {
            self.read_counter(number, event, watermark);
        }
        if let EventBody::Count { .. } = event.body {
            self.report_window(number, event, watermark);
        }
        if late.is_some() {
            Folded::Late
        } else {
            Folded::Applied
        }
    }

    /// Counts a folded event; gives how far the watermark was where that was past its minute.
    fn judge_lateness(
        &mut self,
        at: Timestamp,
        watermark: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, Folded> {
        let late = watermark.filter(|watermark| minute_end(at) <= *watermark);
        self.counts.folded += 1;
        self.counts.late_received += u64::from(late.is_some());
        if watermark.is_some_and(|watermark| watermark.since(at) > self.rules.lateness) {
            self.counts.late_beyond += 1;
            return Err(Folded::BeyondAllowance);
        }
        self.counts.late_applied += u64::from(late.is_some());
        Ok(late)
    }

    /// A person needs no camera to say how many are inside of a place; whatever else comes without one is nobody's.
    fn hear_a_person(&mut self, event: &Event, at: Timestamp, received: Timestamp) -> Folded {
        let said =
            said_inside(event, received).filter(|(_, setting)| setting.reason == Some(ResetReason::Manual));
        let said = said.and_then(|(place, setting)| Some((self.directory.place(place)?, setting)));
        let Some((scope, setting)) = said else {
            self.counts.orphaned += 1;
            return Folded::Orphaned;
        };
        let late = match self.judge_lateness(at, self.scopes[scope].frontier) {
            Ok(late) => late,
            Err(beyond) => return beyond,
        };
        let (memory, cutter) = (&mut self.scopes[scope], &mut self.directory.scopes[scope].cutter);
        // A word is a sign of the time as much as an event of a camera: where there is none, nothing else settles the minutes.
        let reached = Some(at.min(received).plus(-self.rules.out_of_order));
        memory.frontier = memory.frontier.max(reached);
        check_frontier(memory, self.clock);
        memory.present.reach(at, received, cutter);
        self.set_inside(scope, setting, late);
        if late.is_some() {
            Folded::Late
        } else {
            Folded::Applied
        }
    }

    fn set_inside(&mut self, scope: usize, setting: Setting, late: Option<Timestamp>) {
        self.words.push(Word { scope, setting, late });
        let memory = &mut self.scopes[scope];
        memory.open.set(setting, memory.present.occupancy_day);
        memory.inside.say(setting.to);
        self.live.mark(scope);
    }

    fn hear(&mut self, number: usize, event: &Event, at: Timestamp, received: Timestamp) {
        let source = &mut self.sources[number];
        source.hear_of(told_from(event), received, &self.rules);
        source.hear(at, received, &self.rules);
        if let EventBody::Status { state } = event.body {
            source.report(at, state);
        }
    }

    /// Leaves the event's measures in its pane.
    fn measure(
        &mut self,
        number: usize,
        event: &Event,
        at: Timestamp,
        received: Timestamp,
        late: Option<Timestamp>,
    ) {
        let changes = &mut self.changes[number];
        if let EventBody::Count {
            over,
            people_in,
            people_out,
            ..
        } = &event.body
        {
            if is_contact(*over) {
                let panes = over.start.0.div_euclid(PANE)..(over.end.0 - 1).div_euclid(PANE) + 1;
                panes.for_each(|pane| {
                    changes
                        .panes
                        .at(throng_model::pane::pane_start(pane))
                        .hear(at, received)
                });
            }
            // Whether it counts or not: the minutes there are rows of must not depend on which report came first.
            if people_in != people_out {
                changes.panes.at(at).moved = true;
            }
            return;
        }
        let pane = changes.panes.at(at);
        pane.hear(at, received);
        let mut counted = true;
        match &event.body {
            EventBody::Line {
                dir: Direction::In,
                n,
                ..
            } => {
                pane.measure(Measure::In).add(i64::from(*n) * Measure::SCALE);
                pane.walk(at, i64::from(*n));
            }
            EventBody::Line {
                dir: Direction::Out,
                n,
                ..
            } => {
                pane.measure(Measure::Out).add(i64::from(*n) * Measure::SCALE);
                pane.walk(at, -i64::from(*n));
            }
            EventBody::Line {
                dir: Direction::Unknown,
                n,
                ..
            } => pane.measure(Measure::Pass).add(i64::from(*n) * Measure::SCALE),
            EventBody::ZoneOut {
                dwell_ms: Some(ms), ..
            } => pane.measure(Measure::Dwell).add(i64::from(*ms)),
            EventBody::ZoneCut {
                dwell_ms: Some(ms), ..
            } => pane.measure(Measure::DwellCut).add(i64::from(*ms)),
            EventBody::Queue { len, .. } => {
                pane.measure(Measure::Queue).add(i64::from(*len) * Measure::SCALE)
            }
            _ => counted = false,
        }
        if counted {
            if let Some(milli) = event.confidence {
                pane.measure(Measure::Confidence).add(i64::from(milli));
            }
            // Microseconds are thousandths of the millisecond that latency is measured in.
            if let Some(micros) = latency(at, received, &self.rules) {
                pane.measure(Measure::Latency).add(micros);
            }
            pane.late.extend(late);
        }
    }
}

/// I-5. What a camera whose clock is ahead says of the time must never get through to its places.
fn check_frontier(memory: &ScopeMemory, clock: Option<Timestamp>) {
    WATERMARK.check(memory.frontier <= clock, || {
        format!("{:?} at a clock of {clock:?}", memory.frontier)
    });
}

/// When an event happened: a counted window is known at its end, and belongs to the moment before.
pub fn moment_of(event: &Event) -> Timestamp {
    match &event.body {
        EventBody::Count { over, .. } => over.end.plus(-1),
        _ => event.at,
    }
}

/// How many are inside of which place, where the event says so.
fn said_inside(event: &Event, received: Timestamp) -> Option<(&PlaceId, Setting)> {
    let (place, to, reason) = match &event.body {
        EventBody::Occ { of, n } => {
            let (OccTarget::Zone(place) | OccTarget::Place(place)) = of;
            (place, *n, None)
        }
        EventBody::Reset {
            target: ResetTarget::Place(place),
            to,
            reason,
        } => (place, *to, Some(*reason)),
        _ => return None,
    };
    let setting = Setting {
        said: event.at.min(received),
        at: event.at,
        reason,
        to,
    };
    Some((place, setting))
}

fn minute_end(at: Timestamp) -> Timestamp {
    Timestamp((at.0.div_euclid(MINUTE) + 1) * MINUTE)
}

/// The earliest moment an event vouches for: a counted window does so from its start on.
pub(crate) fn told_from(event: &Event) -> Timestamp {
    match &event.body {
        EventBody::Count { over, .. } => over.start,
        _ => moment_of(event),
    }
}

/// People in, out and of unknown direction. Who counters tell of depends on what they said before.
fn people(body: &EventBody) -> [i64; 3] {
    match body {
        EventBody::Line {
            dir: Direction::In,
            n,
            ..
        } => [i64::from(*n), 0, 0],
        EventBody::Line {
            dir: Direction::Out,
            n,
            ..
        } => [0, i64::from(*n), 0],
        EventBody::Line {
            dir: Direction::Unknown,
            n,
            ..
        } => [0, 0, i64::from(*n)],
        _ => [0; 3],
    }
}
