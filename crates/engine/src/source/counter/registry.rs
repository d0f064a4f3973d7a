//! All counters of one camera, by name: one call for whoever reads the log.

use super::{Correction, CounterMemory, Moved, Sample, WindowMemory};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use throng_model::camera::Line;
use throng_model::event::ResetTarget;
use throng_model::{Event, EventBody, LineId, Timestamp};

/// The most counters of one camera that may report windows: a camera without registered lines takes any name, and no sender may
/// fill the memory with names. The windows of further ones are refused.
pub const WINDOW_COUNTERS_MAX: usize = 64;

/// The counters of a camera that need memory. Of the cumulative ones it is that of its registered lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    totals: BTreeMap<LineId, CounterMemory>,
    windows: BTreeMap<LineId, WindowMemory>,
    /// Windows of counters beyond [`WINDOW_COUNTERS_MAX`]: not counted.
    unknown: u64,
    #[serde(skip)]
    notable: bool,
}

impl Counters {
    /// Those of an earlier build, which knew no windows.
    pub(super) fn of_totals(totals: BTreeMap<LineId, CounterMemory>) -> Self {
        Self {
            totals,
            ..Self::default()
        }
    }

    /// Whether nothing is remembered of any counter.
    pub fn is_empty(&self) -> bool {
        self.totals.is_empty() && self.windows.is_empty()
    }

    /// Whether an event is a counter's business.
    pub fn concern(body: &EventBody) -> bool {
        let reset_of_a_counter = |target: &ResetTarget| matches!(target, ResetTarget::Counter(_));
        match body {
            EventBody::Total { .. } => true,
            EventBody::Reset { target, .. } => reset_of_a_counter(target),
            _ => false,
        }
    }

    /// Takes in an event; only those of counters change anything. `lines` are those of its camera as registered: others
    /// count nobody, so that no sender can fill the memory with names.
    pub fn take(&mut self, event: &Event, lines: &[Line]) -> Vec<Correction> {
        let (counter, sample) = match &event.body {
            EventBody::Total {
                counter,
                since,
                people_in,
                people_out,
                value,
            } => {
                let sample = Sample {
                    at: event.at,
                    announced_reset: false,
                    since: *since,
                    registers: [*people_in, *people_out, *value],
                    reason: None,
                };
                (counter, sample)
            }
            EventBody::Reset {
                target: ResetTarget::Counter(counter),
                to,
                reason,
            } => (counter, Sample::reset(event.at, u64::from(*to), *reason)),
            _ => return Vec::new(),
        };
        let Some(line) = lines.iter().find(|line| line.id == *counter) else {
            return Vec::new();
        };
        let memory = self.totals.entry(counter.clone()).or_default();
        let again = memory.again();
        let corrections = memory.observe(sample, line.wraps_at);
        self.notable |= memory.again() > again || memory.is_notable(&sample);
        corrections
    }

    /// Takes in the report of a window counted as a whole; other events change nothing.
    pub fn report(&mut self, event: &Event) -> Vec<Moved> {
        let EventBody::Count {
            counter,
            over,
            people_in,
            people_out,
            people_pass,
        } = &event.body
        else {
            return Vec::new();
        };
        if self.windows.len() >= WINDOW_COUNTERS_MAX && !self.windows.contains_key(counter) {
            self.unknown += 1;
            self.notable = true;
            return Vec::new();
        }
        let people = [*people_in, *people_out, *people_pass].map(u64::from);
        let memory = self.windows.entry(counter.clone()).or_default();
        let moved = memory.observe(*over, (event.sent.unwrap_or(event.at), event.id), people);
        // A plain report books its own window and nothing else.
        self.notable |=
            !matches!(moved.as_slice(), [moved] if moved.over == *over && !memory.was_known(*over));
        moved
    }

    /// Whether something came since this was last asked that should be looked up.
    pub fn take_notable(&mut self) -> bool {
        std::mem::take(&mut self.notable)
    }

    /// Forgets what no event can change any more: all before the last word up to `horizon`.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        self.totals
            .values_mut()
            .for_each(|memory| memory.forget_before(horizon));
        // Names are given back, too: a device that is set up anew now and then would use them up.
        self.windows.retain(|_, memory| {
            memory.forget_before(horizon);
            !memory.is_spent(horizon)
        });
    }

    /// The cumulative counters by name.
    pub fn totals(&self) -> impl Iterator<Item = (&LineId, &CounterMemory)> {
        self.totals.iter()
    }

    /// The counters that report windows, by name.
    pub fn windows(&self) -> impl Iterator<Item = (&LineId, &WindowMemory)> {
        self.windows.iter()
    }

    /// How many windows were refused because their camera has more counters than are remembered.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }
}

#[cfg(test)]
mod tests {
    use super::super::Booking;
    use super::*;
    use throng_model::camera::Semantics;
    use throng_model::event::{COUNT_WINDOW_MAX, ResetReason};
    use throng_model::time::MINUTE;
    use throng_model::{CameraId, EventId, TimeRange};

    fn lines() -> Vec<Line> {
        vec![Line {
            semantics: Some(Semantics::Cumulative),
            wraps_at: Some(1 << 16),
            ..Line::new(LineId::new("main").expect("id"), "Main")
        }]
    }

    fn event(minute: i64, body: EventBody) -> Event {
        Event {
            id: EventId::from_u128(minute as u128),
            camera: CameraId::new("door").expect("id"),
            boot: None,
            seq: None,
            at: Timestamp(minute * MINUTE),
            sent: None,
            confidence: None,
            body,
            rest: "".into(),
        }
    }

    fn total(minute: i64, counter: &str, people_in: u64) -> Event {
        let body = EventBody::Total {
            counter: LineId::new(counter).expect("id"),
            since: None,
            people_in: Some(people_in),
            people_out: None,
            value: None,
        };
        event(minute, body)
    }

    fn window(minute: i64, counter: &str) -> Event {
        let body = EventBody::Count {
            counter: LineId::new(counter).expect("id"),
            over: TimeRange {
                start: Timestamp(minute * MINUTE),
                end: Timestamp((minute + 1) * MINUTE),
            },
            people_in: 1,
            people_out: 0,
            people_pass: 0,
        };
        event(minute, body)
    }

    #[test]
    fn a_counter_of_which_nothing_is_left_gives_its_name_back() {
        let mut counters = Counters::default();
        for number in 0..WINDOW_COUNTERS_MAX {
            assert_eq!(counters.report(&window(0, &format!("counter-{number}"))).len(), 1);
        }
        assert!(counters.report(&window(0, "another")).is_empty());
        let over = Timestamp(MINUTE);
        counters.forget_before(over.plus(COUNT_WINDOW_MAX - 1));
        assert!(counters.report(&window(1, "another")).is_empty(), "not yet");
        counters.forget_before(over.plus(COUNT_WINDOW_MAX));
        assert_eq!(counters.windows().count(), 0);
        assert_eq!(counters.report(&window(2, "another")).len(), 1);
    }

    #[test]
    fn readings_and_resets_of_a_registered_line_count() {
        let (mut counters, lines) = (Counters::default(), lines());
        let mut take = |event: Event| counters.take(&event, &lines);
        assert!(take(total(1, "main", 65_530)).is_empty());
        let booked = |after: i64, at: i64, n| {
            vec![Correction::Book(Booking {
                after: Timestamp(after * MINUTE),
                at: Timestamp(at * MINUTE),
                people: [n, 0, 0],
            })]
        };
        assert_eq!(
            take(total(2, "main", 4)),
            booked(1, 2, 10),
            "by the size of its register"
        );
        let reset = EventBody::Reset {
            target: ResetTarget::Counter(LineId::new("main").expect("id")),
            to: 0,
            reason: ResetReason::Schedule,
        };
        assert!(take(event(3, reset)).is_empty());
        assert_eq!(take(total(4, "main", 2)), booked(3, 4, 2));
        assert!(take(total(1, "other", 5)).is_empty() && take(total(2, "other", 9)).is_empty());
        let evidence: Vec<_> = counters
            .totals()
            .flat_map(|(line, memory)| memory.evidence().map(move |evidence| (line, evidence)))
            .map(|(line, evidence)| (line.as_str(), evidence.at.0 / MINUTE))
            .collect();
        assert_eq!(evidence, [("main", 2), ("main", 3)]);
    }
}
