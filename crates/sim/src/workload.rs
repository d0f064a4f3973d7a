//! The crossings the engine and its peers are measured with.
//!
//! Every event is one person crossing the line of one of many equally busy cameras, up to three seconds out of order. The
//! same workload gives the same crossings on every machine, so that all who are measured see the same stream.

mod csv;
mod site;
#[cfg(test)]
mod tests;

use crate::random::Random;
use throng_model::codec::derived_id;
use throng_model::event::Direction;
use throng_model::{CameraId, Event, EventBody, Fault, LineId, Timestamp};

pub use csv::write_csv;
pub use site::{apart, built, grown};

/// When the day begins: 2026-11-20T00:00:00Z.
pub const DAY: Timestamp = Timestamp(1_795_132_800_000_000);

/// How far an event may come after its neighbours, milliseconds.
const OUT_OF_ORDER_MS: u64 = 3_000;
/// How far a late event may come after its neighbours, milliseconds.
const LATE_MS: u64 = 3_600_000;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// How many crossings a camera sees on the day of W5 (ten million at a thousand cameras).
const PER_CAMERA_AND_DAY: u64 = 10_000;

/// One person, one line. Sixteen bytes: ten million of them lie in memory while they are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// When it happened, milliseconds after [`DAY`].
    pub at_ms: u32,
    /// When it arrived, milliseconds after [`DAY`]. Crossings come in this order.
    pub received_ms: u32,
    /// The camera's number.
    pub camera: u32,
    /// The detector's confidence in thousandths.
    pub confidence: u16,
    /// Whether the person came in; out otherwise.
    pub comes_in: bool,
    /// How many crossed together.
    pub n: u8,
}

impl Crossing {
    /// When it happened.
    pub fn at(&self) -> Timestamp {
        DAY.plus(i64::from(self.at_ms) * 1_000)
    }

    /// When it arrived.
    pub fn received(&self) -> Timestamp {
        DAY.plus(i64::from(self.received_ms) * 1_000)
    }
}

/// How the events spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// One day with a peak at half past twelve and a higher one at six.
    Peaks,
    /// The same rate all the time, for as long as the events last.
    Steady,
}

/// A stream of crossings, fully given by its fields.
#[derive(Clone, Debug)]
pub struct Workload {
    events: usize,
    cameras: u32,
    shape: Shape,
    late: f64,
    seed: u64,
}

impl Workload {
    /// W5: one day with its two peaks. The table of record has 10,000,000 events at 1,000 cameras.
    pub fn w5(events: usize, cameras: u32) -> Self {
        Self {
            events,
            cameras,
            shape: Shape::Peaks,
            late: 0.0,
            seed: 7,
        }
    }

    /// W-all: W5 with one event of a hundred late by up to an hour.
    pub fn w_all(events: usize, cameras: u32) -> Self {
        Self {
            late: 0.01,
            ..Self::w5(events, cameras)
        }
    }

    /// W5's mean rate, the same for every camera at every moment: what an event costs can be compared between few and
    /// many cameras only if each of them is equally busy.
    pub fn steady(events: usize, cameras: u32) -> Self {
        Self {
            shape: Shape::Steady,
            ..Self::w5(events, cameras)
        }
    }

    /// The crossings in the order they arrive.
    pub fn crossings(&self) -> Vec<Crossing> {
        let mut random = Random::new(self.seed);
        let mut moments = self.moments(&mut random);
        moments.sort_unstable();
        let crossing = |received_ms: u32| {
            let behind = if random.happens(self.late) {
                random.below(LATE_MS)
            } else {
                random.below(OUT_OF_ORDER_MS)
            };
            Crossing {
                at_ms: received_ms.saturating_sub(behind as u32),
                received_ms,
                camera: random.below(u64::from(self.cameras)) as u32,
                confidence: 500 + random.below(501) as u16,
                comes_in: random.happens(0.5),
                n: 1,
            }
        };
        moments.into_iter().map(crossing).collect()
    }

    fn moments(&self, random: &mut Random) -> Vec<u32> {
        let moment: Box<dyn Fn(&mut Random) -> u64> = match self.shape {
            Shape::Peaks => {
                let until = shares_until_each_hour();
                Box::new(move |random| {
                    let share = random.unit();
                    let hour = until.iter().position(|until| share < *until).unwrap_or(23);
                    hour as u64 * HOUR_MS + random.below(HOUR_MS)
                })
            }
            Shape::Steady => {
                let lasts =
                    self.events as u64 * DAY_MS / (PER_CAMERA_AND_DAY * u64::from(self.cameras.max(1)));
                Box::new(move |random| random.below(lasts))
            }
        };
        (0..self.events).map(|_| moment(random) as u32).collect()
    }
}

/// The share of the day's crossings that lie before the end of each hour.
fn shares_until_each_hour() -> [f64; 24] {
    let peak = |hour: f64, at: f64, width: f64| (-((hour - at) / width).powi(2)).exp();
    let mut sum = 0.0;
    let sums: [f64; 24] = std::array::from_fn(|hour| {
        let hour = hour as f64;
        sum += peak(hour, 12.5, 2.5) + 1.2 * peak(hour, 18.0, 2.0) + 0.02;
        sum
    });
    sums.map(|until| until / sum)
}

/// Turns crossings into the events a camera would have sent.
#[derive(Clone, Debug)]
pub struct Reporter {
    cameras: Vec<CameraId>,
    line: LineId,
}

impl Reporter {
    /// For cameras `camera-0`, `camera-1` and so on.
    pub fn new(cameras: u32) -> Result<Self, Fault> {
        Ok(Self {
            cameras: (0..cameras).map(site::camera_id).collect::<Result<_, _>>()?,
            line: LineId::new("main")?,
        })
    }

    /// The event of a crossing; none when it is not from one of these cameras. `number` makes its id.
    pub fn event(&self, crossing: &Crossing, number: u64) -> Option<Event> {
        Some(Event {
            id: derived_id(crossing.at(), &["workload", &number.to_string()]),
            camera: self.cameras.get(crossing.camera as usize)?.clone(),
            boot: None,
            seq: None,
            at: crossing.at(),
            sent: None,
            confidence: Some(crossing.confidence),
            body: EventBody::Line {
                line: self.line.clone(),
                dir: if crossing.comes_in {
                    Direction::In
                } else {
                    Direction::Out
                },
                n: u32::from(crossing.n),
            },
            rest: Box::from(""),
        })
    }
}
