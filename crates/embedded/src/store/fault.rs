//! From the database's errors to faults.

use fjall::{Error, LsmError};
use std::fmt::Display;
use throng_model::{Fault, FaultCode};

/// Something in the store is not what was written.
pub(super) fn damaged(what: impl Display) -> Fault {
    Fault::new(FaultCode::StoreDamaged, what.to_string())
}

/// The database refused. Damage is told from failure: the first needs a backup, the second another try.
pub(super) fn failed(doing: impl Display, error: Error) -> Fault {
    let (code, why) = match error {
        Error::Locked => (
            FaultCode::StoreIo,
            "it is open already, here or in another process".to_owned(),
        ),
        Error::Poisoned => (
            FaultCode::StoreIo,
            "the disk refused an earlier write; only a restart can tell what was kept".to_owned(),
        ),
        Error::Io(error) | Error::Storage(LsmError::Io(error)) => (FaultCode::StoreIo, error.to_string()),
        Error::InvalidVersion(version) => (
            FaultCode::StoreDamaged,
            format!("database format {version:?} is not one this build reads"),
        ),
        other => (FaultCode::StoreDamaged, other.to_string()),
    };
    Fault::new(code, why).context(doing)
}
