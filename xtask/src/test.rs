//! Every check and test there is, cheapest first, with a table at the end.

use crate::shell::{self, Failure, command, find, has, root, say, target};
use crate::{crash_loop, sim, tidy, web};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// The version of cargo-deny the checks were written for.
const CARGO_DENY: &str = "0.20.2";

type Step = (&'static str, fn() -> Result<(), Failure>);

const STEPS: &[Step] = &[
    ("formatting", || cargo(&["fmt", "--all", "--check"])),
    ("tidy", tidy::run),
    ("dashboard: install", web::install),
    ("dashboard: checks", || shell::run(web::npm("check"))),
    ("dashboard: tests", || shell::run(web::npm("test"))),
    ("dashboard: build", web::build),
    ("lints", || {
        cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])
    }),
    ("dependencies", deny),
    ("tests", || cargo(&["test", "--workspace", "--quiet"])),
    ("laws", sim::run_all),
    ("binary", || {
        cargo(&["build", "--package", "throng-server", "--quiet"])
    }),
    ("browser", browser),
    ("crash loop", || {
        crash_loop::run(&crash_loop::Arguments { cycles: 50, seed: 1 })
    }),
];

/// Runs all steps; stops at the first one that fails.
fn run_all() -> (Vec<(&'static str, f64)>, Result<(), Failure>) {
    let mut done = Vec::new();
    for (name, step) in STEPS {
        say(&format!("== {name}"));
        let started = Instant::now();
        if let Err(failure) = step() {
            return (done, Err(format!("{name}: {failure}")));
        }
        done.push((*name, started.elapsed().as_secs_f64()));
    }
    (done, Ok(()))
}

/// Runs all steps and says how long each took.
pub fn run() -> Result<(), Failure> {
    let (done, result) = run_all();
    say("");
    for (name, seconds) in &done {
        say(&format!("{name:<20} {seconds:>7.1} s  passed"));
    }
    let failed = usize::from(result.is_err());
    say(&format!("steps: {} passed, {failed} failed", done.len()));
    result
}

fn cargo(arguments: &[&str]) -> Result<(), Failure> {
    shell::run(command("cargo", arguments, ""))
}

/// Bans, licences and sources of the dependencies. Advisories where their database can be reached.
fn deny() -> Result<(), Failure> {
    let tools = target()
        .parent()
        .map_or_else(|| root().join("target/tools"), |folder| folder.join("tools"));
    let binary = tools.join("bin/cargo-deny");
    let version = format!("cargo-deny@{CARGO_DENY}");
    if !is_wanted(&binary) {
        say("installing cargo-deny, some minutes, once");
        let build = tools.join("target").display().to_string();
        let mut install = command(
            "cargo",
            &["install", "--locked", "--debug", "--quiet", &version, "--root"],
            "",
        );
        install.arg(&tools).args(["--target-dir", &build]);
        shell::run(install)?;
    }
    let binary = binary.display().to_string();
    shell::run(command(
        &binary,
        &["--log-level", "error", "check", "bans", "licenses", "sources"],
        "",
    ))?;
    let mut advisories = command(&binary, &["--log-level", "error", "check", "advisories"], "");
    match advisories.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        _ if !database_reached() => {
            say("SKIPPED advisories: their database cannot be reached from here");
            Ok(())
        }
        _ => shell::run(command(&binary, &["check", "advisories"], "")),
    }
}

/// Whether what is installed is the version the checks were written for.
fn is_wanted(binary: &Path) -> bool {
    let said = Command::new(binary).arg("--version").output();
    said.is_ok_and(|said| is_version(&String::from_utf8_lossy(&said.stdout)))
}

fn is_version(said: &str) -> bool {
    said.split_whitespace().nth(1) == Some(CARGO_DENY)
}

/// Whether the advisory database was fetched: cargo-deny keeps it beside cargo's own files.
fn database_reached() -> bool {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    home.and_then(|home| std::fs::read_dir(home.join("advisory-dbs")).ok())
        .is_some_and(|folder| folder.flatten().any(|entry| entry.path().join("crates").exists()))
}

/// The dashboard in a real browser against the real binary.
fn browser() -> Result<(), Failure> {
    if find(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        if !has("apt-get") {
            return Err(
                "a Chromium browser is needed for the browser test: install the package chromium".to_owned(),
            );
        }
        say("installing Chromium from Debian");
        shell::run(command("apt-get", &["update", "-qq"], ""))?;
        shell::run(command(
            "apt-get",
            &["install", "-y", "-qq", "chromium", "fonts-liberation"],
            "",
        ))
        .map_err(|failure| {
            format!("{failure}; install Chromium by hand (as root: apt-get install chromium)")
        })?;
    }
    let mut demo = Demo::start()?;
    let tested = demo.lines().and_then(|lines| {
        let mut test = web::npm("e2e");
        test.env("THRONG_URL", &lines.url)
            .env("THRONG_SIGN_IN_LINK", &lines.link);
        test.env("THRONG_CAMERA_ID", &lines.camera)
            .env("THRONG_CAMERA_KEY", &lines.key);
        shell::run(test)
    });
    demo.stop();
    tested
}

/// A running demo.
struct Demo(Child);

/// What it says at the start.
#[derive(Default)]
struct Lines {
    url: String,
    link: String,
    camera: String,
    key: String,
}

impl Demo {
    fn start() -> Result<Self, Failure> {
        let binary = target().join("debug/throng").display().to_string();
        let mut demo = command(&binary, &["demo", "--listen", "127.0.0.1:0"], "");
        demo.stdout(Stdio::piped())
            .spawn()
            .map(Self)
            .map_err(|error| format!("{binary}: {error}"))
    }

    /// Waits for `ready`.
    fn lines(&mut self) -> Result<Lines, Failure> {
        let output = self.0.stdout.take().ok_or("the demo has no output")?;
        let mut lines = Lines::default();
        for line in BufReader::new(output).lines() {
            let line = line.map_err(|error| error.to_string())?;
            match line.split_once(' ') {
                Some(("ready", url)) => {
                    lines.url = url.to_owned();
                    return Ok(lines);
                }
                Some(("sign", link)) => lines.link = link.trim_start_matches("in: ").to_owned(),
                Some(("camera:", camera)) => lines.camera = camera.to_owned(),
                Some(("key:", key)) => lines.key = key.to_owned(),
                _ => {}
            }
        }
        Err("the demo ended before it was ready".to_owned())
    }

    fn stop(&mut self) {
        let id = self.0.id().to_string();
        // Asked, so that it can remove its folder; waited for, so that the port is free again.
        let _ = shell::run(command("kill", &["-TERM", &id], ""));
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_of_cargo_deny_is_not_taken() {
        assert!(is_version(&format!("cargo-deny {CARGO_DENY}\n")));
        for other in ["cargo-deny 0.1.0\n", "cargo-deny\n", ""] {
            assert!(!is_version(other), "{other:?}");
        }
        assert!(!is_wanted(Path::new("/nowhere/cargo-deny")));
    }
}
