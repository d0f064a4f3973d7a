//! `throng verify` finds what was changed in a data folder, and names it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "support/binary.rs"]
mod binary;

use binary::{Server, event};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether everything is as it was written, and what was said.
fn verify(folder: &Path) -> (bool, String, String) {
    let verified = Command::new(env!("CARGO_BIN_EXE_throng"))
        .args(["verify", "--data"])
        .arg(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    assert!([Some(0), Some(1)].contains(&verified.status.code()));
    (
        verified.status.success(),
        text(verified.stdout),
        text(verified.stderr),
    )
}

/// Expects one check to fail, the others not, and gives what was said of it.
fn the_only_failure(folder: &Path, check: &str) -> String {
    let (whole, lines, said) = verify(folder);
    assert!(!whole, "{lines}");
    assert!(said.contains(check), "{said}");
    let failed: Vec<&str> = lines.lines().filter(|line| line.starts_with("FAILED")).collect();
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(
        failed.len() == 1 && failed[0].starts_with(&format!("FAILED  {check}: ")),
        "{lines}"
    );
    failed[0].to_owned()
}

/// A server that took three events and left some decisions in the audit log.
fn used() -> Server {
    let server = Server::start();
    let session = server.administrator();
    for number in 1..=3 {
        let body = event(number).to_string();
        let (status, answer) = server.post(
            "/api/v1/events",
            &server.keys[0],
            "application/json",
            None,
            body.as_bytes(),
        );
        assert_eq!((status, &answer["accepted"]), (200, &json!(1)), "{answer}");
    }
    assert_eq!(server.get("/api/v1/places", &session).0, 200);
    let (whole, lines, said) = verify(server.folder());
    assert!(!whole && lines.is_empty(), "{lines}");
    assert!(said.contains("a server or an import has"), "{said}");
    assert!(said.contains("(code folder_in_use)"), "{said}");
    server
}

/// Where the log keeps its records.
fn segment(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder.join("log")).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.file_name().is_some_and(|name| name != "lock"));
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn a_folder_that_nobody_touched_is_whole_also_after_a_crash() {
    let folder = used().kill();
    let (whole, lines, said) = verify(folder.path());
    assert!(whole, "{lines}{said}");
    let found: Vec<&str> = lines.lines().collect();
    assert!(
        found[0].starts_with("ok      event log: 3 records in 1 segments"),
        "{lines}"
    );
    assert!(found[1].starts_with("ok      store: "), "{lines}");
    assert!(found[2].starts_with("ok      audit log: "), "{lines}");
    assert_eq!(verify(folder.path()).1, lines, "looking changes nothing");
}

#[test]
fn a_flipped_bit_in_the_log_is_found_with_its_place() {
    let folder = used().kill();
    let segment = segment(folder.path());
    let mut bytes = std::fs::read(&segment).unwrap();
    let id = b"north";
    let at = bytes
        .windows(id.len())
        .position(|window| window == id)
        .expect("the first event");
    bytes[at] ^= 0x01;
    std::fs::write(&segment, bytes).unwrap();
    let said = the_only_failure(folder.path(), "event log");
    assert!(said.contains("damaged at offset"), "{said}");
}

#[test]
fn a_log_that_lost_what_the_store_has_seen_is_found() {
    let folder = used().stop();
    std::fs::remove_dir_all(folder.path().join("log")).unwrap();
    let said = the_only_failure(folder.path(), "event log");
    assert!(said.contains("log is missing"), "{said}");
    std::fs::create_dir(folder.path().join("log")).unwrap();
    let said = the_only_failure(folder.path(), "store");
    assert!(said.contains("lies outside of the log"), "{said}");
}

#[tokio::test]
async fn a_changed_audit_entry_is_found_by_its_number() {
    let folder = used().kill();
    let file = format!("sqlite://{}", folder.path().join("catalog.sqlite").display());
    let catalogue = sqlx::SqlitePool::connect(&file).await.unwrap();
    for change in [
        "DROP TRIGGER audit_is_not_changed",
        "UPDATE audit SET actor = 'eve' WHERE entry = 2",
    ] {
        sqlx::query(change).execute(&catalogue).await.unwrap();
    }
    catalogue.close().await;
    let said = the_only_failure(folder.path(), "audit log");
    assert!(said.contains("audit entry 2 is not what was written"), "{said}");
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere");
    let (whole, lines, said) = verify(&missing);
    assert!(!whole && lines.is_empty(), "{lines}");
    assert!(said.contains("there is no data folder"), "{said}");
    assert!(!missing.exists());
    let (whole, lines, said) = verify(folder.path());
    assert!(!whole && lines.is_empty(), "{lines}");
    assert!(said.contains("there is nothing of Throng in"), "{said}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "looking makes nothing"
    );
}

#[test]
fn a_folder_in_which_cameras_were_registered_and_no_more_holds_no_events() {
    let folder = tempfile::tempdir().unwrap();
    let mut add = Command::new(env!("CARGO_BIN_EXE_throng"));
    add.args(["camera", "add", "north", "--data"]).arg(folder.path());
    assert!(add.output().unwrap().status.success());
    let (whole, lines, said) = verify(folder.path());
    assert!(whole, "{lines}{said}");
    assert!(
        lines
            .starts_with("ok      event log: none yet, this folder holds no events\nok      store: none yet"),
        "{lines}"
    );
    assert!(!folder.path().join("log").exists(), "looking makes nothing");
}

#[test]
fn a_folder_that_lost_both_log_and_store_is_not_taken_for_a_new_one() {
    let folder = used().stop();
    for part in ["log", "store"] {
        std::fs::remove_dir_all(folder.path().join(part)).unwrap();
    }
    let (whole, lines, _) = verify(folder.path());
    assert!(
        !whole && lines.contains("FAILED  event log") && lines.contains("FAILED  store"),
        "{lines}"
    );
}

#[test]
fn a_log_that_only_cameras_used_is_missed_as_well() {
    let server = Server::start();
    let event = event(1).to_string();
    let (key, kind) = (server.keys[0].clone(), "application/json");
    assert_eq!(
        server
            .post("/api/v1/events", &key, kind, None, event.as_bytes())
            .0,
        200
    );
    let folder = server.kill();
    for part in ["log", "store"] {
        std::fs::remove_dir_all(folder.path().join(part)).unwrap();
    }
    let (whole, lines, _) = verify(folder.path());
    assert!(
        !whole && lines.contains("FAILED  event log") && lines.contains("FAILED  store"),
        "{lines}"
    );
}
