//! The windows that are cut from the stream of events, and the one table that names them.
//!
//! Windows of time are counted from 1970 in UTC, whatever the zone: a sliding minute is the same everywhere. What follows
//! a clock on a wall (hours, days, weeks, months) is a [rung](crate::rung), and [`WindowKind::Cumulate`], which grows from
//! local midnight.

mod table;

pub use table::WindowTable;

use crate::measures::Measures;
use crate::time::{TimeRange, Timestamp};
use serde::{Deserialize, Serialize};

/// How a window is cut. All widths in microseconds and multiples of [`PANE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WindowKind {
    /// One after the other, no gap, no overlap.
    Tumbling {
        /// From start to end.
        width: i64,
    },
    /// A new one every `slide`, each `width` long: every event lies in `width / slide` of them.
    Sliding {
        /// From start to end, a multiple of `slide`.
        width: i64,
        /// From start to start.
        slide: i64,
    },
    /// As long as something happens: ends when nothing did for `gap`.
    Session {
        /// The silence that ends it.
        gap: i64,
    },
    /// So many events, then the next.
    CountTumbling {
        /// How many.
        events: u32,
    },
    /// The last so many events, a new one every `slide` events.
    CountSliding {
        /// How many, a multiple of `slide`.
        events: u32,
        /// Events from start to start.
        slide: u32,
    },
    /// Grows from local midnight: the day so far, given out every `step`.
    Cumulate {
        /// From one giving out to the next, a multiple of a minute.
        step: i64,
    },
}

impl WindowKind {
    /// The word used in configuration and API.
    pub fn as_str(self) -> &'static str {
        match self {
            WindowKind::Tumbling { .. } => "tumbling",
            WindowKind::Sliding { .. } => "sliding",
            WindowKind::Session { .. } => "session",
            WindowKind::CountTumbling { .. } => "count",
            WindowKind::CountSliding { .. } => "sliding_count",
            WindowKind::Cumulate { .. } => "cumulate",
        }
    }
}

/// One window of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The word used in configuration, API and on the screen.
    pub name: String,
    /// How it is cut.
    pub kind: WindowKind,
}

/// How something given out changes its window.
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

/// A window that ended, with everything that was added to it since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowNow {
    /// Which of the table.
    pub window: Window,
    /// From when to when. Of a session: from its first event to its last plus the gap; of a count window: from its first
    /// event to just after its last.
    pub range: TimeRange,
    /// Which window of its scope, counted from 0; of count windows only.
    pub ordinal: Option<u64>,
    /// How often something was added after it had been given out.
    pub revision: u32,
    /// How many events.
    pub events: u64,
    /// Panes in which a camera of the scope had been heard from shortly before, summed over the cameras.
    pub observed: u64,
    /// Panes there are, times cameras; 0 where the window is not about whole panes.
    pub expected: u64,
    /// What was measured.
    pub measures: Measures,
}

impl WindowNow {
    /// How much of the window was observed, 0 to 1; none where it cannot be told.
    pub fn coverage(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.observed as f64 / self.expected as f64)
    }
}
