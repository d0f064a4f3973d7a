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
        // Nearly always the newest; many only while a long log is read again.
        let newest = self.panes.len().wrapping_sub(1);
        let found = match self.panes.back() {
            Some(last) if last.0 == pane => Ok(newest),
            Some(last) if last.0 < pane => Err(newest + 1),
            _ => self.panes.binary_search_by_key(&pane, |entry| entry.0),
        };
        let place = found.unwrap_or_else(|place| {
            let chunk = self.spare.pop().unwrap_or_default();
            self.panes.insert(place, (pane, chunk));
            place
        });
        #[expect(clippy::indexing_slicing, reason = "found or made right above")]
        &mut self.panes[place].1
    }

    /// The pane with this number.
    pub fn get_mut(&mut self, pane: i64) -> Option<&mut Chunk> {
        let place = self.panes.binary_search_by_key(&pane, |entry| entry.0).ok()?;
        self.panes.get_mut(place).map(|entry| &mut entry.1)
    }

    /// The panes from the first to before the second of these numbers.
    pub fn range(&self, first: i64, end: i64) -> impl Iterator<Item = &Chunk> + Clone {
        let later = self.panes.iter().rev();
        let later = later.take_while(move |entry| entry.0 >= first);
        later.filter(move |entry| entry.0 < end).map(|entry| &entry.1)
    }

    /// The number of the oldest pane.
    pub fn first(&self) -> Option<i64> {
        self.panes.front().map(|entry| entry.0)
    }

    /// The number of the newest pane.
    pub fn last(&self) -> Option<i64> {
        self.panes.back().map(|entry| entry.0)
    }

    /// The oldest panes, as far as they are before this number, ascending.
    pub fn before(&self, end: i64) -> impl Iterator<Item = (i64, &Chunk)> {
        let panes = self.panes.iter().take_while(move |entry| entry.0 < end);
        panes.map(|entry| (entry.0, &entry.1))
    }

    /// The same, to change them.
    pub fn before_mut(&mut self, end: i64) -> impl Iterator<Item = &mut Chunk> {
        let panes = self.panes.iter_mut().take_while(move |entry| entry.0 < end);
        panes.map(|entry| &mut entry.1)
    }

    /// Takes the oldest pane.
    pub fn pop(&mut self) -> Option<(i64, Chunk)> {
        self.panes.pop_front()
    }

    /// Forgets all panes before this number.
    pub fn recycle_before(&mut self, end: i64) {
        while self.first().is_some_and(|first| first < end) {
            if let Some((_, chunk)) = self.pop() {
                self.recycle(chunk);
            }
        }
    }

    /// Gives a pane's memory back.
    pub fn recycle(&mut self, mut chunk: Chunk) {
        if self.spare.len() < 8 {
            chunk.clear();
            self.spare.push(chunk);
        }
    }
}
