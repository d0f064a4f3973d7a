//! All windows of all scopes: takes events in the order of the log. What they make of them is in [`super::turn`].

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use super::arrivals::Arrivals;
use super::contacts::Contacts;
use super::hearing::Hearing;
use super::observation::Observation;
use super::operator::{Plan, Room, Source};
use super::scope::ScopeWindows;
use super::unread::Unread;
use crate::booking;
use crate::directory::Directory;
use crate::engine::{moment_of, told_from};
use crate::rules::Rules;
use crate::source::counter::Counters;
use throng_model::camera::missed_from;
use throng_model::pane::{pane_of, pane_start};
use throng_model::site::Site;
use throng_model::window::WindowTable;
use throng_model::{Event, EventBody, TimeRange, Timestamp};

/// One camera as a source of windows.
#[derive(Default)]
pub(crate) struct Inbox {
    /// Where it counts as observed, as far as [`Hearing::settle`] has said so.
    pub contacts: Contacts,
    /// What its counters said.
    pub counters: Counters,
    /// What its counters said and its watermark has not passed.
    pub unread: Unread,
}

/// That a camera feeds a place for a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feeding {
    /// Its number.
    pub camera: usize,
    /// When.
    pub over: TimeRange,
}

/// The windows of a site.
pub struct Windows {
    pub(crate) rules: Rules,
    pub(crate) table: WindowTable,
    pub(crate) directory: Directory,
    pub(crate) inboxes: Vec<Inbox>,
    /// By camera.
    pub(crate) hearings: Vec<Hearing>,
    /// By camera: from when on it is missed where it is silent.
    pub(crate) missed_from: Vec<Timestamp>,
    /// By scope number: cameras first.
    pub(crate) scopes: Vec<ScopeWindows>,
    /// By scope number: how far time has come there, less the allowance for disorder: the furthest event counted, or its
    /// arrival where that was before.
    pub(crate) watermarks: Vec<Option<Timestamp>>,
    /// By place, counted from the first: the cameras that feed it, and when.
    pub(crate) fed_by: Vec<Vec<Feeding>>,
    /// What came since the last turn, in time for the order in which every scope of its counts events.
    pub(crate) in_order: Arrivals,
    /// What a watermark of any scope of its had passed: those scopes hold it in their queues already.
    pub(crate) belated: Arrivals,
    /// One for each thread.
    pub(crate) rooms: Vec<Room>,
}

impl Windows {
    /// Windows that have seen nothing yet.
    pub fn new(site: &Site, rules: Rules, table: WindowTable) -> Self {
        let directory = Directory::new(site, rules.heartbeats_missed);
        let cameras = directory.cameras.len();
        let mut fed_by = vec![Vec::new(); directory.scopes.len() - cameras];
        for (number, camera) in directory.cameras.iter().enumerate() {
            for feed in &camera.feeds {
                fed_by[feed.place - cameras].push(Feeding {
                    camera: number,
                    over: feed.over,
                });
            }
        }
        Self {
            rules,
            inboxes: (0..cameras).map(|_| Inbox::default()).collect(),
            hearings: directory.cameras.iter().map(Hearing::of).collect(),
            missed_from: directory
                .cameras
                .iter()
                .map(|camera| missed_from(camera.registered, None))
                .collect(),
            scopes: (0..directory.scopes.len())
                .map(|scope| {
                    let source = if scope < cameras {
                        Source::Camera
                    } else {
                        Source::Place
                    };
                    ScopeWindows::new(&Plan {
                        table: &table,
                        source,
                        lateness: rules.lateness,
                    })
                })
                .collect(),
            fed_by,
            watermarks: vec![None; directory.scopes.len()],
            in_order: Arrivals::default(),
            belated: Arrivals::default(),
            rooms: Vec::new(),
            directory,
            table,
        }
    }

    /// Takes in one event. Events come in the order of the log, each id once. An unknown camera's are left to the engine to
    /// count.
    pub fn fold(&mut self, event: &Event, received: Timestamp) {
        let Some(camera) = self.directory.camera(&event.camera) else {
            return;
        };
        let at = moment_of(event);
        if self.is_beyond(camera, at) {
            return;
        }
        if Counters::concern(&event.body) {
            self.inboxes[camera].unread.push(event.clone());
        }
        if !self.inboxes[camera].unread.is_empty() {
            self.read_counters(camera, at);
        }
        for observation in Observation::of(event, received, &self.rules) {
            self.take(camera, observation);
        }
        if let EventBody::Count { .. } = event.body {
            let inbox = &mut self.inboxes[camera];
            let moved = inbox.counters.report(event);
            let latest = self.hearings[camera].latest().map_or(at, |latest| latest.max(at));
            let horizon = latest.plus(-self.rules.out_of_order - self.rules.lateness);
            inbox.counters.forget_before(horizon);
            for (at, people) in booking::window_additions(&moved, at) {
                for (measure, people) in booking::MEASURES.into_iter().zip(people) {
                    if people > 0 {
                        self.take(camera, Observation::counted(at, measure, people));
                    }
                }
            }
        }
        self.hear(camera, told_from(event), at, received);
    }

    // An observation that is handed on through memory in parts is waited for when it is copied whole.
    #[inline(always)]
    fn take(&mut self, camera: usize, observation: Observation) {
        let is_passed = |scope: usize| self.watermarks[scope].is_some_and(|passed| passed > observation.at);
        // What holds when its pane begins holds for an event.
        let at = || pane_start(pane_of(observation.at));
        let mut is_late = is_passed(camera);
        if !is_late && self.hearings[camera].feeds_places {
            is_late = self.directory.cameras[camera].feeds(at()).any(is_passed);
        }
        if !is_late {
            self.in_order.push(camera, observation);
            return;
        }
        self.take_late(camera, observation);
    }

    /// One that a watermark of any scope of the camera's had passed.
    #[cold]
    fn take_late(&mut self, camera: usize, observation: Observation) {
        self.belated.push(camera, observation);
        let at = pane_start(pane_of(observation.at));
        for scope in self.directory.cameras[camera].counted_by(at) {
            self.scopes[scope].queue(observation, self.watermarks[scope]);
        }
    }

    /// Reads what the camera's watermark passes with an event of this moment, before its scopes hear of it: what is read in
    /// time must not be late there.
    fn read_counters(&mut self, camera: usize, at: Timestamp) {
        let inbox = &mut self.inboxes[camera];
        let latest = self.hearings[camera].latest().map_or(at, |latest| latest.max(at));
        let watermark = latest.plus(-self.rules.out_of_order);
        let mut counted = Vec::new();
        while let Some(event) = inbox.unread.next(watermark) {
            let corrections = inbox.counters.take(&event, &self.directory.cameras[camera].lines);
            counted.extend(booking::additions(&corrections, event.at));
        }
        let horizon = watermark.plus(-self.rules.lateness);
        inbox.counters.forget_before(horizon);
        for (at, people) in counted {
            for (measure, people) in booking::MEASURES.into_iter().zip(people) {
                if people > 0 {
                    self.take(camera, Observation::counted(at, measure, people));
                }
            }
        }
    }

    /// Takes in one observation of a camera by number, in the order of the site's cameras.
    pub fn observe(&mut self, camera: usize, observation: Observation) {
        let at = observation.at;
        if self.is_beyond(camera, at) {
            return;
        }
        self.take(camera, observation);
        self.hear(camera, at, at, at);
    }

    /// An event of a camera that tells of a time that began at `from` came in.
    #[inline(always)]
    fn hear(&mut self, camera: usize, from: Timestamp, at: Timestamp, received: Timestamp) {
        if from != at || !self.hearings[camera].hear_near(at, received) {
            self.hear_anew(camera, from, at, received);
        }
        // A camera whose clock is ahead closes no window before its time: the others would all be late for it.
        let watermark = at.min(received).plus(-self.rules.out_of_order);
        let reach = |reached: &mut Option<Timestamp>| *reached = (*reached).max(Some(watermark));
        reach(&mut self.watermarks[camera]);
        if self.hearings[camera].feeds_places {
            let places = self.directory.cameras[camera].feeds(at);
            places.for_each(|place| reach(&mut self.watermarks[place]));
        }
    }

    /// The same, where more may change than what was heard last.
    #[cold]
    fn hear_anew(&mut self, camera: usize, from: Timestamp, at: Timestamp, received: Timestamp) {
        let (entry, hearing) = (&self.directory.cameras[camera], &mut self.hearings[camera]);
        let contacts = &mut self.inboxes[camera].contacts;
        hearing.settle(contacts, entry.gap);
        let first = hearing.hear(from, at, received, &self.rules);
        self.missed_from[camera] = missed_from(entry.registered, Some(first));
        contacts.hear(pane_of(at), entry.gap);
        hearing.stay_near(contacts, &self.rules);
    }

    /// Whether an event is older than the allowance, as the engine judges it.
    fn is_beyond(&self, camera: usize, at: Timestamp) -> bool {
        let latest = self.hearings[camera].latest();
        latest.is_some_and(|latest| latest.since(at) - self.rules.out_of_order > self.rules.lateness)
    }
}
