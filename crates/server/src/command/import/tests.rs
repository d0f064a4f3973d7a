//! Real files through the whole data plane: what comes out is what the file says, also the second time.

use super::*;
use crate::command::examples::config;
use std::collections::BTreeMap;
use throng_model::time::HOUR;
use throng_model::{Measure, Rung, Scope, TimeRange};
use throng_sim::recorded::recorded;

fn options(lines: &[&str]) -> Options {
    Options {
        camera: CameraId::new("video").expect("id"),
        start: Timestamp::parse("2020-01-01T00:00:00Z").expect("time"),
        fps: 30.0,
        lines: lines.iter().map(|line| line.parse().expect("line")).collect(),
        negative_is_in: false,
        steady: Steady { hold: 0.0, band: 0.0 },
    }
}

async fn node(folder: &Path) -> Node {
    Node::open(&config(folder)).await.expect("opens")
}

/// All rows of a rung of a camera: (start, in, out, pass).
fn rows(node: &Node, camera: &str, rung: Rung) -> Vec<(Timestamp, [i64; 3])> {
    let scope = Scope::Camera(CameraId::new(camera).expect("id"));
    let all = TimeRange {
        start: Timestamp::MIN,
        end: Timestamp::MAX,
    };
    let rows = node
        .ports
        .rollups
        .rows(&scope, rung, all, usize::MAX)
        .expect("rows");
    rows.into_iter()
        .map(|(start, row)| {
            (
                start,
                [Measure::In, Measure::Out, Measure::Pass].map(|measure| row.people(measure)),
            )
        })
        .collect()
}

fn sum(rows: &[(Timestamp, [i64; 3])]) -> [i64; 3] {
    rows.iter().fold([0; 3], |sum, (_, row)| {
        [sum[0] + row[0], sum[1] + row[1], sum[2] + row[2]]
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn calit2_is_counted_exactly_and_importing_it_again_changes_nothing() {
    let Some(file) = recorded("calit2/calit2_flows.csv") else {
        return;
    };
    let folder = tempfile::tempdir().expect("folder");
    let mut seen = Vec::new();
    for again in [false, true] {
        let first = node(folder.path()).await;
        let (imported, _) = import(&first, &file, Format::Calit2, &options(&[]))
            .await
            .expect("imports");
        assert_eq!(imported.quarantined, 0);
        assert_eq!((imported.accepted == 0, imported.duplicate == 0), (again, !again));
        let camera = first.ports.catalog.site().cameras()[0].id.to_string();
        first.close().await.expect("closes");
        let reopened = node(folder.path()).await;
        for rung in [Rung::Hour, Rung::Day, Rung::Week, Rung::Month] {
            assert_eq!(
                sum(&rows(&reopened, &camera, rung)),
                [19_597, 18_806, 0],
                "{rung}"
            );
        }
        seen.push(rows(&reopened, &camera, Rung::Hour));
        reopened.close().await.expect("closes");
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn melbourne_days_have_as_many_hours_as_the_clock_gave_them() {
    let Some(file) = recorded("melbourne/pedestrian.csv.gz") else {
        return;
    };
    let folder = tempfile::tempdir().expect("folder");
    let first = node(folder.path()).await;
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for event in open(&file, Format::Melbourne, &options(&[]))
        .expect("opens")
        .events
    {
        let event = event.expect("reads");
        let throng_model::EventBody::Count { people_pass, .. } = event.body else {
            panic!("a count")
        };
        *expected.entry(event.camera.to_string()).or_default() += i64::from(people_pass);
    }
    import(&first, &file, Format::Melbourne, &options(&[]))
        .await
        .expect("imports");
    first.close().await.expect("closes");
    let node = node(folder.path()).await;
    let zone = jiff::tz::TimeZone::get("Australia/Melbourne").expect("zone");
    let mut odd_days = 0;
    for (camera, people) in &expected {
        let hours = rows(&node, camera, Rung::Hour);
        assert_eq!(sum(&hours)[2], *people, "{camera}: hours");
        let days = rows(&node, camera, Rung::Day);
        assert_eq!(sum(&days)[2], *people, "{camera}: days");
        for (start, day) in days {
            let bucket = Rung::Day.bucket(start, &zone);
            let within: Vec<_> = hours
                .iter()
                .filter(|(hour, _)| bucket.contains(*hour))
                .copied()
                .collect();
            assert_eq!(sum(&within), day, "{camera}: {start} is the sum of its hours");
            let length = bucket.micros() / HOUR;
            assert!(within.len() as i64 <= length);
            odd_days += i64::from(length != 24);
        }
    }
    // Two years, four changes of the clock, four sensors, some of which were silent on such a day.
    assert!(odd_days >= 8, "{odd_days} days of 23 or 25 hours");
    node.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_walking_through_a_video_are_counted_at_its_line() {
    let Some(file) = recorded("mot/MOT17-02.gt.txt.gz") else {
        return;
    };
    let folder = tempfile::tempdir().expect("folder");
    let node = node(folder.path()).await;
    let options = options(&["vmid=960,0,960,1080"]);
    let (imported, counted) = import(&node, &file, Format::Mot, &options)
        .await
        .expect("imports");
    assert_eq!(imported.accepted, 21);
    assert_eq!(
        tally(&counted.lines[0]),
        "21 (+5 -16) crossings, 21 (+5 -16) counted, 0 left out as re-crossings"
    );
    node.close().await.expect("closes");
    let node = self::node(folder.path()).await;
    assert_eq!(sum(&rows(&node, "video", Rung::Day)), [5, 16, 0]);
    node.close().await.expect("closes");
}

#[test]
fn what_is_left_out_can_be_looked_up() {
    let Some(file) = recorded("mot/MOT17-02.mott-tracker.txt.gz") else {
        return;
    };
    let mut options = options(&["vmid=960,0,960,1080"]);
    options.steady = Steady { hold: 0.5, band: 0.0 };
    let counted = open(&file, Format::Mot, &options).expect("opens").counted;
    assert_eq!(
        tally(&counted.lines[0]),
        "22 (+4 -18) crossings, 18 (+2 -16) counted, 4 left out as re-crossings"
    );
    assert_eq!(
        evidence(&options.lines, &counted),
        "line,track,frame,side\nvmid,8487,363,+1\nvmid,8487,365,-1\nvmid,35975,547,+1\nvmid,35975,557,-1\n"
    );
}

/// Imports two people who walk through a door on this day.
async fn walk(folder: &Path, start: &str) -> Result<(), Fault> {
    walk_with(folder, start, |_| ()).await
}

/// The same with other arguments.
async fn walk_with(folder: &Path, start: &str, otherwise: impl FnOnce(&mut Arguments)) -> Result<(), Fault> {
    let file = folder.join("walk.txt");
    std::fs::write(
        &file,
        "1,7,0,0,2,-1,1,1\n2,7,0,0,2,1,1,1\n2,8,0,0,2,-1,1,1\n3,8,0,0,2,1,1,1\n4,8,0,0,2,5,1,1\n",
    )
    .expect("writes");
    let mut arguments = Arguments {
        format: Format::Mot,
        file,
        camera: "video".to_owned(),
        start: Some(start.to_owned()),
        fps: 30.0,
        lines: vec!["door=0,0,10,0".to_owned()],
        negative_is_in: false,
        hold: 0.0,
        band: 0.0,
        left_out: None,
    };
    otherwise(&mut arguments);
    run(arguments, config(&folder.join("data"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_counted_in_one_way_is_not_counted_in_another_under_its_name() {
    let folder = tempfile::tempdir().expect("folder");
    let (folder, start) = (folder.path(), "2020-01-01T00:00:00Z");
    walk(folder, start).await.expect("imports");
    let elsewhere = |arguments: &mut Arguments| arguments.lines = vec!["door=0,3,10,3".to_owned()];
    for (says, otherwise) in [
        (
            "counted in the recording from 2020-01-01T00:00:00.000Z on with 0,0,10,0, 30 frames",
            Box::new(elsewhere) as Box<dyn FnOnce(&mut Arguments)>,
        ),
        (
            "or the line another name",
            Box::new(|arguments| arguments.fps = 25.0),
        ),
        (
            "\"door\" of camera \"video\"",
            Box::new(|arguments| arguments.negative_is_in = true),
        ),
        ("would count twice", Box::new(|arguments| arguments.hold = 0.01)),
    ] {
        let fault = walk_with(folder, start, otherwise).await.expect_err(says);
        assert_eq!(fault.code, FaultCode::InvalidRequest);
        assert!(fault.detail.contains(says), "{fault}");
    }
    let counted = async || {
        let node = node(&folder.join("data")).await;
        let counted = sum(&rows(&node, "video", Rung::Day));
        node.close().await.expect("closes");
        counted
    };
    walk(folder, start).await.expect("the same again changes nothing");
    assert_eq!(counted().await, [2, 0, 0]);
    walk_with(folder, "2020-01-02T00:00:00Z", elsewhere)
        .await
        .expect("another recording");
    assert_eq!(counted().await, [3, 0, 0]);
    let other_line = |arguments: &mut Arguments| arguments.lines = vec!["gate=0,3,10,3".to_owned()];
    walk_with(folder, start, other_line).await.expect("another line");
    assert_eq!(counted().await, [4, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_at_which_nobody_was_counted_may_be_drawn_elsewhere() {
    let folder = tempfile::tempdir().expect("folder");
    let (folder, start) = (folder.path(), "2020-01-01T00:00:00Z");
    let nobody = |arguments: &mut Arguments| {
        arguments.lines = vec!["door=0,90,10,90".to_owned(), "gate=0,0,10,0".to_owned()];
    };
    walk_with(folder, start, nobody)
        .await
        .expect("nobody walks there");
    let future = "9000-01-01T00:00:00Z";
    walk(folder, future).await.expect_err("nobody is counted yet");
    for start in [start, future] {
        let moved = walk_with(folder, start, |arguments| {
            arguments.lines = vec!["door=0,3,10,3".to_owned()]
        });
        match moved.await {
            Ok(()) => assert_ne!(start, future),
            Err(fault) => assert_eq!((fault.code, start), (FaultCode::InvalidFile, future), "{fault}"),
        }
    }
    let fault = walk_with(folder, start, |arguments| {
        arguments.lines = vec!["gate=0,3,10,3".to_owned()]
    });
    let fault = fault.await.expect_err("two were counted there");
    assert!(fault.detail.contains("\"gate\" of camera"), "{fault}");
    let fault = walk_with(folder, start, nobody).await.expect_err("now one was");
    assert!(fault.detail.contains("\"door\" of camera"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_imported_before_lines_were_remembered_is_known_once_it_was_imported_again() {
    let folder = tempfile::tempdir().expect("folder");
    let (folder, start) = (folder.path(), "2020-01-01T00:00:00Z");
    walk(folder, start).await.expect("imports");
    let file = folder.join("data").join(crate::wire::CATALOG);
    let file = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .expect("opens");
    let forget = sqlx::query("DELETE FROM counted_line").execute(&file).await;
    assert_eq!(forget.expect("forgotten").rows_affected(), 1);
    file.close().await;
    walk(folder, start).await.expect("everybody is known");
    let elsewhere = |arguments: &mut Arguments| arguments.lines = vec!["door=0,3,10,3".to_owned()];
    walk_with(folder, start, elsewhere)
        .await
        .expect_err("counted otherwise");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_which_nothing_is_accepted_is_a_fault_with_its_reasons() {
    let folder = tempfile::tempdir().expect("folder");
    for start in ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
        walk(folder.path(), start)
            .await
            .expect("accepted, then known before");
    }
    let fault = walk(folder.path(), "9000-01-01T00:00:00Z")
        .await
        .expect_err("not yet");
    assert_eq!(fault.code, FaultCode::InvalidFile);
    assert!(
        fault
            .detail
            .ends_with("was accepted, and no camera or place was made for it: future_event"),
        "{}",
        fault.detail
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_accepted_leaves_neither_camera_nor_places_behind() {
    let folder = tempfile::tempdir().expect("folder");
    let site = async || {
        let node = node(&folder.path().join("data")).await;
        let site = node.ports.catalog.site();
        node.close().await.expect("closes");
        let places = site.places().iter().map(|place| place.id.to_string());
        let cameras = site.cameras().iter().map(|camera| camera.id.to_string());
        places.chain(cameras).collect::<Vec<_>>()
    };
    let fault = walk(folder.path(), "9000-01-01T00:00:00Z").await;
    assert_eq!(fault.expect_err("not yet").code, FaultCode::InvalidFile);
    assert_eq!(site().await, [""; 0]);
    let nobody = |arguments: &mut Arguments| arguments.lines = vec!["door=0,90,10,90".to_owned()];
    let fault = walk_with(folder.path(), "2020-01-01T00:00:00Z", nobody).await;
    let fault = fault.expect_err("nobody walks there");
    assert!(fault.detail.contains("nobody crossed a line"), "{fault}");
    assert_eq!(site().await, [""; 0]);
    // What was there stays there.
    walk(folder.path(), "2020-01-01T00:00:00Z")
        .await
        .expect("imports");
    let before = site().await;
    assert_eq!(before.len(), 5);
    walk(folder.path(), "9000-01-01T00:00:00Z")
        .await
        .expect_err("not yet");
    assert_eq!(site().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_recording_was_and_for_whom_it_counts_is_told() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("flows.csv");
    std::fs::write(
        &file,
        "slot_local,in_count,out_count\n2005-07-24T23:30:00,1,0\n2005-07-25T00:00:00,2,1\n",
    )
    .expect("writes");
    let node = node(&folder.path().join("data")).await;
    let (imported, _) = import(&node, &file, Format::Calit2, &options(&[]))
        .await
        .expect("imports");
    assert_eq!(
        imported.covered.told(&node.ports.catalog.site()),
        [
            "from 2005-07-24 23:30 to 2005-07-25 00:30 (America/Los_Angeles), counted for \"calit2\" (z.calit2)"
        ]
    );
    node.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_events_are_refused_is_told_with_numbers() {
    let folder = tempfile::tempdir().expect("folder");
    walk(folder.path(), "2020-01-01T00:00:00Z")
        .await
        .expect("imports");
    let node = node(&folder.path().join("data")).await;
    let options = Options {
        start: Timestamp::parse("9000-01-01T00:00:00Z").expect("time"),
        ..options(&["door=0,0,10,0"])
    };
    let file = folder.path().join("walk.txt");
    let (imported, _) = import(&node, &file, Format::Mot, &options)
        .await
        .expect("imports");
    let (events, first) = &imported.reasons["future_event"];
    assert_eq!((imported.quarantined, *events), (2, 2));
    assert!(first.contains("9000-01-01"), "{first}");
    node.close().await.expect("closes");
}
