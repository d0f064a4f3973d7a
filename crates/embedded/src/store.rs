//! State and rollups in one LSM database (fjall): checkpoints go in whole, rows come out in order.
//!
//! Promises:
//! - a checkpoint is one atomic batch over all keyspaces; a reader sees all of it or nothing, at any moment and after
//!   any crash;
//! - committed means handed to the operating system (a killed process loses nothing), synced means on the disk;
//! - memory is bounded: [`StoreOptions::cache_bytes`] for blocks and filters, and [`WRITE_BYTES_MAX`] for what is not
//!   yet in tables, however many rows and ids there are;
//! - what cannot be decoded is a [`StoreDamaged`](throng_model::FaultCode::StoreDamaged) fault that names the key,
//!   never a panic and never a default;
//! - one process at a time: a second opening is refused.
//!
//! | keyspace | key | value |
//! |---|---|---|
//! | `rows` | see [`keys`] | version, [`Row`](throng_model::Row) in postcard |
//! | `ids` | event id, 16 bytes | fingerprint, 8 bytes big-endian |
//! | `meta` | `format` | version of this table |
//! | `meta` | `checkpoint` | version, position (8 bytes big-endian), state |
//! | `meta` | `kept/` and a name | of earlier builds: version, state; now in files of their own, see [`kept`] |
//!
//! Ids are kept for good: importing a file twice must change nothing, however much time lies between.
//!
//! All calls block. Whoever is on an async runtime calls from a blocking thread.

mod checkpoint;
mod fault;
mod kept;
mod keys;
mod rollups;
mod values;

use fault::{damaged, failed};
use fjall::config::{BloomConstructionPolicy, CompressionPolicy, FilterPolicy, FilterPolicyEntry};
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use throng_model::Fault;

/// What a store may use.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// Memory for blocks and filters read from disk, bytes. Too little shows as slow answers, never as failure.
    pub cache_bytes: u64,
    /// Disk for journals that are full, bytes, at least 64 MiB; one more is being written. They are read again at every
    /// start: 64 MiB take about half a second.
    pub journal_bytes_max: u64,
    /// Threads that move memory to tables and tables down the levels. With one, writers may have to wait for a
    /// compaction; with two they do not.
    pub worker_threads: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            journal_bytes_max: JOURNAL_BYTES_MIN,
            worker_threads: 2,
        }
    }
}

/// Smallest journal the database accepts.
const JOURNAL_BYTES_MIN: u64 = 64 << 20;

/// Memory of the keyspaces before it becomes a table. Part of the format: the database remembers them from the
/// making of the store on, so they are not options.
const ROWS_BYTES: u64 = 16 << 20;
const IDS_BYTES: u64 = 16 << 20;
const META_BYTES: u64 = 4 << 20;

/// The most memory that rows, ids and state not yet in tables can take: writers wait when four full buffers of a
/// keyspace are on their way to disk and the fifth fills. One checkpoint may go over it once, by its own size.
pub const WRITE_BYTES_MAX: u64 = 5 * (ROWS_BYTES + IDS_BYTES + META_BYTES);

/// The layout described above.
const FORMAT: &[u8] = &[1];

/// Rollup rows, known event ids and the engine's state.
#[derive(Clone)]
pub struct Store {
    path: PathBuf,
    database: Database,
    rows: Keyspace,
    ids: Keyspace,
    meta: Keyspace,
}

impl Store {
    /// Opens the store in this folder, or makes one. After a crash it finds the last whole checkpoint.
    pub fn open(path: &Path, options: StoreOptions) -> Result<Self, Fault> {
        let doing = format!("opening the store {}", path.display());
        let failed = |error| failed(&doing, error);
        let opening = || {
            Database::builder(path)
                .cache_size(options.cache_bytes)
                .max_journaling_size(options.journal_bytes_max.max(JOURNAL_BYTES_MIN))
                .worker_threads(options.worker_threads.max(1))
                .open()
        };
        // fjall 3.1 trusts the lengths in its journal before it checks the checksum over them, and panics when one was
        // damaged. Nothing of ours is behind the panic yet: the half-opened database is dropped whole.
        let database = catch_unwind(AssertUnwindSafe(opening))
            .map_err(|_| damaged(format_args!("{doing}: its journal does not decode")))?
            .map_err(failed)?;
        let keyspace =
            |name, shape: fn() -> KeyspaceCreateOptions| database.keyspace(name, shape).map_err(failed);
        let store = Self {
            rows: keyspace("rows", rows_shape)?,
            ids: keyspace("ids", ids_shape)?,
            meta: keyspace("meta", meta_shape)?,
            path: path.to_owned(),
            database,
        };
        match store.meta.get(keys::FORMAT).map_err(failed)? {
            Some(format) if &*format == FORMAT => {}
            Some(format) => {
                return Err(damaged(format_args!(
                    "the store {} has format {:?}, this build knows {FORMAT:?}",
                    path.display(),
                    &*format
                )));
            }
            None => store.meta.insert(keys::FORMAT, FORMAT).map_err(failed)?,
        }
        Ok(store)
    }

    /// Bytes on disk, journal included.
    pub fn disk_bytes(&self) -> Result<u64, Fault> {
        self.database
            .disk_space()
            .map_err(|error| failed(format_args!("measuring the store {}", self.path.display()), error))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Rows are read in ranges of neighbours and shrink well.
fn rows_shape() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(ROWS_BYTES)
        .data_block_compression_policy(CompressionPolicy::all(CompressionType::Lz4))
}

/// Ids are asked for once per event and nearly always absent: a filter of 1 in 1,000 spares the block. They hold no
/// redundancy to compress.
fn ids_shape() -> KeyspaceCreateOptions {
    let filter = FilterPolicyEntry::Bloom(BloomConstructionPolicy::FalsePositiveRate(0.001));
    KeyspaceCreateOptions::default()
        .max_memtable_size(IDS_BYTES)
        .filter_policy(FilterPolicy::all(filter))
        .data_block_compression_policy(CompressionPolicy::disabled())
}

fn meta_shape() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().max_memtable_size(META_BYTES)
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
