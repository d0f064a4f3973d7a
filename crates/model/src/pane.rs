//! The 10-second pane: the only thing an event touches. Every window, rung and place is a merge of panes.

use crate::time::{MINUTE, SECOND, Timestamp};

/// The width of a pane in microseconds.
pub const PANE: i64 = 10 * SECOND;
/// Panes in a minute.
pub const PANES_PER_MINUTE: i64 = MINUTE / PANE;

/// The number of the pane that holds this moment, counted from 1970.
pub fn pane_of(at: Timestamp) -> i64 {
    at.0.div_euclid(PANE)
}

/// The first moment of a pane.
pub fn pane_start(pane: i64) -> Timestamp {
    Timestamp(pane.saturating_mul(PANE))
}
