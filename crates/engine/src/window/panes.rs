//! Panes that are still open, or not yet handed on: few, and mostly the newest.

use super::chunk::Chunk;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Panes by number, ascending. Emptied panes keep their memory for the next ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Panes {
    panes: VecDeque<(i64, Chunk)>,
    #[serde(skip)]
    spare: Vec<Chunk>,
}

impl Panes {
    /// The pane with this number, made where there was none.
    pub fn at(&mut self, pane: i64) -> &mut Chunk {
        let place = self.panes.iter().rposition(|entry| entry.0 <= pane);
        let place = match place {
            Some(place) if self.panes.get(place).is_some_and(|entry| entry.0 == pane) => place,
            before => {
                let place = before.map_or(0, |place| place + 1);
                self.panes
                    .insert(place, (pane, self.spare.pop().unwrap_or_default()));
                place
            }
        };
        #[expect(clippy::indexing_slicing, reason = "found or made right above")]
        &mut self.panes[place].1
    }

    /// The number of the oldest pane.
    pub fn first(&self) -> Option<i64> {
        self.panes.front().map(|entry| entry.0)
    }

    /// Takes the oldest pane if it has this number.
    pub fn take(&mut self, pane: i64) -> Option<Chunk> {
        let is_it = self.first() == Some(pane);
        is_it
            .then(|| self.panes.pop_front())
            .flatten()
            .map(|entry| entry.1)
    }

    /// Takes the oldest pane.
    pub fn pop(&mut self) -> Option<(i64, Chunk)> {
        self.panes.pop_front()
    }

    /// Gives a pane's memory back.
    pub fn recycle(&mut self, mut chunk: Chunk) {
        if self.spare.len() < 8 {
            chunk.clear();
            self.spare.push(chunk);
        }
    }
}
