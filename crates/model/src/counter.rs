//! What is known of a camera's counters beside the people they count: resets, wraps, repetitions, refusals.

use crate::camera::Semantics;
use crate::event::ResetReason;
use crate::id::LineId;
use crate::time::TimeRange;

/// In, out, direction unknown.
pub type People = [u64; 3];

/// The counters of one camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountersNow {
    /// By name; only those that were heard of.
    pub counters: Vec<CounterNow>,
    /// Reports refused because the camera has more counters than are remembered. None of their people is counted.
    pub refused_counters: u64,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterNow {
    /// Its name: that of the line it counts at.
    pub counter: LineId,
    /// How it counts: cumulative or by window.
    pub semantics: Semantics,
    /// Readings that said the same again, or reports of a window that was known. Nobody is counted twice for them.
    pub said_again: u64,
    /// Reports of windows whose people are not counted, because another window counts or nothing is remembered of their time.
    pub refused: u64,
    /// What was not plain counting, oldest first, as far as it is remembered and no more than the newest
    /// [`HAPPENINGS_MAX`].
    pub happenings: Vec<Happening>,
    /// How many older ones are remembered, too.
    pub left_out: u64,
}

/// The most happenings told of one counter: a screen full. A counter that has more is broken, which the newest show as well.
pub const HAPPENINGS_MAX: usize = 100;

/// Something a counter did that was not plain counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub kind: HappeningKind,
    /// From the reading before to the one that shows it; of a window, the window.
    pub over: TimeRange,
    /// Why the counter was reset, where that was announced.
    pub reason: Option<ResetReason>,
    /// Who is counted for this time.
    pub counted: People,
    /// Who would be, were it the other thing it could be: the most or least there were, a leap believed, a refused window
    /// counted. None where nobody knows: what a counter saw between its last reading and a reset is lost.
    pub otherwise: Option<People>,
    /// The window that counts in place of a refused one.
    pub instead: Option<TimeRange>,
}

/// What a counter did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HappeningKind {
    /// It began again, or was set.
    Reset,
    /// Its register passed its end and went on from 0.
    Wrapped,
    /// Taken for wrapped; it may have been reset.
    WrappedOrReset,
    /// Taken for reset; it may have wrapped.
    ResetOrWrapped,
    /// It leapt farther than people can walk, or fell as no reset does. Nobody is counted.
    Unexplained,
    /// A window was said more than once: the last report counts.
    SaidAgain,
    /// A window overlaps one that was said first. Nobody is counted for it.
    Overlap,
}

impl HappeningKind {
    /// The word used in code, API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            HappeningKind::Reset => "reset",
            HappeningKind::Wrapped => "wrapped",
            HappeningKind::WrappedOrReset => "wrapped_or_reset",
            HappeningKind::ResetOrWrapped => "reset_or_wrapped",
            HappeningKind::Unexplained => "unexplained",
            HappeningKind::SaidAgain => "said_again",
            HappeningKind::Overlap => "overlap",
        }
    }
}
