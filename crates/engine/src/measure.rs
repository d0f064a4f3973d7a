//! What the numbers of a place mean: one file a formula, each with its units and its source.
//!
//! Pure arithmetic on counts, lengths and levels. Where a formula has no answer (no capacity, nobody served, nothing
//! counted by hand) the answer is none, never 0 and never infinite: a screen shows "not known" for it. Results that
//! can pass their natural bound (a utilisation above 1, an accuracy below 0) are given as they are; hiding them would
//! hide the fault they point to.

pub mod accuracy;
pub mod consistency;
pub mod dwell;
pub mod efficiency;
pub mod flow;
pub mod peak_hour;
pub mod queue;
pub mod traffic;
pub mod utilisation;

/// A share of a whole; none when there is no whole.
fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}
