//! What is counted at a scope.

use crate::fault::Fault;
use crate::flaw::Reason;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A measure. Values are fixed-point integers in [`Measure::SCALE`]ths of the unit, so that sums are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// People who crossed inwards, people per crossing.
    In,
    /// People who crossed outwards, people per crossing.
    Out,
    /// People counted by a counter that knows no direction, people per crossing.
    Pass,
    /// People inside, sampled as the time-weighted mean of each 10-second pane.
    Occupancy,
    /// The detector's own confidence of an event, 0 to 1.
    Confidence,
    /// From the event to its arrival, milliseconds.
    Latency,
    /// Length of a stay in a zone whose end was seen, seconds.
    Dwell,
    /// People waiting in a queue.
    Queue,
    /// Length of a stay in a zone as far as it was seen, seconds: it was cut, and lasted at least as long.
    DwellCut,
}

impl Measure {
    /// All measures, in the order they are stored.
    pub const ALL: [Measure; 9] = [
        Measure::In,
        Measure::Out,
        Measure::Pass,
        Measure::Occupancy,
        Measure::Confidence,
        Measure::Latency,
        Measure::Dwell,
        Measure::Queue,
        Measure::DwellCut,
    ];

    /// Milli-units: one person is 1,000.
    pub const SCALE: i64 = 1_000;

    /// The word used in code, SQL, API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::In => "in",
            Measure::Out => "out",
            Measure::Pass => "pass",
            Measure::Occupancy => "occupancy",
            Measure::Confidence => "confidence",
            Measure::Latency => "latency",
            Measure::Dwell => "dwell",
            Measure::Queue => "queue",
            Measure::DwellCut => "dwell_cut",
        }
    }

    /// The unit of one whole, for screens and documents.
    pub fn unit(self) -> &'static str {
        match self {
            Measure::In | Measure::Out | Measure::Pass | Measure::Occupancy | Measure::Queue => "people",
            Measure::Confidence => "ratio",
            Measure::Latency => "ms",
            Measure::Dwell | Measure::DwellCut => "s",
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Measure {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::ALL
            .into_iter()
            .find(|m| m.as_str() == text)
            .ok_or_else(|| Fault::invalid(Reason::NotListed, format!("measure {text:?} is unknown")))
    }
}

/// A number of whole units as the fixed-point value; rounded to the nearest milli-unit, ties away from zero.
///
/// Returns `None` for what is not a finite number or does not fit.
pub fn to_milli(units: f64) -> Option<i64> {
    let scaled = (units * Measure::SCALE as f64).round();
    // 2^53: beyond it an f64 no longer holds every integer, so the value would not be exact.
    (scaled.is_finite() && scaled.abs() <= 9_007_199_254_740_992.0).then_some(scaled as i64)
}
