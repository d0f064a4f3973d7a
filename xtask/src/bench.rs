//! What the release build does on this machine, in tables that are appended to bench/RESULTS.md with the commit.
//!
//! Everything stays on 127.0.0.1 and is bounded in time. Numbers are measured, not judged: nothing here passes or fails.

mod bytewax;
mod doors;
mod duckdb;
mod engine;
mod flink;
mod history;
mod ingest;
mod kafka;
mod live;
mod load;
mod many;
mod peers;
mod server;
mod table;
mod w5;

use crate::shell::{self, Failure, command, say};
use std::time::Duration;
use table::Table;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to measure; everything when nothing is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// How long each load on a server lasts, seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many events the engine and its peers are given. The figures of record are those of ten million.
    #[arg(long, default_value_t = 10_000_000)]
    events: u64,
}

/// Times are for two cores, after the release build and what is fetched once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The engine on one core beside a bare loop, DuckDB and Bytewax (python3) and Apache Flink (java, mvn), then in full, then
    /// from 100 to 100,000 cameras. 290 MB are fetched once. Eight minutes, most of them the peers'.
    Engine,
    /// Durable ingest over HTTP beside a real Apache Kafka broker (java, mvn; 43 MB are fetched once). Three minutes.
    Ingest,
    /// Start, memory, event to WebSocket, history queries. Two minutes.
    Server,
    /// Ten thousand cameras at one server: memory, and how busy it is. Six minutes.
    Cameras,
}

/// Builds with the release profile and measures.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let all = [Part::Engine, Part::Ingest, Part::Server, Part::Cameras];
    let parts = if arguments.parts.is_empty() {
        &all[..]
    } else {
        &arguments.parts
    };
    let seconds = Duration::from_secs(arguments.seconds);
    say("bench: building with the release profile");
    if parts.contains(&Part::Engine) {
        build(&["--package", "throng-sim", "--examples"])?;
    }
    if parts != [Part::Engine] {
        build(&["--package", "throng-server"])?;
    }
    for part in parts {
        let tables = match part {
            Part::Engine => engine::run(arguments.events)?,
            Part::Ingest => vec![ingest::run(seconds)?],
            Part::Server => vec![load::run(seconds)?],
            Part::Cameras => vec![many::run()?],
        };
        tables.iter().try_for_each(Table::record)?;
    }
    Ok(())
}

fn build(what: &[&str]) -> Result<(), Failure> {
    let mut cargo = command("cargo", &["build", "--release"], "");
    cargo.args(what);
    shell::run(cargo)
}

fn millis(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

/// The value below which a share of the samples lies.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = ((share * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(rank).copied().unwrap_or_default()
}

/// Time on the processors that a process has had so far, from the kernel; nothing on systems that do not tell.
fn busy(process: u32) -> Duration {
    /// Linux tells these times in hundredths of a second, on every machine.
    const TICKS: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name of the program stands in brackets and may have spaces in it.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 1_000 / TICKS)
}
