//! What nearly every event asks about its camera, close together in memory.
//!
//! An event of about now changes nothing but what was heard last: it is not the camera's first, does not leap out of what is
//! taken, and the camera was observed already when it happened. In which stretch of time that holds is found out once, by the
//! first event that lies outside.

use super::contacts::Contacts;
use crate::directory::CameraEntry;
use crate::rules::Rules;
use crate::source::{Told, first_told};
use throng_model::pane::{pane_of, pane_start};
use throng_model::{TimeRange, Timestamp};

/// No moment lies in here.
const NOWHERE: TimeRange = TimeRange {
    start: Timestamp(0),
    end: Timestamp(0),
};

/// One camera.
#[derive(Clone, Copy)]
pub(crate) struct Hearing {
    told: Option<Told>,
    /// An event in here changes nothing but what was heard last. [`NOWHERE`] where that is not known.
    near: TimeRange,
    /// Whether it never feeds a place.
    pub is_alone: bool,
}

impl Hearing {
    /// Of a camera that told nothing yet.
    pub fn of(camera: &CameraEntry) -> Self {
        Self {
            told: None,
            near: NOWHERE,
            is_alone: camera.feeds.is_empty(),
        }
    }

    /// Goes on from what a camera told.
    pub fn go_on(&mut self, told: Option<Told>) {
        (self.told, self.near) = (told, NOWHERE);
    }

    /// What it told of until now.
    pub fn told(&self) -> Option<Told> {
        self.told
    }

    /// The latest event time heard.
    pub fn latest(&self) -> Option<Timestamp> {
        self.told.map(|told| told.latest)
    }

    /// An event came in; false where more may change than what was heard last.
    pub fn hear_near(&mut self, at: Timestamp, received: Timestamp) -> bool {
        let told = self.told.as_mut().filter(|_| self.near.contains(at));
        if let Some(told) = told {
            told.latest = told.latest.max(at);
            told.heard = told.heard.max(received);
            return true;
        }
        false
    }

    /// An event came in that tells of a time that began at `from`. Gives the earliest moment told of.
    pub fn hear(&mut self, from: Timestamp, at: Timestamp, received: Timestamp, rules: &Rules) -> Timestamp {
        let first = first_told(self.told, from, received, rules);
        let (latest, heard) = self.told.map_or((at, received), |told| (told.latest, told.heard));
        self.told = Some(Told {
            first,
            latest: latest.max(at),
            heard: heard.max(received),
        });
        first
    }

    /// Tells what was only noted here.
    pub fn settle(&self, contacts: &mut Contacts, gap: i64) {
        if let Some(told) = self.told.filter(|_| self.near != NOWHERE) {
            contacts.hear(pane_of(told.latest), gap);
        }
    }

    /// Finds out where an event changes nothing else. Contacts are settled.
    pub fn stay_near(&mut self, contacts: &Contacts, rules: &Rules) {
        self.near = NOWHERE;
        let Some((told, (first, behind))) = self.told.zip(contacts.newest()) else {
            return;
        };
        if !(first..behind).contains(&pane_of(told.latest)) {
            return;
        }
        let end = pane_start(behind + 1).min(told.latest.plus(rules.lateness));
        let taken = end.plus(-rules.out_of_order - rules.lateness);
        let start = pane_start(first).max(told.first).max(taken);
        if start < end {
            self.near = TimeRange { start, end };
        }
    }
}
