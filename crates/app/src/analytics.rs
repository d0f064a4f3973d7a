//! Questions about numbers: now, over time, side by side.

mod aggregated;
mod answer;
mod beyond;
mod days;
mod feeding;
mod heard_rows;
mod historical;
#[cfg(test)]
mod ladder;
mod measures;
mod occupancy;
mod open_time;
mod outages;
mod peak_hour;
mod reading;
mod realtime;
mod scope_rows;
mod silence;
mod statistics;
mod total;
mod totals;
mod windows;

pub use aggregated::{Aggregated, Group};
pub use answer::{Metric, Point, ResultState};
pub(crate) use heard_rows::HeardRows;
pub use historical::Historical;
pub use measures::{Hours, PlaceMeasure, PlaceMeasures, Unknown};
pub use occupancy::{OccupancyDay, OccupancyNow};
pub use outages::Outage;
pub(crate) use reading::Reading;
pub use realtime::{Realtime, TimeSpan};
pub use statistics::{Aggregate, BucketStatistics, Statistics, StatisticsQuestion};
pub use windows::WindowAnswer;

/// Points in one answer at most (API-5). More is refused with a hint, never cut.
pub const POINTS_MAX: usize = 10_000;
