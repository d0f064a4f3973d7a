//! The same crossings for programs that are not ours: `ts,cam,dir,n,conf`, no header line.

use super::Crossing;
use std::io::{Result, Write};

/// Writes a line a crossing, in the order they arrive. Times are SQL timestamps of UTC in milliseconds, `conf` has three
/// digits: both are exact, so nobody computes with other numbers than we do.
pub fn write_csv(crossings: &[Crossing], mut to: impl Write) -> Result<()> {
    let (mut date, mut day) = (String::new(), None);
    for crossing in crossings {
        let ms = crossing.at_ms;
        // A date costs more than the rest of the line, and changes once a day.
        if day != Some(ms / 86_400_000) {
            day = Some(ms / 86_400_000);
            date = crossing.at().to_jiff().strftime("%Y-%m-%d").to_string();
        }
        writeln!(
            to,
            "{date} {:02}:{:02}:{:02}.{:03},{},{},{},{}.{:03}",
            ms / 3_600_000 % 24,
            ms / 60_000 % 60,
            ms / 1_000 % 60,
            ms % 1_000,
            crossing.camera,
            u8::from(crossing.comes_in),
            crossing.n,
            crossing.confidence / 1_000,
            crossing.confidence % 1_000
        )?;
    }
    to.flush()
}
