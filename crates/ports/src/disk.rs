//! One folder of a disk, with only the operations a log needs and with their durability spelled out.
//!
//! It exists so that the real log code runs against a disk that loses power, tears writes, fills up and lies
//! (`throng-sim`). It is not a general file system: names are flat, there are no renames and no folders below.
//!
//! What survives a power cut: bytes and length of a file after [`DiskFile::sync_data`] returned, names after
//! [`Disk::sync_dir`] returned. Everything else may survive wholly, partly, in any order, or not at all.
//! A failed sync leaves unknown what is durable and must not be repeated in hope: the pages may already be marked clean.

use std::{fmt, io, sync::Arc};

/// A folder. A full disk is reported as [`io::ErrorKind::StorageFull`].
pub trait Disk: Send + Sync + fmt::Debug {
    /// The names of all files in the folder, in no order.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Creates an empty file, or empties the one of that name.
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists, for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Removes a file. Handles that are open go on reading.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes every creation and removal so far durable.
    fn sync_dir(&self) -> io::Result<()>;

    /// Takes the lock of that name for as long as the guard lives, or fails with [`io::ErrorKind::WouldBlock`] when another
    /// process (or another log in this one) holds it. The lock ends with the process, however that ends.
    fn lock(&self, name: &str) -> io::Result<Box<dyn DiskLock>>;
}

/// An open file.
pub trait DiskFile: Send + Sync + fmt::Debug {
    /// Its length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Whether it has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Fills `buffer` from `offset`, and returns how many bytes there were: fewer only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all bytes at `offset`, growing the file with zeros as needed. After an error any part may be written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file to `len` bytes.
    fn truncate(&self, len: u64) -> io::Result<()>;

    /// Makes bytes and length durable (`fdatasync`).
    fn sync_data(&self) -> io::Result<()>;
}

/// A held lock; dropping it lets go.
pub trait DiskLock: Send + Sync + fmt::Debug {}
