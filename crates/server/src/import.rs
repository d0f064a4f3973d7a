//! Files of others become canonical events: counts in CSV, and trajectories through our own line logic.
//!
//! The decoders ([`counts`], [`tracks`]) read text and know nothing of files; [`input`] opens, unpacks and caps. Every
//! event gets an id derived from what it says, so importing a file twice changes nothing. What cannot be understood is
//! a fault that names its line; nothing is guessed in silence.

pub mod counts;
mod input;
mod site;
#[cfg(test)]
mod tests;
pub mod tracks;

pub use site::{cameras_needed, missing, without};

use std::path::Path;
use throng_model::{Event, Fault, FaultCode};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// UCI CalIt2: one door, in and out, local half-hours.
    Calit2,
    /// City of Melbourne pedestrian counts: street sensors, passing people, hours in UTC.
    Melbourne,
    /// Boxes of MOTChallenge: ground truth or the output of a tracker.
    Mot,
    /// Positions of ETH and UCY: obsmat.txt.
    Obsmat,
}

/// Events of a file, in the order they are to be handed in.
pub type Events = Box<dyn Iterator<Item = Result<Event, Fault>> + Send>;

/// A file, understood.
pub struct Opened {
    /// What it says.
    pub events: Events,
    /// Tracks only: what was counted at each line, and what was left out as re-crossing.
    pub counted: tracks::Counted,
}

/// Opens a file, gzip or plain. `options` matter for tracks only.
pub fn open(path: &Path, format: Format, options: &tracks::Options) -> Result<Opened, Fault> {
    let text = input::open(path)?;
    let others = |events: Events| Opened {
        events,
        counted: tracks::Counted::default(),
    };
    let tracks = |layout, text| {
        tracks::read(text, layout, options).map(|read| Opened {
            events: Box::new(read.events.into_iter().map(Ok)),
            counted: read.counted,
        })
    };
    match format {
        Format::Calit2 => Ok(others(Box::new(counts::read(text, &counts::CALIT2)?))),
        Format::Melbourne => Ok(others(Box::new(counts::read(text, &counts::MELBOURNE)?))),
        Format::Mot => tracks(tracks::Layout::Mot, text),
        Format::Obsmat => tracks(tracks::Layout::Obsmat, text),
    }
}

/// The file has something wrong in this line.
fn wrong(line: u64, why: impl std::fmt::Display) -> Fault {
    Fault::new(FaultCode::InvalidFile, format!("line {line}: {why}"))
}
