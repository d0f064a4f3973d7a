//! What a seed gives: a site, a stream, and how it is cut into pieces.

use throng_engine::Rules;
use throng_model::site::Site;
use throng_model::time::MINUTE;
use throng_model::window::{Window, WindowKind, WindowTable};
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
    /// Which windows: all of [`table`], or some.
    pub table: WindowTable,
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
            table: some_of(table(), &mut random),
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

/// The default table, with counts small enough for short streams.
pub fn table() -> WindowTable {
    let window = |name: &str, kind| Window {
        name: name.to_owned(),
        kind,
    };
    let few = [
        window("count_4", WindowKind::CountTumbling { events: 4 }),
        window("count_12", WindowKind::CountTumbling { events: 12 }),
        window(
            "sliding_count_6",
            WindowKind::CountSliding { events: 6, slide: 2 },
        ),
        window(
            "sliding_count_20",
            WindowKind::CountSliding { events: 20, slide: 4 },
        ),
        window("day_by_90_minutes", WindowKind::Cumulate { step: 90 * MINUTE }),
    ];
    let default = WindowTable::default();
    let timed = default.iter().filter(|window| {
        !matches!(
            window.kind,
            WindowKind::CountTumbling { .. } | WindowKind::CountSliding { .. }
        )
    });
    WindowTable::new(timed.cloned().chain(few).collect()).unwrap()
}

/// Half of the time some windows are not wanted: what one of them needs to go on must not depend on another.
fn some_of(table: WindowTable, random: &mut Random) -> WindowTable {
    if random.happens(0.5) {
        return table;
    }
    let wanted = table.iter().filter(|_| random.happens(0.3)).cloned().collect();
    WindowTable::new(wanted).unwrap()
}
