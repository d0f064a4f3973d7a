//! `throng demo` leaves nothing behind, and nothing of its own in a folder of somebody else.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

/// The command, with nothing in its folder of temporary files but what it puts there.
fn throng(temporary: &tempfile::TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_throng"));
    command
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn is_empty(folder: &tempfile::TempDir) -> bool {
    std::fs::read_dir(folder.path()).unwrap().next().is_none()
}

#[test]
fn a_demo_that_is_stopped_leaves_no_folder_and_no_complaint() {
    let temporary = tempfile::tempdir().unwrap();
    let mut demo = throng(&temporary)
        .args(["demo", "--listen", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("ready ")));
    assert!(!is_empty(&temporary));
    let told = Command::new("kill").arg(demo.id().to_string()).status();
    assert!(told.unwrap().success());
    let mut said = String::new();
    demo.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(demo.wait().unwrap().success(), "{said}");
    assert_eq!(said, "");
    assert!(is_empty(&temporary));
}

#[test]
fn a_demo_takes_no_data_folder() {
    let (temporary, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let refused = throng(&temporary)
        .args(["demo", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("leave --data out"),
        "{said}"
    );
    assert!(is_empty(&temporary) && is_empty(&folder));
}

#[test]
fn an_address_that_is_taken_is_told_as_that() {
    let (temporary, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = throng(&temporary)
        .args([
            "serve",
            "--listen",
            &taken.local_addr().unwrap().to_string(),
            "--data",
        ])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("(code listen_failed)"),
        "{said}"
    );
    assert!(said.contains("another program does"), "{said}");
}
