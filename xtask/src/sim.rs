//! Holds the engines to their laws: on the seeds of the test command, on one seed again, on as many as one likes.
//!
//! The laws are the tests of `crates/sim/tests/laws`; a seed gives the same streams on every machine.

use crate::shell::{self, Failure, command};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only this seed.
    #[arg(long)]
    seed: Option<u64>,
    /// The seeds from 1 to this one.
    #[arg(long, default_value_t = SEEDS, conflicts_with = "seed")]
    seeds: u64,
    /// Only this law.
    #[arg(long)]
    law: Option<String>,
    /// Only so many events of each stream, from its start.
    #[arg(long)]
    events: Option<u64>,
}

/// How many seeds every law is tried on by the test command.
const SEEDS: u64 = 2_000;

/// The test command's share.
pub fn run_all() -> Result<(), Failure> {
    run(&Arguments {
        seed: None,
        seeds: SEEDS,
        law: None,
        events: None,
    })
}

/// Runs what was asked for.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut laws = laws(&[]);
    if let Some(law) = &arguments.law {
        laws = self::laws(&["--exact", &named(law)?]);
    }
    match arguments.seed {
        Some(seed) => laws.env("THRONG_SEED", seed.to_string()),
        None => laws.env("THRONG_SEEDS", arguments.seeds.to_string()),
    };
    if let Some(events) = arguments.events {
        laws.env("THRONG_EVENTS", events.to_string());
    }
    shell::run(laws)
}

fn laws(arguments: &[&str]) -> std::process::Command {
    let test = [
        "test",
        "--package",
        "throng-sim",
        "--quiet",
        "--test",
        "laws",
        "--",
    ];
    command("cargo", &[&test, arguments].concat(), "")
}

/// The law of this name, with or without the file it stands in.
fn named(law: &str) -> Result<String, Failure> {
    let listed = laws(&["--list", "--format", "terse"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let listed = String::from_utf8_lossy(&listed.stdout);
    let names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        // How laws are held is tested there, too, but is none.
        .filter(|name| !name.starts_with("law::"))
        .collect();
    let is_meant = |name: &&&str| **name == law || name.ends_with(&format!("::{law}"));
    let found = names.iter().find(is_meant);
    found
        .map(|name| (*name).to_owned())
        .ok_or_else(|| format!("no law is called {law:?}; there are\n  {}", names.join("\n  ")))
}
