//! Trajectories: boxes or positions by frame, turned into crossings of lines the user drew.
//!
//! Only crossings are kept while reading, so memory follows the people and not the frames. They are given in the order
//! of time, because files are often sorted by person and a stream is not. What the re-crossing filter leaves out is
//! kept beside what it counts, so that both numbers can be shown and every difference be looked up.

use super::{input::Text, wrong};
use std::collections::{HashMap, HashSet};
use std::io::BufRead as _;
use std::str::FromStr;
use throng_engine::track::{Crossing, Line, LineCounter, Point, RecrossFilter, Steady, Turn, Verdict};
use throng_model::codec::derived_id;
use throng_model::event::Direction;
use throng_model::{CameraId, Event, EventBody, Fault, FaultCode, LineId, Timestamp};

/// The most people one file may have.
const TRACKS_MAX: usize = 1_000_000;
/// The highest frame number: a year at 30 frames a second.
const FRAME_MAX: f64 = 1e9;

/// How the columns stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `frame,id,left,top,width,height,conf,class,...`; the point is the middle of the lower edge of the box. In ground
    /// truth only conf 1 and class 1 (a pedestrian to be counted) are taken; trackers write class -1.
    Mot,
    /// `frame id x z y vx vz vy`, split by blanks.
    Obsmat,
}

/// A line somebody drew: `name=ax,ay,bx,by`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedLine {
    /// What the events call it.
    pub name: LineId,
    /// Where it is.
    pub line: Line,
}

impl FromStr for NamedLine {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let unclear = || {
            Fault::new(
                FaultCode::InvalidRequest,
                format!("line {text:?} is not name=ax,ay,bx,by"),
            )
        };
        let (name, numbers) = text.split_once('=').ok_or_else(unclear)?;
        let numbers: Option<Vec<f64>> = numbers.split(',').map(finite).collect();
        let Some([ax, ay, bx, by]) = numbers.as_deref() else {
            return Err(unclear());
        };
        let line = Line {
            a: Point::new(*ax, *ay),
            b: Point::new(*bx, *by),
        };
        if line.a == line.b {
            let detail = format!("line {text:?} has no length: its ends are one point");
            return Err(Fault::new(FaultCode::InvalidRequest, detail));
        }
        let name = LineId::new(name)?;
        Ok(Self { name, line })
    }
}

/// What a file of tracks does not say itself.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who saw it.
    pub camera: CameraId,
    /// When frame 0 was.
    pub start: Timestamp,
    /// Frames a second.
    pub fps: f64,
    /// The lines to count at.
    pub lines: Vec<NamedLine>,
    /// Whether crossing to the negative side is the way in.
    pub negative_is_in: bool,
    /// When a crossing counts: hold in seconds, band in the units of the file. 0 and 0 count every crossing.
    pub steady: Steady<f64>,
}

impl Options {
    /// Every line, and how it is counted.
    pub fn counted_lines(&self) -> Vec<(LineId, String)> {
        let lines = self.lines.iter();
        lines.map(|line| (line.name.clone(), self.how(line))).collect()
    }

    /// How a line is counted: whatever makes other crossings of the same recording.
    fn how(&self, line: &NamedLine) -> String {
        let (Line { a, b }, Steady { hold, band }) = (line.line, self.steady);
        let inwards = match self.negative_is_in {
            true => ", the negative side inwards",
            false => "",
        };
        format!(
            "{},{},{},{}{inwards}, {} frames a second, hold {hold} and band {band}",
            a.x, a.y, b.x, b.y, self.fps
        )
    }
}

/// One observation.
struct Seen {
    frame: f64,
    track: i64,
    point: Point,
}

/// The crossings of one line, by frame. raw = counted + left out.
#[derive(Debug, Default)]
pub struct LineCount {
    /// Every crossing, as the geometry has it.
    pub raw: Vec<Crossing<i64, f64>>,
    /// Those that count.
    pub counted: Vec<Crossing<i64, f64>>,
    /// Those that do not: the track came back, or went the same way again, before it had stayed.
    pub left_out: Vec<Crossing<i64, f64>>,
}

/// What one file holds, and how much was looked at.
#[derive(Debug, Default)]
pub struct Counted {
    /// In the order of the lines given.
    pub lines: Vec<LineCount>,
    /// How many people were seen.
    pub tracks: usize,
    /// How many observations were taken.
    pub points: usize,
}

/// One line with its counter and filter.
struct Gate {
    line: Line,
    counter: LineCounter<i64>,
    filter: RecrossFilter<i64, f64>,
    count: LineCount,
}

impl Gate {
    fn new(line: Line, steady: Steady<f64>) -> Self {
        Self {
            line,
            counter: LineCounter::new(line),
            filter: RecrossFilter::new(steady),
            count: LineCount::default(),
        }
    }

    fn observe(&mut self, seen: &Seen) {
        let raw = self.counter.observe(seen.track, seen.frame, seen.point);
        self.count.raw.extend(raw);
        let distance = self.line.distance(seen.point);
        match self.filter.observe(seen.track, seen.frame, distance, raw) {
            Some(Verdict::Counted(crossing)) => self.count.counted.push(crossing),
            Some(Verdict::TurnedBack(first, back)) => self.count.left_out.extend([first, back]),
            Some(Verdict::Repeated(again)) => self.count.left_out.push(again),
            None => {}
        }
    }

    fn finish(mut self) -> LineCount {
        self.count.counted.extend(self.filter.finish());
        self.count
    }
}

/// Follows everybody in the file across the lines. The hold of `steady` is in frames.
pub fn count(text: Text, layout: Layout, lines: &[Line], steady: Steady<f64>) -> Result<Counted, Fault> {
    let mut gates: Vec<Gate> = lines.iter().map(|line| Gate::new(*line, steady)).collect();
    let mut points = 0;
    let mut last_frames: HashMap<i64, f64> = HashMap::new();
    for (number, text) in (1..).zip(text.lines()) {
        let text = text.map_err(|error| wrong(number, error))?;
        if text.trim().is_empty() {
            continue;
        }
        let Some(seen) = observation(&text, layout).map_err(|why| wrong(number, why))? else {
            continue;
        };
        if last_frames
            .insert(seen.track, seen.frame)
            .is_some_and(|last| last >= seen.frame)
        {
            return Err(wrong(
                number,
                format!("track {} is not in the order of frames", seen.track),
            ));
        }
        if last_frames.len() > TRACKS_MAX {
            return Err(wrong(number, format!("more than {TRACKS_MAX} tracks")));
        }
        points += 1;
        gates.iter_mut().for_each(|gate| gate.observe(&seen));
    }
    Ok(Counted {
        lines: gates.into_iter().map(Gate::finish).collect(),
        tracks: last_frames.len(),
        points,
    })
}

/// A file of tracks, counted.
#[derive(Debug)]
pub struct Read {
    /// One `line` event for each crossing that counts, in the order of time.
    pub events: Vec<Event>,
    /// The evidence.
    pub counted: Counted,
}

/// Reads a file into `line` events.
pub fn read(text: Text, layout: Layout, options: &Options) -> Result<Read, Fault> {
    let invalid = |detail: String| Err(Fault::new(FaultCode::InvalidRequest, detail));
    if !(options.fps.is_finite() && options.fps >= 0.01) {
        return invalid(format!("{} frames a second are not possible", options.fps));
    }
    let Steady { hold, band } = options.steady;
    if !(hold.is_finite() && hold >= 0.0 && band.is_finite() && band >= 0.0) {
        return invalid(format!(
            "a hold of {hold} s and a band of {band} are not possible"
        ));
    }
    let names: HashSet<&str> = options.lines.iter().map(|line| line.name.as_str()).collect();
    if names.is_empty() || names.len() != options.lines.len() {
        return invalid("give at least one --line name=ax,ay,bx,by, each with a name of its own".to_owned());
    }
    let lines: Vec<Line> = options.lines.iter().map(|named| named.line).collect();
    let steady = Steady {
        hold: hold * options.fps,
        band,
    };
    let counted = count(text, layout, &lines, steady)?;
    let mut events = Vec::new();
    for (named, line) in options.lines.iter().zip(&counted.lines) {
        events.extend(
            line.counted
                .iter()
                .map(|crossing| event(named, crossing, options)),
        );
    }
    events.sort_by_key(|event: &Event| (event.at, event.id));
    Ok(Read { events, counted })
}

fn event(named: &NamedLine, crossing: &Crossing<i64, f64>, options: &Options) -> Event {
    let at = options
        .start
        .plus((crossing.at / options.fps * 1e6).round() as i64);
    let (track, frame) = (crossing.track.to_string(), crossing.at.to_string());
    let inwards = (crossing.turn == Turn::Pos) != options.negative_is_in;
    let parts = [
        "tracks",
        options.camera.as_str(),
        named.name.as_str(),
        &track,
        &frame,
    ];
    let rest = format!(
        "{{\"data\":{{\"track\":\"{track}\"}},\"src\":{{\"adapter\":\"tracks\",\"semantics\":\"event\"}}}}"
    );
    Event {
        id: derived_id(at, &parts),
        camera: options.camera.clone(),
        boot: None,
        seq: None,
        at,
        sent: None,
        confidence: None,
        body: EventBody::Line {
            line: named.name.clone(),
            dir: if inwards { Direction::In } else { Direction::Out },
            n: 1,
        },
        rest: rest.into(),
    }
}

/// One row; none when it is not a person to be counted.
fn observation(text: &str, layout: Layout) -> Result<Option<Seen>, String> {
    let parts: Vec<&str> = match layout {
        Layout::Mot => text.split(',').map(str::trim).collect(),
        Layout::Obsmat => text.split_whitespace().collect(),
    };
    let column = |at: usize, name: &str| -> Result<f64, String> {
        let text = parts
            .get(at)
            .ok_or_else(|| format!("column {name:?} is missing"))?;
        let shown: String = text.chars().take(40).collect();
        finite(text).ok_or_else(|| format!("column {name:?}: {shown:?} is not a number"))
    };
    let (frame, track) = (column(0, "frame")?, column(1, "id")?);
    if !(0.0..=FRAME_MAX).contains(&frame) || track.abs() > 1e15 {
        return Err("frame or id is out of range".to_owned());
    }
    let point = match layout {
        Layout::Obsmat => Point::new(column(2, "x")?, column(4, "y")?),
        Layout::Mot => {
            let class = column(7, "class")?;
            let counts = class == -1.0 || (class == 1.0 && column(6, "conf")? == 1.0);
            if !counts {
                return Ok(None);
            }
            let (left, top) = (column(2, "left")?, column(3, "top")?);
            Point::new(left + column(4, "width")? / 2.0, top + column(5, "height")?)
        }
    };
    let track = track as i64;
    Ok(Some(Seen { frame, track, point }))
}

fn finite(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && number.abs() < 1e12)
}
