//! The engine alone, on one core.

use super::table::Table;
use crate::shell::{Failure, command, say, target};
use serde_json::Value;

/// Runs the example of the engine for some numbers of cameras.
pub fn run() -> Result<Table, Failure> {
    let mut table = Table::new(
        "The engine on one core, W-all",
        "Every field of every summary; places above the cameras, one event of a hundred late by up to an hour.",
        &["cameras", "fold and flush each minute", "fold alone"],
    );
    for cameras in ["100", "1000", "10000"] {
        say(&format!("bench: the engine with {cameras} cameras"));
        let run = ours("w-all", "4000000", cameras)?;
        let of = |name: &str| run.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let rate = |seconds: f64| format!("{:.2} M events/s", of("events") / seconds / 1e6);
        table.row([cameras.to_owned(), rate(of("seconds")), rate(of("fold_seconds"))]);
    }
    Ok(table)
}

fn ours(workload: &str, events: &str, cameras: &str) -> Result<Value, Failure> {
    let bench = target().join("release/examples/engine_bench");
    let output = command(&bench.display().to_string(), &[workload, events, cameras], "")
        .output()
        .map_err(|error| format!("{}: {error}", bench.display()))?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("engine_bench: {error}"))
}
