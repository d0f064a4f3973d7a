//! Puts the parts together: the one place that knows which adapter stands behind which port.

use crate::clock::SystemClock;
use crate::config::Config;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use throng_embedded::board::InProcessBoard;
use throng_embedded::catalog::{CatalogOptions, SqliteCatalog};
use throng_embedded::counter_board::InProcessCounterBoard;
use throng_embedded::feed::{FeedOptions, InProcessFeed};
use throng_embedded::log::{self, RealDisk, SegmentedLog};
use throng_embedded::store::{Store, StoreOptions};
use throng_model::invariant::INVARIANTS;
use throng_model::{Fault, FaultCode, TimeRange};
use throng_pipeline::{Ingest, Ports, StreamStatus, WindowStage, recover, run};
use throng_ports::{Accounts, Clock, LiveFeed, WindowBoard};
use tokio::sync::watch;

const MIB: u64 = 1 << 20;
/// The catalogue's file in the data folder.
pub const CATALOG: &str = "catalog.sqlite";

/// A node: data plane running, stores open.
pub struct Node {
    /// What the data plane stands on; the control plane reads the same.
    pub ports: Ports,
    /// The door.
    pub intake: Arc<Ingest>,
    /// People.
    pub accounts: Arc<dyn Accounts>,
    /// What an import remembers, and what lets people in.
    pub catalog: Arc<SqliteCatalog>,
    /// How the stream is doing, about once a second.
    pub status: watch::Receiver<StreamStatus>,
    /// The windows that ended last.
    pub board: Arc<dyn WindowBoard>,
    /// How many heartbeats may be missed.
    heartbeats_missed: i64,
    /// How much disorder is waited for.
    out_of_order: i64,
    stop: watch::Sender<bool>,
    stream: JoinHandle<Result<(), Fault>>,
    windows: JoinHandle<Result<(), Fault>>,
}

impl Node {
    /// Opens the data folder, recovers, and starts the stream on a thread of its own.
    pub async fn open(config: &Config) -> Result<Self, Fault> {
        let folder = config.data.folder.clone();
        make_private_folder(&folder)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let catalog = Arc::new(open_catalog(config).await?);
        // Sequence numbers of the live feed go on upwards over restarts, so a client's old number is never taken for a
        // new update: they start at the wall clock's microseconds.
        let feed: Arc<dyn LiveFeed> = Arc::new(InProcessFeed::new(
            clock.now().0.unsigned_abs(),
            FeedOptions::default(),
        ));
        let (rules, ingest_rules, window_rules) =
            (config.rules(), config.ingest_rules(), config.window_rules()?);
        let board: Arc<dyn WindowBoard> = Arc::new(InProcessBoard::default());
        let (store_options, log_options) = (store_options(config), log_options(config));
        let parts = (catalog.clone(), feed, clock, Arc::clone(&board));
        // Opening and replaying block for as long as the disk takes.
        let recovered = tokio::task::spawn_blocking(move || {
            let (catalog, feed, clock, board) = parts;
            let store = Arc::new(Store::open(&folder.join("store"), store_options)?);
            let disk = RealDisk::new(folder.join("log"))
                .map_err(|error| Fault::new(FaultCode::LogIo, format!("folder of the event log: {error}")))?;
            let (log, cut) = SegmentedLog::open(Arc::new(disk), log_options, Box::new(end_process))?;
            if cut.cut_bytes > 0 {
                tracing::warn!(
                    bytes = cut.cut_bytes,
                    "the last write before a crash was torn and has been cut off; nothing acknowledged is lost"
                );
            }
            let ports = Ports {
                log: Arc::new(log),
                checkpoints: store.clone(),
                rollups: store,
                quarantine: catalog.clone(),
                catalog,
                feed,
                counters: Arc::new(InProcessCounterBoard::default()),
                clock,
            };
            let plane = recover(ports.clone(), rules, ingest_rules)?;
            let (windows, anew) = WindowStage::open(ports.clone(), board, window_rules)?;
            if let Some(why) = anew {
                tracing::warn!(%why, events_from = %ports.log.start(), "the windows are made from the log again");
            }
            Ok::<_, Fault>((ports, plane, windows))
        });
        let (ports, plane, windows) = recovered
            .await
            .map_err(|error| Fault::internal(format!("recovering: {error}")))??;
        // Not before they are there, and before anybody can hand an event in.
        catalog.note_opened().await?;
        if plane.replayed > 0 {
            tracing::info!(
                events = plane.replayed,
                "folded events again that came after the last checkpoint"
            );
        }
        let (stop, stopped) = watch::channel(false);
        let (report, status) = watch::channel(StreamStatus::default());
        let (log, pace, runtime) = (
            ports.log.clone(),
            config.pace(),
            tokio::runtime::Handle::current(),
        );
        let stream = std::thread::Builder::new()
            .name("stream".to_owned())
            .spawn(move || runtime.block_on(run(plane.stream, log, pace, stopped, report)))
            .map_err(|error| Fault::internal(format!("starting the stream: {error}")))?;
        let (pace, stopped, runtime) = (config.pace(), stop.subscribe(), tokio::runtime::Handle::current());
        let shown = Arc::clone(&board);
        let windows = std::thread::Builder::new()
            .name("windows".to_owned())
            .spawn(move || {
                let run = || runtime.block_on(windows.run(pace.commit, pace.sync, stopped));
                let ended = catch_unwind(AssertUnwindSafe(run))
                    .unwrap_or_else(|_| Err(Fault::internal("the windows broke off in a panic")));
                // Counting goes on. Whatever stopped the windows would most likely stop them again, so nobody tries.
                ended.inspect_err(|fault| {
                    tracing::error!(%fault, "the windows stopped; a restart makes them from the log again");
                    shown.stop(fault.clone().context("the windows have stopped"));
                })
            })
            .map_err(|error| Fault::internal(format!("starting the windows: {error}")))?;
        Ok(Self {
            ports,
            board,
            windows,
            intake: plane.ingest,
            accounts: catalog.clone(),
            catalog,
            status,
            heartbeats_missed: rules.heartbeats_missed,
            out_of_order: rules.out_of_order,
            stop,
            stream,
        })
    }

    /// What the control plane stands on, and when no server ran.
    pub fn parts(&self, outages: watch::Receiver<Arc<[TimeRange]>>) -> throng_app::Parts {
        throng_app::Parts {
            catalog: self.ports.catalog.clone(),
            accounts: self.accounts.clone(),
            ways_in: self.catalog.clone(),
            rollups: self.ports.rollups.clone(),
            feed: self.ports.feed.clone(),
            board: self.board.clone(),
            counters: self.ports.counters.clone(),
            quarantine: self.ports.quarantine.clone(),
            intake: self.intake.clone(),
            clock: self.ports.clock.clone(),
            heartbeats_missed: self.heartbeats_missed,
            out_of_order: self.out_of_order,
            outages,
        }
    }

    /// Resolves when the stream ended by itself: it failed, and the process must not go on. Until then it tells of every
    /// invariant that was found broken.
    pub async fn failed(&self) {
        let mut status = self.status.clone();
        let mut told = [0; INVARIANTS.len()];
        while status.changed().await.is_ok() {
            for (invariant, told) in INVARIANTS.iter().zip(&mut told) {
                let broken = invariant.broken();
                if broken > std::mem::replace(told, broken) {
                    let (number, says) = (invariant.number, invariant.says);
                    tracing::error!(broken, "I-{number} does not hold: {says}; please report it");
                }
            }
        }
    }

    /// Closes because something else failed, which is what is told. Its threads stand on the runtime: left alone they would
    /// break off in a panic when it ends.
    pub async fn close_after(self, fault: Fault) -> Fault {
        if let Err(second) = self.close().await {
            tracing::warn!(fault = %second, "closing after a failed start");
        }
        fault
    }

    /// Folds what is left, makes a last checkpoint and closes.
    pub async fn close(self) -> Result<(), Fault> {
        self.stop.send_replace(true);
        let joined = tokio::task::spawn_blocking(move || (self.stream.join(), self.windows.join())).await;
        match joined {
            Ok((Ok(stream), Ok(windows))) => stream.and(windows),
            _ => Err(Fault::internal("the stream or the windows ended in a panic")),
        }
    }
}

/// Opens the catalogue of the data folder.
pub async fn open_catalog(config: &Config) -> Result<SqliteCatalog, Fault> {
    make_private_folder(&config.data.folder)?;
    let options = CatalogOptions {
        quarantine_entries_max: config.quarantine.entries_max,
        quarantine_bytes_max: config.quarantine.mib_max.saturating_mul(MIB),
        ..CatalogOptions::default()
    };
    SqliteCatalog::open_with(&config.data.folder.join(CATALOG), options).await
}

/// Opens the catalogue of a data folder that is there: who only looks, or changes what is there, has misspelt the name of any
/// other, and must not make it.
pub async fn open_existing_catalog(config: &Config) -> Result<SqliteCatalog, Fault> {
    let folder = &config.data.folder;
    let refused = |detail: String| Err(Fault::new(FaultCode::NoDataFolder, detail));
    if !folder.is_dir() {
        return refused(format!("there is no data folder {}", folder.display()));
    }
    if !folder.join(CATALOG).exists() {
        return refused(format!(
            "there is nothing of Throng in the folder {}",
            folder.display()
        ));
    }
    open_catalog(config).await
}

/// A log that lost the disk's word must not acknowledge anything again: only a restart can find out what is kept.
pub fn end_process(fault: &Fault) {
    tracing::error!(%fault, "the event log can no longer be trusted, the process ends so that a restart can recover");
    std::process::exit(70);
}

pub fn log_options(config: &Config) -> log::Options {
    log::Options {
        segment_bytes: config.log.segment_mib * MIB,
        queue_bytes_max: (config.log.queue_mib * MIB) as usize,
        ..log::Options::default()
    }
}

pub fn store_options(config: &Config) -> StoreOptions {
    StoreOptions {
        cache_bytes: config.store.cache_mib * MIB,
        ..StoreOptions::default()
    }
}

/// Makes the data folder readable by its owner only: it holds password hashes and the key that signs sessions.
pub fn make_private_folder(folder: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let failed = |error: std::io::Error| {
        Fault::new(
            FaultCode::StoreIo,
            format!("data folder {}: {error}", folder.display()),
        )
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(failed)
}
