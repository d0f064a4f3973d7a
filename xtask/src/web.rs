//! The dashboard's tool chain.

use crate::shell::{Failure, command, has, root, run, say};
use std::path::Path;
use std::time::SystemTime;

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

/// When anything below a folder changed last, generated folders left out. A folder changes when something in it goes or gets
/// another name, which no file left in it would tell. The uppermost one does not count: what is generated comes and goes in it.
fn newest(folder: &Path) -> Option<SystemTime> {
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
        let changed = data.modified().ok();
        if data.is_dir() {
            changed.max(newest(&entry.path()))
        } else {
            changed
        }
    });
    times.max()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use std::fs::{File, create_dir_all, remove_dir_all, remove_file};
    use std::time::Duration;

    #[test]
    fn a_source_that_is_gone_is_a_change() {
        let folder = std::env::temp_dir().join(format!("throng-web-{}", std::process::id()));
        let pages = folder.join("src/pages");
        create_dir_all(&pages).unwrap();
        let files = ["stays.tsx", "goes.tsx"].map(|name| pages.join(name));
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        for file in &files {
            File::create(file).unwrap();
        }
        for path in [&files[0], &files[1], &pages, &folder.join("src"), &folder] {
            File::open(path).unwrap().set_modified(long_ago).unwrap();
        }
        assert_eq!(newest(&folder), Some(long_ago));
        // What is generated beside the sources is none.
        create_dir_all(folder.join("dist")).unwrap();
        assert_eq!(newest(&folder), Some(long_ago));
        remove_file(&files[1]).unwrap();
        assert!(newest(&folder) > Some(long_ago));
        remove_dir_all(&folder).unwrap();
    }
}
