//! A stretch of time with what was measured in it: a pane, or a merge of panes.

use super::observation::Observation;
use serde::{Deserialize, Serialize};
use throng_model::{Measures, Timestamp};

/// What one stretch of time holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Chunk {
    /// How many events.
    pub events: u64,
    /// The first of them; later than `last` while there is none.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// Observed panes, times cameras.
    pub observed: u64,
    /// What was measured.
    pub measures: Measures,
}

impl Default for Chunk {
    fn default() -> Self {
        Self {
            events: 0,
            first: Timestamp::MAX,
            last: Timestamp::MIN,
            observed: 0,
            measures: Measures::default(),
        }
    }
}

impl Chunk {
    pub fn is_empty(&self) -> bool {
        self.events == 0
    }

    pub fn clear(&mut self) {
        let mut measures = std::mem::take(&mut self.measures);
        measures.clear();
        *self = Self {
            measures,
            ..Self::default()
        };
    }

    pub fn pour(&mut self, observation: &Observation) {
        self.events += 1;
        self.first = self.first.min(observation.at);
        self.last = self.last.max(observation.at);
        observation.pour(&mut self.measures);
    }

    pub fn merge(&mut self, other: &Chunk) {
        self.observed += other.observed;
        if other.is_empty() {
            return;
        }
        self.events += other.events;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.measures.merge(&other.measures);
    }
}
