//! What one core can do on workload W5 with no product around it: the bound our engine is held against.
//!
//! Panes of ten seconds in flat arrays, exact integer power sums to the third, all five windows of every camera, and with
//! `percentile` a log-bucket sketch of 1 % in every pane and the 95th percentile in every row. Rows go into a checksum. No
//! late data, no state store, no configuration. `bare_loop [percentile|plain] [events] [cameras]` prints one JSON object.

#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark speaks at the terminal; the bound is flat arrays whose sizes are constants"
)]

use std::hint::black_box;
use std::time::Instant;
use throng_sim::workload::{Crossing, Workload};

const PANE_MS: u32 = 10_000;
const DAY_PANES: usize = 8_640;
/// Panes kept: six make the longest window that is made of panes, and events are at most one pane behind.
const PANES: usize = 16;
/// Minutes kept: five make a window.
const MINUTES: usize = 8;
/// Buckets of 1 % from the least confidence, 0.5, to 1.
const BUCKETS: usize = 80;

type Sketch = [u32; BUCKETS];

/// What a row tells.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: u64,
    people: u64,
    least: i64,
    most: i64,
    first: i64,
    second: i128,
    third: i128,
}

impl Sums {
    fn add(&mut self, people: u8, value: i64) {
        if self.count == 0 {
            (self.least, self.most) = (value, value);
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.count += 1;
        self.people += u64::from(people);
        self.first += value;
        let square = i128::from(value) * i128::from(value);
        self.second += square;
        self.third += square * i128::from(value);
    }

    fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.count += other.count;
        self.people += other.people;
        self.first += other.first;
        self.second += other.second;
        self.third += other.third;
    }
}

/// The bucket in which the 95th percentile of so many values lies.
fn percentile(sketch: &Sketch, count: u64) -> u64 {
    let wanted = (count * 95).div_ceil(100);
    let mut seen = 0;
    for (bucket, values) in sketch.iter().enumerate() {
        seen += u64::from(*values);
        if seen >= wanted {
            return bucket as u64;
        }
    }
    0
}

/// Where rows go: counted, and mixed so that no field can be left out.
#[derive(Default)]
struct Rows {
    count: u64,
    checksum: i128,
}

impl Rows {
    fn emit(&mut self, sums: &Sums, percentile: u64) {
        if sums.count > 0 {
            self.count += 1;
            let small = sums.first + sums.least + sums.most + (sums.count + sums.people + percentile) as i64;
            self.checksum = self
                .checksum
                .wrapping_add(sums.second + sums.third + i128::from(small));
        }
    }
}

/// All windows of all cameras. Arrays of sketches are empty where none are kept.
struct Windows<const SKETCHED: bool> {
    cameras: usize,
    panes: Vec<Sums>,
    pane_sketches: Vec<Sketch>,
    /// Of the last six panes: one comes, one goes.
    sliding_sketches: Vec<Sketch>,
    minutes: Vec<Sums>,
    minute_sketches: Vec<Sketch>,
    hours: Vec<Sums>,
    hour_sketches: Vec<Sketch>,
    rows: Rows,
}

impl<const SKETCHED: bool> Windows<SKETCHED> {
    fn new(cameras: usize) -> Self {
        let sums = |each: usize| vec![Sums::default(); each * cameras];
        let sketches = |each: usize| vec![[0; BUCKETS]; if SKETCHED { each * cameras } else { 0 }];
        Self {
            cameras,
            panes: sums(PANES),
            pane_sketches: sketches(PANES),
            sliding_sketches: sketches(1),
            minutes: sums(MINUTES),
            minute_sketches: sketches(MINUTES),
            hours: sums(1),
            hour_sketches: sketches(1),
            rows: Rows::default(),
        }
    }

    fn add(&mut self, crossing: &Crossing, buckets: &[u8]) {
        let pane = (crossing.at_ms / PANE_MS) as usize;
        let slot = pane % PANES * self.cameras + crossing.camera as usize;
        self.panes[slot].add(crossing.n, i64::from(crossing.confidence));
        if SKETCHED {
            let bucket = buckets[usize::from(crossing.confidence)];
            self.pane_sketches[slot][usize::from(bucket)] += 1;
        }
    }

    /// Emits every window that ends with this pane.
    fn close(&mut self, pane: usize) {
        for camera in 0..self.cameras {
            let minute = self.slide(pane, camera);
            if pane % 6 == 5 {
                self.close_minute(pane / 6, camera, minute);
            }
        }
        // The slot of the pane that left the sliding minute is the next one to come round.
        let gone = (pane + PANES - 6) % PANES * self.cameras;
        self.panes[gone..gone + self.cameras].fill(Sums::default());
        if SKETCHED {
            self.pane_sketches[gone..gone + self.cameras].fill([0; BUCKETS]);
        }
    }

    /// The minute that ends with this pane, every ten seconds.
    fn slide(&mut self, pane: usize, camera: usize) -> (Sums, u64) {
        let slot = |pane: usize| pane % PANES * self.cameras + camera;
        let mut minute = Sums::default();
        for back in 0..6.min(pane + 1) {
            minute.merge(&self.panes[slot(pane - back)]);
        }
        let mut high = 0;
        if SKETCHED {
            let (comes, goes) = (
                &self.pane_sketches[slot(pane)],
                &self.pane_sketches[slot(pane + PANES - 6)],
            );
            let sliding = &mut self.sliding_sketches[camera];
            for bucket in 0..BUCKETS {
                sliding[bucket] = sliding[bucket] + comes[bucket] - goes[bucket];
            }
            high = percentile(sliding, minute.count);
        }
        self.rows.emit(&minute, high);
        (minute, high)
    }

    /// The tumbling minute, the five minutes that end with it, and what tumbles with those.
    fn close_minute(&mut self, number: usize, camera: usize, (minute, high): (Sums, u64)) {
        self.rows.emit(&minute, high);
        let slot = |number: usize| number % MINUTES * self.cameras + camera;
        self.minutes[slot(number)] = minute;
        if SKETCHED {
            self.minute_sketches[slot(number)] = self.sliding_sketches[camera];
        }
        let (mut five, mut sketch) = (Sums::default(), [0; BUCKETS]);
        for back in 0..5.min(number + 1) {
            five.merge(&self.minutes[slot(number - back)]);
            if SKETCHED {
                merge(&mut sketch, &self.minute_sketches[slot(number - back)]);
            }
        }
        let high = if SKETCHED {
            percentile(&sketch, five.count)
        } else {
            0
        };
        self.rows.emit(&five, high);
        if number % 5 == 4 {
            self.rows.emit(&five, high);
            self.hours[camera].merge(&five);
            if SKETCHED {
                merge(&mut self.hour_sketches[camera], &sketch);
            }
        }
        if number % 60 == 59 {
            let hour = std::mem::take(&mut self.hours[camera]);
            let mut high = 0;
            if SKETCHED {
                high = percentile(&self.hour_sketches[camera], hour.count);
                self.hour_sketches[camera] = [0; BUCKETS];
            }
            self.rows.emit(&hour, high);
        }
    }
}

fn merge(sketch: &mut Sketch, other: &Sketch) {
    for (values, more) in sketch.iter_mut().zip(other) {
        *values += more;
    }
}

fn run<const SKETCHED: bool>(crossings: &[Crossing], cameras: usize) -> (f64, Rows) {
    let bucket = |milli: usize| ((milli as f64 / 500.0).ln() / 1.01f64.ln()).max(0.0) as usize;
    let buckets: Vec<u8> = (0..=1_000)
        .map(|milli| bucket(milli).min(BUCKETS - 1) as u8)
        .collect();
    let mut windows = Windows::<SKETCHED>::new(cameras);
    let mut next = 0;
    let started = Instant::now();
    for crossing in crossings {
        // Nobody is more than three seconds behind; the peers wait ten.
        let closed = crossing.received_ms.saturating_sub(3_000) / PANE_MS;
        while next < closed as usize {
            windows.close(next);
            next += 1;
        }
        windows.add(crossing, &buckets);
    }
    // The day is over, and the sliding windows that hold its end.
    (next..DAY_PANES + 30).for_each(|pane| windows.close(pane));
    (started.elapsed().as_secs_f64(), black_box(windows.rows))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: usize| {
        arguments
            .get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let (events, cameras) = (number(1, 10_000_000), number(2, 1_000));
    let crossings = Workload::w5(events, cameras as u32).crossings();
    let (seconds, rows) = match arguments.first().map(String::as_str) {
        Some("percentile") => run::<true>(&crossings, cameras),
        _ => run::<false>(&crossings, cameras),
    };
    println!(
        "{{\"events\":{},\"cameras\":{cameras},\"seconds\":{seconds:.3},\"rows\":{},\"checksum\":{}}}",
        crossings.len(),
        rows.count,
        rows.checksum
    );
}
