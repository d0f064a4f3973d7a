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
    /// The detector's confidence, thousandths.
    pub confidence: Option<u16>,
    /// From the event to its arrival, microseconds; none where it was stored on the way.
    pub latency: Option<u32>,
}

impl Observation {
    /// What an event says to windows; most say one thing, heartbeats none.
    ///
    /// A counted window is in one pane or it is no event: how it spreads over its minutes is not known, so it is left to
    /// the rungs that can hold it.
    pub fn of(event: &Event, received: Timestamp, rules: &Rules) -> impl Iterator<Item = Observation> {
        let latency = latency(event.at, received, rules).and_then(|micros| u32::try_from(micros).ok());
        let seen = move |measure, value, latency| Observation {
            at: event.at,
            measure,
            value,
            confidence: event.confidence,
            latency,
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
                (*n > 0).then(|| Observation {
                    at,
                    confidence: None,
                    ..seen(measure, people(*n), None)
                })
            }),
            _ => [None; 3],
        };
        all.into_iter().flatten()
    }

    /// Adds the values.
    pub(crate) fn pour(&self, into: &mut Measures) {
        into.lane(self.measure).add(i64::from(self.value));
        if let Some(thousandths) = self.confidence {
            into.lane(Measure::Confidence).add(i64::from(thousandths));
        }
        if let Some(micros) = self.latency {
            into.lane(Measure::Latency).add(i64::from(micros));
        }
    }
}
