//! An engine with its rows in memory.

use std::collections::BTreeMap;
use throng_engine::{Engine, Folded, RowSource, Rules};
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::{Event, Fault, Rung, Scope, TimeRange, Timestamp};

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

pub struct Run {
    pub engine: Engine,
    pub rows: Rows,
}

impl Run {
    pub fn new(site: &Site) -> Self {
        Self {
            engine: Engine::new(site, Rules::default()),
            rows: Rows::default(),
        }
    }

    /// Folds in this order, as if each had arrived at once, and flushes.
    pub fn hears(&mut self, events: Vec<Event>) -> Vec<Folded> {
        let folded = events
            .iter()
            .map(|event| self.engine.fold(event, event.at))
            .collect();
        for (key, row) in self.engine.flush(&self.rows).expect("flushes") {
            self.rows.0.insert(key, Row::clone(&row));
        }
        folded
    }
}
