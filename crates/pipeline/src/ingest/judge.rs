//! Whether an event, taken by itself, can be believed.

use super::IngestRules;
use std::sync::Arc;
use throng_model::camera::Semantics;
use throng_model::codec::plain::not_utf8;
use throng_model::codec::{EncodedEvent, Fields, decode_json};
use throng_model::event::{OccTarget, ResetReason, ResetTarget};
use throng_model::site::Site;
use throng_model::{Event, EventBody, EventId, Fault, FaultCode, LineId, PlaceId, Timestamp};
use throng_ports::Sender;

/// A believable event, encoded for the log.
pub(crate) struct Judged {
    pub event: Event,
    pub encoded: EncodedEvent,
}

/// Why an event is not believed, with its id and camera as far as they can be read.
pub(crate) struct Refusal {
    pub fault: Fault,
    pub id: Option<EventId>,
    pub camera: Option<String>,
    /// The event itself where all that is wrong is its time: it tells of its camera's clock.
    pub from_the_future: Option<Box<Event>>,
}

/// What there is to judge by.
pub(crate) struct Judge<'a> {
    pub site: Arc<Site>,
    pub sender: &'a Sender,
    pub now: Timestamp,
    pub rules: IngestRules,
}

impl Judge<'_> {
    /// The event, or why not.
    pub fn judge(&self, raw: &[u8]) -> Result<Judged, Refusal> {
        let text = std::str::from_utf8(raw).map_err(|error| Refusal {
            fault: Fault::new(FaultCode::MalformedJson, not_utf8(error)),
            id: None,
            camera: None,
            from_the_future: None,
        })?;
        let event = decode_json(text).map_err(|fault| {
            let (id, camera) = glimpse(text);
            Refusal {
                fault,
                id,
                camera,
                from_the_future: None,
            }
        })?;
        match self
            .believe(&event)
            .and_then(|()| EncodedEvent::new(self.now, &event))
        {
            Ok(encoded) => Ok(Judged { event, encoded }),
            Err(fault) => Err(Refusal {
                id: Some(event.id),
                camera: Some(event.camera.to_string()),
                from_the_future: (fault.code == FaultCode::FutureEvent).then(|| Box::new(event)),
                fault,
            }),
        }
    }

    fn believe(&self, event: &Event) -> Result<(), Fault> {
        let camera = &event.camera;
        // Before "unknown": a key must not be able to find out which cameras exist.
        if !self.sender.speaks_for(camera) {
            return Err(Fault::new(
                FaultCode::ForeignCamera,
                format!("the key does not speak for camera {:?}", camera.as_str()),
            ));
        }
        let Some(registered) = self.site.camera(camera) else {
            // A person needs no camera to say how many are inside.
            if let (Sender::Operator, Some(place), EventBody::Reset { reason, .. }) =
                (self.sender, place_of(&event.body), &event.body)
                && *reason == ResetReason::Manual
                && self.site.place(place).is_some()
            {
                return self.check_time(event);
            }
            return Err(Fault::new(
                FaultCode::UnknownCamera,
                format!("camera {:?} is unknown", camera.as_str()),
            ));
        };
        if !registered.in_use_at(event.at) {
            let detail = match registered.retired() {
                Some(retired) => format!("camera {:?} is retired since {retired}", camera.as_str()),
                None => format!("camera {:?} was retired at {}", camera.as_str(), event.at),
            };
            return Err(Fault::new(FaultCode::RetiredCamera, detail));
        }
        if let Some(line) = line_of(&event.body) {
            let known = registered.lines.iter().find(|known| known.id == *line);
            // Totals are differences to what is remembered of a counter: memory is kept for registered ones only.
            let needs_memory = !matches!(event.body, EventBody::Line { .. } | EventBody::Count { .. });
            if known.is_none() && (needs_memory || !registered.lines.is_empty()) {
                return Err(Fault::new(
                    FaultCode::UnknownLine,
                    format!("camera {:?} has no line {:?}", camera.as_str(), line.as_str()),
                ));
            }
            if let Some((expected, said)) = known
                .and_then(|known| known.semantics)
                .zip(semantics(&event.body))
                && expected != said
            {
                let (camera, line) = (camera.as_str(), line.as_str());
                let detail =
                    format!("line {line:?} of camera {camera:?} counts by {expected}, the event by {said}");
                return Err(Fault::new(FaultCode::CounterSemantics, detail));
            }
            if let (EventBody::Total { .. }, Some(wraps_at)) =
                (&event.body, known.and_then(|known| known.wraps_at))
                && let Some(value) = registers(&event.body).find(|value| *value >= wraps_at)
            {
                let line = line.as_str();
                let detail =
                    format!("counter {line:?} says {value}, but is registered to wrap at {wraps_at}");
                return Err(Fault::new(FaultCode::CounterSemantics, detail));
            }
        }
        // Rows are of whole cameras: what is said of a place counts for all its camera feeds, so another's, or a misspelt one,
        // would become theirs.
        if let Some(place) = place_of(&event.body)
            && !self
                .site
                .fed_by(registered, event.at)
                .iter()
                .any(|fed| fed.id == *place)
        {
            let (camera, place) = (camera.as_str(), place.as_str());
            return Err(Fault::new(
                FaultCode::UnknownLine,
                format!("camera {camera:?} does not count for {place:?}"),
            ));
        }
        self.check_time(event)
    }

    fn check_time(&self, event: &Event) -> Result<(), Fault> {
        let camera = &event.camera;
        let latest = match &event.body {
            EventBody::Count { over, .. } => event.at.max(over.end),
            _ => event.at,
        };
        // Of two reports of a window the one sent later holds: one sent in a future that never comes would hold for ever.
        let told = [("event time", Some(latest)), ("sending time", event.sent)];
        for (what, told) in told {
            if let Some(at) = told.filter(|at| at.since(self.now) > self.rules.future) {
                let detail = format!(
                    "{what} {at} of camera {:?} is ahead of the server, which has {}",
                    camera.as_str(),
                    self.now
                );
                return Err(Fault::new(FaultCode::FutureEvent, detail));
            }
        }
        Ok(())
    }
}

/// The place an event is told of: who is inside, who came and left, who waits.
fn place_of(body: &EventBody) -> Option<&PlaceId> {
    match body {
        EventBody::Occ {
            of: OccTarget::Zone(place) | OccTarget::Place(place),
            ..
        }
        | EventBody::Reset {
            target: ResetTarget::Place(place),
            ..
        }
        | EventBody::ZoneIn { zone: place }
        | EventBody::ZoneOut { zone: place, .. }
        | EventBody::ZoneCut { zone: place, .. }
        | EventBody::Queue { zone: place, .. } => Some(place),
        _ => None,
    }
}

fn line_of(body: &EventBody) -> Option<&LineId> {
    match body {
        EventBody::Line { line, .. } => Some(line),
        EventBody::Count { counter, .. } | EventBody::Total { counter, .. } => Some(counter),
        EventBody::Reset {
            target: ResetTarget::Counter(counter),
            ..
        } => Some(counter),
        _ => None,
    }
}

/// What the registers of a cumulative counter hold.
fn registers(body: &EventBody) -> impl Iterator<Item = u64> {
    let registers = match body {
        EventBody::Total {
            people_in,
            people_out,
            value,
            ..
        } => [*people_in, *people_out, *value],
        _ => [None; 3],
    };
    registers.into_iter().flatten()
}

/// How the counter of an event counts; none where it does not say.
fn semantics(body: &EventBody) -> Option<Semantics> {
    match body {
        EventBody::Line { .. } => Some(Semantics::Event),
        EventBody::Count { .. } => Some(Semantics::Window),
        EventBody::Total { .. }
        | EventBody::Reset {
            target: ResetTarget::Counter(_),
            ..
        } => Some(Semantics::Cumulative),
        _ => None,
    }
}

/// Id and camera of an event that is wrong otherwise, so that its sender can find it again.
fn glimpse(text: &str) -> (Option<EventId>, Option<String>) {
    let Ok(mut fields) = Fields::parse(text) else {
        return (None, None);
    };
    (
        fields.take("id").ok().flatten(),
        fields
            .take::<String>("cam")
            .ok()
            .flatten()
            .map(|camera| camera.chars().take(64).collect()),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use serde_json::{Value, json};
    use throng_model::camera::{Camera, Line};

    fn judge(event: &Value) -> Result<(), Fault> {
        let quarters = Line {
            semantics: Some(Semantics::Window),
            ..Line::new("quarters".parse().unwrap(), "Quarters of an hour")
        };
        judge_with(vec![Line::new("main".parse().unwrap(), "Main"), quarters], event)
    }

    fn judge_with(lines: Vec<Line>, event: &Value) -> Result<(), Fault> {
        let camera = Camera {
            id: "door".parse().unwrap(),
            name: "Door".to_owned(),
            lines,
            memberships: Vec::new(),
            heartbeat_s: 30,
            registered: None,
        };
        let judge = Judge {
            site: Arc::new(Site::new(Vec::new(), vec![camera]).unwrap()),
            sender: &Sender::Operator,
            now: Timestamp::parse("2026-03-29T12:00:00Z").unwrap(),
            rules: IngestRules::default(),
        };
        let judged = judge.judge(event.to_string().as_bytes());
        judged.map(drop).map_err(|refusal| refusal.fault)
    }

    fn event(kind: &str, data: &Value) -> Value {
        json!({"id": "019d371a-d328-7abc-8def-000000000001", "type": kind, "cam": "door", "t": "2026-03-29T11:59:58Z", "data": data})
    }

    #[test]
    fn readings_need_a_registered_line_where_crossings_take_any() {
        let (line, total) = (
            json!({"line": "any", "dir": "in"}),
            json!({"counter": "any", "in": 4}),
        );
        judge_with(Vec::new(), &event("line", &line)).expect("any line");
        let fault = judge_with(Vec::new(), &event("total", &total)).expect_err("no such line");
        assert_eq!(fault.code, FaultCode::UnknownLine);
    }

    #[test]
    fn readings_and_resets_name_a_line_of_their_camera() {
        for (kind, data) in [
            ("total", json!({"counter": "side", "in": 4})),
            ("reset", json!({"counter": "side", "to": 0, "reason": "device"})),
        ] {
            assert_eq!(
                judge(&event(kind, &data)).expect_err(kind).code,
                FaultCode::UnknownLine
            );
        }
    }

    #[test]
    fn nothing_happened_or_was_sent_in_the_future() {
        let with = |field: &str, at: &str| {
            let mut event = event("line", &json!({"line": "main", "dir": "in"}));
            event[field] = json!(at);
            judge(&event)
        };
        for field in ["t", "sent"] {
            with(field, "2026-03-29T12:05:00Z").expect("a clock that is ahead");
            let fault = with(field, "2026-03-29T12:05:00.001Z").expect_err(field);
            assert_eq!(fault.code, FaultCode::FutureEvent, "{field}: {fault}");
        }
    }

    #[test]
    fn a_counter_counts_in_one_way_only() {
        let window = json!({"counter": "quarters", "from": "2026-03-29T11:30:00Z", "to": "2026-03-29T11:45:00Z", "in": 4});
        judge(&event("count", &window)).expect("as configured");
        for (kind, data) in [
            ("line", json!({"line": "quarters", "dir": "in"})),
            ("total", json!({"counter": "quarters", "in": 4})),
            (
                "reset",
                json!({"counter": "quarters", "to": 0, "reason": "device"}),
            ),
        ] {
            let fault = judge(&event(kind, &data)).expect_err(kind);
            assert_eq!(fault.code, FaultCode::CounterSemantics);
            assert!(fault.detail.contains("counts by window"), "{}", fault.detail);
        }
    }

    #[test]
    fn no_register_holds_more_than_it_was_registered_with() {
        let line = Line {
            semantics: Some(Semantics::Cumulative),
            wraps_at: Some(1 << 16),
            ..Line::new("main".parse().unwrap(), "Main")
        };
        let total = |people_out: u64| event("total", &json!({"counter": "main", "in": 0, "out": people_out}));
        judge_with(vec![line.clone()], &total(65_535)).expect("the last value there is");
        let fault = judge_with(vec![line], &total(65_536)).expect_err("one too many");
        assert_eq!(fault.code, FaultCode::CounterSemantics);
        assert!(fault.detail.contains("65536"), "{}", fault.detail);
    }

    #[test]
    fn a_camera_speaks_of_the_places_it_counts_for() {
        for (kind, data) in [
            ("reset", json!({"place": "hall", "to": 0, "reason": "device"})),
            ("occ", json!({"zone": "hall", "n": 4})),
            ("zone_in", json!({"zone": "hall"})),
            ("zone_out", json!({"zone": "hall", "dwell_s": 4.0})),
            (
                "zone_out",
                json!({"zone": "hall", "dwell_s": 4.0, "dwell_kind": "timeout"}),
            ),
            ("queue", json!({"zone": "hall", "len": 4})),
        ] {
            let fault = judge(&event(kind, &data)).expect_err(kind);
            assert_eq!(fault.code, FaultCode::UnknownLine);
            assert!(fault.detail.contains("hall"), "{}", fault.detail);
        }
    }
}
