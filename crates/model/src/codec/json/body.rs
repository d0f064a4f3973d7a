//! The `data` of an event, by its `type`: both ways side by side.

use super::{Object, put};
use crate::codec::fields::{Fields, invalid};
use crate::event::{
    COUNT_WINDOW_MAX, CROSSING_PEOPLE_MAX, Direction, EventBody, OccTarget, PEOPLE_MAX, ResetTarget,
};
use crate::fault::{Fault, FaultCode};
use crate::measure::to_milli;
use crate::time::{TimeRange, Timestamp};
use serde::Serialize;

/// The longest stay that is a stay: 7 days. Longer is a lost track.
const DWELL_S_MAX: f64 = 7.0 * 86_400.0;

/// Types the canonical format knows and this version does not compute with yet. They are quarantined, not lost, and
/// can be replayed after an upgrade.
pub(super) fn unsupported(what: &str) -> Fault {
    Fault::new(
        FaultCode::UnsupportedType,
        format!("{what} is kept but not counted by this version"),
    )
}

/// Types that are counted.
pub(super) const TYPES: [&str; 10] = [
    "line", "count", "total", "occ", "reset", "zone_in", "zone_out", "queue", "beat", "status",
];

/// Whether events of this type are counted. Asked before their fields are looked at: of a type that nobody knows, whatever is in
/// `data` is not what is wrong.
pub(super) fn check_type(kind: &str) -> Result<(), Fault> {
    match kind {
        _ if TYPES.contains(&kind) => Ok(()),
        "track" | "eval" | "infer" | "note" => Err(unsupported(&format!("type {kind:?}"))),
        _ => Err(invalid(format!(
            "field \"type\": {kind:?} is unknown; known are {}",
            TYPES.join(", ")
        ))),
    }
}

/// Reads the fields of one type that [`check_type`] knows; the others stay in `data`.
pub(super) fn decode(kind: &str, data: &mut Fields<'_>) -> Result<EventBody, Fault> {
    match kind {
        "line" => Ok(EventBody::Line {
            line: data.need("line")?,
            dir: dir(data)?,
            n: group(data)?,
        }),
        "zone_in" => Ok(EventBody::ZoneIn {
            zone: data.need("zone")?,
        }),
        "zone_out" => zone_out(data),
        "count" => {
            // A device that does not look into a direction leaves it out. One that counted in none looked nowhere: taken for nobody,
            // a wrong name of a field would say that a place was empty.
            let directions = [people(data, "in")?, people(data, "out")?, people(data, "pass")?];
            if directions == [None; 3] {
                return Err(invalid("one of \"in\", \"out\" and \"pass\" must be there"));
            }
            let [people_in, people_out, people_pass] = directions.map(Option::unwrap_or_default);
            let (from, to): (Timestamp, Timestamp) = (data.need("from")?, data.need("to")?);
            let over = TimeRange::new(from, to).map_err(|fault| invalid(fault.detail))?;
            if over.micros() > COUNT_WINDOW_MAX {
                return Err(invalid("a counted window may last at most 25 hours"));
            }
            Ok(EventBody::Count {
                counter: data.need("counter")?,
                over,
                people_in,
                people_out,
                people_pass,
            })
        }
        "queue" => Ok(EventBody::Queue {
            zone: data.need("zone")?,
            len: need_people(data, "len")?,
        }),
        "beat" => Ok(EventBody::Beat),
        "status" => Ok(EventBody::Status {
            state: data.need("state")?,
        }),
        "total" => total(data),
        "reset" => Ok(EventBody::Reset {
            target: match data.take("counter")? {
                Some(counter) => ResetTarget::Counter(counter),
                None => ResetTarget::Place(data.need("place")?),
            },
            to: need_people(data, "to")?,
            reason: data.need("reason")?,
        }),
        "occ" => Ok(EventBody::Occ {
            of: match data.take("zone")? {
                Some(zone) => OccTarget::Zone(zone),
                None => OccTarget::Place(data.need("place")?),
            },
            n: need_people(data, "n")?,
        }),
        _ => Err(unsupported(&format!("type {kind:?}"))),
    }
}

/// A counter that cannot tell says so. A field that is merely missing is a sender's mistake (`direction`, `Dir`): taken for
/// "unknown" it would count people through a door whom nobody then finds inside.
fn dir(data: &mut Fields<'_>) -> Result<Direction, Fault> {
    data.take("dir")?.ok_or_else(|| {
        invalid("field \"dir\" is missing: \"in\", \"out\", or \"unknown\" where the counter cannot tell")
    })
}

/// How many crossed together: one where nothing is said. A crossing of nobody is none.
fn group(data: &mut Fields<'_>) -> Result<u32, Fault> {
    match people_up_to(CROSSING_PEOPLE_MAX, data, "n")? {
        Some(0) => Err(invalid("field \"n\": a crossing has at least 1 person")),
        n => Ok(n.unwrap_or(1)),
    }
}

fn people(data: &mut Fields<'_>, name: &str) -> Result<Option<u32>, Fault> {
    people_up_to(PEOPLE_MAX, data, name)
}

/// Read as more than would fit, so that whoever says too many is told how many may be.
fn people_up_to(most: u32, data: &mut Fields<'_>, name: &str) -> Result<Option<u32>, Fault> {
    let Some(n) = data.take::<u64>(name)? else {
        return Ok(None);
    };
    match u32::try_from(n) {
        Ok(n) if n <= most => Ok(Some(n)),
        _ => Err(invalid(format!(
            "field {name:?}: {n} people are more than {most}"
        ))),
    }
}

/// A number that is missing is not nobody.
fn need_people(data: &mut Fields<'_>, name: &str) -> Result<u32, Fault> {
    people(data, name)?.ok_or_else(|| invalid(format!("field {name:?} is missing")))
}

fn dwell(data: &mut Fields<'_>) -> Result<Option<u32>, Fault> {
    let Some(seconds) = data.take::<f64>("dwell_s")? else {
        return Ok(None);
    };
    if !(0.0..=DWELL_S_MAX).contains(&seconds) {
        return Err(invalid(format!(
            "field \"dwell_s\": {seconds} is not between 0 and {DWELL_S_MAX}"
        )));
    }
    Ok(to_milli(seconds).map(|ms| ms as u32))
}

/// A stay that ended, or one that was cut. Other kinds of stays than those that say so are kept as they came.
fn zone_out(data: &mut Fields<'_>) -> Result<EventBody, Fault> {
    let (zone, dwell_ms) = (data.need("zone")?, dwell(data)?);
    let kind = data.peek("dwell_kind");
    let Some(cut) = kind.and_then(|kind| serde_json::from_str(kind.get()).ok()) else {
        return Ok(EventBody::ZoneOut { zone, dwell_ms });
    };
    data.take_raw("dwell_kind");
    Ok(EventBody::ZoneCut { zone, dwell_ms, cut })
}

/// A reading of registers nobody can tell apart is no reading.
fn total(data: &mut Fields<'_>) -> Result<EventBody, Fault> {
    let (people_in, people_out, value) = (data.take("in")?, data.take("out")?, data.take("value")?);
    if people_in.is_none() && people_out.is_none() && value.is_none() {
        return Err(invalid("one of \"in\", \"out\" and \"value\" must be there"));
    }
    Ok(EventBody::Total {
        counter: data.need("counter")?,
        since: data.take("since")?,
        people_in,
        people_out,
        value,
    })
}

/// Writes the fields of a body beside those that were kept.
pub(super) fn encode(body: &EventBody, data: &mut Object) {
    match body {
        EventBody::Line { line, dir, n } => {
            put(data, "line", line);
            put(data, "dir", dir);
            put(data, "n", n);
        }
        EventBody::ZoneIn { zone } => put(data, "zone", zone),
        EventBody::ZoneCut { zone, dwell_ms, cut } => {
            put(data, "zone", zone);
            put(data, "dwell_kind", cut);
            if let Some(ms) = dwell_ms {
                put(data, "dwell_s", &(f64::from(*ms) / 1_000.0));
            }
        }
        EventBody::ZoneOut { zone, dwell_ms } => {
            put(data, "zone", zone);
            if let Some(ms) = dwell_ms {
                put(data, "dwell_s", &(f64::from(*ms) / 1_000.0));
            }
        }
        EventBody::Count {
            counter,
            over,
            people_in,
            people_out,
            people_pass,
        } => {
            put(data, "counter", counter);
            put(data, "from", &over.start);
            put(data, "to", &over.end);
            put(data, "in", people_in);
            put(data, "out", people_out);
            put(data, "pass", people_pass);
        }
        EventBody::Queue { zone, len } => {
            put(data, "zone", zone);
            put(data, "len", len);
        }
        EventBody::Beat => {}
        EventBody::Status { state } => put(data, "state", state),
        EventBody::Total {
            counter,
            since,
            people_in,
            people_out,
            value,
        } => {
            put(data, "counter", counter);
            put_some(data, "since", since);
            put_some(data, "in", people_in);
            put_some(data, "out", people_out);
            put_some(data, "value", value);
        }
        EventBody::Reset { target, to, reason } => {
            match target {
                ResetTarget::Counter(counter) => put(data, "counter", counter),
                ResetTarget::Place(place) => put(data, "place", place),
            }
            put(data, "to", to);
            put(data, "reason", reason);
        }
        EventBody::Occ { of, n } => {
            match of {
                OccTarget::Zone(zone) => put(data, "zone", zone),
                OccTarget::Place(place) => put(data, "place", place),
            }
            put(data, "n", n);
        }
    }
}

fn put_some(object: &mut Object, name: &str, value: &Option<impl Serialize>) {
    if let Some(value) = value {
        put(object, name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{decode_json, encode_json};
    use super::*;
    use crate::event::{Cut, ResetReason};
    use serde_json::{Value, json};

    fn event(kind: &str, data: Value) -> String {
        json!({"v": 1, "id": "019d371a-d328-7abc-8def-000000000001", "type": kind, "cam": "c", "t": "2026-03-29T00:59:58.120Z", "data": data})
            .to_string()
    }

    fn round(kind: &str, data: Value) -> EventBody {
        let text = event(kind, data);
        let read = decode_json(&text).expect("valid");
        let back: Value = serde_json::from_str(&encode_json(&read)).expect("json");
        assert_eq!(back, serde_json::from_str::<Value>(&text).expect("json"));
        read.body
    }

    #[test]
    fn a_stay_that_was_cut_is_told_from_one_that_ended() {
        let stay = |kind: &str| {
            round(
                "zone_out",
                json!({"zone": "shop", "dwell_s": 12.5, "dwell_kind": kind}),
            )
        };
        for (kind, cut) in [("track_end", Cut::TrackEnd), ("timeout", Cut::Timeout)] {
            let zone = "shop".parse().expect("id");
            let dwell_ms = Some(12_500);
            assert_eq!(stay(kind), EventBody::ZoneCut { zone, dwell_ms, cut });
        }
        for kind in ["boundary", "whatever comes"] {
            assert!(matches!(stay(kind), EventBody::ZoneOut { .. }), "{kind}");
        }
    }

    #[test]
    fn readings_resets_and_occupancies_are_kept_whole() {
        let total = json!({"counter": "aoa", "since": "2026-03-29T00:00:00.000Z", "in": 20_960, "out": 4_294_967_296_u64, "by_class": {"human": 9}});
        assert!(matches!(
            round("total", total),
            EventBody::Total {
                people_in: Some(20_960),
                people_out: Some(4_294_967_296),
                value: None,
                ..
            }
        ));
        assert!(matches!(
            round("total", json!({"counter": "aoa", "value": 0})),
            EventBody::Total {
                since: None,
                people_in: None,
                value: Some(0),
                ..
            }
        ));
        let reset = json!({"place": "shop", "to": 4, "reason": "max_dwell", "by": "guard"});
        assert!(matches!(
            round("reset", reset),
            EventBody::Reset {
                target: ResetTarget::Place(_),
                to: 4,
                reason: ResetReason::MaxDwell
            }
        ));
        let reset = json!({"counter": "aoa", "to": 0, "reason": "schedule"});
        assert!(matches!(
            round("reset", reset),
            EventBody::Reset {
                target: ResetTarget::Counter(_),
                ..
            }
        ));
        let occ = json!({"zone": "queue-1", "n": 7, "how": "detector"});
        assert!(matches!(
            round("occ", occ),
            EventBody::Occ {
                of: OccTarget::Zone(_),
                n: 7
            }
        ));
        assert!(matches!(
            round("occ", json!({"place": "shop", "n": 0})),
            EventBody::Occ {
                of: OccTarget::Place(_),
                n: 0
            }
        ));
    }

    #[test]
    fn a_crossing_says_which_way_also_that_nobody_knows() {
        for (dir, way) in [
            ("in", Direction::In),
            ("out", Direction::Out),
            ("unknown", Direction::Unknown),
        ] {
            let EventBody::Line { dir: read, n, .. } =
                round("line", json!({"line": "a", "dir": dir, "n": 2}))
            else {
                panic!("a crossing")
            };
            assert_eq!((read, n), (way, 2));
        }
        let alone = decode_json(&event("line", json!({"line": "a", "dir": "in"}))).expect("valid");
        assert!(matches!(alone.body, EventBody::Line { n: 1, .. }));
    }

    #[test]
    fn a_window_may_leave_out_what_its_counter_does_not_look_at() {
        let window = |name: &str, n: u32| {
            let mut data =
                json!({"counter": "a", "from": "2026-03-29T00:00:00Z", "to": "2026-03-29T00:15:00Z"});
            data[name] = json!(n);
            decode_json(&event("count", data)).expect("valid").body
        };
        let said = |body: &EventBody| match body {
            EventBody::Count {
                people_in,
                people_out,
                people_pass,
                ..
            } => [*people_in, *people_out, *people_pass],
            _ => panic!("a window"),
        };
        assert_eq!(said(&window("in", 0)), [0, 0, 0], "nobody, and it says so");
        assert_eq!(said(&window("out", 4)), [0, 4, 0]);
        assert_eq!(said(&window("pass", 4)), [0, 0, 4]);
    }

    #[test]
    fn what_says_nothing_is_refused() {
        for (kind, data, says) in [
            ("line", json!({"line": "a"}), "field \"dir\" is missing"),
            (
                "line",
                json!({"line": "a", "direction": "in"}),
                "field \"dir\" is missing",
            ),
            (
                "line",
                json!({"line": "a", "dir": null}),
                "field \"dir\" is missing",
            ),
            (
                "line",
                json!({"line": "a", "dir": "inn"}),
                "field \"dir\": \"inn\" is not one of in, out, unknown",
            ),
            ("line", json!({"line": "a", "dir": "in", "n": 0}), "field \"n\""),
            (
                "line",
                json!({"line": "a", "dir": "in", "n": 10_001}),
                "field \"n\": 10001 people are more than 10000",
            ),
            (
                "line",
                json!({"line": "a", "dir": "in", "n": u32::MAX}),
                "are more than 10000",
            ),
            (
                "queue",
                json!({"zone": "a", "len": 5_000_000_000_u64}),
                "5000000000 people are more than 1000000",
            ),
            ("total", json!({"counter": "a"}), "must be there"),
            ("total", json!({"in": 1}), "\"counter\" is missing"),
            ("total", json!({"counter": "a", "in": -1}), "field \"in\""),
            (
                "count",
                json!({"counter": "a", "from": "2026-03-29T00:00:00Z", "to": "2026-03-29T00:15:00Z", "entries": 3}),
                "one of \"in\", \"out\" and \"pass\" must be there",
            ),
            ("queue", json!({"zone": "a", "length": 3}), "\"len\" is missing"),
            (
                "reset",
                json!({"place": "a", "reason": "manual"}),
                "\"to\" is missing",
            ),
            (
                "reset",
                json!({"to": 0, "reason": "manual"}),
                "\"place\" is missing",
            ),
            (
                "reset",
                json!({"counter": "a", "to": 0, "reason": "boredom"}),
                "field \"reason\"",
            ),
            ("occ", json!({"zone": "a"}), "\"n\" is missing"),
            ("occ", json!({"zone": "a", "n": 4_000_000}), "more than"),
        ] {
            let fault = decode_json(&event(kind, data)).expect_err(kind);
            assert_eq!(fault.code, FaultCode::InvalidEvent);
            assert!(fault.detail.contains(says), "{}", fault.detail);
        }
    }
}
