//! Running commands and finding folders.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A sentence that says what failed and what to do.
pub type Failure = String;

/// Says a line to whoever runs the chore.
#[expect(clippy::print_stdout, reason = "a chore speaks at the terminal")]
pub fn say(line: &str) {
    println!("{line}");
}

/// The root of the checkout.
///
/// Asked of cargo at run time: a build cache shared by several checkouts may hold a binary that was compiled in another.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here)
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Where cargo builds: the folder may have been moved out of the checkout.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A command in a folder of the checkout.
pub fn command(program: &str, arguments: &[&str], folder: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(root().join(folder))
        .stdin(Stdio::null());
    command
}

/// Runs a command and fails with its line when it does.
pub fn run(mut command: Command) -> Result<(), Failure> {
    let line = format!("{command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{line} ended with {status}")),
        Err(error) => Err(format!("{line} could not be started: {error}")),
    }
}

/// Whether a program can be started.
pub fn has(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first of these programs that is there.
pub fn find(programs: &[&str]) -> Option<String> {
    programs
        .iter()
        .find(|program| has(program))
        .map(|program| (*program).to_owned())
}
