//! The canonical event in JSON, version 1.

mod body;

use super::fields::{Fields, invalid};
use crate::event::{EVENT_VERSION, Event};
use crate::fault::Fault;
use crate::measure::to_milli;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The longest `boot` text.
const BOOT_BYTES_MAX: usize = 64;
/// Reads one event. The fault names the field and says what is wrong with it.
pub fn decode_json(text: &str) -> Result<Event, Fault> {
    let mut fields = Fields::parse(text)?;
    let version: u64 = fields.take("v")?.unwrap_or(EVENT_VERSION);
    if version != EVENT_VERSION {
        return Err(invalid(format!(
            "field \"v\": version {version} is unknown, this server speaks {EVENT_VERSION}"
        )));
    }
    let id = fields.need("id")?;
    let camera = fields.need("cam")?;
    let boot: Option<Box<str>> = fields.take("boot")?;
    if boot.as_ref().is_some_and(|boot| boot.len() > BOOT_BYTES_MAX) {
        return Err(invalid(format!(
            "field \"boot\": longer than {BOOT_BYTES_MAX} bytes"
        )));
    }
    let seq = fields.take("seq")?;
    let at = fields.need("t")?;
    let sent = fields.take("sent")?;
    // Set by us, never believed: a client's own value would hide its real delay.
    fields.take_raw("recv");
    let confidence = confidence(&fields)?;
    let kind: Box<str> = fields.need("type")?;
    body::check_type(&kind)?;
    let data = fields.take_raw("data");
    let mut inner =
        Fields::parse(data.map_or("{}", RawValue::get)).map_err(|fault| fault.context("field \"data\""))?;
    if inner.peek("replaces").is_some() {
        return Err(body::unsupported("a correction (field \"data.replaces\")"));
    }
    let body = body::decode(&kind, &mut inner).map_err(|fault| fault.context("field \"data\""))?;
    Ok(Event {
        id,
        camera,
        boot,
        seq,
        at,
        sent,
        confidence,
        body,
        rest: fields.rest_around("data", &inner),
    })
}

/// `q.conf` is read but left where it stands: `q` also carries flags that must not be lost.
fn confidence(fields: &Fields<'_>) -> Result<Option<u16>, Fault> {
    let Some(raw) = fields.peek("q") else {
        return Ok(None);
    };
    let mut quality = Fields::parse(raw.get()).map_err(|fault| fault.context("field \"q\""))?;
    match quality.take::<f64>("conf")? {
        None => Ok(None),
        Some(share) if (0.0..=1.0).contains(&share) => Ok(to_milli(share).map(|milli| milli as u16)),
        Some(share) => Err(invalid(format!(
            "field \"q.conf\": {share} is not between 0 and 1"
        ))),
    }
}

/// Writes one event as a single line of JSON. Kept fields stand there letter for letter as they were sent.
pub fn encode_json(event: &Event) -> String {
    let mut object: Object = serde_json::from_str(&event.rest).unwrap_or_default();
    let mut data: Object = object
        .remove("data")
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    body::encode(&event.body, &mut data);
    if !data.is_empty() {
        put(&mut object, "data", &data);
    }
    put(&mut object, "v", &EVENT_VERSION);
    put(&mut object, "id", &event.id);
    put(&mut object, "type", &event.body.type_name());
    put(&mut object, "cam", &event.camera);
    put(&mut object, "t", &event.at);
    if let Some(boot) = &event.boot {
        put(&mut object, "boot", boot);
    }
    if let Some(seq) = event.seq {
        put(&mut object, "seq", &seq);
    }
    if let Some(sent) = event.sent {
        put(&mut object, "sent", &sent);
    }
    if let Some(milli) = event.confidence
        && !object.contains_key("q")
    {
        let mut quality = Object::new();
        put(&mut quality, "conf", &(f64::from(milli) / 1_000.0));
        put(&mut object, "q", &quality);
    }
    serde_json::to_string(&object).unwrap_or_default()
}

type Object = BTreeMap<String, Box<RawValue>>;

/// Values of our own words always serialise; there is nothing to report.
fn put(object: &mut Object, name: &str, value: &impl Serialize) {
    if let Ok(raw) = serde_json::value::to_raw_value(value) {
        object.insert(name.to_owned(), raw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Direction, EventBody};
    use crate::fault::FaultCode;
    use serde_json::Value;

    const EXAMPLE: &str = r#"{"v":1,"id":"019d371a-d328-7abc-8def-000000000001","type":"line","cam":"s12-door1","boot":"b41","seq":90211,"t":"2026-03-29T00:59:58.120Z","t_src":"frame","src":{"adapter":"native","semantics":"event"},"q":{"conf":0.93,"flags":["late"]},"data":{"line":"main","dir":"in","side":"left_to_right","track":"490","class":"person","n":1,"pos":{"space":"norm","x":0.54,"y":0.61,"anchor":"foot"}}}"#;

    #[test]
    fn the_example_of_the_format_is_kept_whole() {
        let event = decode_json(EXAMPLE).expect("valid");
        assert_eq!(event.confidence, Some(930));
        assert!(matches!(
            event.body,
            EventBody::Line {
                dir: Direction::In,
                n: 1,
                ..
            }
        ));
        let back: Value = serde_json::from_str(&encode_json(&event)).expect("json");
        let sent: Value = serde_json::from_str(EXAMPLE).expect("json");
        assert_eq!(back, sent);
        assert_eq!(decode_json(&encode_json(&event)).expect("valid again"), event);
    }

    #[test]
    fn what_nobody_knows_is_kept_in_the_order_of_names_and_escaped() {
        let sent = r#"{"id":"019d371a-d328-7abc-8def-000000000001","type":"beat","cam":"c","t":"2026-03-29T00:59:58Z","z":[ 1],"data":{"é\"\\\n":{"b":1,"a":2}},"a\tb":null}"#;
        let event = decode_json(sent).expect("valid");
        assert_eq!(
            &*event.rest,
            r#"{"a\tb":null,"data":{"é\"\\\n":{"b":1,"a":2}},"z":[ 1]}"#
        );
        assert_eq!(decode_json(&encode_json(&event)).expect("valid again"), event);
    }

    #[test]
    fn every_fault_names_its_field() {
        let base: Value = serde_json::from_str(EXAMPLE).expect("json");
        let with = |path: &str, value: Value| {
            let mut changed = base.clone();
            *changed.pointer_mut(path).expect("path") = value;
            decode_json(&changed.to_string()).expect_err(path).detail
        };
        assert_eq!(
            with("/cam", 7.into()),
            "field \"cam\": the number 7 stands where a text in quotation marks belongs"
        );
        assert_eq!(with("/cam", Value::Null), "field \"cam\" is missing");
        assert!(with("/t", "yesterday".into()).starts_with("field \"t\":"));
        assert!(with("/id", "1".into()).starts_with("field \"id\":"));
        assert!(with("/data/n", (-1).into()).starts_with("field \"data\": field \"n\":"));
        assert!(with("/data/n", 4_000_000.into()).contains("more than"));
        assert!(with("/q/conf", 1.5.into()).contains("q.conf"));
        assert_eq!(
            with("/type", "foo".into()),
            "field \"type\": \"foo\" is unknown; known are line, count, total, occ, reset, zone_in, zone_out, queue, beat, status"
        );
        assert!(with("/v", 2.into()).contains("version 2"));
        assert!(
            decode_json("[]").is_err()
                && decode_json("{\"id\":1,\"id\":2}")
                    .expect_err("twice")
                    .detail
                    .contains("twice")
        );
    }

    #[test]
    fn an_unknown_type_is_blamed_whatever_its_data_are() {
        for data in ["7", "{\"line\":1,\"line\":2}", "{}"] {
            let text = format!(
                r#"{{"id":"019d371a-d328-7abc-8def-000000000001","type":"foo","cam":"c","t":"2026-03-29T00:59:58Z","data":{data}}}"#
            );
            let fault = decode_json(&text).expect_err("unknown");
            assert!(fault.detail.starts_with("field \"type\":"), "{}", fault.detail);
        }
    }

    #[test]
    fn every_type_that_is_called_known_can_be_read() {
        for kind in body::TYPES {
            let text = EXAMPLE.replace("\"type\":\"line\"", &format!("\"type\":\"{kind}\""));
            let code = decode_json(&text).err().map(|fault| fault.code);
            assert_ne!(code, Some(FaultCode::UnsupportedType), "{kind}");
        }
    }

    #[test]
    fn known_but_uncounted_types_say_so() {
        let text = EXAMPLE.replace("\"type\":\"line\"", "\"type\":\"track\"");
        assert_eq!(
            decode_json(&text).expect_err("unsupported").code,
            FaultCode::UnsupportedType
        );
    }
}
