//! What an event means to a window: one value of one measure at one moment.

use crate::rules::Rules;
use crate::source::latency;
use throng_model::event::Direction;
use throng_model::summary::bucket_of;
use throng_model::{Event, EventBody, Measure, Timestamp};

/// One thing a camera saw. Ordered by time first, then by content, so that events of the same moment have one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(from = "Kept", into = "Kept")]
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
    /// The bucket of the confidence in a sketch. An observation is added to some ten windows; what they all need is found once.
    bucket: i16,
    walk: Walk,
}

/// Nearly everybody walks alone, so that many observations say the same: those are counted, not added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Walk {
    In,
    Out,
    Pass,
    /// Not one person who walks.
    Other,
}

/// As it is written.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    at: Timestamp,
    measure: Measure,
    value: u32,
    latency: u32,
    confidence: u16,
}

impl From<Kept> for Observation {
    fn from(kept: Kept) -> Self {
        let Kept {
            at,
            measure,
            value,
            latency,
            confidence,
        } = kept;
        let walk = match measure {
            Measure::In => Walk::In,
            Measure::Out => Walk::Out,
            Measure::Pass => Walk::Pass,
            _ => Walk::Other,
        };
        let alone = value == Measure::SCALE as u32;
        Self {
            at,
            measure,
            value,
            latency,
            confidence,
            bucket: bucket_of(confidence.into()),
            walk: if alone { walk } else { Walk::Other },
        }
    }
}

impl From<Observation> for Kept {
    fn from(seen: Observation) -> Self {
        Self {
            at: seen.at,
            measure: seen.measure,
            value: seen.value,
            latency: seen.latency,
            confidence: seen.confidence,
        }
    }
}

impl Observation {
    const STORED: u32 = u32::MAX;
    /// The confidence of whoever has none.
    pub(crate) const UNSURE: u16 = u16::MAX;

    /// Something seen.
    pub fn new(
        at: Timestamp,
        measure: Measure,
        value: u32,
        confidence: Option<u16>,
        latency: Option<u32>,
    ) -> Self {
        let kept = Kept {
            at,
            measure,
            value,
            latency: latency.unwrap_or(Self::STORED),
            confidence: confidence.unwrap_or(Self::UNSURE),
        };
        kept.into()
    }

    /// How whoever it is of walked.
    pub(crate) fn walk(&self) -> Walk {
        self.walk
    }

    /// The bucket of the confidence.
    pub(crate) fn bucket(&self) -> Option<i16> {
        (self.confidence != Self::UNSURE).then_some(self.bucket)
    }

    /// So many people that one reading of a counter or one counted window tells of: one observation whatever their number,
    /// or a single message could fill the memory.
    pub fn counted(at: Timestamp, measure: Measure, people: u64) -> Self {
        let milli = people.saturating_mul(Measure::SCALE as u64);
        Self::new(at, measure, u32::try_from(milli).unwrap_or(u32::MAX), None, None)
    }

    /// The detector's confidence, thousandths.
    pub fn confidence(&self) -> Option<u16> {
        (self.confidence != Self::UNSURE).then_some(self.confidence)
    }

    /// The same, or [`Observation::UNSURE`].
    pub(crate) fn thousandths(&self) -> u16 {
        self.confidence
    }

    /// From the event to its arrival, microseconds; none where it was stored on the way.
    pub fn latency(&self) -> Option<u32> {
        (self.latency != Self::STORED).then_some(self.latency)
    }

    /// Whether it comes first: nearly always the moment says so.
    pub(crate) fn is_before(&self, other: &Self) -> bool {
        self.at < other.at || self.at == other.at && self < other
    }

    /// What it says about a measure.
    pub(crate) fn value_of(&self, measure: Measure) -> Option<i64> {
        match measure {
            Measure::Confidence => self.confidence().map(i64::from),
            Measure::Latency => self.latency().map(i64::from),
            _ => (measure == self.measure).then_some(i64::from(self.value)),
        }
    }

    /// What it says beside that somebody walked alone and how sure that is.
    pub(crate) fn others(&self, mut say: impl FnMut(Measure, i64)) {
        if self.walk == Walk::Other {
            say(self.measure, i64::from(self.value));
        }
        if let Some(micros) = self.latency() {
            say(Measure::Latency, i64::from(micros));
        }
    }

    /// What an event says to windows; most say one thing, heartbeats none. What a counter says, be it a reading or a counted
    /// window, depends on what it said before: see [`super::stream`].
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
                Some(seen(measure, people(*n), latency))
            }
            EventBody::ZoneOut {
                dwell_ms: Some(ms), ..
            } => Some(seen(Measure::Dwell, *ms, latency)),
            EventBody::ZoneCut {
                dwell_ms: Some(ms), ..
            } => Some(seen(Measure::DwellCut, *ms, latency)),
            EventBody::Queue { len, .. } => Some(seen(Measure::Queue, people(*len), latency)),
            _ => None,
        };
        all.into_iter()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::*;
    use throng_model::event::Cut;
    use throng_model::{CameraId, EventId, PlaceId};

    #[test]
    fn queues_and_stays_say_their_own_measure() {
        let zone = || PlaceId::new("till").expect("id");
        let said = |body| {
            let event = Event {
                id: EventId::from_u128(1),
                camera: CameraId::new("door").expect("id"),
                boot: None,
                seq: None,
                at: Timestamp(0),
                sent: None,
                confidence: Some(900),
                body,
                rest: Box::from(""),
            };
            let said = Observation::of(&event, Timestamp(0), &Rules::default());
            said.map(|seen| (seen.measure, seen.value, seen.confidence()))
                .collect::<Vec<_>>()
        };
        let queue = EventBody::Queue { zone: zone(), len: 4 };
        assert_eq!(said(queue), [(Measure::Queue, 4_000, Some(900))]);
        let (zone_out, cut) = (zone(), Cut::TrackEnd);
        let stay = EventBody::ZoneOut {
            zone: zone_out,
            dwell_ms: Some(2_500),
        };
        assert_eq!(said(stay), [(Measure::Dwell, 2_500, Some(900))]);
        let stay = EventBody::ZoneCut {
            zone: zone(),
            dwell_ms: Some(1_500),
            cut,
        };
        assert_eq!(said(stay), [(Measure::DwellCut, 1_500, Some(900))]);
        assert_eq!(said(EventBody::Beat), []);
    }
}
