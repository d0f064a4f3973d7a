//! The catalogue in one SQLite file: hierarchy and keys, accounts and audit, quarantine.
//!
//! Promises:
//! - a change is on the disk when it returns (WAL with `synchronous=FULL`), or nothing of it is;
//! - changes happen one after the other on one connection (`BEGIN IMMEDIATE`), reads beside them on others;
//! - hierarchy and keys are also in memory, because every event asks for them; what is in memory is what was
//!   committed, in the order of the commits, even when the caller of a change went away in the middle of it, and a
//!   second at most behind what another process committed (see [`memory`]);
//! - the quarantine is bounded in entries and bytes ([`CatalogOptions`]), the audit log is not and never shrinks;
//! - rows that make no sense are a [`StoreDamaged`](FaultCode::StoreDamaged) fault that names them.
//!
//! Statements are standard SQL with `$1` placeholders, so that the same ones serve PostgreSQL; what is special to
//! SQLite stands in this file, in [`fault`] and in `migrations/sqlite`.

mod accounts;
mod audit;
mod counted_lines;
mod fault;
mod hierarchy;
mod keys;
pub mod lives;
mod memory;
mod opened;
mod quarantine;
mod rows;
mod ways_in;

pub use audit::AuditProof;
pub use counted_lines::CountedLine;

use fault::{failed, migration_failed};
use memory::Memory;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use throng_model::{Fault, FaultCode};
use tokio::sync::Mutex;
use tokio::time::Instant;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");

/// What a catalogue may use.
#[derive(Clone, Copy, Debug)]
pub struct CatalogOptions {
    /// Reads that can run at the same time, each with a connection of about 2 MiB.
    pub readers: u32,
    /// How often to look whether another process changed hierarchy or keys.
    pub refresh_every: Duration,
    /// Quarantined events kept. Beyond it the oldest replayed ones are removed, then the oldest.
    pub quarantine_entries_max: u64,
    /// Bytes of their bodies and reasons kept: a body may have 64 KiB, so entries alone bound nothing. What goes is the same.
    pub quarantine_bytes_max: u64,
}

impl Default for CatalogOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            refresh_every: Duration::from_secs(1),
            quarantine_entries_max: 1_000_000,
            quarantine_bytes_max: 1 << 30,
        }
    }
}

/// The catalogue. Clones share it.
#[derive(Clone)]
pub struct SqliteCatalog {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    options: CatalogOptions,
    /// One connection: SQLite writes one at a time anyway, and waiting here is fair while waiting there is not.
    writer: SqlitePool,
    readers: SqlitePool,
    /// Held from before the commit of a change to what is in memory until the memory has it. Its queue is the order of
    /// such changes.
    changing: Arc<Mutex<()>>,
    memory: RwLock<Memory>,
    /// When the file was last asked because of a key that is not in memory.
    missed: Mutex<Option<Instant>>,
}

impl SqliteCatalog {
    /// Opens the catalogue in this file, or makes one, and brings it up to date with this build.
    pub async fn open(path: &Path) -> Result<Self, Fault> {
        Self::open_with(path, CatalogOptions::default()).await
    }

    /// Opens with other limits.
    pub async fn open_with(path: &Path, options: CatalogOptions) -> Result<Self, Fault> {
        let doing = format!("opening the catalogue {}", path.display());
        let connect = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Only another process (a backup, a person with a shell) can hold the file against us.
            .busy_timeout(Duration::from_secs(5))
            // A bulk change may blow up the WAL once; it must not keep the disk for good.
            .pragma("journal_size_limit", "67108864");
        let pool = |size| {
            SqlitePoolOptions::new()
                .max_connections(size)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1)
            .connect_with(connect.clone())
            .await
            .map_err(|error| failed(&doing, error))?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|error| migration_failed(&doing, error))?;
        let readers = pool(options.readers.max(1)).connect_lazy_with(connect.read_only(true));
        let mut connection = writer.acquire().await.map_err(|error| failed(&doing, error))?;
        let memory = Memory::load(&mut connection)
            .await
            .map_err(|fault| fault.context(&doing))?;
        drop(connection);
        let catalog = Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                options,
                writer,
                readers,
                changing: Arc::default(),
                memory: RwLock::new(memory),
                missed: Mutex::default(),
            }),
        };
        memory::keep_fresh(&catalog);
        Ok(catalog)
    }

    /// Waits for what is under way and closes the file. Later calls fail.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }

    /// Runs a change of what is in memory, one after the other, each to its end even when nobody waits for it any more:
    /// a request given up between the commit and the update of the memory would leave the two different. One given up
    /// while it still waits for its turn does nothing.
    async fn in_turn<T: Send + 'static>(
        &self,
        change: impl Future<Output = Result<T, Fault>> + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = Arc::clone(&self.inner.changing).lock_owned().await;
        let to_the_end = async move {
            let changed = change.await;
            drop(turn);
            changed
        };
        tokio::spawn(to_the_end)
            .await
            .map_err(|error| Fault::internal(format!("changing the catalogue: {error}")))?
    }
}

impl Inner {
    /// Begins a change. Dropped without [`commit`], nothing of it happened.
    async fn begin(&self, doing: &'static str) -> Result<Transaction<'static, Sqlite>, Fault> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|error| failed(doing, error))
    }
}

async fn commit(transaction: Transaction<'static, Sqlite>, doing: &'static str) -> Result<(), Fault> {
    transaction.commit().await.map_err(|error| failed(doing, error))
}

/// A row that does not decode, whatever it is about.
fn damaged(what: impl fmt::Display) -> Fault {
    Fault::new(FaultCode::StoreDamaged, what.to_string())
}

impl fmt::Debug for SqliteCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteCatalog")
            .field("path", &self.inner.path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
mod tests;
