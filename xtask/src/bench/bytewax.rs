//! Bytewax on workload W5, one worker: what a dataflow written in Python with a Rust core does.

use super::peers::{answer, python, recipe};
use crate::shell::{Failure, command};
use std::path::Path;

/// What Bytewax needed.
pub struct Flow {
    /// Seconds for all windows; the events are in memory before.
    pub seconds: f64,
    /// Rows of all windows.
    pub rows: u64,
}

/// Runs the flow on these events.
pub fn run(events: &Path) -> Result<Flow, Failure> {
    let mut script = command(&python("bytewax")?.display().to_string(), &[], "");
    script.arg(recipe("bytewax").join("w5.py")).arg(events);
    let said = answer(script)?;
    let parsed = || {
        let (seconds, rows) = said.trim().split_once(' ')?;
        Some(Flow {
            seconds: seconds.parse().ok()?,
            rows: rows.parse().ok()?,
        })
    };
    parsed().ok_or_else(|| format!("unexpected answer: {said}"))
}
