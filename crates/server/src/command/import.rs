//! `throng import`: reads files into the data folder, while no server runs on it.
//!
//! Every event has an id made from what it says, so a file that was imported before, or half imported, is simply
//! imported again: what is known is recognised and changes nothing. What the crossings of a recording say depends on the lines,
//! so these are remembered as soon as somebody was counted at them: drawn elsewhere they are refused.

#[cfg(test)]
mod tests;
mod told;

use super::{say, trace};
use crate::config::Config;
use crate::import::tracks::{Counted, LineCount, NamedLine, Options};
use crate::import::{Format, cameras_needed, missing, open, without};
use crate::wire::Node;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use throng_embedded::catalog::CountedLine;
use throng_engine::track::{Crossing, Steady, Turn};
use throng_model::codec::encode_json;
use throng_model::site::Site;
use throng_model::{CameraId, Event, EventBody, Fault, FaultCode, LineId, Timestamp};
use throng_ports::{Intake, Outcome, Sender};
use told::Covered;

/// What each format needs of a file, and what to type: shown under `--help`.
const FORMATS: &str = "\
Columns:
  calit2     a header, then slot_local,in_count,out_count: the start of a half-hour in Los Angeles, people in and out
  melbourne  a header with sensor, time_utc and count: the start of an hour in UTC, people who passed; every sensor is a camera
  mot        no header: frame,id,left,top,width,height,conf,class,... in pixels; the point is the middle of the lower edge
  obsmat     no header: frame id x z y vx vz vy, split by blanks, in metres; the point is x y
  An empty count is not known, which is not 0.

Examples:
  throng import --format calit2 calit2_flows.csv
  throng import --format melbourne pedestrian.csv.gz
  throng import --format mot gt.txt --camera mot17 --start 2026-03-29T09:00:00Z --fps 30 --line door=960,0,960,1080
  throng import --format obsmat obsmat.txt --camera eth --start 2008-01-01T12:00:00Z --fps 15 --line door=5,0,5,10";

/// Reads files.
/// When frame 0 was where nobody said it.
const START: &str = "2000-01-01T00:00:00Z";

#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMATS)]
pub struct Arguments {
    /// What the file holds.
    #[arg(long)]
    format: Format,
    /// The file, plain or gzip.
    file: PathBuf,
    /// Tracks only: the camera the crossings are counted for.
    #[arg(long, default_value = "video")]
    camera: String,
    /// Tracks only: when frame 0 was, RFC 3339. Not given: 2000-01-01T00:00:00Z, and the import says so.
    #[arg(long)]
    start: Option<String>,
    /// Tracks only: by how much the frame numbers of the file rise in a second, also where not every frame has positions.
    #[arg(long, default_value_t = 30.0)]
    fps: f64,
    /// Tracks only: a counting line, name=ax,ay,bx,by. May be given more than once. In a recording (a camera and when frame 0
    /// was) a name at which somebody was counted stands for one line: drawn elsewhere it is refused, because everybody would
    /// count twice.
    #[arg(long = "line")]
    lines: Vec<String>,
    /// Tracks only: crossing to the right-hand side of a line (seen from a to b, y downwards: its left) is the way in.
    #[arg(long)]
    negative_is_in: bool,
    /// Tracks only: seconds a track must stay on the new side of a line for its crossing to count. Trackers jitter:
    /// half a second is a good start for video at 30 frames a second. 0 counts every crossing.
    #[arg(long, default_value_t = 0.0)]
    hold: f64,
    /// Tracks only: how far from the line it must get, in the units of the file.
    #[arg(long, default_value_t = 0.0)]
    band: f64,
    /// Tracks only: writes the crossings that were left out as re-crossings to this CSV file.
    #[arg(long)]
    left_out: Option<PathBuf>,
}

/// Events in one batch.
const BATCH: usize = 5_000;

/// What an import did. read = accepted + duplicate + quarantined.
#[derive(Debug, Default)]
pub struct Imported {
    read: usize,
    accepted: usize,
    duplicate: usize,
    quarantined: usize,
    /// By code: how many, and what the first one was told.
    reasons: BTreeMap<&'static str, (usize, String)>,
    /// The lines at which somebody was counted, now or when the file was imported before.
    lines: BTreeSet<LineId>,
    /// What of it counts, now or since it was imported before.
    covered: Covered,
}

/// Runs the command.
pub async fn run(arguments: Arguments, config: Config) -> Result<(), Fault> {
    let options = Options {
        camera: CameraId::new(&arguments.camera)?,
        start: Timestamp::parse(arguments.start.as_deref().unwrap_or(START))?,
        fps: arguments.fps,
        lines: arguments
            .lines
            .iter()
            .map(|line| line.parse::<NamedLine>())
            .collect::<Result<_, _>>()?,
        negative_is_in: arguments.negative_is_in,
        steady: Steady {
            hold: arguments.hold,
            band: arguments.band,
        },
    };
    let is_tracks = is_tracks(arguments.format);
    if is_tracks && options.lines.is_empty() {
        return Err(Fault::new(
            FaultCode::InvalidRequest,
            "tracks need at least one --line name=ax,ay,bx,by to count at",
        ));
    }
    let node = Node::open(&config).await?;
    let intake = Arc::clone(&node.intake);
    let too_late_before = intake.taken_up().too_late;
    let imported = import(&node, &arguments.file, arguments.format, &options).await;
    let site = node.ports.catalog.site();
    // Closed also when the file was at fault: what came before the faulty line is kept.
    node.close().await?;
    let (imported, counted) = imported?;
    if is_tracks {
        say(format_args!(
            "{} tracks, {} observations",
            counted.tracks, counted.points
        ));
    }
    if is_tracks && arguments.start.is_none() {
        say(format_args!("no --start was given: frame 0 is taken for {START}"));
    }
    for (line, count) in options.lines.iter().zip(&counted.lines) {
        say(format_args!("line {}: {}", line.name, tally(count)));
    }
    if let Some(path) = &arguments.left_out {
        std::fs::write(path, evidence(&options.lines, &counted))
            .map_err(|error| Fault::new(FaultCode::InvalidFile, format!("{}: {error}", path.display())))?;
    }
    let Imported {
        read,
        accepted,
        duplicate,
        quarantined,
        reasons,
        lines: _,
        covered,
    } = imported;
    say(format_args!(
        "{read} events read: {accepted} accepted, {duplicate} known before, {quarantined} quarantined"
    ));
    for told in covered.told(&site) {
        say(format_args!("{told}"));
    }
    for (code, (events, first)) in &reasons {
        say(format_args!(
            "quarantined as {code}: {events}, the first because {first}"
        ));
    }
    let too_late = intake.taken_up().too_late - too_late_before;
    if too_late > 0 {
        say(format_args!(
            "{too_late} of them came more than {} days (engine.lateness_days) after newer ones of their camera: they are in the \
             log but in no number; give the file a camera of its own",
            config.engine.lateness_days
        ));
    }
    if accepted + duplicate == 0 {
        let codes: Vec<&str> = reasons.into_keys().collect();
        let why = match (codes.as_slice(), is_tracks) {
            ([], true) => {
                "nobody crossed a line in it; see where people walk and draw --line across".to_owned()
            }
            ([], false) => "it has none".to_owned(),
            (codes, _) => codes.join(", "),
        };
        return Err(Fault::new(
            FaultCode::InvalidFile,
            format!(
                "no event of {} was accepted, and no camera or place was made for it: {why}",
                arguments.file.display()
            ),
        ));
    }
    Ok(())
}

/// Registers what the file needs and hands its events in.
async fn import(
    node: &Node,
    file: &Path,
    format: Format,
    options: &Options,
) -> Result<(Imported, Counted), Fault> {
    let mut total = 0_u64;
    let counted = open(file, format, options)?.events.inspect(|_| total += 1);
    let (places, cameras) = cameras_needed(counted, format, options)?;
    let (camera, start) = (&options.camera, options.start);
    let lines = match is_tracks(format) {
        true => options.counted_lines(),
        false => Vec::new(),
    };
    if let Some(before) = node.catalog.counted_otherwise(camera, start, &lines).await? {
        return Err(counted_otherwise(options, &before));
    }
    // Now that it was read to its end once: a file that is not there, or is damaged, was not imported.
    trace::note_word(&*node.accounts, "import", &file.display().to_string()).await?;
    if let Some(before) = node.catalog.remember_counted(camera, start, &lines).await? {
        return Err(counted_otherwise(options, &before));
    }
    let (places, cameras) = missing(&node.ports.catalog.site(), places, cameras);
    let made = (places.clone(), cameras.clone());
    // Before the first event: the doors refuse what a camera says that is not registered.
    node.ports.catalog.save_all(places, cameras).await?;
    // Where it fails what was made stays: some of it may be on the disk.
    let (imported, counted) = hand_in_all(node, file, format, options, total).await?;
    if is_tracks(format) {
        let lines = &imported.lines;
        node.catalog.settle_counted(camera, start, lines).await?;
    }
    if imported.accepted + imported.duplicate == 0 {
        let undo = move |site: &Site| Ok(without(site, &made.0, &made.1));
        let undone = node.ports.catalog.change(Box::new(undo)).await;
        undone
            .map_err(|fault| fault.context("no event was accepted, and removing what was made for them"))?;
    }
    Ok((imported, counted))
}

/// Hands in the events of a file, so many in all: what became of them, and what this second pass counted.
async fn hand_in_all(
    node: &Node,
    file: &Path,
    format: Format,
    options: &Options,
    total: u64,
) -> Result<(Imported, Counted), Fault> {
    let bar = ProgressBar::new(total).with_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len} events, {per_sec}, {eta} left")
            .map_err(|error| Fault::internal(error.to_string()))?,
    );
    let (mut imported, mut batch) = (Imported::default(), Vec::with_capacity(BATCH));
    let opened = open(file, format, options)?;
    for event in opened.events {
        batch.push(event?);
        if batch.len() == BATCH {
            hand_in(&*node.intake, &mut batch, &mut imported).await?;
            bar.set_position(imported.read as u64);
        }
    }
    hand_in(&*node.intake, &mut batch, &mut imported).await?;
    bar.finish_and_clear();
    Ok((imported, opened.counted))
}

/// The crossings of a line that was counted otherwise would be other events, and everybody in the recording would count twice.
fn counted_otherwise(options: &Options, (line, before): &CountedLine) -> Fault {
    Fault::new(
        FaultCode::InvalidRequest,
        format!(
            "line {:?} of camera {:?} was counted in the recording from {} on with {before}: counted otherwise under the same name, its \
             people would count twice; give the same again, or the line another name, under which it counts beside this one, or \
             another --start where this is another recording",
            line.as_str(),
            options.camera.as_str(),
            options.start,
        ),
    )
}

fn is_tracks(format: Format) -> bool {
    matches!(format, Format::Mot | Format::Obsmat)
}

/// Both numbers of a line: as the geometry has it, and as counted.
fn tally(count: &LineCount) -> String {
    let sides = |crossings: &[Crossing<i64, f64>]| {
        let positive = crossings
            .iter()
            .filter(|crossing| crossing.turn == Turn::Pos)
            .count();
        format!(
            "{} (+{positive} -{})",
            crossings.len(),
            crossings.len() - positive
        )
    };
    format!(
        "{} crossings, {} counted, {} left out as re-crossings",
        sides(&count.raw),
        sides(&count.counted),
        count.left_out.len()
    )
}

/// The crossings that do not count, for whoever wants to look at the video.
fn evidence(lines: &[NamedLine], counted: &Counted) -> String {
    let mut text = String::from("line,track,frame,side\n");
    for (line, count) in lines.iter().zip(&counted.lines) {
        for crossing in &count.left_out {
            let side = crossing.turn.sign();
            text.push_str(&format!(
                "{},{},{},{side:+}\n",
                line.name, crossing.track, crossing.at
            ));
        }
    }
    text
}

async fn hand_in(intake: &dyn Intake, batch: &mut Vec<Event>, imported: &mut Imported) -> Result<(), Fault> {
    let texts: Vec<String> = batch.iter().map(encode_json).collect();
    let receipt = intake
        .submit(&Sender::Operator, texts.iter().map(String::as_bytes).collect())
        .await?;
    let (accepted, duplicate, quarantined) = receipt.counts();
    imported.read += texts.len();
    imported.accepted += accepted;
    imported.duplicate += duplicate;
    imported.quarantined += quarantined;
    for (event, (_, outcome)) in batch.drain(..).zip(receipt.events) {
        match outcome {
            Outcome::Quarantined { code, detail, .. } => {
                imported.reasons.entry(code.as_str()).or_insert((0, detail)).0 += 1;
            }
            Outcome::Accepted | Outcome::TooLate { .. } | Outcome::Duplicate => {
                // Of what is known from before nothing tells whether it came too late then.
                if !matches!(outcome, Outcome::TooLate { .. }) {
                    imported.covered.note(&event);
                }
                if let EventBody::Line { line, .. } = event.body {
                    imported.lines.insert(line);
                }
            }
        }
    }
    Ok(())
}
