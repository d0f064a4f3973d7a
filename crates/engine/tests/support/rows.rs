//! Rows in memory.

use std::collections::BTreeMap;
use throng_engine::RowSource;
use throng_model::row::{Row, RowKey};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

#[derive(Default)]
pub struct Rows(pub BTreeMap<RowKey, Row>);

impl RowSource for Rows {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let of = |key: &&RowKey| key.scope == *scope && key.rung == rung && range.contains(key.start);
        let found = self.0.keys().filter(of);
        Ok(found.map(|key| (key.start, self.0[key].clone())).collect())
    }
}
