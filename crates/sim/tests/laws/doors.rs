//! The doors: whatever is sent again, however often, whenever it is killed, every event is in the rows once.

use super::law::holds;
use super::rows::{assert_same, rows};
use super::trial::Trial;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use throng_embedded::InProcessCounterBoard;
use throng_embedded::catalog::SqliteCatalog;
use throng_embedded::feed::{FeedOptions, InProcessFeed};
use throng_embedded::log::{Options, SegmentedLog};
use throng_embedded::store::{Store, StoreOptions};
use throng_model::codec::encode_json;
use throng_model::time::HOUR;
use throng_model::{Event, Rung, Scope, TimeRange, Timestamp};
use throng_pipeline::{IngestRules, Ports, recover};
use throng_ports::{Catalog as _, Clock, Intake as _, Outcome, Sender};
use throng_sim::disk::FaultyDisk;
use throng_sim::replay::{Memory, Pace};

/// It is what the trial says it is.
#[derive(Default)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A data folder: what is left of a node when it is killed.
struct Folder {
    ports: Ports,
    hands: Arc<Hands>,
    _on_disk: tempfile::TempDir,
}

impl Folder {
    async fn new(trial: &Trial) -> Self {
        // Nothing here has to survive the machine: in memory where there is such a folder.
        let memory = std::path::Path::new("/dev/shm");
        let on_disk = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).unwrap(),
            false => tempfile::tempdir().unwrap(),
        };
        let catalog = Arc::new(
            SqliteCatalog::open(&on_disk.path().join("catalog.sqlite"))
                .await
                .unwrap(),
        );
        let (places, cameras) = (trial.site.places().to_vec(), trial.site.cameras().to_vec());
        catalog.save_all(places, cameras).await.unwrap();
        let store = Arc::new(Store::open(&on_disk.path().join("store"), StoreOptions::default()).unwrap());
        let disk = Arc::new(FaultyDisk::new());
        let (log, _) = SegmentedLog::open(disk, Options::default(), Box::new(|_| {})).unwrap();
        let hands = Arc::new(Hands::default());
        let ports = Ports {
            log: Arc::new(log),
            checkpoints: store.clone(),
            rollups: store,
            quarantine: catalog.clone(),
            catalog,
            feed: Arc::new(InProcessFeed::new(1, FeedOptions::default())),
            counters: Arc::new(InProcessCounterBoard::default()),
            clock: hands.clone(),
        };
        Self {
            ports,
            hands,
            _on_disk: on_disk,
        }
    }

    /// All rows there are.
    fn rows(&self, trial: &Trial) -> Memory {
        let all = TimeRange {
            start: Timestamp(0),
            end: Timestamp(i64::MAX / 2),
        };
        let cameras = trial
            .site
            .cameras()
            .iter()
            .map(|camera| Scope::Camera(camera.id.clone()));
        let places = trial
            .site
            .places()
            .iter()
            .map(|place| Scope::Place(place.id.clone()));
        let mut memory = Memory::default();
        for scope in cameras.chain(places) {
            for rung in Rung::ALL {
                let found = self.ports.rollups.rows(&scope, rung, all, usize::MAX).unwrap();
                memory.0.extend(found.into_iter().map(|(start, row)| {
                    let scope = scope.clone();
                    (throng_model::row::RowKey { scope, rung, start }, row)
                }));
            }
        }
        memory
    }
}

/// Sends a trial's events in batches, each with some that were sent before and some twice, and kills the node now and then.
/// Gives what was accepted, as it was.
async fn send(trial: &mut Trial, folder: &Folder) -> Vec<(Event, Timestamp)> {
    let open = || recover(folder.ports.clone(), trial.rules, IngestRules::default()).unwrap();
    let (mut node, mut accepted, mut received, mut too_late) = (open(), Vec::new(), 0, 0);
    let (step, count) = (trial.pace.step, trial.log.len());
    for first in (0..count).step_by(step) {
        let new = first..(first + step).min(count);
        let again = (0..step).map(|_| trial.random.below(new.end as u64) as usize);
        let sent: Vec<&(Event, Timestamp)> =
            new.clone().chain(again).map(|place| &trial.log[place]).collect();
        let now = trial.log[new.end - 1].1;
        folder.hands.0.store(now.0, Ordering::Relaxed);
        let texts: Vec<String> = sent.iter().map(|(event, _)| encode_json(event)).collect();
        let raw = texts.iter().map(String::as_bytes).collect();
        let receipt = node.ingest.submit(&Sender::Operator, raw).await.unwrap();
        for ((event, _), (id, outcome)) in sent.iter().zip(receipt.events) {
            assert_eq!(id, Some(event.id));
            let known = accepted
                .iter()
                .any(|(known, _): &(Event, _)| known.id == event.id);
            match outcome {
                Outcome::Accepted | Outcome::TooLate { .. } => {
                    assert!(!known, "{id:?} was accepted before");
                    too_late += u64::from(outcome != Outcome::Accepted);
                    accepted.push(((*event).clone(), now));
                }
                Outcome::Duplicate => assert!(known, "{id:?} was not accepted before"),
                // Not yet: the end of its window is ahead of the clock.
                Outcome::Quarantined { .. } => assert!(!known, "{id:?} was accepted before"),
            }
        }
        received += sent.len() as u64;
        while node.stream.advance().unwrap() {}
        if trial.random.happens(0.5) {
            node.stream.checkpoint().unwrap();
        }
        if trial.random.happens(0.2) {
            drop(node);
            node = open();
        }
    }
    node.stream.checkpoint().unwrap();
    node.stream.publish();
    let taken_up = node.ingest.taken_up();
    assert_eq!(taken_up.too_late, too_late, "the doors say what the engine does");
    let counters = node.ingest.counters();
    assert_eq!(counters.accepted, accepted.len() as u64);
    assert!(counters.received <= received, "{counters:?}");
    accepted
}

/// I-1, I-2: what is sent again is told from what is new, and counted once; what comes too late to be counted is told so.
#[test]
fn what_is_sent_again_is_counted_once() {
    static TOKIO: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(|| tokio::runtime::Runtime::new().unwrap());
    holds(|mut trial| {
        // A stream of a few days has nothing that is a week late.
        if trial.random.happens(0.5) {
            trial.rules.lateness = HOUR;
        }
        let folder = TOKIO.block_on(Folder::new(&trial));
        let accepted = TOKIO.block_on(send(&mut trial, &folder));
        let once = rows(&trial, &accepted, Pace::WHOLE);
        assert_same(&folder.rows(&trial).as_expected(), &once.as_expected());
    });
}
