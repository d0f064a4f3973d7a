//! How cameras fail: they miss people, go dark, hold events back, and say things twice.

use crate::random::Random;
use throng_model::Timestamp;
use throng_model::time::{MINUTE, SECOND};

/// What goes wrong, and how often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imperfections {
    /// The share of crossings nobody counts.
    pub misses: f64,
    /// The share of events that are sent twice.
    pub repeats: f64,
    /// Whether inner cameras go dark now and then.
    pub outages: bool,
    /// Whether some cameras hold events back and send them in bursts.
    pub late: bool,
}

impl Default for Imperfections {
    fn default() -> Self {
        Self {
            misses: 0.003,
            repeats: 0.01,
            outages: true,
            late: true,
        }
    }
}

/// Every so often another camera has its turn to fail.
const TURN: i64 = 10 * MINUTE;
/// And fails for the first part of its turn.
const FAILS_FOR: i64 = 4 * MINUTE;

impl Imperfections {
    /// No fault at all.
    pub const NONE: Imperfections = Imperfections {
        misses: 0.0,
        repeats: 0.0,
        outages: false,
        late: false,
    };

    pub(super) fn misses(&self, random: &mut Random) -> bool {
        random.happens(self.misses)
    }

    pub(super) fn repeats(&self, random: &mut Random) -> bool {
        random.happens(self.repeats)
    }

    /// Whether a camera is dark: one of them, for some minutes of each turn.
    pub(super) fn is_out(&self, seed: u64, camera: usize, cameras: usize, at: Timestamp) -> bool {
        self.outages && at.0.rem_euclid(TURN) < FAILS_FOR && turn(seed, at, cameras) == camera
    }

    /// How long an event takes to be sent: tens of milliseconds; or until the end of its camera's bad minute.
    pub(super) fn delay(
        &self,
        seed: u64,
        camera: usize,
        cameras: usize,
        at: Timestamp,
        random: &mut Random,
    ) -> i64 {
        let usual = (20_000.0 + random.exponential(30_000.0)) as i64;
        let held_back =
            self.late && at.0.rem_euclid(TURN) >= TURN - 2 * MINUTE && turn(seed ^ 1, at, cameras) == camera;
        if held_back {
            TURN - at.0.rem_euclid(TURN) + usual.min(SECOND)
        } else {
            usual
        }
    }
}

/// The camera whose turn it is.
fn turn(seed: u64, at: Timestamp, cameras: usize) -> usize {
    let number = at.0.div_euclid(TURN) as u64;
    Random::new(seed.rotate_left(7) ^ number).below(cameras as u64) as usize
}
