//! What nearly every event asks about its camera, close together in memory.
//!
//! An event of about now changes nothing but what was heard last: it is not the camera's first, no clock was set before it,
//! and the camera was observed already when it happened. In which stretch of time that holds is found out once, by the
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
    /// Whether it ever feeds a place.
    pub feeds_places: bool,
}

impl Hearing {
    /// Of a camera that told nothing yet.
    pub fn of(camera: &CameraEntry) -> Self {
        Self {
            told: None,
            near: NOWHERE,
            feeds_places: !camera.feeds.is_empty(),
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
        let start = pane_start(first).max(told.first);
        if start < end {
            self.near = TimeRange { start, end };
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;
    use throng_model::CameraId;
    use throng_model::pane::PANE;

    /// A camera as it is without anything known in advance: each event is looked at whole.
    #[derive(Default)]
    struct Plain {
        told: Option<Told>,
        contacts: Contacts,
    }

    fn camera() -> CameraEntry {
        CameraEntry {
            id: CameraId::new("door").unwrap(),
            lines: Vec::new(),
            scope: 0,
            feeds: Vec::new(),
            gap: 3,
            registered: None,
        }
    }

    /// The panes in which it was observed.
    fn observed(contacts: &Contacts, panes: usize) -> Vec<u64> {
        let mut marks = vec![0; panes];
        contacts.mark(0, (0, panes as i64), &mut marks);
        marks
    }

    proptest! {
        /// Whatever clock and order: what is known in advance changes nothing.
        #[test]
        fn what_is_near_says_what_all_events_say(
            events in prop::collection::vec((prop_oneof![6 => 0i64..40, 1 => 0i64..400], 0i64..PANE, 0i64..400, 0u8..8), 1..60),
        ) {
            let camera = camera();
            let rules = Rules { lateness: 50 * PANE, ..Rules::default() };
            let (mut hearing, mut contacts, mut plain) = (Hearing::of(&camera), Contacts::default(), Plain::default());
            for (pane, within, received, dice) in events {
                let (at, received) = (Timestamp(pane * PANE + within), Timestamp(received * PANE));
                if dice == 0 {
                    // A turn closes what lies before this event's pane.
                    hearing.settle(&mut contacts, camera.gap);
                    contacts.forget_before(pane, |_, _| false);
                    plain.contacts.forget_before(pane, |_, _| false);
                    hearing.stay_near(&contacts, &rules);
                }
                if !hearing.hear_near(at, received) {
                    hearing.settle(&mut contacts, camera.gap);
                    hearing.hear(at, at, received, &rules);
                    contacts.hear(pane, camera.gap);
                    hearing.stay_near(&contacts, &rules);
                }
                let first = first_told(plain.told, at, received, &rules);
                let (latest, heard) = plain.told.map_or((at, received), |told| (told.latest, told.heard));
                plain.told = Some(Told { first, latest: latest.max(at), heard: heard.max(received) });
                plain.contacts.hear(pane, camera.gap);

                let mut settled = contacts.clone();
                hearing.settle(&mut settled, camera.gap);
                prop_assert_eq!(observed(&settled, 500), observed(&plain.contacts, 500));
                let told = |told: Option<Told>| told.map(|told| (told.first, told.latest, told.heard));
                prop_assert_eq!(told(hearing.told()), told(plain.told));
            }
        }
    }
}
