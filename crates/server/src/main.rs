//! `throng`: one binary that is the whole product.
//!
//! Reads the command line and the configuration, builds the parts ([`wire`]), and hands over to the command. Nothing
//! is decided here that another room could decide.

mod clock;
mod command;
mod config;
mod import;
mod life;
mod wire;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use throng_model::Fault;

/// Throng turns the events of people-counting cameras into numbers that people trust: who is inside now, who came and
/// went when, and how sure that is.
#[derive(Debug, Parser)]
#[command(name = "throng", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
struct Common {
    /// A configuration file; `throng config` prints all keys with their defaults.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder, in place of data.folder.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server: doors, engine, API and dashboard.
    Serve(command::serve::Arguments),
    /// Runs the server with a simulated building of 100 cameras, to look around; nothing is kept.
    Demo(command::demo::Arguments),
    /// Registers, changes and retires cameras and makes their keys; a running server knows them within a second.
    Camera(command::camera::Arguments),
    /// Lists and changes places and sets when they are open; a running server knows it within a second.
    Place(command::place::Arguments),
    /// Adds, lists and removes the people who may sign in, and sets their passwords; a running server knows it at once.
    User(command::user::Arguments),
    /// Reads a file of counts or trajectories, while no server runs on the data folder.
    Import(command::import::Arguments),
    /// Checks that everything in the data folder is as it was written, while no server runs on it.
    Verify,
    /// Prints the configuration in force, each key with its meaning and default: a file to change and give back with --config.
    Config,
}

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            command::say_fault(&fault);
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Fault> {
    let arguments = Arguments::parse();
    let mut config = config::Config::load(arguments.common.config.as_deref())?;
    // A demo has a folder of its own, which goes when nothing holds a file in it any more: after the runtime.
    let temporary = match (&arguments.command, &arguments.common.data) {
        (Command::Demo(_), Some(_)) => return Err(command::demo::keeps_nothing()),
        (Command::Demo(_), None) => Some(command::demo::TemporaryFolder::make()?),
        _ => None,
    };
    if let Some(folder) = temporary
        .as_ref()
        .map(|folder| folder.path())
        .or(arguments.common.data.as_deref())
    {
        config.data.folder = folder.to_owned();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::internal(format!("starting the runtime: {error}")))?;
    let ended = runtime.block_on(run(arguments.command, config));
    drop(runtime);
    drop(temporary);
    ended
}

async fn run(command: Command, config: config::Config) -> Result<(), Fault> {
    match command {
        Command::Serve(serve) => command::serve::run(serve, config).await,
        Command::Demo(demo) => command::demo::run(demo, config).await,
        Command::Import(import) => command::import::run(import, config).await,
        Command::Camera(camera) => command::camera::run(camera, config).await,
        Command::Place(place) => command::place::run(place, config).await,
        Command::User(user) => command::user::run(user, config).await,
        Command::Verify => command::verify::run(config).await,
        Command::Config => command::print_config(&config),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_says_what_throng_is() {
        let command = Arguments::command();
        command.clone().debug_assert();
        assert_eq!(
            command.render_version(),
            format!("throng {}\n", env!("CARGO_PKG_VERSION"))
        );
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(
            about.starts_with("Throng turns the events of people-counting cameras"),
            "{about}"
        );
    }

    #[test]
    fn the_help_of_import_names_every_column_and_its_examples_can_be_typed() {
        let mut command = Arguments::command();
        let import = command.find_subcommand_mut("import").expect("there");
        let help = import.render_long_help().to_string();
        let mappings = [&import::counts::CALIT2, &import::counts::MELBOURNE];
        let columns = mappings.into_iter().flat_map(|mapping| {
            let counts = [mapping.people_in, mapping.people_out, mapping.people_pass];
            [Some(mapping.time), mapping.sensor].into_iter().chain(counts)
        });
        for column in columns.flatten() {
            assert!(help.contains(column), "{column}: {help}");
        }
        let examples: Vec<&str> = help
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("throng import "))
            .collect();
        assert_eq!(examples.len(), 4);
        for example in examples {
            let parsed = Arguments::try_parse_from(example.split(' '));
            parsed.unwrap_or_else(|error| panic!("{example}: {error}"));
        }
    }
}
