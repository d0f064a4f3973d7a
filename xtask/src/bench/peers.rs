//! The programs we are measured beside: fetched by their own clients into the cache, never into the checkout.
//!
//! The recipes are in bench/peers. A peer that cannot be had is named in the table with the reason; nothing fails for it.

use crate::shell::{Failure, command, has, root, say, target};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// The folder of a peer's recipe in the checkout.
pub fn recipe(peer: &str) -> PathBuf {
    root().join("bench/peers").join(peer)
}

/// Where things are kept that are fetched once: beside the build, outside the checkout where the build is.
pub fn cache() -> PathBuf {
    target()
        .parent()
        .filter(|folder| *folder != root())
        .map_or_else(|| target().join("peers"), |folder| folder.join("peers"))
}

/// The class path of a Java peer: everything its pom.xml names.
pub fn class_path(peer: &str) -> Result<String, Failure> {
    // Both print their version to -version alone, in every version there is.
    for program in ["java", "mvn"] {
        let asked = Command::new(program).arg("-version").output();
        if !asked.is_ok_and(|answer| answer.status.success()) {
            return Err("needs java and mvn".to_owned());
        }
    }
    let folder = cache().join(peer);
    let pom = recipe(peer).join("pom.xml");
    fetched(&folder, &pom, || {
        let mut maven = command(
            "mvn",
            &[
                "-B",
                "-q",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
            ],
            "",
        );
        maven.arg("-f").arg(&pom);
        maven.arg(format!("-DoutputDirectory={}", folder.join("libs").display()));
        answer(maven).map(drop)
    })?;
    Ok(folder.join("libs/*").display().to_string())
}

/// The Python of a virtual environment that holds what requirements.txt names.
pub fn python(peer: &str) -> Result<PathBuf, Failure> {
    if !has("python3") {
        return Err("needs python3".to_owned());
    }
    let folder = cache().join(peer);
    let requirements = recipe(peer).join("requirements.txt");
    let python = folder.join("venv/bin/python");
    fetched(&folder, &requirements, || {
        let mut venv = command("python3", &["-m", "venv"], "");
        venv.arg(folder.join("venv"));
        answer(venv)?;
        let mut pip = command(
            &python.display().to_string(),
            &["-m", "pip", "install", "--quiet", "--requirement"],
            "",
        );
        pip.arg(&requirements);
        answer(pip).map(drop)
    })?;
    Ok(python)
}

/// Fetches unless it was fetched with the same list before. A half-done fetch is begun anew.
fn fetched(folder: &Path, list: &Path, fetch: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    let wanted = std::fs::read(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let done = folder.join("fetched");
    if std::fs::read(&done).is_ok_and(|had| had == wanted) {
        return Ok(());
    }
    say(&format!("bench: fetching into {}, once", folder.display()));
    drop(std::fs::remove_dir_all(folder));
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fetch()?;
    std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))
}

/// What a peer printed, when it ended well.
pub fn answer(mut command: Command) -> Result<String, Failure> {
    let line = format!("{command:?}");
    let output = command.output().map_err(|error| format!("{line}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<_> = said.lines().collect();
        let end = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default();
        return Err(format!(
            "{line} ended with {}: {}",
            output.status,
            end.join(" / ")
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A process of ours that ends when it is no longer needed.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A folder on the disk of the cache that is removed afterwards. Not the temporary folder: that may lie in memory, where
/// fsync costs nothing.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// A new folder.
    pub fn new(purpose: &str) -> Result<Self, Failure> {
        let folder = cache().join(format!("{purpose}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
