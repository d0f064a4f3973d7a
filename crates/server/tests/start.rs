//! What a start says before it is ready, and in what letters.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

fn throng(words: &[&str]) -> Command {
    let mut throng = Command::new(env!("CARGO_BIN_EXE_throng"));
    throng.args(words);
    throng
}

#[test]
fn a_variable_with_one_underscore_is_refused() {
    let started = throng(&["config"])
        .env("THRONG_SERVER_LISTEN", "127.0.0.1:9")
        .output();
    let started = started.unwrap();
    let said = String::from_utf8(started.stderr).unwrap();
    assert!(!started.status.success() && started.stdout.is_empty());
    assert!(said.contains("THRONG__SERVER__LISTEN"), "{said}");
    let started = throng(&["config"])
        .env("THRONG__SERVER__LISTEN", "localhost:9")
        .output();
    let said = String::from_utf8(started.unwrap().stdout).unwrap();
    assert!(said.contains("127.0.0.1:9"), "{said}");
}

#[test]
fn log_lines_in_a_file_are_words_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = throng(&["serve", "--listen", "0.0.0.0:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Reachable without TLS, so it warns.
    let mut line = String::new();
    let read = BufReader::new(server.stderr.take().unwrap()).read_line(&mut line);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(read.is_ok() && line.contains("WARN"), "{line}");
    assert!(!line.contains('\u{1b}'), "{line:?}");
}
