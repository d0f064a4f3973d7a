//! Recordings of real doors and streets, for tests. They are not part of the checkout, and tests pass without them.
//!
//! The folder is that in the variable `THRONG_TEST_DATA`; else `../shared/data` beside the checkout, if there is one.

use std::path::{Path, PathBuf};

/// The path of a recording, like `calit2/calit2_flows.csv`. None, and a line on the screen, where it is not there.
#[expect(
    clippy::print_stderr,
    reason = "who reads the results of the tests should see what was not tested"
)]
pub fn recorded(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("THRONG_TEST_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}
