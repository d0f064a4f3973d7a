//! Chooses what is embedded as the dashboard: the built one, or a page that says how to build it. No npm in here: a
//! Rust build must not reach for the network.

use std::path::Path;
use std::time::SystemTime;

#[allow(
    clippy::disallowed_methods,
    reason = "a build script is told where it stands by the environment"
)]
fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let web = Path::new(&here).join("../../web");
    let built = web.join("dist");
    let folder = if built.join("index.html").exists() {
        built.clone()
    } else {
        Path::new(&here).join("placeholder")
    };
    if let (Some(sources), Some(page)) = (newest(&web.join("src")), changed(&built.join("index.html")))
        && sources > page
    {
        println!(
            "cargo::warning=the dashboard in web/dist is older than its sources: `npm ci && npm run build` in web/ makes it anew"
        );
    }
    // Without `..`: a debug build reads the files from disk and refuses paths that lead out of the folder.
    let folder = folder.canonicalize().unwrap_or(folder);
    println!("cargo::rustc-env=THRONG_PAGES={}", folder.display());
    // By its whole path: what is said here holds for this checkout alone, and a folder of build files may serve several.
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=../../web/src");
    println!("cargo::rerun-if-changed=placeholder");
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

/// When a file below a folder changed last.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let times = entries.filter_map(|entry| match entry.path() {
        path if path.is_dir() => newest(&path),
        path => changed(&path),
    });
    times.max()
}
