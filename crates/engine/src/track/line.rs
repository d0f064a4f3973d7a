//! Counting lines: a directed segment, crossed when a step of a track goes through it from one side to the other.
//!
//! Points exactly on the line belong to neither side and are skipped: who walks along it, or stops on it and turns
//! back, has not crossed.

use super::{Point, side};
use std::collections::HashMap;

/// A directed counting line from `a` to `b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Where it begins.
    pub a: Point,
    /// Where it ends.
    pub b: Point,
}

/// Which way a line was crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// From the negative side to the positive one.
    Pos,
    /// From the positive side to the negative one.
    Neg,
}

impl Line {
    /// How far the point is from the endless line through both ends, in the units of the points.
    pub fn distance(&self, p: Point) -> f64 {
        side(self.a, self.b, p).abs() / (self.b.x - self.a.x).hypot(self.b.y - self.a.y)
    }

    /// How the step from `q` to `p` crosses this line, if it does. Both points must be off the line.
    fn crossed_by(&self, q: Point, p: Point) -> Option<Turn> {
        let (before, after) = (side(self.a, self.b, q), side(self.a, self.b, p));
        let turn = if before < 0.0 && after > 0.0 {
            Turn::Pos
        } else if before > 0.0 && after < 0.0 {
            Turn::Neg
        } else {
            return None;
        };
        // The step changed sides of the endless line; it must also pass between the two ends.
        let straddles = (side(q, p, self.a) >= 0.0) != (side(q, p, self.b) >= 0.0);
        straddles.then_some(turn)
    }
}

/// Somebody crossed a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing<Track, Time> {
    /// Who.
    pub track: Track,
    /// When he was first seen on the other side.
    pub at: Time,
    /// Where he was then.
    pub point: Point,
    /// Which way.
    pub turn: Turn,
}

/// Follows tracks and tells when they cross one line. Memory: one point a track, as long as the counter lives.
#[derive(Clone, Debug)]
pub struct LineCounter<Track> {
    line: Line,
    last: HashMap<Track, Point>,
}

impl<Track: Copy + Eq + std::hash::Hash> LineCounter<Track> {
    /// A counter that has seen nobody.
    pub fn new(line: Line) -> Self {
        Self {
            line,
            last: HashMap::new(),
        }
    }

    /// Takes the next point of a track; points of one track come in the order of time.
    pub fn observe<Time>(&mut self, track: Track, at: Time, point: Point) -> Option<Crossing<Track, Time>> {
        let s = side(self.line.a, self.line.b, point);
        // Also skips what is no number: it lies on no side.
        if s == 0.0 || s.is_nan() {
            return None;
        }
        let turn = self
            .last
            .insert(track, point)
            .and_then(|before| self.line.crossed_by(before, point))?;
        Some(Crossing {
            track,
            at,
            point,
            turn,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: Line = Line {
        a: Point::new(0.0, 0.0),
        b: Point::new(10.0, 0.0),
    };

    fn turns(line: Line, points: &[(f64, f64)]) -> Vec<Turn> {
        let mut counter = LineCounter::new(line);
        let walk = points.iter().map(|(x, y)| Point::new(*x, *y));
        walk.filter_map(|point| counter.observe(1, (), point))
            .map(|crossing| crossing.turn)
            .collect()
    }

    #[test]
    fn a_step_through_the_segment_counts_and_one_beside_it_does_not() {
        assert_eq!(turns(LINE, &[(5.0, -1.0), (5.0, 1.0)]), [Turn::Pos]);
        assert_eq!(turns(LINE, &[(5.0, 1.0), (5.0, -1.0)]), [Turn::Neg]);
        assert!(turns(LINE, &[(11.0, -1.0), (11.0, 1.0)]).is_empty());
    }

    #[test]
    fn the_distance_is_measured_at_right_angles_whatever_the_length_of_the_line() {
        // Five long, three to four; ten away at right angles, and 15 along it.
        let line = Line {
            a: Point::new(1.0, 2.0),
            b: Point::new(4.0, 6.0),
        };
        assert!((line.distance(Point::new(-7.0, 8.0)) - 10.0).abs() < 1e-9);
        assert!((line.distance(Point::new(2.0, 20.0)) - 10.0).abs() < 1e-9);
        assert_eq!(line.distance(line.b), 0.0);
    }

    #[test]
    fn points_on_the_line_are_no_side() {
        assert!(turns(LINE, &[(5.0, -1.0), (5.0, 0.0)]).is_empty(), "ends on it");
        assert!(
            turns(LINE, &[(5.0, -1.0), (5.0, 0.0), (6.0, -1.0)]).is_empty(),
            "turns back"
        );
        assert_eq!(
            turns(LINE, &[(5.0, -1.0), (5.0, 0.0), (5.0, 1.0)]),
            [Turn::Pos],
            "goes on"
        );
        assert!(turns(LINE, &[(5.0, -1.0), (f64::NAN, 1.0)]).is_empty());
    }

    #[test]
    fn tracks_do_not_mix() {
        let mut counter = LineCounter::new(LINE);
        assert!(counter.observe(1, 0, Point::new(5.0, -1.0)).is_none());
        assert!(counter.observe(2, 0, Point::new(5.0, 1.0)).is_none());
        assert!(counter.observe(1, 1, Point::new(5.0, 1.0)).is_some());
        assert!(counter.observe(2, 1, Point::new(5.0, 1.0)).is_none());
    }

    fn walks() -> impl Strategy<Value = Vec<(f64, f64)>> {
        let step = (-30i32..30, -30i32..30).prop_map(|(x, y)| (f64::from(x) / 2.0, f64::from(y) / 2.0));
        proptest::collection::vec(step, 0..40)
    }

    proptest! {
        #[test]
        fn walking_back_along_a_segment_off_the_ends_swaps_directions(walk in walks()) {
            // Shifted so that no step passes exactly through an end, where the half-open rule decides by direction.
            let line = Line { a: Point::new(-7.137, -3.271), b: Point::new(8.311, 5.619) };
            let back = Line { a: line.b, b: line.a };
            let swapped: Vec<Turn> = turns(back, &walk)
                .into_iter()
                .map(|turn| if turn == Turn::Pos { Turn::Neg } else { Turn::Pos })
                .collect();
            prop_assert_eq!(turns(line, &walk), swapped);
        }

        #[test]
        fn a_detour_on_one_side_changes_nothing(walk in walks(), at in 0usize..40) {
            let mut longer = walk.clone();
            if let Some(point) = walk.get(at) {
                longer.insert(at, *point);
            }
            prop_assert_eq!(turns(LINE, &walk), turns(LINE, &longer));
        }

        #[test]
        fn an_endless_line_is_crossed_in_turns(walk in walks()) {
            let wide = Line { a: Point::new(-1e6, 0.0), b: Point::new(1e6, 0.0) };
            let turns = turns(wide, &walk);
            prop_assert!(turns.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }
}
