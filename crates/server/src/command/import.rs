//! `throng import`: reads a file of counts or trajectories into the data folder, while no server runs on it.

use super::say;
use crate::config::Config;
use crate::import::{self, Format, tracks};
use crate::wire::Node;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use throng_model::codec::encode_json;
use throng_model::{CameraId, Event, Fault, Timestamp};
use throng_ports::{Intake as _, Outcome, Receipt, Sender};

/// Reads a file of counts or trajectories. Reading it again changes nothing.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What the file holds.
    format: Format,
    /// The file, gzip or plain.
    file: PathBuf,
    /// Trajectories: who saw them.
    #[arg(long, default_value = "imported")]
    camera: CameraId,
    /// Trajectories: when frame 0 was, RFC 3339.
    #[arg(long, default_value = "2020-01-01T00:00:00Z", value_parser = Timestamp::parse)]
    start: Timestamp,
    /// Trajectories: frames a second.
    #[arg(long, default_value_t = 30.0)]
    fps: f64,
    /// Trajectories: a line to count at, name=ax,ay,bx,by; may be given several times.
    #[arg(long = "line", value_name = "NAME=AX,AY,BX,BY", allow_hyphen_values = true)]
    lines: Vec<tracks::NamedLine>,
    /// Trajectories: crossing from the positive to the negative side is the way in.
    #[arg(long)]
    negative_is_in: bool,
}

/// Events in one batch to the intake.
const BATCH: usize = 1_000;

/// Runs the command.
pub async fn run(arguments: Arguments, config: Config) -> Result<(), Fault> {
    let options = tracks::Options {
        camera: arguments.camera,
        start: arguments.start,
        fps: arguments.fps,
        lines: arguments.lines,
        negative_is_in: arguments.negative_is_in,
    };
    let (file, format) = (arguments.file, arguments.format);
    // A first reading finds the sensors, and what is wrong with the file before anything of it is kept.
    let mut total = 0;
    let events = import::open(&file, format, &options)?.inspect(|_| total += 1);
    let (mut places, mut cameras) = import::cameras_needed(events, format, &options)?;
    let node = Node::open(&config).await?;
    let site = node.ports.catalog.site();
    // What somebody registered or changed by hand stays as it is.
    places.retain(|place| site.place(&place.id).is_none());
    cameras.retain(|camera| site.camera(&camera.id).is_none());
    node.ports.catalog.save_all(places, cameras).await?;
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} events, {eta} left")
    {
        bar.set_style(style);
    }
    let mut sums = (0, 0, 0);
    let mut reason = None;
    let mut events = import::open(&file, format, &options)?;
    loop {
        let batch: Vec<Event> = events.by_ref().take(BATCH).collect::<Result<_, _>>()?;
        if batch.is_empty() {
            break;
        }
        let receipt = submit(&node, &batch).await?;
        let (accepted, duplicate, quarantined) = receipt.counts();
        sums = (sums.0 + accepted, sums.1 + duplicate, sums.2 + quarantined);
        reason = reason.or_else(|| first_reason(&receipt));
        bar.inc(batch.len() as u64);
    }
    bar.finish_and_clear();
    node.close().await?;
    let (accepted, duplicate, quarantined) = sums;
    say(format_args!(
        "{total} events: {accepted} new, {duplicate} known before, {quarantined} in quarantine"
    ));
    if let Some(reason) = reason {
        say(format_args!("first reason for quarantine: {reason}"));
    }
    Ok(())
}

async fn submit(node: &Node, batch: &[Event]) -> Result<Receipt, Fault> {
    let texts: Vec<String> = batch.iter().map(encode_json).collect();
    let raw = texts.iter().map(String::as_bytes).collect();
    node.intake.submit(&Sender::Operator, raw).await
}

fn first_reason(receipt: &Receipt) -> Option<String> {
    receipt.events.iter().find_map(|(_, outcome)| match outcome {
        Outcome::Quarantined { detail, .. } => Some(detail.clone()),
        _ => None,
    })
}
