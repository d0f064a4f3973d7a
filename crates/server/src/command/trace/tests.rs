//! Through the words people type: what leaves an entry, what leaves none, and what happens where none can be written.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use crate::Arguments;
use crate::command::examples;
use crate::config::Config;
use crate::wire::{CATALOG, open_catalog};
use clap::Parser as _;
use std::path::Path;
use throng_model::place::PlaceKind;
use throng_model::user::Role;
use throng_model::{Fault, FaultCode};
use throng_ports::{Accounts as _, Catalog as _};

/// What `throng` does with these words.
async fn throng(folder: &Path, words: &str) -> Result<(), Fault> {
    let words = ["throng"].into_iter().chain(words.split(' '));
    crate::run(Arguments::try_parse_from(words).unwrap().command, config(folder)).await
}

fn config(folder: &Path) -> Config {
    examples::config(&folder.join("data"))
}

/// Two people walk through a door.
fn walk(folder: &Path) -> String {
    let file = folder.join("walk.txt");
    std::fs::write(&file, "1,7,0,0,2,-1,1,1\n2,7,0,0,2,1,1,1\n").unwrap();
    format!("import --format mot --line door=0,0,10,0 {}", file.display())
}

/// The file of the catalogue, as somebody with a shell has it.
async fn file(folder: &Path) -> sqlx::SqlitePool {
    let file = config(folder).data.folder.join(CATALOG);
    sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap()
}

/// Places, cameras, keys, people and lines that were counted, as they stand in the folder.
async fn kept(folder: &Path) -> String {
    let catalog = open_catalog(&config(folder)).await.unwrap();
    let (site, keys) = (catalog.site(), catalog.keys(None).await.unwrap());
    let people = catalog.users().await.unwrap();
    let lines: Vec<(String, String)> = sqlx::query_as("SELECT line, how FROM counted_line ORDER BY line")
        .fetch_all(&file(folder).await)
        .await
        .unwrap();
    format!(
        "{:?} {:?} {keys:?} {people:?} {lines:?}",
        site.places(),
        site.cameras()
    )
}

/// The words of the log, the oldest first.
async fn noted(folder: &Path) -> Vec<String> {
    let catalog = open_catalog(&config(folder)).await.unwrap();
    let entries = catalog.audit_log(100).await.unwrap();
    entries.into_iter().rev().map(|entry| entry.action).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_noted_is_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for words in [
        "camera add door --zone hall",
        "camera add side",
        "camera retire side",
    ] {
        throng(folder, words).await.unwrap();
    }
    let catalog = open_catalog(&config(folder)).await.unwrap();
    let key = catalog.keys(None).await.unwrap().remove(0).id;
    let bob = throng_app::people::new_person("bob", Role::Analyst, Vec::new()).unwrap();
    catalog.add_user(bob).await.unwrap();
    let empty = examples::place("empty", PlaceKind::Organisation, None);
    catalog.save_all(vec![empty], Vec::new()).await.unwrap();
    let hours = folder.join("hours.json");
    std::fs::write(&hours, r#"{"week": {"monday": ["09:00-18:00"]}}"#).unwrap();
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&file(folder).await).await.unwrap();
    let before = kept(folder).await;
    for words in [
        "camera add third",
        "camera set door --name Door",
        "camera retire door",
        "camera restore side",
        "camera key door",
        "camera gateway-key",
        &format!("camera end-key {key}"),
        "place set hall --name Hall",
        "place counting hall --traffic in",
        &format!("place hours hall {}", hours.display()),
        "place remove empty",
        "user remove bob",
        &walk(folder),
    ] {
        let fault = throng(folder, words).await.expect_err(words);
        assert!(fault.detail.contains("the disk is full"), "{words}: {fault}");
        assert_eq!(kept(folder).await, before, "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_file_that_could_be_read_is_noted_as_imported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let walk = walk(folder);
    for wrong in [format!("{walk}.not-there"), walk.replace("mot", "calit2")] {
        let fault = throng(folder, &wrong).await.expect_err(&wrong);
        assert_eq!(fault.code, FaultCode::InvalidFile, "{fault}");
    }
    assert!(noted(folder).await.is_empty());
    throng(folder, &walk).await.unwrap();
    assert_eq!(noted(folder).await, ["import"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_lost_what_was_imported_into_it_is_not_taken_for_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    throng(folder, &walk(folder)).await.unwrap();
    throng(folder, "verify").await.expect("whole");
    for part in ["log", "store"] {
        std::fs::remove_dir_all(config(folder).data.folder.join(part)).unwrap();
    }
    let fault = throng(folder, "verify").await.expect_err("lost");
    assert!(fault.detail.contains("event log, store"), "{fault}");
}
