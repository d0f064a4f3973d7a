//! From the database's errors to faults.

use fjall::{Error, LsmError};
use std::fmt::Display;
use std::io::ErrorKind;
use throng_model::{Fault, FaultCode};

/// Something in the store is not what was written.
pub(super) fn damaged(what: impl Display) -> Fault {
    Fault::new(FaultCode::StoreDamaged, what.to_string())
}

/// The database refused. Damage is told from failure: the first needs a backup, the second another try.
pub(super) fn failed(doing: impl Display, error: Error) -> Fault {
    use FaultCode::{FolderInUse, StoreDamaged, StoreIo};
    let (code, why) = match error {
        Error::Locked => (
            FolderInUse,
            "it is open already, here or in another process".to_owned(),
        ),
        Error::Poisoned => (
            StoreIo,
            "the disk refused an earlier write; only a restart can tell what was kept".to_owned(),
        ),
        Error::Io(error) | Error::Storage(LsmError::Io(error)) => match error.kind() {
            // A file that is shorter than it says, points outside itself or is gone: the disk did what it was asked.
            ErrorKind::UnexpectedEof
            | ErrorKind::InvalidData
            | ErrorKind::InvalidInput
            | ErrorKind::NotFound => (StoreDamaged, error.to_string()),
            _ => (StoreIo, error.to_string()),
        },
        Error::Storage(LsmError::ChecksumMismatch { .. }) => (
            StoreDamaged,
            "what is on the disk does not match its checksum".to_owned(),
        ),
        Error::InvalidVersion(_) | Error::Storage(LsmError::InvalidVersion(_)) => (
            StoreDamaged,
            "the database format is not one this build reads".to_owned(),
        ),
        other => (StoreDamaged, format!("{other:?}")),
    };
    Fault::new(code, why).context(doing)
}
