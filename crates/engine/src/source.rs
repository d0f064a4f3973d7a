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
    /// The earliest moment it told of, once its clock was set; before, nobody could have heard from it.
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
    /// Takes note of a moment the camera told of; before [`Source::hear`] of the same event.
    pub fn hear_of(&mut self, at: Timestamp, received: Timestamp, rules: &Rules) {
        let known = self.first.zip(self.latest).zip(self.heard);
        let before = known.map(|((first, latest), heard)| Told { first, latest, heard });
        self.first = Some(first_told(before, at, received, rules));
    }

    /// Takes note of what the device says of itself; the latest word holds.
    pub fn report(&mut self, at: Timestamp, state: DeviceState) {
        if self.device.is_none_or(|(known, _)| at >= known) {
            self.device = Some((at, state));
        }
    }
}

/// What a camera told of until now.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// The earliest moment.
    pub first: Timestamp,
    /// The latest.
    pub latest: Timestamp,
    /// The latest arrival.
    pub heard: Timestamp,
}

/// The earliest moment a camera told of, with one more that arrives now.
///
/// A clock that is not set yet says 1970, or when the device was built, until it is, and nothing is known by which its first
/// event could be told from a recording. What follows tells: where all before lay further behind its arrival than late events
/// are taken, and this one leaps out of that to the present, a clock was set. So what was told before does not say since when the
/// camera is there. A recording stays behind its arrival, whatever gaps it has.
pub(crate) fn first_told(
    before: Option<Told>,
    at: Timestamp,
    received: Timestamp,
    rules: &Rules,
) -> Timestamp {
    let is_old = |at: Timestamp, received: Timestamp| received.since(at) > rules.lateness;
    let was_set = |before: &Told| {
        let leaps = at.since(before.latest) > rules.lateness;
        let told_little = before.latest.since(before.first) <= rules.lateness;
        leaps && told_little && is_old(before.latest, before.heard) && !is_old(at, received)
    };
    let known = before.filter(|before| !was_set(before));
    known.map_or(at, |before| before.first.min(at))
}

/// From the event to its arrival; none when it was stored on the way, and 0 when the camera's clock is ahead.
pub fn latency(at: Timestamp, received: Timestamp, rules: &Rules) -> Option<i64> {
    let micros = received.since(at).max(0);
    (micros <= rules.latency_max).then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::HOUR;

    const DAY: i64 = 24 * HOUR;

    /// Since when a camera is there that told of these days after one of 1970, and in this order.
    /// Days told of, and the days on which that arrived.
    fn first_of(days: &[(i64, i64)]) -> Option<i64> {
        let (rules, mut source) = (Rules::default(), Source::default());
        for (day, arrival) in days {
            let (at, received) = (Timestamp(day * DAY), Timestamp(arrival * DAY));
            source.hear_of(at, received, &rules);
            source.hear(at, received, &rules);
        }
        source.first.map(|first| first.0 / DAY)
    }

    #[test]
    fn a_clock_that_was_not_set_does_not_say_since_when_a_camera_is_there() {
        assert_eq!(first_of(&[(0, 20_000)]), Some(0));
        assert_eq!(
            first_of(&[(0, 20_000), (1, 20_001), (20_001, 20_001)]),
            Some(20_001)
        );
        assert_eq!(
            first_of(&[(0, 20_000), (20_000, 20_000), (19_995, 20_000), (20_001, 20_001)]),
            Some(19_995),
            "stored on the way"
        );
    }

    #[test]
    fn a_recording_with_gaps_begins_where_it_begins() {
        let recorded = |days: &[i64]| days.iter().map(|day| (*day, 20_000)).collect::<Vec<_>>();
        assert_eq!(first_of(&recorded(&[100, 104, 108, 200, 400])), Some(100));
        assert_eq!(first_of(&recorded(&[100, 101, 131])), Some(100));
        assert_eq!(first_of(&recorded(&[100, 106, 114, 107])), Some(100));
    }

    #[test]
    fn a_camera_that_pauses_was_there_before() {
        assert_eq!(first_of(&[(100, 100), (130, 130)]), Some(100));
    }

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
