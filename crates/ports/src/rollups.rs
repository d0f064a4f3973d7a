//! The rows that answers are made of.

use throng_model::row::{Row, RowKey};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// Reads rows. A read sees whole checkpoints only.
pub trait Rollups: Send + Sync {
    /// One row.
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault>;

    /// The rows of a scope by rung and range, as [`rows`](Self::rows) gives those of one, and all of one checkpoint: what is
    /// committed meanwhile is in all of them or in none. Whoever takes rungs from each other needs that.
    fn rows_together(
        &self,
        scope: &Scope,
        parts: &[(Rung, TimeRange)],
        limit: usize,
    ) -> Result<Vec<Vec<(Timestamp, Row)>>, Fault>;

    /// The rows of a scope whose buckets start inside the range, in order of time. More than `limit` rows are refused
    /// with `too_many_points`, never cut silently.
    fn rows(
        &self,
        scope: &Scope,
        rung: Rung,
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let mut parts = self.rows_together(scope, &[(rung, range)], limit)?;
        Ok(parts.pop().unwrap_or_default())
    }
}
