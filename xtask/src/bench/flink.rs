//! Apache Flink on workload W5, in one process, parallelism 1.

use super::peers::{answer, class_path, recipe};
use crate::shell::{Failure, command};
use std::path::Path;

/// What Flink needed, by its own clock.
pub struct Job {
    /// Seconds to read the file and do nothing.
    pub reading: f64,
    /// Seconds for all windows, reading included.
    pub windows: f64,
}

/// Runs the statement set on these events.
pub fn run(events: &Path) -> Result<Job, Failure> {
    let mut java = command("java", &["-Xmx3g", "-cp", &class_path("flink")?], "");
    java.arg(recipe("flink").join("W5.java")).arg(events);
    let said = answer(java)?;
    let parsed = || {
        let (reading, windows) = said.trim().split_once(' ')?;
        Some(Job {
            reading: reading.parse().ok()?,
            windows: windows.parse().ok()?,
        })
    };
    parsed().ok_or_else(|| format!("unexpected answer: {said}"))
}
