//! Chooses what is embedded as the dashboard: the built one, or a page that says how to build it. No npm in here: a
//! Rust build must not reach for the network.

use std::fs::Metadata;
use std::path::Path;

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
    let page = built.join("index.html").metadata();
    if page.is_ok_and(|page| is_newer(&web.join("src"), &page)) {
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

/// Whether a file in a folder, or in one of its folders, was changed after the page was built.
fn is_newer(folder: &Path, page: &Metadata) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths = entries.map(|entry| entry.path());
    paths.any(|path| match path.metadata() {
        Ok(data) if data.is_dir() => is_newer(&path, page),
        Ok(data) => data.modified().ok() > page.modified().ok(),
        Err(_) => false,
    })
}
