//! Small sites and nasty streams for laws: bursts, silences, late events, equal moments, clocks that are ahead, memberships that
//! change.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "made up for tests, from constants that are valid"
)]

use crate::random::Random;
use throng_model::camera::{Camera, Line, Membership, Semantics};
use throng_model::event::{Cut, Direction, OccTarget, ResetReason, ResetTarget};
use throng_model::pane::PANE;
use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, LineId, PlaceId, TimeRange, Timestamp};

/// Events of a crowd: enough for windows to keep sums of its pane in place of each event.
const CROWD: usize = 120;

/// A counter's register has so many values: few enough to wrap before it is set back.
const COUNTER_VALUES: u64 = 600;

fn place(id: &str, kind: PlaceKind, parent: Option<&str>, zone: &str, resets_at: u16) -> Place {
    let id = PlaceId::new(id).expect("valid");
    let parent = parent.map(|parent| PlaceId::new(parent).expect("valid"));
    Place {
        name: id.to_string(),
        id,
        kind,
        parent,
        time_zone: zone.to_owned(),
        capacity: None,
        resets_at,
        calendar: None,
        counting: Default::default(),
    }
}

/// Two zones of one area, five cameras: a street door, an inner door that seldom says anything, one that looks into both zones,
/// one that moves and looks into both for some hours, one with counters.
pub fn site(zone: &str, resets_at: u16, start: Timestamp) -> Site {
    let places = vec![
        place("org", PlaceKind::Organisation, None, zone, resets_at),
        place("house", PlaceKind::Building, Some("org"), zone, resets_at),
        place("floor", PlaceKind::Area, Some("house"), zone, resets_at),
        place("left", PlaceKind::Zone, Some("floor"), zone, resets_at),
        place("right", PlaceKind::Zone, Some("floor"), zone, 0),
    ];
    let member = |zone: &str, boundary, since, until| Membership {
        zone: PlaceId::new(zone).expect("valid"),
        boundary,
        since,
        until,
    };
    let camera = |id: &str, memberships| Camera {
        id: CameraId::new(id).expect("valid"),
        name: id.to_owned(),
        lines: Vec::new(),
        memberships,
        heartbeat_s: 30,
        registered: None,
    };
    let moved = start.plus(26 * HOUR);
    let mut cameras = vec![
        // Registered in the middle of it: what it tells of earlier holds as well.
        Camera {
            registered: Some(start.plus(20 * HOUR)),
            ..camera(
                "street",
                vec![member("left", PlaceKind::Organisation, None, None)],
            )
        },
        // Silent for up to an hour and a half: its minutes leave the desk long before coverage has done with them.
        Camera {
            heartbeat_s: 1_800,
            ..camera("inner", vec![member("right", PlaceKind::Zone, None, None)])
        },
        camera(
            "both",
            vec![
                member("left", PlaceKind::Area, None, None),
                member("right", PlaceKind::Area, None, None),
            ],
        ),
        camera(
            "mover",
            vec![
                member("left", PlaceKind::Building, None, Some(moved.plus(9 * HOUR))),
                member("right", PlaceKind::Building, Some(moved), None),
            ],
        ),
    ];
    cameras.push(Camera {
        lines: vec![
            Line {
                semantics: Some(Semantics::Cumulative),
                wraps_at: Some(COUNTER_VALUES),
                ..Line::new(LineId::new("total").expect("valid"), "Total")
            },
            Line::new(LineId::new("plain").expect("valid"), "Never set back"),
            Line::new(LineId::new("main").expect("valid"), "Main"),
        ],
        ..camera("counter", vec![member("left", PlaceKind::Building, None, None)])
    });
    Site::new(places, cameras).expect("valid")
}

const CAMERAS: [&str; 5] = ["street", "inner", "both", "mover", "counter"];

/// A stream of a few days: bursts, silences, heartbeats, windows, late events, equal moments, clocks that are ahead.
pub fn events(seed: u64, start: Timestamp, count: usize) -> Vec<(Event, Timestamp)> {
    let mut random = Random::new(seed);
    let mut clock = start;
    let mut counted: Vec<(&str, TimeRange)> = Vec::new();
    // In every third stream the clock of one camera is ahead, as far as the doors let it.
    let fast = CAMERAS[random.below(5) as usize];
    let ahead = if random.happens(0.3) {
        random.below(5 * MINUTE as u64) as i64
    } else {
        0
    };
    // In every second stream that is long enough a crowd passes one camera at once.
    let crowd = match count.checked_sub(CROWD) {
        Some(room) if random.happens(0.5) => random.below(room as u64 + 1) as usize,
        _ => count,
    };
    let crowd = crowd..crowd + CROWD;
    let crowded = CAMERAS[random.below(5) as usize];
    (0..count)
        .map(|number| {
            let in_crowd = crowd.contains(&number);
            clock = clock.plus(match random.below(20) {
                _ if in_crowd => random.below(5_000) as i64,
                0 => random.below(5 * HOUR as u64) as i64,
                1..=4 => random.below(10 * MINUTE as u64) as i64,
                _ => random.below(20 * SECOND as u64) as i64,
            });
            let back = match random.below(12) {
                0 => random.below(40 * HOUR as u64) as i64,
                1 => random.below(3 * MINUTE as u64) as i64,
                _ => random.below(4 * SECOND as u64) as i64,
            };
            let camera = match random.below(6) {
                1.. if in_crowd => crowded,
                _ => CAMERAS[random.below(5) as usize],
            };
            let ahead = if camera == fast { ahead } else { 0 };
            let at = Timestamp((clock.0 - back + ahead).max(start.0) / 1_000 * 1_000);
            let line = LineId::new("main").expect("valid");
            let body = match random.below(16) {
                0 | 15 if ["inner", "street", "both"].contains(&camera) => inside(&mut random, camera),
                0..=10 if camera == "counter" => reading(&mut random, start, at),
                0..=4 => EventBody::Line {
                    line,
                    dir: Direction::In,
                    n: 1 + random.below(3) as u32,
                },
                5..=9 => EventBody::Line {
                    line,
                    dir: Direction::Out,
                    n: 1 + random.below(3) as u32,
                },
                10 => EventBody::Line {
                    line,
                    dir: Direction::Unknown,
                    n: 1,
                },
                11 => {
                    // The one it counts for: the doors take no other.
                    let zone = if camera == "inner" { "right" } else { "left" };
                    let zone = PlaceId::new(zone).expect("valid");
                    let dwell_ms = Some(random.below(600_000) as u32);
                    if random.happens(0.3) {
                        EventBody::ZoneCut {
                            zone,
                            dwell_ms,
                            cut: Cut::TrackEnd,
                        }
                    } else {
                        EventBody::ZoneOut { zone, dwell_ms }
                    }
                }
                12 => {
                    let again = counted.iter().rev().find(|(known, _)| *known == camera);
                    let over = match again {
                        Some((_, over)) if random.happens(0.4) => *over,
                        _ => window(&mut random, at),
                    };
                    counted.push((camera, over));
                    EventBody::Count {
                        counter: line,
                        over,
                        people_in: random.below(9) as u32,
                        people_out: random.below(9) as u32,
                        people_pass: random.below(3) as u32,
                    }
                }
                _ => EventBody::Beat,
            };
            let confidence = random.happens(0.5).then(|| random.below(1_000) as u16);
            let id = throng_model::EventId::from_u128(u128::from(seed) << 64 | number as u128);
            let event = Event {
                id,
                camera: CameraId::new(camera).expect("valid"),
                boot: None,
                seq: None,
                at,
                sent: random
                    .happens(0.3)
                    .then(|| at.plus(random.below(HOUR as u64) as i64 / 1_000 * 1_000)),
                confidence,
                body,
                rest: Box::from(""),
            };
            (event, clock.plus(random.below(SECOND as u64) as i64))
        })
        .collect()
}

/// A window on the clock, or one that is off by a part of it and overlaps others; a pane, a minute, or more.
fn window(random: &mut Random, at: Timestamp) -> TimeRange {
    let width = [PANE, MINUTE, 30 * MINUTE, HOUR, 90 * SECOND][random.below(5) as usize];
    let off = if random.happens(0.2) { width / 2 } else { 0 };
    let start = Timestamp(at.0.div_euclid(width) * width - off);
    TimeRange {
        start,
        end: start.plus(width),
    }
}

/// What a counter says that gains a person in every 37 s and one out every 41 s, is set back every nine hours and wraps in
/// between; now and then it is set back by hand, or says what no counter says.
fn reading(random: &mut Random, start: Timestamp, at: Timestamp) -> EventBody {
    let counter = LineId::new("total").expect("valid");
    if random.happens(0.05) {
        return EventBody::Reset {
            target: ResetTarget::Counter(counter),
            to: 0,
            reason: ResetReason::Manual,
        };
    }
    let turns = at.since(start) / (9 * HOUR);
    let since = start.plus(turns * 9 * HOUR);
    let passed = at.since(since) as u64;
    let read = |every: i64| Some(passed / (every * SECOND) as u64 % COUNTER_VALUES);
    let nonsense = random.happens(0.03).then(|| random.below(1 << 16));
    EventBody::Total {
        counter,
        since: random.happens(0.7).then_some(since),
        people_in: nonsense.or(read(37)),
        people_out: read(41),
        value: None,
    }
}

/// How many are inside: of the zone a camera looks into, or, set by a device, of the place whose door it watches. One camera speaks of
/// what two others speak of as well.
fn inside(random: &mut Random, camera: &str) -> EventBody {
    let people = random.below(8) as u32;
    let place = |id| PlaceId::new(id).expect("valid");
    if camera == "inner" || camera == "both" && random.happens(0.5) {
        return EventBody::Occ {
            of: OccTarget::Zone(place("right")),
            n: people,
        };
    }
    EventBody::Reset {
        target: ResetTarget::Place(place(["left", "house"][random.below(2) as usize])),
        to: people,
        reason: ResetReason::Device,
    }
}

/// The same events in another order.
pub fn shuffled(events: &[(Event, Timestamp)], seed: u64) -> Vec<(Event, Timestamp)> {
    let mut shuffled = events.to_vec();
    let mut random = Random::new(seed);
    for place in (1..shuffled.len()).rev() {
        shuffled.swap(place, random.below(place as u64 + 1) as usize);
    }
    shuffled
}
