//! Tracks across lines and through zones: plane geometry on the coordinates as given.
//!
//! A track is what one tracker says about one person: points in the order of time. Units are the tracker's (pixels,
//! metres); nothing is scaled or smoothed, so the same input gives the same crossings everywhere.

mod line;
mod recross;
mod zone;

pub use line::{Crossing, Line, LineCounter, Turn};
pub use recross::{RecrossFilter, Steady, Verdict};
pub use zone::{Passage, Zone, ZoneCounter};

/// A point of the picture or of the floor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down in a picture, up on a floor plan.
    pub y: f64,
}

impl Point {
    /// A point.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// Which side of the directed line a->b the point lies on: positive, negative, or 0 on the line itself.
fn side(a: Point, b: Point, p: Point) -> f64 {
    (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
}
