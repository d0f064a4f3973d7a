//! Counts in CSV: one row is one slot of one counter.
//!
//! An empty number is "not known", which is not 0: a row that knows nothing becomes no event, and a row that knows one
//! direction says in `ext.missing` which one it does not. Local times in the hour that comes twice are taken as the
//! first one unless the same slot was there before; both are flagged as estimated. Local times that never were
//! (the hour that is skipped) are moved on by the length of the gap and flagged, too.

use super::{input::Text, wrong};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use std::collections::HashSet;
use std::io::Read;
use throng_model::codec::derived_id;
use throng_model::event::PEOPLE_MAX;
use throng_model::time::{HOUR, MINUTE};
use throng_model::{CameraId, Event, EventBody, Fault, LineId, TimeRange, Timestamp};

/// How a file's columns are to be read.
#[derive(Debug)]
pub struct Mapping {
    /// Names the source in ids, and the camera where there is no sensor column.
    pub source: &'static str,
    /// When the slot begins.
    pub time: &'static str,
    /// The zone of local times; none when times carry their offset.
    pub local: Option<&'static str>,
    /// How long a slot is, microseconds.
    pub slot: i64,
    /// Who counted.
    pub sensor: Option<&'static str>,
    /// People in.
    pub people_in: Option<&'static str>,
    /// People out.
    pub people_out: Option<&'static str>,
    /// People passing, direction unknown.
    pub people_pass: Option<&'static str>,
}

/// UCI CalIt2 Building People Counts.
pub const CALIT2: Mapping = Mapping {
    source: "calit2",
    time: "slot_local",
    local: Some("America/Los_Angeles"),
    slot: 30 * MINUTE,
    sensor: None,
    people_in: Some("in_count"),
    people_out: Some("out_count"),
    people_pass: None,
};

/// City of Melbourne pedestrian counting system.
pub const MELBOURNE: Mapping = Mapping {
    source: "melbourne",
    time: "time_utc",
    local: None,
    slot: HOUR,
    sensor: Some("sensor"),
    people_in: None,
    people_out: None,
    people_pass: Some("count"),
};

/// Where the columns of a mapping stand in one file.
struct Columns {
    time: usize,
    sensor: Option<usize>,
    counts: [Option<(usize, &'static str)>; 3],
}

/// Reads the events of a file; the header must have the mapping's columns.
pub fn read(
    text: Text,
    mapping: &'static Mapping,
) -> Result<impl Iterator<Item = Result<Event, Fault>> + Send, Fault> {
    // Every line ends with a line feed, also the last one, and with nothing else: only then the reader's count of lines, taken
    // after a row, is the line the row stood on. A carriage return before it goes with the blanks.
    let mut rows = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .terminator(csv::Terminator::Any(b'\n'))
        .flexible(true)
        .from_reader(text.chain(&b"\n"[..]));
    let header = rows.headers().cloned();
    let header = header.map_err(|error| broken(&rows, error))?;
    let column = |name: &'static str| {
        header
            .iter()
            .position(|title| title == name)
            .ok_or_else(|| wrong(1, format!("column {name:?} is missing")))
    };
    let numbered =
        |name: Option<&'static str>| name.map(|name| column(name).map(|at| (at, name))).transpose();
    let columns = Columns {
        time: column(mapping.time)?,
        sensor: mapping.sensor.map(column).transpose()?,
        counts: [
            numbered(mapping.people_in)?,
            numbered(mapping.people_out)?,
            numbered(mapping.people_pass)?,
        ],
    };
    let zone = mapping
        .local
        .map(TimeZone::get)
        .transpose()
        .map_err(|error| Fault::internal(error.to_string()))?;
    let mut reader = Rows {
        mapping,
        columns,
        zone,
        folded: HashSet::new(),
    };
    let mut failed = false;
    let mut record = csv::StringRecord::new();
    Ok(std::iter::from_fn(move || {
        // After a row that cannot be read nothing that follows can be trusted.
        while !failed {
            let event = match rows.read_record(&mut record) {
                Ok(false) => return None,
                // A blank line of a file whose lines end in two characters.
                Ok(true) if record.len() == 1 && record.get(0) == Some("") => continue,
                Ok(true) if record.len() != header.len() => Err(wrong(
                    line_before(&rows),
                    format!("{} columns, the header has {}", record.len(), header.len()),
                )),
                Ok(true) => reader.event(&record, line_before(&rows)),
                Err(error) => Err(broken(&rows, error)),
            };
            failed = event.is_err();
            if let Some(event) = event.transpose() {
                return Some(event);
            }
        }
        None
    }))
}

/// The id of the camera a sensor becomes: `melbourne-bourke-street-mall-north`.
pub fn camera_id(source: &str, sensor: Option<&str>) -> Result<CameraId, Fault> {
    let words = sensor.unwrap_or("").split(|c: char| !c.is_ascii_alphanumeric());
    let mut id = source.to_owned();
    for word in words.filter(|word| !word.is_empty()) {
        id.push('-');
        id.push_str(&word.to_ascii_lowercase());
    }
    CameraId::new(id)
}

/// The line of the row that was read last.
fn line_before<R: Read>(rows: &csv::Reader<R>) -> u64 {
    rows.position().line() - 1
}

fn broken<R: Read>(rows: &csv::Reader<R>, error: csv::Error) -> Fault {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => wrong(line_before(rows), "is not UTF-8"),
        // Reading stopped within a line.
        _ => wrong(rows.position().line(), error),
    }
}

struct Rows {
    mapping: &'static Mapping,
    columns: Columns,
    zone: Option<TimeZone>,
    /// Slots of the doubled hour that were seen: a few a year.
    folded: HashSet<(CameraId, DateTime)>,
}

impl Rows {
    /// None for a row in which nothing is known.
    fn event(&mut self, record: &csv::StringRecord, line: u64) -> Result<Option<Event>, Fault> {
        let field = |at: usize| record.get(at).unwrap_or("");
        let sensor = self.columns.sensor.map(field);
        let camera = camera_id(self.mapping.source, sensor).map_err(|fault| wrong(line, fault.detail))?;
        let mut missing = Vec::new();
        let mut counts = [0; 3];
        for ((column, count), name) in self
            .columns
            .counts
            .iter()
            .zip(&mut counts)
            .zip(["in", "out", "pass"])
        {
            let Some((at, title)) = column else { continue };
            match field(*at) {
                "" => missing.push(format!("\"{name}\"")),
                text => *count = number(text).ok_or_else(|| unreadable(line, title, text))?,
            }
        }
        if missing.len() == self.columns.counts.iter().flatten().count() {
            return Ok(None);
        }
        let time = field(self.columns.time);
        let (start, estimated) = self
            .start(&camera, time)
            .ok_or_else(|| unreadable(line, self.mapping.time, time))?;
        let over = TimeRange::new(start, start.plus(self.mapping.slot))
            .map_err(|fault| wrong(line, fault.detail))?;
        let source = self.mapping.source;
        // Fields in the order of their names: what is kept reads back as the same text.
        let mut rest = String::from("{");
        if !missing.is_empty() {
            rest.push_str(&format!("\"ext\":{{\"missing\":[{}]}},", missing.join(",")));
        }
        if estimated {
            rest.push_str("\"q\":{\"flags\":[\"estimated\"]},");
        }
        rest.push_str(&format!(
            "\"src\":{{\"adapter\":\"csv-{source}\",\"semantics\":\"window\"}}}}"
        ));
        let [people_in, people_out, people_pass] = counts;
        Ok(Some(Event {
            id: derived_id(start, &["csv", source, camera.as_str(), time]),
            camera,
            boot: None,
            seq: None,
            at: start,
            sent: None,
            confidence: None,
            body: EventBody::Count {
                counter: LineId::new("main")?,
                over,
                people_in,
                people_out,
                people_pass,
            },
            rest: rest.into(),
        }))
    }

    /// The moment a slot begins, and whether it had to be guessed.
    fn start(&mut self, camera: &CameraId, text: &str) -> Option<(Timestamp, bool)> {
        let Some(zone) = &self.zone else {
            return Timestamp::parse(text).ok().map(|at| (at, false));
        };
        let local: DateTime = text.parse().ok()?;
        let ambiguous = zone.to_ambiguous_timestamp(local);
        let estimated = !matches!(ambiguous.offset(), AmbiguousOffset::Unambiguous { .. });
        let again = matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. })
            && !self.folded.insert((camera.clone(), local));
        let moment = if again {
            ambiguous.later()
        } else {
            ambiguous.compatible()
        };
        let moment = moment.ok()?;
        (moment.as_microsecond() >= 0).then(|| (moment.into(), estimated))
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|n| *n <= PEOPLE_MAX)
}

fn unreadable(line: u64, column: &str, text: &str) -> Fault {
    let shown: String = text.chars().take(40).collect();
    wrong(line, format!("column {column:?}: {shown:?} cannot be read"))
}
