//! Where people go: in through a street door, to some shops on some floors, out again before the building closes.

use super::plan::Plan;
use crate::random::Random;
use throng_model::Timestamp;
use throng_model::time::{HOUR, MINUTE, SECOND};

/// When the doors open, after midnight.
pub const OPENS: i64 = 9 * HOUR;
/// When everybody must be out.
pub const CLOSES: i64 = 21 * HOUR;
/// Nobody comes in any more so long before closing.
const LAST_ENTRY: i64 = 10 * MINUTE;

/// Somebody passes a camera.
#[derive(Clone, Copy, Debug)]
pub struct Crossing {
    /// When.
    pub at: Timestamp,
    /// Which camera, by number.
    pub camera: usize,
    /// Whether into the place the camera watches.
    pub inwards: bool,
}

/// How busy a time of day is, 0 to 1: a lunch peak, a higher evening peak, a quiet rest.
pub fn busyness(time_of_day: i64) -> f64 {
    if !(OPENS..CLOSES - LAST_ENTRY).contains(&time_of_day) {
        return 0.0;
    }
    let hour = time_of_day as f64 / HOUR as f64;
    let bell = |centre: f64, width: f64| (-((hour - centre) / width).powi(2)).exp();
    (0.25 + 0.75 * bell(12.7, 1.6) + 0.75 * bell(17.8, 1.8)).min(1.0)
}

/// One person's way through the building.
pub fn walk(plan: &Plan, random: &mut Random, arrives: Timestamp, closes: Timestamp) -> Vec<Crossing> {
    let mut way = Way {
        crossings: Vec::new(),
        at: arrives,
        floor: 0,
    };
    way.pass(plan.street_door(random), true);
    for _ in 0..1 + random.below(4) {
        let (floor, shop) = plan.shop(random);
        let stay = 2 * MINUTE + random.exponential(9.0 * MINUTE as f64) as i64;
        // Leave time to walk back: nobody is locked in.
        if way.at.plus(stay.min(45 * MINUTE) + LAST_ENTRY) > closes {
            break;
        }
        way.change_floor(plan, random, floor);
        way.stroll(random);
        let door = plan.shop_door(shop, random);
        way.pass(door, true);
        way.at = way.at.plus(stay.min(45 * MINUTE));
        way.pass(plan.shop_door(shop, random), false);
    }
    way.change_floor(plan, random, 0);
    way.stroll(random);
    way.at = way.at.min(closes.plus(-SECOND));
    way.pass(plan.street_door(random), false);
    way.crossings
}

struct Way {
    crossings: Vec<Crossing>,
    at: Timestamp,
    floor: usize,
}

impl Way {
    fn pass(&mut self, camera: usize, inwards: bool) {
        self.crossings.push(Crossing {
            at: self.at,
            camera,
            inwards,
        });
    }

    fn stroll(&mut self, random: &mut Random) {
        self.at = self
            .at
            .plus(10 * SECOND + random.below(40 * SECOND as u64) as i64);
    }

    /// Off one floor, half a minute of escalator, onto the other.
    fn change_floor(&mut self, plan: &Plan, random: &mut Random, floor: usize) {
        if floor != self.floor {
            self.stroll(random);
            self.pass(plan.escalator(self.floor, random), false);
            self.at = self.at.plus(30 * SECOND);
            self.pass(plan.escalator(floor, random), true);
            self.floor = floor;
        }
    }
}
