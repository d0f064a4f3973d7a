//! The merge of the last so many chunks, kept up to date: the newest is added, the oldest taken away.
//!
//! Sums are integers, so taking away is exact. Extremes are not sums; they are looked up among the chunks that are left
//! when one of them may have gone.

use super::chunk::Chunk;
use serde::{Deserialize, Serialize};

/// A window of chunks that slides.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Running {
    sum: Chunk,
}

impl Running {
    /// A chunk more.
    pub fn add(&mut self, chunk: &Chunk) {
        self.sum.merge(chunk);
    }

    /// A chunk less; `left` are those that are still inside.
    pub fn remove<'a>(&mut self, chunk: &Chunk, left: impl Iterator<Item = &'a Chunk> + Clone) {
        self.sum.take_away(chunk, left);
    }

    /// What is inside.
    pub fn sum(&mut self) -> &mut Chunk {
        &mut self.sum
    }
}
