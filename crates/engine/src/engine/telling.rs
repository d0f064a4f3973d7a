//! What the engine tells whoever asks: the present of cameras and places, what counters did, how far everything is.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use super::{Counts, Engine};
use crate::source::Source;
use throng_model::counter::CountersNow;
use throng_model::live::Now;
use throng_model::{CameraId, PlaceId, Scope, Timestamp};

impl Engine {
    /// The present of every scope that changed since this was last asked. Where a settled minute of the day changed, how many are
    /// inside is what was known before until the next flush has followed the day; it is told again then.
    pub fn take_changed(&mut self) -> Vec<Now> {
        let numbers = self.live.take();
        numbers.into_iter().map(|number| self.now(number)).collect()
    }

    /// Whether how many are inside is known only after the next flush.
    pub fn is_behind(&self, scope: &Scope) -> bool {
        let mut known = self.directory.scopes.iter().zip(&self.scopes);
        known.any(|(entry, memory)| entry.scope == *scope && memory.is_behind())
    }

    /// What the last flush gave out can be read by everybody now. Gives how far the rows of places have come, where that changed:
    /// up to which event, as the present has it. It is no part of the present, which would change twice for every event then.
    pub fn rows_are_stored(&mut self) -> Vec<(PlaceId, Timestamp)> {
        let mut changed = Vec::new();
        for (entry, memory) in self.directory.scopes.iter().zip(&mut self.scopes) {
            if let Scope::Place(place) = &entry.scope
                && memory.stored != memory.flushed
            {
                memory.stored = memory.flushed;
                changed.extend(memory.stored.map(|stored| (place.clone(), stored)));
            }
        }
        changed
    }

    /// The same of every place that has rows.
    pub fn stored(&self) -> Vec<(PlaceId, Timestamp)> {
        let memories = self.directory.scopes.iter().zip(&self.scopes);
        let places = memories.filter_map(|(entry, memory)| match &entry.scope {
            Scope::Place(place) => Some((place.clone(), memory.stored?)),
            Scope::Camera(_) => None,
        });
        places.collect()
    }

    /// What the counters did of every camera where that changed since this was last asked. What is forgotten because no event
    /// can change it any more is told until then.
    pub fn take_noted(&mut self) -> Vec<(CameraId, CountersNow)> {
        let numbers = self.noted.take();
        numbers.into_iter().map(|number| self.told(number)).collect()
    }

    /// What the counters did of every camera that has some.
    pub fn all_told(&self) -> Vec<(CameraId, CountersNow)> {
        let all = (0..self.sources.len()).map(|number| self.told(number));
        all.filter(|(_, told)| *told != CountersNow::default()).collect()
    }

    fn told(&self, number: usize) -> (CameraId, CountersNow) {
        let camera = &self.directory.cameras[number];
        (camera.id.clone(), self.sources[number].counters.told())
    }

    /// The present of every scope.
    pub fn all(&self) -> Vec<Now> {
        (0..self.scopes.len()).map(|number| self.now(number)).collect()
    }

    fn now(&self, number: usize) -> Now {
        let memory = &self.scopes[number];
        let (present, level) = (&memory.present, memory.level());
        // Cameras come first, so a camera's scope has the camera's number.
        let source = self.sources.get(number);
        Now {
            scope: self.directory.scopes[number].scope.clone(),
            raw_occupancy: level.raw,
            occupancy: level.occupancy(),
            measures_inside: memory.inside.is_measured(),
            in_today: present.in_today,
            out_today: present.out_today,
            pass_today: present.pass_today,
            as_of: present.as_of,
            latest: present.latest,
            first_told: source.and_then(|source| source.first),
            last_heard: source.and_then(|source| source.heard),
            latency: source.and_then(|source| source.latency),
            device: source.and_then(|source| source.device).map(|(_, state)| state),
        }
    }

    /// What was done so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The sources by camera, for the doors' own checks after a restart.
    pub fn sources(&self) -> impl Iterator<Item = (&throng_model::CameraId, &Source)> {
        self.directory
            .cameras
            .iter()
            .map(|camera| &camera.id)
            .zip(&self.sources)
    }

    /// Whether all that is in a scope's rows, as far as they may still change, was told to the minute. Of places nobody knows.
    pub fn is_told_to_the_minute(&self, scope: &Scope) -> bool {
        let Scope::Camera(camera) = scope else {
            return false;
        };
        let number = self.directory.camera(camera);
        let source = number.and_then(|number| self.sources.get(number));
        source.is_some_and(|source| source.counters.is_empty())
    }

    /// How far time has come for each scope: buckets that end before are closed.
    pub fn frontiers(&self) -> impl Iterator<Item = (&Scope, Option<Timestamp>)> {
        self.directory
            .scopes
            .iter()
            .map(|entry| &entry.scope)
            .zip(self.scopes.iter().map(|memory| memory.frontier))
    }
}
