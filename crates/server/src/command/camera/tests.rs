#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use super::*;
use crate::command::examples::config;
use clap::Parser;
use std::path::Path;
use throng_model::camera::Semantics;
use throng_model::site::Site;

#[derive(Parser)]
struct Said {
    #[command(flatten)]
    arguments: Arguments,
}

/// What `throng camera` does with these words.
async fn camera(folder: &Path, words: &str) -> Result<Site, Fault> {
    let said = Said::try_parse_from(["camera"].into_iter().chain(words.split(' ')))
        .map_err(|error| Fault::new(FaultCode::InvalidRequest, error.to_string()))?;
    let config = config(folder);
    run(said.arguments, config.clone()).await?;
    Ok(crate::wire::open_catalog(&config).await?.site().as_ref().clone())
}

/// The places around a camera's zone, from the inside out.
fn around(site: &Site, camera: &str) -> Vec<String> {
    let camera = site.camera(&CameraId::new(camera).unwrap()).expect("registered");
    let chain = site.chain(&camera.memberships[0].zone);
    chain
        .map(|place| format!("{} {}", place.id, place.time_zone))
        .collect()
}

#[tokio::test]
async fn a_camera_comes_where_it_was_said_or_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let add = async |words: &str| camera(folder.path(), &format!("add {words}")).await;
    let site = add("cam1 --zone main --building sao-mai --time-zone Asia/Ho_Chi_Minh")
        .await
        .unwrap();
    let vietnam = |ids: [&str; 4]| ids.map(|id| format!("{id} Asia/Ho_Chi_Minh")).to_vec();
    let first = vietnam(["main", "ground-floor", "sao-mai", "organisation"]);
    assert_eq!(around(&site, "cam1"), first);
    // Nothing else said: the same floor, and its time zone.
    let site = add("cam2 --zone side").await.unwrap();
    assert_eq!(
        around(&site, "cam2"),
        vietnam(["side", "ground-floor", "sao-mai", "organisation"])
    );
    // Another building gets a floor of its own, also when another camera comes into it.
    let other = ["main3 UTC", "sao-mai2-ground-floor UTC", "sao-mai2 UTC", "o2 UTC"];
    let site = add("cam3 --zone main3 --building sao-mai2 --organisation o2")
        .await
        .unwrap();
    assert_eq!(around(&site, "cam3"), other);
    let before = site.places().len();
    let site = add("cam4 --zone main4 --building sao-mai2").await.unwrap();
    assert_eq!(around(&site, "cam4")[1..], other[1..]);
    assert_eq!(site.places().len(), before + 1);
    let site = add("cam5 --zone main --area ground-floor --building sao-mai --time-zone Asia/Ho_Chi_Minh")
        .await
        .unwrap();
    assert_eq!(
        around(&site, "cam5"),
        first,
        "saying what is so is no contradiction"
    );
    for (words, says) in [
        (
            "--zone new --area ground-floor --building sao-mai2",
            "area \"ground-floor\" belongs to building \"sao-mai\"; give --area another name, or leave --building out",
        ),
        (
            "--zone main --area first-floor",
            "zone \"main\" belongs to area \"ground-floor\"",
        ),
        (
            "--zone main --building sao-mai2",
            "zone \"main\" belongs to building \"sao-mai\"",
        ),
        (
            "--zone new --building sao-mai --organisation o2",
            "building \"sao-mai\" belongs to organisation",
        ),
        (
            "--zone main --time-zone UTC",
            "cut in Asia/Ho_Chi_Minh; leave --time-zone out",
        ),
        (
            "--zone new --building sao-mai --time-zone UTC",
            "cut in Asia/Ho_Chi_Minh",
        ),
        (
            "--zone main --time-zone Mars/Olympus",
            "\"Mars/Olympus\" is unknown",
        ),
        (
            "--zone new --building new --time-zone Mars/Olympus",
            "\"Mars/Olympus\" is unknown",
        ),
        (
            "--zone sao-mai",
            "a building \"sao-mai\" exists already; give --zone another name",
        ),
        ("--building x --zone x", "place \"x\" exists twice"),
        ("--zone main --line a --line a", "line \"a\" twice"),
        ("--zone main --heartbeat 0", "0 is not in 1..=3600"),
    ] {
        let fault = add(&format!("cam6 {words}")).await.expect_err(words);
        assert!(fault.detail.contains(says), "{words}: {}", fault.detail);
    }
    let now = camera(folder.path(), "list").await.unwrap();
    assert_eq!((now.places(), now.cameras()), (site.places(), site.cameras()));
}

#[tokio::test]
async fn where_nothing_is_said_cameras_stand_at_one_entrance() {
    let folder = tempfile::tempdir().unwrap();
    camera(folder.path(), "add north").await.unwrap();
    let site = camera(folder.path(), "add south").await.unwrap();
    let usual = [
        "entrance UTC",
        "ground-floor UTC",
        "building UTC",
        "organisation UTC",
    ];
    assert_eq!(around(&site, "north"), usual);
    assert_eq!(around(&site, "south"), usual);
    let site = camera(folder.path(), "add east --building east").await.unwrap();
    let east = [
        "east-ground-floor-entrance UTC",
        "east-ground-floor UTC",
        "east UTC",
    ];
    assert_eq!(around(&site, "east")[..3], east);
}

#[tokio::test]
async fn a_camera_is_changed_moved_retired_and_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let run = async |words: &str| camera(folder.path(), words).await;
    run("add door --zone main").await.unwrap();
    run("add side --zone side").await.unwrap();
    let id = CameraId::new("door").unwrap();
    let site = run("set door --name Door --heartbeat 60 --boundary building --zone side")
        .await
        .unwrap();
    let door = site.camera(&id).unwrap();
    assert_eq!((door.name.as_str(), door.heartbeat_s), ("Door", 60));
    let [before, after] = door.memberships.as_slice() else {
        panic!("two: {:?}", door.memberships)
    };
    assert_eq!((before.until, before.since), (after.since, None));
    assert_eq!(
        (after.zone.as_str(), after.boundary),
        ("side", PlaceKind::Building)
    );
    let keys = async |folder: &Path| {
        let catalog = crate::wire::open_catalog(&config(folder)).await.unwrap();
        catalog
            .keys(Some(CameraId::new("door").unwrap()))
            .await
            .unwrap()
            .len()
    };
    assert_eq!(keys(folder.path()).await, 1);
    let site = run("retire door").await.unwrap();
    assert!(site.camera(&id).unwrap().retired().is_some());
    assert_eq!(keys(folder.path()).await, 0);
    let fault = run("key door").await.unwrap_err();
    assert_eq!(fault.code, FaultCode::CameraOutOfUse);
    let site = run("restore door").await.unwrap();
    assert_eq!(site.camera(&id).unwrap().retired(), None);
    run("key door").await.unwrap();
    for (words, says) in [
        ("set door", "required"),
        ("set nobody --name x", "\"nobody\" does not exist"),
        ("set door --zone nowhere", "`throng camera add ID --zone nowhere`"),
        ("set door --heartbeat 0", "0 is not in 1..=3600"),
        ("retire nobody", "\"nobody\" does not exist"),
    ] {
        let fault = run(words).await.expect_err(words);
        assert!(fault.detail.contains(says), "{words}: {}", fault.detail);
    }
}

#[test]
fn a_line_says_how_it_counts() {
    let line = |text| {
        let line = parse_line(text).unwrap();
        (line.id.to_string(), line.semantics, line.wraps_at)
    };
    assert_eq!(line("main"), ("main".to_owned(), None, None));
    let cumulative = Some(Semantics::Cumulative);
    assert_eq!(line("main:cumulative"), ("main".to_owned(), cumulative, None));
    let wraps = ("main".to_owned(), cumulative, Some(65_536));
    assert_eq!(line("main:cumulative:65536"), wraps);
    for wrong in ["", "main:often", "main:cumulative:x"] {
        parse_line(wrong).unwrap_err();
    }
}

#[tokio::test]
async fn who_looks_into_a_folder_that_is_not_there_is_told_so_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let misspelt = folder.path().join("trhong-data");
    for words in ["list", "key door", "retire door", "set door --name Door"] {
        let fault = camera(&misspelt, words).await.expect_err(words);
        assert!(
            fault.detail.contains("no data folder"),
            "{words}: {}",
            fault.detail
        );
        assert!(!misspelt.exists(), "{words} made it");
    }
    let fault = camera(folder.path(), "list").await.expect_err("another folder");
    assert!(fault.detail.contains("nothing of Throng"), "{}", fault.detail);
    assert_eq!(fault.code, FaultCode::NoDataFolder);
    assert!(fault.code.help().contains("throng camera add"), "what makes one");
    camera(&misspelt, "add door").await.unwrap();
    camera(&misspelt, "list").await.unwrap();
}

#[tokio::test]
async fn what_is_changed_here_stands_in_the_audit_log() {
    use throng_ports::Accounts as _;
    let folder = tempfile::tempdir().unwrap();
    for words in [
        "add door --zone hall",
        "set door --name Door",
        "retire door",
        "list",
        "key nobody",
    ] {
        let _ = camera(folder.path(), words).await;
    }
    let log = crate::wire::open_catalog(&config(folder.path())).await.unwrap();
    let entries = log.audit_log(10).await.unwrap();
    let told: Vec<_> = entries.iter().rev().collect();
    assert!(told.iter().all(|entry| entry.actor == "command line"), "{told:?}");
    let actions: Vec<_> = told.iter().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "cameras.register",
        "keys.create",
        "cameras.change",
        "cameras.retire",
    ];
    assert_eq!(actions, expected, "{told:?}");
    let objects = [&told[0], &told[2], &told[3]].map(|entry| entry.object.as_str());
    assert_eq!(objects, ["door"; 3], "the second one is its key");
}
