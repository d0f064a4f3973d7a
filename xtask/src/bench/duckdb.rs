//! DuckDB on workload W5: one thread, all data at once, no state, no late data. The bar for an engine without overhead.

use super::peers::{answer, python, recipe};
use crate::shell::{Failure, command};
use std::path::Path;

/// What DuckDB needed.
pub struct Batch {
    /// Seconds for the measures every peer has.
    pub plain: f64,
    /// Seconds with an approximate 95th percentile beside them.
    pub percentile: f64,
    /// Rows of all windows: as many as everybody else makes of the same events.
    pub rows: u64,
}

/// Runs the queries on these events.
pub fn run(events: &Path) -> Result<Batch, Failure> {
    let mut script = command(&python("duckdb")?.display().to_string(), &[], "");
    script.arg(recipe("duckdb").join("w5.py")).arg(events);
    let said = answer(script)?;
    let parsed = || {
        let mut words = said.split_whitespace();
        Some(Batch {
            plain: words.next()?.parse().ok()?,
            percentile: words.next()?.parse().ok()?,
            rows: words.next()?.parse().ok()?,
        })
    };
    parsed().ok_or_else(|| format!("unexpected answer: {said}"))
}
