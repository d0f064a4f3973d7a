//! The rows that answers are made of.

use throng_model::row::{Row, RowKey};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// Reads rows. A read sees whole checkpoints only.
pub trait Rollups: Send + Sync {
    /// One row.
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault>;

    /// The rows of a scope whose buckets start inside the range, in order of time. More than `limit` rows are refused
    /// with `too_many_points`, never cut silently.
    fn rows(
        &self,
        scope: &Scope,
        rung: Rung,
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<(Timestamp, Row)>, Fault>;
}
