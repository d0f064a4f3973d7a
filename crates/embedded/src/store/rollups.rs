//! Rows out, in order of time.

use super::fault::{damaged, failed};
use super::{Store, keys, values};
use fjall::{Readable, Snapshot};
use throng_model::row::RowKey;
use throng_model::{Fault, FaultCode, Row, Rung, Scope, TimeRange, Timestamp};
use throng_ports::Rollups;

impl Rollups for Store {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        let bytes = keys::row(key);
        let value = self
            .database
            .snapshot()
            .get(&self.rows, &bytes)
            .map_err(|error| {
                failed(
                    format_args!("reading the {} row of {}", key.rung, key.scope),
                    error,
                )
            })?;
        value.map(|value| values::decode_row(&bytes, &value)).transpose()
    }

    fn rows_together(
        &self,
        scope: &Scope,
        parts: &[(Rung, TimeRange)],
        limit: usize,
    ) -> Result<Vec<Vec<(Timestamp, Row)>>, Fault> {
        let snapshot = self.database.snapshot();
        let parts = parts.iter();
        parts
            .map(|(rung, range)| self.rows_of(&snapshot, scope, *rung, *range, limit))
            .collect()
    }
}

impl Store {
    fn rows_of(
        &self,
        snapshot: &Snapshot,
        scope: &Scope,
        rung: Rung,
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let mut rows = Vec::new();
        for entry in snapshot.range(&self.rows, keys::rows(scope, rung, range)) {
            let (key, value) = entry
                .into_inner()
                .map_err(|error| failed(format_args!("reading {rung} rows of {scope}"), error))?;
            if rows.len() == limit {
                return Err(Fault::new(
                    FaultCode::TooManyPoints,
                    format!("{scope} has more than {limit} {rung} rows in the range"),
                ));
            }
            let start = keys::start(&key).ok_or_else(|| {
                damaged(format_args!(
                    "row \"{}\": the key is too short",
                    key.escape_ascii()
                ))
            })?;
            rows.push((start, values::decode_row(&key, &value)?));
        }
        Ok(rows)
    }
}
