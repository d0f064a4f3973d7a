//! Bodies with events: read with a limit in bytes and time, unpacked with a cap, split without being parsed.
//!
//! Whatever takes time that grows with the body happens off the async threads: while one sender's ten megabytes are
//! unpacked, split, parsed and looked up, everybody else's requests go on.

mod budget;
mod split;

pub(crate) use budget::{Budget, Held};

use crate::Face;
use crate::asked::media_type;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::Read as _;
use std::ops::Range;
use throng_model::{Fault, FaultCode};
use tokio::time::{Instant, timeout_at};

/// Up to here (some hundred events) splitting takes less time than handing it to another thread, and parsing not much more.
const INLINE_MAX: usize = 64 << 10;

/// How much is unpacked before memory for more is asked for.
const UNPACK_STEP: usize = 256 << 10;

/// A request's events as they came, before anybody looked at them.
pub(crate) struct Packed {
    bytes: Vec<u8>,
    form: Form,
    gzip: bool,
    held: Held,
}

/// How events are written down.
#[derive(Clone, Copy)]
enum Form {
    /// An array, or one object, over as many lines as it likes.
    Whole,
    /// NDJSON.
    Lines,
    /// Nobody has said: the text tells.
    Unsaid,
}

/// What an event has and an object within one has not: an id that is a UUID.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "id")]
    _id: uuid::Uuid,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let Some(kind) = headers.get(header::CONTENT_TYPE) else {
            return Ok(Form::Unsaid);
        };
        match media_type(kind.to_str().unwrap_or(""))
            .to_ascii_lowercase()
            .as_str()
        {
            "application/json" => Ok(Form::Whole),
            "application/x-ndjson" | "application/jsonl" => Ok(Form::Lines),
            other => Err(Fault::new(
                FaultCode::UnsupportedMedia,
                format!("content type {other:?} is not application/json or application/x-ndjson"),
            )),
        }
    }

    /// Whether each line is an event. Where nobody has said so, the text must show it: more than one line, and the first of them an
    /// object by itself, or all of them in braces, or one of them an event by itself where the whole is no JSON: a sender who was cut
    /// off leaves a torn line, which must not cost the others. One object may be printed over several lines, also one that is
    /// broken: taken for NDJSON, it would be as many refused events as it has lines.
    fn is_lines(self, bytes: &[u8]) -> bool {
        match self {
            Form::Whole => false,
            Form::Lines => true,
            Form::Unsaid => {
                let mut lines = split::lines(bytes).peekable();
                let first = lines.next().unwrap_or_default();
                let is_in_braces = |line: &[u8]| line.starts_with(b"{") && line.ends_with(b"}");
                let is_object =
                    |line| is_in_braces(line) && serde_json::from_slice::<IgnoredAny>(line).is_ok();
                let is_event = |line| is_in_braces(line) && serde_json::from_slice::<Named>(line).is_ok();
                lines.peek().is_some()
                    && (is_object(first)
                        || (is_in_braces(first) && lines.all(is_in_braces))
                        || (!first.starts_with(b"[")
                            && split::lines(bytes).any(is_event)
                            && serde_json::from_slice::<IgnoredAny>(bytes).is_err()))
            }
        }
    }
}

/// The text of a request's events.
pub(crate) struct EventBody {
    bytes: Vec<u8>,
    events: Vec<Range<usize>>,
    _held: Held,
}

impl Packed {
    /// Reads a body in time and up to the limit.
    pub async fn read(headers: &HeaderMap, body: Body, face: &Face) -> Result<Self, Fault> {
        let (form, gzip) = (Form::of(headers)?, is_gzip(headers)?);
        let mut held = face.bodies.open();
        let bytes = collect(body, face.settings.body_bytes_max, Some(&mut held), face).await?;
        Ok(Self {
            bytes,
            form,
            gzip,
            held,
        })
    }

    /// Text that came in a socket's frame: an array, an object, or lines. It is charged here, so that what waits for a turn
    /// is bounded, too.
    pub fn of_frame(text: String, face: &Face) -> Result<Self, Fault> {
        let mut held = face.bodies.open();
        held.take(text.len())?;
        Ok(Self {
            form: Form::Unsaid,
            bytes: text.into_bytes(),
            gzip: false,
            held,
        })
    }

    /// Unpacks and splits it.
    pub async fn open(self, face: &Face) -> Result<EventBody, Fault> {
        let (inline, unpacked) = (!self.gzip && self.bytes.len() <= INLINE_MAX, face.bodies.open());
        let (bytes_max, events_max) = (face.settings.body_bytes_max, face.settings.events_max);
        let work = move || {
            let (bytes, held) = if self.gzip {
                unpack(&self.bytes, bytes_max, unpacked)?
            } else {
                (self.bytes, self.held)
            };
            let lines = self.form.is_lines(&bytes);
            EventBody::new(bytes, lines, events_max, held)
        };
        if inline { work() } else { off_worker(work).await }
    }
}

impl EventBody {
    fn new(bytes: Vec<u8>, lines: bool, events_max: usize, held: Held) -> Result<Self, Fault> {
        let events = split::split(&bytes, lines, events_max)?;
        Ok(Self {
            bytes,
            events,
            _held: held,
        })
    }

    /// Whether looking at all of it takes longer than an async thread should be away.
    pub fn is_large(&self) -> bool {
        self.bytes.len() > INLINE_MAX
    }

    /// The events, each as the text of one JSON value.
    pub fn events(&self) -> Vec<&[u8]> {
        let events = self.events.iter();
        events.filter_map(|event| self.bytes.get(event.clone())).collect()
    }
}

/// Runs what takes long on a thread that may be blocked.
pub(crate) async fn off_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Fault::internal(format!("reading events: {error}")))?
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Fault> {
    match headers
        .get(header::CONTENT_ENCODING)
        .map(|encoding| encoding.as_bytes())
    {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => Err(Fault::new(
            FaultCode::UnsupportedMedia,
            "content encoding is not gzip",
        )),
    }
}

/// Reads at most `limit` bytes; a longer body is refused as soon as that is known, and so is one for which there is no
/// memory where that is `held`.
///
/// Its time grows with what comes: a large one on a slow line arrives, and who sends a byte now and then gains nothing by it, as he
/// would if each byte started the time anew. Nor can time be saved up: who sends most of a body at once and then stalls would hold
/// its memory for as long as it might have taken.
pub(crate) async fn collect(
    body: Body,
    limit: usize,
    mut held: Option<&mut Held>,
    face: &Face,
) -> Result<Vec<u8>, Fault> {
    let slow = |_| Fault::new(FaultCode::ClientTooSlow, "the body did not arrive in time");
    let settings = &face.settings;
    let mut ends = Instant::now() + settings.body_time_max;
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    loop {
        let Some(chunk) = timeout_at(ends, stream.next()).await.map_err(slow)? else {
            return Ok(bytes);
        };
        let chunk =
            chunk.map_err(|_| Fault::new(FaultCode::InvalidRequest, "the body broke off before its end"))?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        if let Some(held) = &mut held {
            held.take(chunk.len())?;
        }
        bytes.extend_from_slice(&chunk);
        ends = (ends + settings.body_time_for(chunk.len())).min(Instant::now() + settings.body_time_max);
    }
}

/// Unpacks at most `limit` bytes: a small file that unpacks to gigabytes stops here, or earlier where memory is short.
fn unpack(packed: &[u8], limit: usize, mut held: Held) -> Result<(Vec<u8>, Held), Fault> {
    let mut bytes = Vec::new();
    let mut rest = flate2::read::MultiGzDecoder::new(packed);
    loop {
        let mut step = (&mut rest).take(UNPACK_STEP as u64);
        let read = step.read_to_end(&mut bytes).map_err(|_| {
            let detail = "the body says that it is gzip, but it is none, or not all of it";
            Fault::new(FaultCode::InvalidRequest, detail)
        })?;
        if bytes.len() > limit {
            return Err(too_large(limit));
        }
        if read == 0 {
            return Ok((bytes, held));
        }
        held.take(read)?;
    }
}

fn too_large(limit: usize) -> Fault {
    Fault::new(
        FaultCode::BodyTooLarge,
        format!("the body is larger than {limit} bytes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn an_object_over_several_lines_is_one_and_objects_on_lines_of_their_own_are_many() {
        let is_lines = |text: &str| Form::Unsaid.is_lines(text.as_bytes());
        for whole in [
            "{}",
            "{\n  \"v\": 1\n}\n",
            "\n[{},\n{}]",
            " {}\n\n",
            "not json\n{}",
            "{\n  \"v\": 1,\n  \"data\": {\n    \"n\": \n  }\n}\n",
            "{\n  \"v\": 1,\n  \"id\"",
            "{ \"data\": {}\n}\n}",
        ] {
            assert!(!is_lines(whole), "{whole}");
        }
        for lines in [
            "{}\n{}",
            "{}\r\n\r\n{}\n",
            "{\"v\":1}\nnot json",
            "{not json}\n{}",
        ] {
            assert!(is_lines(lines), "{lines}");
        }
    }

    #[test]
    fn a_torn_line_does_not_cost_the_lines_around_it() {
        let is_lines = |text: &str| Form::Unsaid.is_lines(text.as_bytes());
        let event = r#"{"id":"019d371a-d328-7abc-8def-000000000001"}"#;
        for torn in ["\"in\"}}", "{\"v\":1,\"id\":\"019d", "}", "\u{fffd}"] {
            assert!(is_lines(&format!("{torn}\n{event}")), "{torn}");
            assert!(is_lines(&format!("{torn}\n{{}}\n{event}\n{torn}")), "{torn}");
        }
        for whole in [
            format!("[\n{event},\n{event}\n]"),
            format!("[\n{event},\n{event}\n"),
            format!("{{\"v\":1,\n\"events\":[\n{event}\n]}}"),
            "{\"v\":1,\n\"tracks\":[\n{\"id\":7}\n]".to_owned(),
        ] {
            assert!(!is_lines(&whole), "{whole}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_cap_and_at_the_memory_there_is() {
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        bomb.write_all(&vec![b' '; 4 << 20]).expect("in memory");
        let packed = bomb.finish().expect("in memory");
        let unpack = |limit, budget| super::unpack(&packed, limit, Budget::new(budget).open());
        let code = |limit, budget| unpack(limit, budget).map(drop).expect_err("bomb").code;
        assert_eq!(code(1 << 20, 8 << 20), FaultCode::BodyTooLarge);
        assert_eq!(code(4 << 20, 1 << 20), FaultCode::RateLimited);
        let (bytes, _) = unpack(4 << 20, 4 << 20)
            .map_err(|fault| fault.detail)
            .expect("fits");
        assert_eq!(bytes.len(), 4 << 20);
        assert!(super::unpack(b"not gzip", 100, Budget::new(100).open()).is_err());
    }
}
