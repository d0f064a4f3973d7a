//! A disk in memory that fails the way disks fail.
//!
//! # Fault model
//!
//! What may happen, and so what the log must survive without losing or inventing an acknowledged record:
//! - power or process stops between any two operations, or in the middle of one;
//! - only bytes that were synced, and names whose folder was synced, are sure to survive. Each other change survives wholly,
//!   not at all, or in part: a write breaks into sectors of 512 bytes of which any subset, in any order, reaches the
//!   disk, one of them torn at any byte; a file that grew may keep the new length with zeros where data is missing;
//! - any operation fails once with an I/O error. A failed write may have written any first part;
//! - a sync fails once and then lies: the changes it was to keep are never written, later syncs succeed all the same, and
//!   reads show the lost bytes until the power goes (Linux marks the pages clean after the error). Not so for names:
//!   they go through a journal, and a file system whose journal fails stops instead of going on;
//! - the disk is full: a write that would grow past the capacity writes what fits and fails;
//! - a bit flips, or a file is cut short, in what was durable. This is damage: the log must report it, not survive it.
//!
//! Not in the model: sectors that change although nobody wrote near them *and* checksums that still match, two disks
//! failing together, a file system that loses its own folder after a sync.
//!
//! Everything follows from the calls and the seeds given: the same calls give the same bytes. Operations are counted, so a
//! test can fail each of them in turn.

mod handle;
mod state;
#[cfg(test)]
mod tests;

use state::State;
pub use state::{DiskFault, Survival};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The size of what a disk writes at once. Real ones say 512 or 4,096; smaller pieces tear in more ways.
pub const SECTOR: usize = 512;

/// A faulty disk; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct FaultyDisk {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    gate: Condvar,
}

impl FaultyDisk {
    /// An empty disk of unlimited size that does not fail yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many operations were asked of the disk so far.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// How many times a file was synced with success so far.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Lets the operation after the next `skip` ones fail.
    pub fn fail_after(&self, skip: u64, fault: DiskFault) {
        let mut state = self.state();
        state.planned = Some((state.operations + skip, fault));
    }

    /// Takes a planned fault back; false when it has happened.
    pub fn forgive(&self) -> bool {
        self.state().planned.take().is_some()
    }

    /// Limits the sum of all file lengths, counted in whole sectors.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().capacity = bytes;
    }

    /// The sum of all file lengths, counted in whole sectors.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.state().used()
    }

    /// The power goes and comes back: open files and locks are void, and `survival` says what became of unsynced changes.
    pub fn crash(&self, survival: Survival) {
        self.state().crash(survival);
        self.shared.gate.notify_all();
    }

    /// The process is killed: open files and locks are void. What was written stays as it is, in the cache.
    pub fn kill(&self) {
        self.state().kill();
        self.shared.gate.notify_all();
    }

    /// Damages a durable byte.
    pub fn flip(&self, name: &str, offset: u64, mask: u8) {
        self.state().damage(name, |bytes| {
            if let Some(byte) = usize::try_from(offset).ok().and_then(|at| bytes.get_mut(at)) {
                *byte ^= mask;
            }
        });
    }

    /// Damages a file by cutting it short.
    pub fn cut(&self, name: &str, len: u64) {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        self.state().damage(name, |bytes| bytes.truncate(len));
    }

    /// Damages the folder by losing a file.
    pub fn lose(&self, name: &str) {
        self.state().lose(name);
    }

    /// What a reader would see now: all files with their bytes.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.state().files()
    }

    /// A copy with the same files, all durable, and without planned faults.
    #[must_use]
    pub fn fork(&self) -> Self {
        let copy = Self::new();
        copy.put(self.files());
        copy
    }

    /// Places durable files on the disk.
    pub fn put(&self, files: impl IntoIterator<Item = (String, Vec<u8>)>) {
        let mut state = self.state();
        for (name, bytes) in files {
            state.put(name, bytes);
        }
    }

    /// From now on every operation stops in the middle until [`release`](Self::release).
    pub fn hold(&self) {
        self.state().hold = true;
    }

    /// Waits until an operation stands still: whoever asked for it can do nothing else meanwhile.
    pub fn wait_until_held(&self) {
        let mut state = self.state();
        while state.held == 0 {
            state = self
                .shared
                .gate
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets operations go on.
    pub fn release(&self) {
        self.state().hold = false;
        self.shared.gate.notify_all();
    }
}
