//! Zones: polygons that tracks enter and leave.
//!
//! Inside is decided by the even-odd rule with half-open edges, so that of two zones that share an edge
//! exactly one claims a point on it.

use super::Point;
use std::collections::HashSet;
use std::hash::Hash;

/// A simple polygon, closed by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    corners: Vec<Point>,
}

/// What a step of a track means to a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It came in.
    Entered,
    /// It went out.
    Left,
}

impl Zone {
    /// A zone with these corners; none when there are fewer than three.
    pub fn new(corners: Vec<Point>) -> Option<Self> {
        (corners.len() >= 3).then_some(Self { corners })
    }

    /// Whether the point lies inside (even-odd rule).
    pub fn contains(&self, p: Point) -> bool {
        let next = self.corners.iter().cycle().skip(1);
        let crossed = self.corners.iter().zip(next).filter(|(a, b)| {
            // Half-open in y: a corner belongs to one of its two edges only.
            (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x
        });
        crossed.count() % 2 == 1
    }
}

/// Follows tracks through one zone. Memory: one entry for each track inside.
#[derive(Clone, Debug)]
pub struct ZoneCounter<Track> {
    zone: Zone,
    inside: HashSet<Track>,
}

impl<Track: Copy + Eq + Hash> ZoneCounter<Track> {
    /// A zone with nobody inside.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            inside: HashSet::new(),
        }
    }

    /// Takes the next point of a track. A track first seen inside has entered.
    pub fn observe(&mut self, track: Track, point: Point) -> Option<Passage> {
        if self.zone.contains(point) {
            self.inside.insert(track).then_some(Passage::Entered)
        } else {
            self.end(&track)
        }
    }

    /// The track has ended: it leaves when it was inside.
    pub fn end(&mut self, track: &Track) -> Option<Passage> {
        self.inside.remove(track).then_some(Passage::Left)
    }

    /// How many tracks are inside.
    pub fn inside(&self) -> usize {
        self.inside.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(x: f64) -> Zone {
        let corner = |dx: f64, y: f64| Point::new(x + dx, y);
        Zone::new(vec![
            corner(0.0, 0.0),
            corner(4.0, 0.0),
            corner(4.0, 4.0),
            corner(0.0, 4.0),
        ])
        .expect("four corners")
    }

    #[test]
    fn a_walk_enters_once_and_leaves_once() {
        let mut counter = ZoneCounter::new(square(0.0));
        assert_eq!(counter.observe(1, Point::new(-1.0, 2.0)), None);
        assert_eq!(counter.observe(1, Point::new(1.0, 2.0)), Some(Passage::Entered));
        assert_eq!(counter.observe(1, Point::new(2.0, 2.0)), None);
        assert_eq!(counter.inside(), 1);
        assert_eq!(counter.end(&1), Some(Passage::Left));
        assert_eq!(counter.end(&1), None);
        assert!(Zone::new(vec![Point::new(0.0, 0.0); 2]).is_none());
    }

    #[test]
    fn a_slanted_edge_is_where_its_corners_say() {
        // At a height of 5 the slope from (5, 1) to (1, 9) is at 3.
        let corners = [(1.0, 1.0), (5.0, 1.0), (1.0, 9.0)];
        let zone = Zone::new(corners.map(|(x, y)| Point::new(x, y)).to_vec()).expect("three corners");
        for (x, y, inside) in [
            (2.9, 5.0, true),
            (3.1, 5.0, false),
            (1.2, 8.5, true),
            (1.3, 8.5, false),
        ] {
            assert_eq!(zone.contains(Point::new(x, y)), inside, "{x}, {y}");
        }
    }

    proptest! {
        #[test]
        fn neighbours_never_share_a_point(x in 0i32..9, y in 0i32..4) {
            let point = Point::new(f64::from(x), f64::from(y));
            let claims = [square(0.0), square(4.0)].iter().filter(|zone| zone.contains(point)).count();
            prop_assert_eq!(claims, usize::from(x < 8));
        }

        #[test]
        fn inside_is_entered_minus_left(steps in proptest::collection::vec((0u8..4, -2i32..7, -2i32..7), 0..60)) {
            let mut counter = ZoneCounter::new(square(0.0));
            let mut balance = 0i64;
            for (track, x, y) in steps {
                match counter.observe(track, Point::new(f64::from(x), f64::from(y))) {
                    Some(Passage::Entered) => balance += 1,
                    Some(Passage::Left) => balance -= 1,
                    None => {}
                }
                prop_assert_eq!(balance, counter.inside() as i64);
            }
        }
    }
}
