//! How many events a second all windows take on one core, all fields of every summary and a percentile of every row included.
//!
//! `windows_bench w5|w-all|steady|steady-all [events] [cameras] [threads]` prints one line of JSON. W5 has the five windows the
//! peers can cut, W-all the default table for a hundred zones, ten areas and a building above the cameras; steady has W5's
//! windows and the same rate at every camera, steady-all the default table, a zone for every ten of these cameras, an area for
//! every ten zones and a building for every ten areas.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark speaks at the terminal"
)]

use std::time::Instant;
use throng_engine::Rules;
use throng_engine::window::{Observation, WindowResult, WindowSink, Windows};
use throng_model::Measure;
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_sim::workload::{Crossing, Workload, apart, built, grown};

/// How often what came in is worked off, milliseconds of event time.
const TURN_MS: u32 = 60_000;

/// Adds up what it is given, so that nothing can be left out.
#[derive(Default)]
struct Sum {
    rows: u64,
    checksum: i128,
}

impl WindowSink for Sum {
    fn take(&mut self, result: &WindowResult<'_>) {
        self.rows += 1;
        result.measured.moments(|_, moments| {
            self.checksum +=
                i128::from(moments.count) + moments.sum + moments.sum_squares + moments.sum_cubes;
            self.checksum += i128::from(moments.min + moments.max);
        });
        let high = result.measured.percentile(Measure::Confidence, 0.95);
        self.checksum += i128::from(high.map_or(0, f64::to_bits));
    }
}

/// The five windows of W5, from the default table.
fn five() -> WindowTable {
    let is_timed = |window: &&Window| {
        matches!(
            window.kind,
            WindowKind::Tumbling { .. } | WindowKind::Sliding { .. }
        )
    };
    WindowTable::new(WindowTable::default().iter().filter(is_timed).cloned().collect()).expect("a table")
}

fn observation(crossing: &Crossing) -> Observation {
    let measure = if crossing.comes_in {
        Measure::In
    } else {
        Measure::Out
    };
    let people = u32::from(crossing.n) * Measure::SCALE as u32;
    Observation::new(crossing.at(), measure, people, Some(crossing.confidence), None)
}

/// Resident memory of this process in bytes; 0 where the kernel does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib * 1_024)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |place: usize, default: u64| {
        arguments
            .get(place)
            .map_or(default, |text| text.parse().expect("a number"))
    };
    let name = arguments.get(1).map_or("w5", String::as_str);
    let (events, cameras) = (number(2, 10_000_000) as usize, number(3, 1_000) as u32);
    let threads = number(4, 1) as usize;
    let (workload, site, table) = match name {
        "w-all" => (
            Workload::w_all(events, cameras),
            built(cameras),
            WindowTable::default(),
        ),
        "steady" => (Workload::steady(events, cameras), apart(cameras), five()),
        "steady-all" => (
            Workload::steady(events, cameras),
            grown(cameras),
            WindowTable::default(),
        ),
        _ => (Workload::w5(events, cameras), apart(cameras), five()),
    };
    let crossings = workload.crossings();
    let before = resident();
    let mut windows = Windows::new(&site.expect("a site"), Rules::default(), table);
    let mut sinks: Vec<Sum> = (0..threads).map(|_| Sum::default()).collect();
    let started = Instant::now();
    let mut folding = std::time::Duration::ZERO;
    for minute in crossings.chunk_by(|a, b| a.received_ms / TURN_MS == b.received_ms / TURN_MS) {
        let fold = Instant::now();
        for crossing in minute {
            windows.observe(crossing.camera as usize, observation(crossing));
        }
        folding += fold.elapsed();
        windows.turn(&mut sinks);
    }
    let took = started.elapsed().as_secs_f64();
    let kept = resident().saturating_sub(before);
    let rows: u64 = sinks.iter().map(|sink| sink.rows).sum();
    let checksum: i128 = sinks.iter().map(|sink| sink.checksum).sum();
    println!(
        "{{\"workload\":\"{name}\",\"events\":{events},\"cameras\":{cameras},\"threads\":{threads},\"seconds\":{took:.3},\
         \"events_per_second\":{:.0},\"fold_seconds\":{:.3},\"rows\":{rows},\"checksum\":\"{checksum}\",\"state_bytes\":{},\"resident_bytes\":{}}}",
        events as f64 / took,
        folding.as_secs_f64(),
        windows.save().expect("a state").len(),
        kept,
    );
}
