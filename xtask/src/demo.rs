//! From a clone to live numbers with one command.

use crate::shell::{self, Failure, command, say, target};
use crate::web;
use std::os::unix::process::CommandExt as _;
use std::time::Instant;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Given on to `throng demo`, for example --listen 127.0.0.1:9000.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

/// Builds the dashboard and the binary, side by side as far as they go, and becomes the demo.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let started = Instant::now();
    say("demo: building; the first time takes some minutes, later ones seconds");
    // The dashboard's tools download while the compiler works. Twice the same command: with other packages crates would have
    // other features, and most of them were compiled a second time. What embeds the dashboard comes last; where it was faster
    // than npm, it is compiled again.
    let server = ["build", "--profile", "demo", "--package", "throng-server"];
    std::thread::scope(|scope| {
        let dashboard = scope.spawn(web::build);
        run_cargo(&server)?;
        dashboard
            .join()
            .map_err(|_| "building the dashboard broke off".to_owned())?
    })?;
    say("demo: putting the dashboard into the binary");
    run_cargo(&server)?;
    say(&format!(
        "demo: built in {} s, starting",
        started.elapsed().as_secs()
    ));
    let failed = command(&target().join("demo/throng").display().to_string(), &["demo"], "")
        .args(&arguments.demo)
        .exec();
    Err(format!("the demo could not be started: {failed}"))
}

fn run_cargo(arguments: &[&str]) -> Result<(), Failure> {
    shell::run(command("cargo", arguments, ""))
}
