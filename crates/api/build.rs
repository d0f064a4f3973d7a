//! Chooses what is embedded as the dashboard: the built one, or a page that says how to build it. No npm in here: a
//! Rust build must not reach for the network.

use std::path::Path;

#[allow(
    clippy::disallowed_methods,
    reason = "a build script is told where it stands by the environment"
)]
fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let built = Path::new(&here).join("../../web/dist");
    let folder = if built.join("index.html").exists() {
        built
    } else {
        Path::new(&here).join("placeholder")
    };
    // Without `..`: a debug build reads the files from disk and refuses paths that lead out of the folder.
    let folder = folder.canonicalize().unwrap_or(folder);
    println!("cargo::rustc-env=THRONG_PAGES={}", folder.display());
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=placeholder");
}
