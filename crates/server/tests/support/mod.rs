//! A whole house in the test's own process: the real catalogue, log, store, feed and face behind a real listener; the
//! disk of the log is in memory, and the clock is set by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "tests; each of them uses a part of the house"
)]

pub mod socket;

use axum::Router;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use throng_api::ApiSettings;
use throng_app::{App, Parts, Secret};
use throng_embedded::catalog::SqliteCatalog;
use throng_embedded::feed::{FeedOptions, InProcessFeed};
use throng_embedded::log::{self, SegmentedLog};
use throng_embedded::store::{Store, StoreOptions};
use throng_engine::Rules;
use throng_model::camera::{Camera, Membership};
use throng_model::place::{Place, PlaceKind};
use throng_model::user::Role;
use throng_model::window::WindowTable;
use throng_model::{CameraId, PlaceId, TimeRange, Timestamp};
use throng_pipeline::{IngestRules, Ports, Stream, WindowRules, WindowStage, recover};
use throng_ports::{Accounts, Catalog, Clock};
use throng_sim::disk::FaultyDisk;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// 2026-03-29T12:00:00Z.
pub const NOON: i64 = 1_774_785_600_000_000;
/// The password of everybody who has one.
pub const PASSWORD: &str = "correct horse battery";

/// Where those come from who do not come over the network.
pub const HERE: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// A clock that goes when it is told to.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn advance(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

pub struct House {
    pub app: Arc<App>,
    pub router: Router,
    pub settings: ApiSettings,
    pub address: SocketAddr,
    pub catalog: Arc<SqliteCatalog>,
    pub feed: Arc<InProcessFeed>,
    pub disk: FaultyDisk,
    pub clock: Arc<HandClock>,
    /// Not running: a test folds when it wants to.
    pub stream: Stream,
    /// The same of the windows.
    pub windows: WindowStage,
    folder: tempfile::TempDir,
}

impl House {
    /// Two buildings of one organisation: `own` with the camera `own-door`, `foreign` with `foreign-door`.
    pub async fn open(settings: ApiSettings) -> Self {
        Self::open_after(settings, &[]).await
    }

    /// The same where at times no server ran.
    pub async fn open_after(settings: ApiSettings, outages: &[TimeRange]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Arc::new(
            SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
                .await
                .unwrap(),
        );
        let places = [place("organisation", PlaceKind::Organisation, None)]
            .into_iter()
            .chain(["own", "foreign"].into_iter().flat_map(building))
            .collect();
        catalog
            .save_all(places, ["own", "foreign"].map(camera).to_vec())
            .await
            .unwrap();
        let feed = Arc::new(InProcessFeed::new(1, FeedOptions::default()));
        let counters = Arc::new(throng_embedded::InProcessCounterBoard::default());
        let clock = Arc::new(HandClock(AtomicI64::new(NOON)));
        let store = Arc::new(Store::open(&folder.path().join("store"), StoreOptions::default()).unwrap());
        let disk = FaultyDisk::new();
        let poisoned = Box::new(|_: &throng_model::Fault| {});
        // Room is claimed in small steps, so that a test can fill the disk with a small batch.
        let options = log::Options {
            claim_bytes: 4_096,
            ..log::Options::default()
        };
        let (log, _) = SegmentedLog::open(Arc::new(disk.clone()), options, poisoned).unwrap();
        let ports = Ports {
            log: Arc::new(log),
            checkpoints: store.clone(),
            rollups: store.clone(),
            quarantine: catalog.clone(),
            catalog: catalog.clone(),
            feed: feed.clone(),
            counters: counters.clone(),
            clock: clock.clone(),
        };
        let board = Arc::new(throng_embedded::InProcessBoard::default());
        let window_rules = WindowRules {
            rules: Rules::default(),
            table: WindowTable::default(),
            threads: 2,
        };
        let (windows, _) = WindowStage::open(ports.clone(), board.clone(), window_rules).unwrap();
        let plane = recover(ports, Rules::default(), IngestRules::default()).unwrap();
        let parts = Parts {
            board,
            counters,
            catalog: catalog.clone(),
            accounts: catalog.clone(),
            ways_in: catalog.clone(),
            rollups: store,
            feed: feed.clone(),
            quarantine: catalog.clone(),
            intake: plane.ingest,
            clock: clock.clone(),
            outages: tokio::sync::watch::Sender::new(outages.into()).subscribe(),
            heartbeats_missed: Rules::default().heartbeats_missed,
            out_of_order: Rules::default().out_of_order,
        };
        let app = Arc::new(App::new(parts).await.unwrap());
        let router = throng_api::router(app.clone(), settings);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = throng_api::serve(listener, router.clone(), settings, std::future::pending());
        tokio::spawn(serving);
        Self {
            app,
            router,
            settings,
            address,
            catalog,
            feed,
            disk,
            clock,
            stream: plane.stream,
            windows,
            folder,
        }
    }

    /// Makes a user who may see these places (all, where the role says so), and signs him in.
    pub async fn sign_in(&self, name: &str, role: Role, places: &[&str]) -> String {
        let places = places.iter().map(|id| PlaceId::new(id).unwrap()).collect();
        // Nothing happens where he signed in before.
        let user = throng_app::people::new_person(name, role, places).unwrap();
        self.catalog.add_user(user).await.unwrap();
        let link = self.app.sign_in_link(name, role).await.unwrap();
        let session = self.app.use_link(&link, HERE).await.unwrap();
        session.token.reveal().to_owned()
    }

    /// A zone of `own` that nothing lies in, and a camera of the same name that was never heard of.
    pub async fn add_spare(&self, id: &str) {
        let zone = place(id, PlaceKind::Zone, Some("own-area"));
        let door = Camera {
            id: CameraId::new(id).unwrap(),
            name: id.to_owned(),
            ..camera("own")
        };
        self.catalog.save_all(vec![zone], vec![door]).await.unwrap();
    }

    /// A key that speaks for these cameras (for all, where none is named), and its name.
    pub async fn key(&self, cameras: &[&str]) -> (String, Secret) {
        let cameras = cameras.iter().map(|id| CameraId::new(id).unwrap()).collect();
        let (key, secret) = throng_app::cameras::new_key(cameras).unwrap();
        let id = key.id.clone();
        self.catalog.save_key(key).await.unwrap();
        (id, secret)
    }

    /// The file of the catalogue, for whoever comes at it from outside.
    pub fn catalog_file(&self) -> std::path::PathBuf {
        self.folder.path().join("catalog.sqlite")
    }

    /// One request over a connection of its own: the status, and as much of the body as came with it.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        // An upgraded connection has no end to wait for: its answer is the head.
        let upgrades = headers.iter().any(|(name, _)| *name == "upgrade");
        if !upgrades {
            request += "connection: close\r\n";
        }
        request += &format!("content-length: {}\r\n\r\n{body}", body.len());
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let (mut answer, mut chunk) = (Vec::new(), [0; 8_192]);
        loop {
            let read = connection.read(&mut chunk).await.unwrap();
            answer.extend_from_slice(&chunk[..read]);
            if read == 0 || (upgrades && answer.windows(4).any(|end| end == b"\r\n\r\n")) {
                break;
            }
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).expect("a status line").parse().unwrap();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, body.to_owned())
    }
}

fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
    Place {
        id: PlaceId::new(id).unwrap(),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| PlaceId::new(parent).unwrap()),
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 240,
        calendar: None,
        counting: Default::default(),
    }
}

/// A building, its area and its zone.
fn building(name: &str) -> [Place; 3] {
    let (area, zone) = (format!("{name}-area"), format!("{name}-zone"));
    [
        place(name, PlaceKind::Building, Some("organisation")),
        place(&area, PlaceKind::Area, Some(name)),
        place(&zone, PlaceKind::Zone, Some(&area)),
    ]
}

/// The street door of a building.
fn camera(building: &str) -> Camera {
    let id = format!("{building}-door");
    Camera {
        id: CameraId::new(&id).unwrap(),
        name: id,
        lines: Vec::new(),
        memberships: vec![Membership {
            zone: PlaceId::new(format!("{building}-zone")).unwrap(),
            boundary: PlaceKind::Organisation,
            since: None,
            until: None,
        }],
        heartbeat_s: 30,
        registered: None,
    }
}

/// A crossing of a camera's line, at noon.
pub fn event(camera: &str, number: u32) -> String {
    format!(
        r#"{{"v":1,"id":"019d371a-d328-7abc-8def-{number:012}","type":"line","cam":"{camera}","boot":"b","seq":{number},"t":"2026-03-29T11:{:02}:{:02}.000Z","data":{{"line":"main","dir":"in","n":1}}}}"#,
        number / 60,
        number % 60
    )
}
