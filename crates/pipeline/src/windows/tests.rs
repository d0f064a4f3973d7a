//! The running windows: whatever is killed and changed on the way, the windows are those of one quiet run.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::{WindowRules, WindowStage};
use crate::world::{START, World};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use throng_engine::Rules;
use throng_model::time::HOUR;
use throng_model::window::{WindowNow, WindowTable};
use throng_model::{Event, EventBody, Fault, Measures, Scope, TimeRange, Timestamp};
use throng_ports::WindowBoard;
use throng_sim::random::Random;
use throng_sim::trial::{events, site};

#[derive(Default)]
pub struct Board(Mutex<BTreeMap<Scope, Vec<Arc<WindowNow>>>>);

impl WindowBoard for Board {
    fn put(&self, scopes: Vec<(Scope, Vec<Arc<WindowNow>>)>) {
        self.0.lock().unwrap().extend(scopes);
    }

    fn of(&self, scope: &Scope) -> Result<Vec<Arc<WindowNow>>, Fault> {
        Ok(self.0.lock().unwrap().get(scope).cloned().unwrap_or_default())
    }

    fn stop(&self, why: Fault) {
        panic!("{why}");
    }
}

impl World {
    /// A start: the board is in memory and empty.
    fn open(&self) -> (WindowStage, Arc<Board>) {
        let board = Arc::new(Board::default());
        let rules = WindowRules {
            rules: Rules::default(),
            table: WindowTable::default(),
            threads: 2,
        };
        (
            WindowStage::open(self.ports.clone(), board.clone(), rules)
                .unwrap()
                .0,
            board,
        )
    }
}

/// A stream, and heartbeats of every camera long after, so that every window has ended: a late event can take up a session
/// again that one turn has closed and another has not.
fn to_the_end(seed: u64) -> Vec<(Event, Timestamp)> {
    let mut log = events(seed, START, 300);
    let at = log.iter().map(|entry| entry.1).max().unwrap().plus(72 * HOUR);
    let pattern = log[0].0.clone();
    for camera in site("Europe/Berlin", 240, START).cameras() {
        let beat = Event {
            camera: camera.id.clone(),
            at,
            body: EventBody::Beat,
            ..pattern.clone()
        };
        log.push((beat, at));
    }
    log
}

fn work(stage: &mut WindowStage) {
    while stage.advance().unwrap() {}
    stage.turn();
}

/// A window: its name, where it lies, how many events it has and what they say.
type Held = ((String, TimeRange, Option<u64>), (u64, Measures));

/// What is in the windows shown. Not how often they were revised: an event that is late for one turn is in time for a later.
fn shown(board: &Board) -> BTreeMap<Scope, Vec<Held>> {
    let board = board.0.lock().unwrap();
    let held = |now: &Arc<WindowNow>| {
        let which = (now.window.name.clone(), now.range, now.ordinal);
        (which, (now.events, now.measures.clone()))
    };
    let scopes = board.iter();
    scopes
        .map(|(scope, windows)| (scope.clone(), windows.iter().map(held).collect()))
        .collect()
}

fn assert_same(board: &Board, whole: &Board) {
    let (shown, whole) = (shown(board), shown(whole));
    assert!(whole.len() > 4 && shown.keys().eq(whole.keys()));
    for (scope, windows) in &whole {
        assert_eq!(shown[scope].len(), windows.len(), "{scope:?}");
        for (shown, window) in shown[scope].iter().zip(windows) {
            assert_eq!(shown, window, "{scope:?}");
        }
    }
}

/// Folds the log in parts, killed in between without warning.
async fn killed(seed: u64) {
    let (quiet, world) = (World::new().await, World::new().await);
    let log = to_the_end(seed);
    let mut random = Random::new(seed);
    let (mut stage, mut board) = world.open();
    let (mut kills, mut rest) = (0, log.as_slice());
    while !rest.is_empty() {
        let (part, later) = rest.split_at(rest.len().min(1 + random.below(12) as usize));
        world.append(part).await;
        quiet.append(part).await;
        rest = later;
        work(&mut stage);
        if random.happens(0.3) {
            stage.keep().unwrap();
        }
        if random.happens(0.3) {
            drop(stage);
            (stage, board) = world.open();
            kills += 1;
        }
    }
    work(&mut stage);
    let (mut stage, whole) = quiet.open();
    work(&mut stage);
    assert!(kills > 2, "{kills} kills");
    assert_same(&board, &whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_no_event_is_lost_or_doubled() {
    for seed in 0..4 {
        killed(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_hierarchy_keeps_the_windows_of_what_is_still_there() {
    let (quiet, world) = (World::new().await, World::new().await);
    let log = to_the_end(5);
    let (before, after) = log.split_at(150);
    world.append(before).await;
    let (mut stage, _) = world.open();
    work(&mut stage);
    // A new camera that sees nothing changes nothing that is counted.
    let mut camera = world.ports.catalog.site().cameras()[0].clone();
    camera.id = throng_model::CameraId::new("new").unwrap();
    world.ports.catalog.save_camera(camera).await.unwrap();
    work(&mut stage);
    // Killed right after it: what was folded under the old hierarchy is not folded again.
    let kept = stage.position;
    drop(stage);
    let (mut stage, board) = world.open();
    assert_eq!(stage.position, kept);
    world.append(after).await;
    work(&mut stage);
    quiet.append(before).await;
    quiet.append(after).await;
    let (mut stage, whole) = quiet.open();
    work(&mut stage);
    assert_same(&board, &whole);
}
