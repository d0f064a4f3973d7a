//! The dashboard's tool chain.

use crate::shell::{Failure, command, has, root, run, say};
use std::path::Path;

/// Installs what the dashboard needs, if its lock file changed since the last time.
pub fn install() -> Result<(), Failure> {
    if !has("node") || !has("npm") {
        return Err("Node and npm are needed for the dashboard: install Node 20.19 or newer".to_owned());
    }
    let (lock, stamp) = (
        root().join("web/package-lock.json"),
        root().join("web/node_modules/.throng-lock"),
    );
    let wanted = std::fs::read(&lock).map_err(|error| format!("web/package-lock.json: {error}"))?;
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("web: installing packages (npm ci)");
    run(command(
        "npm",
        &["ci", "--no-audit", "--no-fund", "--loglevel=error"],
        "web",
    ))?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Builds the dashboard if anything in it changed since the last time.
pub fn build() -> Result<(), Failure> {
    install()?;
    let (sources, stamp) = (newest(&root().join("web")), root().join("web/dist/index.html"));
    let built = stamp.metadata().and_then(|data| data.modified()).ok();
    if built.is_some_and(|built| sources.is_some_and(|changed| changed <= built)) {
        return Ok(());
    }
    say("web: building the dashboard");
    run(npm("build"))
}

/// `npm run <script>` in web/.
pub fn npm(script: &str) -> std::process::Command {
    command("npm", &["run", "--silent", script], "web")
}

/// When the newest file below a folder changed, generated folders left out.
fn newest(folder: &Path) -> Option<std::time::SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?;
    let times = entries.flatten().filter_map(|entry| {
        let name = entry.file_name();
        if ["node_modules", "dist", "test-results", "playwright-report"]
            .iter()
            .any(|generated| name == *generated)
        {
            return None;
        }
        let data = entry.metadata().ok()?;
        if data.is_dir() {
            newest(&entry.path())
        } else {
            data.modified().ok()
        }
    });
    times.max()
}
