//! What the command line can do, one file a command.

pub mod camera;
pub mod demo;
#[cfg(test)]
mod examples;
pub mod import;
pub mod place;
pub mod serve;
pub mod trace;
pub mod user;
pub mod verify;

use crate::config::Config;
use throng_model::Fault;

/// Tells a person at the terminal what went wrong, whose fault it is and where to read on.
#[expect(
    clippy::print_stderr,
    reason = "the terminal is where the command line speaks"
)]
pub fn say_fault(fault: &Fault) {
    eprintln!("throng: {fault}");
    let help: String = fault.code.help().split_whitespace().collect::<Vec<_>>().join(" ");
    eprintln!("        {help}");
    eprintln!("        (code {})", fault.code);
}

/// Says one line on standard output, where scripts read it. A script that has read enough closes the pipe: the server must
/// not end because nobody listens any more.
pub fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints the configuration in force with its comments, as a file that could be given back with --config.
pub fn print_config(config: &Config) -> Result<(), Fault> {
    say(config.commented()?.trim_end());
    Ok(())
}
