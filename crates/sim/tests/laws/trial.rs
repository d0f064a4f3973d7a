//! What a seed gives: a site, a stream, and how it is cut into pieces.

use throng_engine::Rules;
use throng_model::site::Site;
use throng_model::{Event, Timestamp};
use throng_sim::random::Random;
use throng_sim::replay::Pace;
use throng_sim::trial::{events, site};

const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"];

/// Around nights on which clocks change, and an ordinary one.
const STARTS: [&str; 4] = [
    "2026-03-28T12:00:00Z",
    "2026-10-24T20:00:00Z",
    "2026-04-04T10:00:00Z",
    "2026-11-23T03:00:00Z",
];

/// One in three streams goes over days; most faults need a handful of events, and many short streams find them sooner.
const EVENTS_MAX: [u64; 3] = [12, 60, 250];

/// Everything a law is tried on, fully given by its seed.
pub struct Trial {
    pub site: Site,
    pub rules: Rules,
    /// Events and when they came.
    pub log: Vec<(Event, Timestamp)>,
    /// How the log is cut into pieces, by one thread.
    pub pace: Pace,
    /// For what a law chooses itself.
    pub random: Random,
}

impl Trial {
    /// The trial of a seed, with so many of its events at most.
    pub fn new(seed: u64, events_max: usize) -> Self {
        // Another stream of numbers than the events have.
        let mut random = Random::new(seed ^ 0x6c61_7773);
        let zone = one_of(&ZONES, &mut random);
        let start = Timestamp::parse(one_of(&STARTS, &mut random)).unwrap();
        let resets_at = random.below(24 * 60) as u16;
        let most = one_of(&EVENTS_MAX, &mut random);
        let count = 1 + random.below(most) as usize;
        Self {
            site: site(zone, resets_at, start),
            rules: Rules::default(),
            log: events(seed, start, count.min(events_max)),
            pace: Pace {
                step: 1 + random.below(60) as usize,
                restart: 1 + random.below(4) as usize,
                threads: 1,
            },
            random,
        }
    }
}

pub fn one_of<T: Copy>(choices: &[T], random: &mut Random) -> T {
    choices[random.below(choices.len() as u64) as usize]
}
