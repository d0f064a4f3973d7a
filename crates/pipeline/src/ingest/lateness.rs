//! Which events come too late to be in any number, told to who sends them.
//!
//! The engine leaves out what is more than the allowed lateness behind the newest of its camera. That is a function of the order of
//! the log, in which the doors put events, so they know it at once and need not wait for the engine: both go by
//! [`Source::watermark`].

use std::collections::HashMap;
use throng_engine::source::Source;
use throng_engine::{Rules, moment_of};
use throng_model::camera::OPERATOR;
use throng_model::time::HOUR;
use throng_model::{CameraId, Event, Timestamp};

/// How far each camera's time has come.
pub(crate) struct Lateness {
    rules: Rules,
    latest: HashMap<CameraId, Timestamp>,
}

impl Lateness {
    pub fn new(rules: Rules) -> Self {
        let latest = HashMap::new();
        Self { rules, latest }
    }

    /// Takes over how far a camera had come in the log.
    pub fn take_over(&mut self, camera: &CameraId, source: &Source) {
        if let Some(latest) = source.latest {
            self.latest.insert(camera.clone(), latest);
        }
    }

    /// Takes note of an event on its way into the log; why it will be in no number, if so.
    pub fn note(&mut self, event: &Event) -> Option<String> {
        // A person is not late for a camera.
        if event.camera.as_str() == OPERATOR {
            return None;
        }
        let at = moment_of(event);
        let source = Source {
            latest: self.latest.get(&event.camera).copied(),
            ..Source::default()
        };
        if let (Some(watermark), Some(latest)) = (source.watermark(&self.rules), source.latest)
            && watermark.since(at) > self.rules.lateness
        {
            let (camera, days) = (event.camera.as_str(), self.rules.lateness / (24 * HOUR));
            return Some(format!(
                "kept, but in no number: {at} is more than {days} days (engine.lateness_days) before {latest}, the newest of \
                 camera {camera:?}"
            ));
        }
        match self.latest.get_mut(&event.camera) {
            Some(latest) => *latest = at.max(*latest),
            None => drop(self.latest.insert(event.camera.clone(), at)),
        }
        None
    }
}
