//! What is known about one camera as a source of events: how far its time has come, and what it lost on the way.

mod clock_offset;
pub mod counter;
mod sequence;

pub use clock_offset::ClockOffset;
pub use sequence::Sequence;

use crate::rules::Rules;
use counter::{Counters, CountersWithoutWindows};
use serde::{Deserialize, Serialize};
use throng_model::Timestamp;
use throng_model::event::DeviceState;

/// One camera as a source. All of it is a function of its events in the order they stand in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The latest event time heard.
    pub latest: Option<Timestamp>,
    /// The latest arrival, server time.
    pub heard: Option<Timestamp>,
    /// From the last timely event to its arrival, microseconds.
    pub latency: Option<i64>,
    /// Its condition as it last reported it, and when.
    pub device: Option<(Timestamp, DeviceState)>,
    /// Its numbering, for loss.
    pub sequence: Sequence,
    /// What its counters said.
    pub counters: Counters,
    /// The earliest moment it told of; before, nobody could have heard from it.
    pub first: Option<Timestamp>,
}

/// As it stood in states of versions 3 to 5, which did not know since when a camera is there.
#[derive(Deserialize)]
pub(crate) struct SourceOfVersion5 {
    before: SourceOfVersion1,
    counters: Counters,
}

impl From<SourceOfVersion5> for Source {
    fn from(source: SourceOfVersion5) -> Self {
        Self {
            counters: source.counters,
            ..source.before.into()
        }
    }
}

/// As it stood in states of version 1, which knew no counters.
#[derive(Deserialize)]
pub(crate) struct SourceOfVersion1 {
    latest: Option<Timestamp>,
    heard: Option<Timestamp>,
    latency: Option<i64>,
    device: Option<(Timestamp, DeviceState)>,
    sequence: Sequence,
}

/// As it stood in states of version 2, which knew cumulative counters only.
#[derive(Deserialize)]
pub(crate) struct SourceOfVersion2 {
    before: SourceOfVersion1,
    counters: CountersWithoutWindows,
}

impl From<SourceOfVersion2> for Source {
    fn from(source: SourceOfVersion2) -> Self {
        Self {
            counters: source.counters.into(),
            ..source.before.into()
        }
    }
}

impl From<SourceOfVersion1> for Source {
    fn from(source: SourceOfVersion1) -> Self {
        Self {
            latest: source.latest,
            heard: source.heard,
            latency: source.latency,
            device: source.device,
            sequence: source.sequence,
            counters: Counters::default(),
            first: None,
        }
    }
}

impl Source {
    /// Up to here the camera has said what it had to say; only late events come from before.
    ///
    /// Every event moves it, a heartbeat too: that is the proof of silence. Silence without heartbeats does not (I-5),
    /// so a window is never closed on the word of a camera that is not there.
    pub fn watermark(&self, rules: &Rules) -> Option<Timestamp> {
        self.latest.map(|latest| latest.plus(-rules.out_of_order))
    }

    /// Takes note of an event at this time that arrived at that time.
    pub fn hear(&mut self, at: Timestamp, received: Timestamp, rules: &Rules) {
        self.latest = self.latest.max(Some(at));
        self.heard = self.heard.max(Some(received));
        self.latency = latency(at, received, rules).or(self.latency);
    }
}

impl Source {
    /// Takes note of a moment the camera told of.
    pub fn hear_of(&mut self, at: Timestamp) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
    }

    /// Takes note of what the device says of itself; the latest word holds.
    pub fn report(&mut self, at: Timestamp, state: DeviceState) {
        if self.device.is_none_or(|(known, _)| at >= known) {
            self.device = Some((at, state));
        }
    }
}

/// From the event to its arrival; none when it was stored on the way, and 0 when the camera's clock is ahead.
pub fn latency(at: Timestamp, received: Timestamp, rules: &Rules) -> Option<i64> {
    let micros = received.since(at).max(0);
    (micros <= rules.latency_max).then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_watermark_never_goes_back() {
        let rules = Rules::default();
        let mut source = Source::default();
        assert_eq!(source.watermark(&rules), None);
        source.hear(Timestamp(100_000_000), Timestamp(101_000_000), &rules);
        source.hear(Timestamp(50_000_000), Timestamp(102_000_000), &rules);
        assert_eq!(source.watermark(&rules), Some(Timestamp(95_000_000)));
        assert_eq!(source.latency, Some(52_000_000));
    }
}
