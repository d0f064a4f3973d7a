//! Stored rows as the engine asks for them.

use throng_engine::RowSource;
use throng_model::row::{Row, RowKey};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};
use throng_ports::Rollups;

/// The rollup store, read without a limit: the engine asks for days of one scope, never for a scope's whole history.
pub(crate) struct Facts<'a>(pub &'a dyn Rollups);

impl RowSource for Facts<'_> {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        self.0.row(key)
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        self.0.rows(scope, rung, range, usize::MAX)
    }
}
