//! How many people are inside: a conserved quantity, followed through time in the order things happened.
//!
//! Who came in goes out again. So between two moments at which a place is known to be empty, in and out must be equal,
//! and what they differ by is the error of its counters. Nothing here hides it:
//!
//! - [`level`]: raw occupancy, in minus out since the last reset, also below zero; walked through as events come.
//! - [`floor`]: a negative raw value proves missed entries, which are added from then on.
//! - [`factor`]: once a day is over, the error is shared between all its crossings, if the day allows it. If it does not, a
//!   door is probably missing, and a correction would only look right.
//! - [`reset`]: every jump of the level is a record with its reason and the old value.
//! - [`day`]: all of it for one day from reset to reset.
//! - [`live`]: the same for a day that is not over, by the factor of the same weekday before.

pub mod day;
pub mod factor;
pub mod floor;
pub mod level;
pub mod live;
pub mod reset;

pub use day::{ClosedDay, Crossings, close};
pub use level::Level;
