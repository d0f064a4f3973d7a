//! From the database's errors to faults.

use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;
use std::fmt::Display;
use throng_model::{Fault, FaultCode};

/// The file is malformed, or is no database at all. (Primary codes 11 and 26; the rest of the code says where.)
fn is_damage(code: &str) -> bool {
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 11 | 26))
}

/// The database refused. Damage is told from failure: the first needs a backup, the second another try.
pub(super) fn failed(doing: impl Display, error: sqlx::Error) -> Fault {
    let code = match &error {
        sqlx::Error::Database(inner) => match inner.kind() {
            ErrorKind::UniqueViolation => FaultCode::AlreadyExists,
            ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
                FaultCode::InvalidRequest
            }
            _ if inner.code().is_some_and(|code| is_damage(&code)) => FaultCode::StoreDamaged,
            _ => FaultCode::CatalogIo,
        },
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => FaultCode::StoreDamaged,
        _ => FaultCode::CatalogIo,
    };
    let why = match error {
        sqlx::Error::Database(inner) => inner.message().to_owned(),
        other => other.to_string(),
    };
    Fault::new(code, why).context(doing)
}

/// A catalogue that this build cannot bring up to date was made by a newer one, or by hand.
pub(super) fn migration_failed(doing: impl Display, error: MigrateError) -> Fault {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(doing, error),
        other => Fault::new(FaultCode::StoreDamaged, other.to_string()).context(doing),
    }
}
