//! A data plane's ports over throw-away stores, for tests.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::recover::Ports;
use std::sync::Arc;
use throng_embedded::InProcessCounterBoard;
use throng_embedded::catalog::SqliteCatalog;
use throng_embedded::feed::{FeedOptions, InProcessFeed};
use throng_embedded::log::{Options, SegmentedLog};
use throng_embedded::store::{Store, StoreOptions};
use throng_model::codec::{EncodedEvent, join_record};
use throng_model::{Event, Timestamp};
use throng_ports::{Catalog as _, Clock};
use throng_sim::disk::FaultyDisk;
use throng_sim::trial::site;

/// It is always noon.
pub const START: Timestamp = Timestamp(1_774_785_600_000_000);

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        START
    }
}

/// A site of four cameras, an empty log, an empty store.
pub struct World {
    pub ports: Ports,
    /// The disk of the log.
    pub disk: FaultyDisk,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
            .await
            .unwrap();
        let site = site("Europe/Berlin", 240, START);
        let (places, cameras) = (site.places().to_vec(), site.cameras().to_vec());
        catalog.save_all(places, cameras).await.unwrap();
        let catalog = Arc::new(catalog);
        let store = Arc::new(Store::open(&folder.path().join("store"), StoreOptions::default()).unwrap());
        let disk = FaultyDisk::new();
        let (log, _) =
            SegmentedLog::open(Arc::new(disk.clone()), Options::default(), Box::new(|_| {})).unwrap();
        let ports = Ports {
            log: Arc::new(log),
            checkpoints: store.clone(),
            rollups: store,
            quarantine: catalog.clone(),
            catalog,
            feed: Arc::new(InProcessFeed::new(1, FeedOptions::default())),
            counters: Arc::new(InProcessCounterBoard::default()),
            clock: Arc::new(Noon),
        };
        Self {
            ports,
            disk,
            _folder: folder,
        }
    }

    pub async fn append(&self, part: &[(Event, Timestamp)]) {
        Self::append_to(&self.ports, part).await;
    }

    pub async fn append_to(ports: &Ports, part: &[(Event, Timestamp)]) {
        let encoded: Vec<_> = part
            .iter()
            .map(|(event, received)| EncodedEvent::new(*received, event).unwrap())
            .collect();
        ports.log.append(join_record(&encoded).unwrap()).await.unwrap();
    }
}
