//! An engine with its rows in memory.

mod rows;

pub use rows::Rows;
use throng_engine::{Engine, Folded, Rules};
use throng_model::Event;
use throng_model::row::Row;
use throng_model::site::Site;

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
