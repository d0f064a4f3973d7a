//! What the real binary does under load on this machine, in one table, appended to bench/RESULTS.md with the commit.
//!
//! Everything stays on 127.0.0.1 and is bounded in time. Numbers are measured, not judged: nothing here passes or fails.

mod doors;
mod history;
mod live;
mod server;

use crate::shell::{self, Failure, command, root, say, target};
use server::Server;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How long each load lasts, seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// A line of the table.
pub struct Measured {
    pub what: String,
    pub value: String,
}

fn measured(what: impl Into<String>, value: impl Into<String>) -> Measured {
    Measured {
        what: what.into(),
        value: value.into(),
    }
}

/// Builds with the release profile and measures.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let seconds = Duration::from_secs(arguments.seconds);
    say("bench: building with the release profile");
    shell::run(command(
        "cargo",
        &["build", "--release", "--package", "throng-server"],
        "",
    ))?;
    shell::run(command(
        "cargo",
        &[
            "build",
            "--release",
            "--package",
            "throng-sim",
            "--example",
            "engine_bench",
        ],
        "",
    ))?;
    let mut table = engine()?;
    let folder = std::env::temp_dir().join(format!("throng-bench-{}", std::process::id()));
    let loaded = under_load(&folder, seconds, &mut table);
    drop(std::fs::remove_dir_all(&folder));
    loaded?;
    write(&table)
}

fn engine() -> Result<Vec<Measured>, Failure> {
    say("bench: engine");
    let mut table = Vec::new();
    for cameras in ["100", "1000", "10000"] {
        let bench = target()
            .join("release/examples/engine_bench")
            .display()
            .to_string();
        let output = command(&bench, &["w-all", "4000000", cameras], "")
            .output()
            .map_err(|error| format!("{bench}: {error}"))?;
        let answer: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        let of = |name: &str| {
            answer
                .get(name)
                .and_then(serde_json::Value::as_f64)
                .unwrap_or(0.0)
        };
        let value = format!(
            "{:.2} M events/s (fold alone {:.2} M)",
            of("events") / of("seconds") / 1e6,
            of("events") / of("fold_seconds") / 1e6
        );
        table.push(measured(
            format!("engine, W-all, one core, {cameras} cameras, fold and flush each minute"),
            value,
        ));
    }
    Ok(table)
}

fn under_load(folder: &std::path::Path, seconds: Duration, table: &mut Vec<Measured>) -> Result<(), Failure> {
    say("bench: a server with 1,000 cameras");
    let mut server = Server::start(folder)?;
    table.push(measured("start to ready, empty folder", millis(server.started)));
    let session = server.set_up()?;
    server.register(1_000, &session)?;
    table.push(measured(
        "resident memory, 1,000 cameras, idle",
        server.resident(),
    ));
    say("bench: durable ingest");
    table.push(measured(
        "durable ingest over HTTP, batches of 1,000, 4 connections",
        doors::flood(&server, 4, 1_000, seconds)?,
    ));
    table.push(measured(
        "durable ingest over HTTP, one by one, 1 connection",
        doors::flood(&server, 1, 1, seconds)?,
    ));
    table.push(measured(
        "durable ingest over HTTP, one by one, 64 connections",
        doors::flood(&server, 64, 1, seconds)?,
    ));
    table.push(measured("resident memory after that", server.resident()));
    server.settle()?;
    for rate in [1_000, 10_000] {
        say(&format!("bench: event to WebSocket at {rate} events/s"));
        table.push(measured(
            format!("event posted to WebSocket delivered, {rate} events/s"),
            live::latency(&server, &session, rate, seconds)?,
        ));
    }
    say("bench: history of 13 months at 100 cameras");
    for (what, value) in history::run(&server, &session)? {
        table.push(measured(what, value));
    }
    table.push(measured("resident memory after that", server.resident()));
    server.stop();
    let server = Server::start(folder)?;
    table.push(measured(
        "start to ready, same folder after SIGTERM",
        millis(server.started),
    ));
    Ok(())
}

fn millis(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

/// The value below which a share of the samples lies.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = ((share * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(rank).copied().unwrap_or_default()
}

fn write(table: &[Measured]) -> Result<(), Failure> {
    let commit = command("git", &["rev-parse", "--short", "HEAD"], "")
        .output()
        .map_err(|error| error.to_string())?;
    let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = format!(
        "\n## `cargo xtask bench` on {commit}, {cores} cores\n\nServer and load share the cores.\n\n| what | measured |\n|---|---|\n"
    );
    for line in table {
        text.push_str(&format!("| {} | {} |\n", line.what, line.value));
    }
    say(&text);
    let path = root().join("bench/RESULTS.md");
    let mut results = std::fs::read_to_string(&path).map_err(|error| format!("bench/RESULTS.md: {error}"))?;
    results = results.replace("\nNo run has been recorded yet.\n", "");
    results.push_str(&text);
    std::fs::write(&path, results).map_err(|error| format!("bench/RESULTS.md: {error}"))
}
