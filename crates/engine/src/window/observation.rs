//! What an event means to a window: one value of one measure at one moment.

use crate::rules::Rules;
use crate::source::latency;
use throng_model::event::Direction;
use throng_model::pane::pane_of;
use throng_model::{Event, EventBody, Measure, Measures, Timestamp};

/// One thing a camera saw. Ordered by time first, then by content, so that events of the same moment have one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Observation {
    /// When.
    pub at: Timestamp,
    /// What was measured.
    pub measure: Measure,
    /// The value, milli-units.
    pub value: u32,
    /// From the event to its arrival, microseconds, or [`Observation::STORED`]. Millions of observations are held at once:
    /// as options this and `confidence` would be twice as wide.
    latency: u32,
    /// The detector's confidence, thousandths, or [`Observation::UNSURE`].
    confidence: u16,
}

impl Observation {
    const STORED: u32 = u32::MAX;
    const UNSURE: u16 = u16::MAX;

    /// Something seen.
    pub fn new(
        at: Timestamp,
        measure: Measure,
        value: u32,
        confidence: Option<u16>,
        latency: Option<u32>,
    ) -> Self {
        Self {
            at,
            measure,
            value,
            latency: latency.unwrap_or(Self::STORED),
            confidence: confidence.unwrap_or(Self::UNSURE),
        }
    }

    /// One person that a cumulative counter told of.
    pub fn person(at: Timestamp, measure: Measure) -> Self {
        Self::new(at, measure, Measure::SCALE as u32, None, None)
    }

    /// The detector's confidence, thousandths.
    pub fn confidence(&self) -> Option<u16> {
        (self.confidence != Self::UNSURE).then_some(self.confidence)
    }

    /// From the event to its arrival, microseconds; none where it was stored on the way.
    pub fn latency(&self) -> Option<u32> {
        (self.latency != Self::STORED).then_some(self.latency)
    }

    /// What it says about a measure.
    pub(crate) fn value_of(&self, measure: Measure) -> Option<i64> {
        match measure {
            Measure::Confidence => self.confidence().map(i64::from),
            Measure::Latency => self.latency().map(i64::from),
            _ => (measure == self.measure).then_some(i64::from(self.value)),
        }
    }

    /// What an event says to windows; most say one thing, heartbeats none.
    ///
    /// A counted window is in one pane or it is no event: how it spreads over its minutes is not known, so it is left to
    /// the rungs that can hold it. What a reading of a counter says depends on the readings before it: see [`super::stream`].
    pub fn of(
        event: &Event,
        received: Timestamp,
        rules: &Rules,
    ) -> impl Iterator<Item = Observation> + use<> {
        let latency = latency(event.at, received, rules).and_then(|micros| u32::try_from(micros).ok());
        let seen = move |measure, value, latency| {
            Observation::new(event.at, measure, value, event.confidence, latency)
        };
        let people = |n: u32| n.saturating_mul(Measure::SCALE as u32);
        let all = match &event.body {
            EventBody::Line { dir, n, .. } => {
                let measure = match dir {
                    Direction::In => Measure::In,
                    Direction::Out => Measure::Out,
                    Direction::Unknown => Measure::Pass,
                };
                [Some(seen(measure, people(*n), latency)), None, None]
            }
            EventBody::ZoneOut {
                dwell_ms: Some(ms), ..
            } => [Some(seen(Measure::Dwell, *ms, latency)), None, None],
            EventBody::Queue { len, .. } => [Some(seen(Measure::Queue, people(*len), latency)), None, None],
            EventBody::Count {
                over,
                people_in,
                people_out,
                people_pass,
                ..
            } if pane_of(over.start) == pane_of(over.end.plus(-1)) => [
                (Measure::In, people_in),
                (Measure::Out, people_out),
                (Measure::Pass, people_pass),
            ]
            .map(|(measure, n)| {
                let at = over.end.plus(-1);
                (*n > 0).then(|| Observation::new(at, measure, people(*n), None, None))
            }),
            _ => [None; 3],
        };
        all.into_iter().flatten()
    }
}

/// Adds the values of many observations.
pub(crate) fn pour(observations: &[Observation], into: &mut Measures) {
    // Nearly everybody walks alone: those are counted first and added at once.
    const ALONE: u32 = Measure::SCALE as u32;
    let mut alone = [(Measure::In, 0), (Measure::Out, 0), (Measure::Pass, 0)];
    for some in observations.chunks(64) {
        let mut sure = [0; 64];
        let mut count = 0;
        for seen in some {
            match alone.iter_mut().find(|alone| alone.0 == seen.measure) {
                Some(alone) if seen.value == ALONE => alone.1 += 1,
                _ => into.lane(seen.measure).add(i64::from(seen.value)),
            }
            if let (Some(confidence), Some(place)) = (seen.confidence(), sure.get_mut(count)) {
                *place = confidence;
                count += 1;
            }
            if let Some(micros) = seen.latency() {
                into.lane(Measure::Latency).add(i64::from(micros));
            }
        }
        if count > 0 {
            into.lane(Measure::Confidence)
                .add_small(sure.get(..count).unwrap_or_default());
        }
    }
    for (measure, times) in alone.into_iter().filter(|(_, times)| *times > 0) {
        into.lane(measure).add_times(Measure::SCALE, times);
    }
}
