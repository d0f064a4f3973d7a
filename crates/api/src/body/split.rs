//! A body as the texts of its events, without parsing them.

use serde::Deserializer as _;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::ops::Range;
use throng_model::codec::plain::{not_json, not_utf8};
use throng_model::{Fault, FaultCode};

/// Where the events of a body stand, each the text of one JSON value. Whether it is an event is for the intake to say.
///
/// `lines` says that the body is NDJSON; otherwise it is an array or one object.
pub(super) fn split(bytes: &[u8], lines: bool, events_max: usize) -> Result<Vec<Range<usize>>, Fault> {
    let too_many = || {
        Fault::new(
            FaultCode::TooManyEvents,
            format!("more than {events_max} events in one request"),
        )
    };
    if lines {
        let events: Vec<_> = self::lines(bytes)
            .map(|line| range_of(line, bytes))
            .take(events_max + 1)
            .collect();
        return if events.len() > events_max {
            Err(too_many())
        } else {
            Ok(events)
        };
    }
    let malformed = |detail: String| Fault::new(FaultCode::MalformedJson, detail);
    let body = bytes.trim_ascii();
    match body.first() {
        None => return Err(malformed("the body is empty".to_owned())),
        Some(b'[') => {}
        Some(_) => return Ok(vec![range_of(body, bytes)]),
    }
    // From the first byte on, also where that is a blank: places are told as the sender has them.
    let body = bytes.trim_ascii_end();
    let text = std::str::from_utf8(body).map_err(|error| malformed(not_utf8(error)))?;
    let events = elements(text, events_max).map_err(|error| malformed(not_json(body, &error)))?;
    if events.len() > events_max {
        return Err(too_many());
    }
    Ok(events
        .into_iter()
        .map(|event| range_of(event.get().as_bytes(), bytes))
        .collect())
}

/// The lines that hold something, without the blanks around it.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.filter(|line| !line.is_empty())
}

/// Where a part stands in the whole it was borrowed from.
fn range_of(part: &[u8], whole: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// The elements of an array, of which it keeps at most one more than `max`: ten megabytes of `1,1,1,…` are five million
/// elements, and must not become a list of as many before they are refused. The rest is still read as JSON.
fn elements(text: &str, max: usize) -> serde_json::Result<Vec<&RawValue>> {
    struct AtMost(usize);

    impl<'de> Visitor<'de> for AtMost {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array of events")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
            let mut kept = Vec::new();
            while kept.len() <= self.0 {
                match array.next_element()? {
                    Some(element) => kept.push(element),
                    None => return Ok(kept),
                }
            }
            while array.next_element::<IgnoredAny>()?.is_some() {}
            Ok(kept)
        }
    }

    let mut json = serde_json::Deserializer::from_str(text);
    let kept = json.deserialize_seq(AtMost(max))?;
    json.end()?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_with_a_million_events_is_refused_without_keeping_them() {
        let million = format!("[{}1]", "1,".repeat(999_999));
        assert_eq!(elements(&million, 10).expect("an array").len(), 11);
        assert_eq!(elements("[1,2]", 2).expect("fits").len(), 2);
        for broken in ["[1,2,3,4", "[1,2,3,4,]", "[1] 2", "[1,2,3,nope]"] {
            assert!(elements(broken, 2).is_err(), "{broken}");
        }
    }

    #[test]
    fn what_is_broken_is_told_where_the_sender_has_it() {
        for (text, says) in [
            (
                &b"\n\n [1, 2"[..],
                "this is not JSON at line 3, column 6: it breaks off within a list",
            ),
            (
                b"  [1 2]\n",
                "this is not JSON at column 6: a \",\" or \"]\" is needed",
            ),
            (b"\n[\"\xff\"]", "this is not UTF-8 from byte 4 on"),
        ] {
            let fault = split(text, false, 3).expect_err(says);
            assert!(fault.detail.starts_with(says), "{fault}");
        }
    }

    #[test]
    fn bodies_are_split_without_judging_events() {
        let split = |text: &str, lines| {
            super::split(text.as_bytes(), lines, 3).map(|events| {
                let texts = events.into_iter().filter_map(|event| text.get(event));
                texts.map(str::to_owned).collect::<Vec<_>>()
            })
        };
        assert_eq!(
            split(" [ {\"a\":1} , 7 ]", false).expect("array"),
            ["{\"a\":1}", "7"]
        );
        assert_eq!(split("{\"a\":1}", false).expect("object"), ["{\"a\":1}"]);
        assert_eq!(
            split("{}\r\n\nnot json\n", true).expect("lines"),
            ["{}", "not json"]
        );
        for (text, lines, code) in [
            ("[1,2,3,4]", false, FaultCode::TooManyEvents),
            ("1\n2\n3\n4", true, FaultCode::TooManyEvents),
            ("[1,2", false, FaultCode::MalformedJson),
            ("", false, FaultCode::MalformedJson),
        ] {
            assert_eq!(split(text, lines).expect_err(text).code, code, "{text}");
        }
    }
}
