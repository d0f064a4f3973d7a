//! The project's own chores, in the project's own language: `cargo xtask <chore>`.
//!
//! It depends on none of our crates and little else: a newcomer waits for it before anything happens.

mod bench;
mod crash_loop;
mod demo;
mod shell;
mod sim;
mod test;
mod tidy;
mod web;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Builds everything and starts the demo.
    Demo(demo::Arguments),
    /// Runs every check and test.
    Test,
    /// Measures the engine and the release build under load and writes bench/RESULTS.md.
    Bench(bench::Arguments),
    /// Holds the engines to their laws on random streams; a seed gives the same on every machine.
    Sim(sim::Arguments),
    /// Checks the walls between the crates and the bans.
    Tidy,
    /// Kills the real server again and again and compares what it acknowledged with what it kept.
    CrashLoop(crash_loop::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Demo(arguments) => demo::run(&arguments),
        Chore::Test => test::run(),
        Chore::Bench(arguments) => bench::run(&arguments),
        Chore::Sim(arguments) => sim::run(&arguments),
        Chore::Tidy => tidy::run(),
        Chore::CrashLoop(arguments) => crash_loop::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            shell::say(&format!("xtask: {sentence}"));
            ExitCode::FAILURE
        }
    }
}
