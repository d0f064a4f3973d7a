//! The 10-second pane: the only thing an event touches. Every window, rung and place is a merge of panes.

use crate::time::{MINUTE, SECOND, Timestamp};

/// The width of a pane in microseconds.
pub const PANE: i64 = 10 * SECOND;
/// Panes in a minute.
pub const PANES_PER_MINUTE: i64 = MINUTE / PANE;

/// Seconds in a pane.
pub const SECONDS_PER_PANE: u8 = (PANE / SECOND) as u8;

/// The second within its minute in which this moment lies, 0 to 59.
pub fn second_of(at: Timestamp) -> u8 {
    (at.0.rem_euclid(MINUTE) / SECOND) as u8
}

/// The number of the pane that holds this moment, counted from 1970.
pub fn pane_of(at: Timestamp) -> i64 {
    at.0.div_euclid(PANE)
}

/// The first moment of a pane.
pub fn pane_start(pane: i64) -> Timestamp {
    Timestamp(pane.saturating_mul(PANE))
}
