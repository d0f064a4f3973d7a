//! What windows give out.

use throng_model::window::Window;
use throng_model::{Measures, Scope, TimeRange, Timestamp};

/// How a result changes its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    /// The window has ended: this is what it holds.
    Closed,
    /// Events came after the window had been given out: this is what they add. A new revision.
    Late,
    /// A late event closed the gap between two sessions: the one that began at `from` is now part of this one, and what was
    /// given out under that start belongs here, too.
    Joined {
        /// The start under which it was given out before.
        from: Timestamp,
    },
}

/// One addition to one window. The window of a scope is known by its place in the table and its start, a count window
/// by its ordinal.
#[derive(Clone, Copy, Debug)]
pub struct WindowResult<'a> {
    /// Whose.
    pub scope: &'a Scope,
    /// Which place in the table.
    pub window: &'a Window,
    /// From when to when. Of a session: from its first event to its last plus the gap; of a count window: from its first
    /// event to just after its last.
    pub range: TimeRange,
    /// Which window of its scope, counted from 0; of count windows only.
    pub ordinal: Option<u64>,
    /// What it does to the window.
    pub addition: Addition,
    /// How many events are in it.
    pub events: u64,
    /// Panes in which a camera of the scope had been heard from shortly before, summed over the cameras, as far as known
    /// when the window was given out. Of how many: see [`WindowResult::expected`].
    pub observed: u64,
    /// Panes there are, times cameras that feed the scope; 0 where the result is not about whole panes.
    pub expected: u64,
    /// What was measured.
    pub measures: &'a Measures,
}

impl WindowResult<'_> {
    /// How much of the window was observed, 0 to 1; none where it cannot be told.
    pub fn coverage(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.observed as f64 / self.expected as f64)
    }
}

/// Who takes the results of a turn.
pub trait WindowSink {
    /// One more addition. They come scope by scope, ascending in time within one operator of a scope.
    fn take(&mut self, result: &WindowResult<'_>);
}
