//! What windows give out.

use super::measured::Measured;
pub use throng_model::window::Addition;
use throng_model::window::Window;
use throng_model::{Scope, TimeRange};

/// One addition to one window. The window of a scope is known by its place in the table and its start, a count window
/// by its ordinal.
#[derive(Clone, Copy, Debug)]
pub struct WindowResult<'a> {
    /// Whose.
    pub scope: &'a Scope,
    /// Its place in the table.
    pub number: usize,
    /// What stands there.
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
    /// when the window was given out.
    pub observed: u64,
    /// Panes there are, times cameras that feed the scope; 0 where the result is not about whole panes.
    pub expected: u64,
    /// What was measured.
    pub measured: Measured<'a>,
}

/// Who takes the results of a turn.
pub trait WindowSink {
    /// One more addition. They come scope by scope, ascending in time for each window of a scope.
    fn take(&mut self, result: &WindowResult<'_>);
}
