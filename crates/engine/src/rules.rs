//! The few numbers the engine's judgement rests on.

use throng_model::time::{HOUR, SECOND};

/// How the engine judges time. All in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How far a camera's own events may be out of order before its watermark calls one late. A camera that buffers
    /// for a few seconds should not make revisions.
    pub out_of_order: i64,
    /// How late an event may come and still change the numbers (as a revision). Minute rows are kept at least as long.
    pub lateness: i64,
    /// The longest way from the event to its arrival that still counts as latency. What is slower was stored on the
    /// way (an import, a camera that was cut off): it is late, not slow, and would bury the real latency.
    pub latency_max: i64,
    /// A camera is silent, not idle, when it was not heard from for so many of its heartbeats.
    pub heartbeats_missed: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            out_of_order: 5 * SECOND,
            lateness: 7 * 24 * HOUR,
            latency_max: HOUR,
            heartbeats_missed: 3,
        }
    }
}
