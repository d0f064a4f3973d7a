//! The hierarchy changes while the readers of the log look at it: no acknowledged event may fall in between.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::windows::tests::Board;
use crate::world::{START, World};
use crate::{IngestRules, WindowRules, WindowStage, recover};
use std::sync::{Arc, Mutex};
use throng_engine::Rules;
use throng_model::site::Site;
use throng_model::user::CameraKey;
use throng_model::window::WindowTable;
use throng_model::{CameraId, Fault, Scope};
use throng_ports::catalog::MakeChange;
use throng_ports::{Catalog, Pending, WindowBoard as _};
use throng_sim::trial::events;
use tokio::runtime::Handle;

type Meanwhile = Box<dyn FnOnce() + Send>;

/// A catalogue in which something happens right after it was asked for its picture.
struct Restless {
    inner: Arc<dyn Catalog>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

impl Catalog for Restless {
    fn site(&self) -> Arc<Site> {
        let site = self.inner.site();
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        site
    }

    fn change(&self, make: MakeChange) -> Pending<'_, Result<Arc<Site>, Fault>> {
        self.inner.change(make)
    }

    fn save_key(&self, key: CameraKey) -> Pending<'_, Result<(), Fault>> {
        self.inner.save_key(key)
    }

    fn key(&self, digest: [u8; 32]) -> Pending<'_, Result<Option<CameraKey>, Fault>> {
        self.inner.key(digest)
    }

    fn keys(&self, camera: Option<CameraId>) -> Pending<'_, Result<Vec<CameraKey>, Fault>> {
        self.inner.keys(camera)
    }

    fn remove_key(&self, id: String) -> Pending<'_, Result<bool, Fault>> {
        self.inner.remove_key(id)
    }
}

/// A world in whose catalogue a camera can be added that counts at once.
struct Busy {
    world: World,
    restless: Arc<Restless>,
    new: CameraId,
}

impl Busy {
    async fn new() -> Self {
        let mut world = World::new().await;
        let restless = Arc::new(Restless {
            inner: Arc::clone(&world.ports.catalog),
            meanwhile: Mutex::default(),
        });
        world.ports.catalog = restless.clone();
        let new = CameraId::new("new").unwrap();
        Self { world, restless, new }
    }

    /// The next time somebody has looked at the hierarchy, a camera is added and what it says is acknowledged.
    fn adds_a_camera_meanwhile(&self) {
        let mut camera = self.restless.inner.site().cameras().first().unwrap().clone();
        let old = std::mem::replace(&mut camera.id, self.new.clone());
        let mut said = events(1, START, 400);
        said.retain(|(event, _)| event.camera == old);
        for (event, _) in &mut said {
            event.camera = self.new.clone();
        }
        assert!(!said.is_empty());
        let (catalog, ports) = (Arc::clone(&self.restless.inner), self.world.ports.clone());
        let add = async move {
            catalog.save_camera(camera).await.unwrap();
            World::append_to(&ports, &said).await;
        };
        let runtime = Handle::current();
        let meanwhile = move || tokio::task::block_in_place(|| runtime.block_on(add));
        *self.restless.meanwhile.lock().unwrap() = Some(Box::new(meanwhile));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_counts_a_camera_that_came_while_it_looked() {
    let busy = Busy::new().await;
    let mut stream = recover(busy.world.ports.clone(), Rules::default(), IngestRules::default())
        .unwrap()
        .stream;
    busy.adds_a_camera_meanwhile();
    while stream.advance().unwrap() || busy.restless.meanwhile.lock().unwrap().is_some() {}
    while stream.advance().unwrap() {}
    let counts = stream.status().counts;
    assert!(counts.folded > 0);
    assert_eq!(counts.orphaned, 0, "acknowledged and counted nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_windows_count_a_camera_that_came_while_they_looked() {
    let busy = Busy::new().await;
    let board = Arc::new(Board::default());
    let rules = WindowRules {
        rules: Rules::default(),
        table: WindowTable::default(),
        threads: 1,
    };
    let (mut stage, _) = WindowStage::open(busy.world.ports.clone(), board.clone(), rules).unwrap();
    busy.adds_a_camera_meanwhile();
    while stage.advance().unwrap() || busy.restless.meanwhile.lock().unwrap().is_some() {}
    while stage.advance().unwrap() {}
    stage.turn();
    let windows = board.of(&Scope::Camera(busy.new.clone())).unwrap();
    assert!(!windows.is_empty(), "acknowledged and in no window");
}
