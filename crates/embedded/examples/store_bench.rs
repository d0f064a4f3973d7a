//! What the state store does on this machine: `cargo run --release -p throng-embedded --example store_bench -- 1000000`.
//!
//! Fills a new store with known ids, in checkpoints of 10,000 events, and asks it in batches of 10,000 for ids it does
//! not know and for ids it does, once with ids that grow with time (cameras), once with ids that are spread (files).
//! Then it keeps 13 months of days of 100 cameras and asks for each camera's, as a chart does.
//! A benchmark, not a test: it prints what it measured and judges nothing.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a program for the shell"
)]

use std::time::Instant;
use throng_embedded::{Store, StoreOptions};
use throng_model::row::RowKey;
use throng_model::time::HOUR;
use throng_model::{EventId, Measure, Row, Rung, Scope, Summary, TimeRange, Timestamp};
use throng_ports::{Checkpoint, CheckpointStore, Rollups};

const BATCH: u64 = 10_000;

/// The `n`th id of 10,000 a second since some day, as UUID version 7 has it: time first, then noise.
fn growing(n: u64) -> EventId {
    let millis = u128::from(1_780_000_000_000 + n / 10);
    EventId::from_u128(millis << 80 | 0x7 << 76 | spread(n).as_u128() >> 64 << 2 | 0x8 << 60)
}

fn spread(n: u64) -> EventId {
    // The finaliser of MurmurHash3, twice: neighbours land anywhere.
    let mix = |mut h: u64| {
        h = (h ^ h >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h = (h ^ h >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        h ^ h >> 33
    };
    EventId::from_u128(u128::from(mix(n)) << 64 | u128::from(mix(n ^ 0x5555_5555)))
}

fn batches(
    store: &Store,
    make: fn(u64) -> EventId,
    firsts: impl Iterator<Item = u64>,
    expected: bool,
) -> f64 {
    let batches: Vec<Vec<EventId>> = firsts
        .map(|first| (first..first + BATCH).map(make).collect())
        .collect();
    let start = Instant::now();
    for batch in &batches {
        let known = store.known(batch).expect("readable");
        assert!(
            known.iter().all(|known| known.is_some() == expected),
            "the store forgot or invented an id"
        );
    }
    (batches.len() as u64 * BATCH) as f64 / start.elapsed().as_secs_f64()
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

/// A day as a busy door leaves it: crossings, and what was measured of them.
fn day_row(seed: u64) -> Row {
    let mut row = Row {
        observed: 8_640,
        ..Row::default()
    };
    for (measure, values, spread) in [
        (Measure::In, 2_000, 1),
        (Measure::Out, 2_000, 1),
        (Measure::Occupancy, 8_640, 200),
        (Measure::Confidence, 4_000, 300),
        (Measure::Latency, 4_000, 90_000),
    ] {
        let mut summary = Summary::default();
        for n in 0..values {
            summary.add(1_000 + ((n ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as i64 % spread);
        }
        row.merge_measure(measure, &summary);
    }
    row
}

fn charts() {
    const DAYS: i64 = 397;
    let folder = tempfile::tempdir().expect("folder");
    let store = Store::open(folder.path(), StoreOptions::default()).expect("opens");
    let scopes: Vec<Scope> = (0..100)
        .map(|n| Scope::Camera(format!("camera-{n}").parse().expect("id")))
        .collect();
    let key = |scope: &Scope, day| RowKey {
        scope: scope.clone(),
        rung: Rung::Day,
        start: Timestamp(day * 24 * HOUR),
    };
    for (n, scope) in scopes.iter().enumerate() {
        let rows = (0..DAYS)
            .map(|day| (key(scope, day), day_row((n as i64 * DAYS + day) as u64).into()))
            .collect();
        let checkpoint = Checkpoint {
            rows,
            ..Checkpoint::default()
        };
        store.commit(checkpoint).expect("committed");
    }
    let range = TimeRange {
        start: Timestamp(0),
        end: Timestamp::MAX,
    };
    for read in ["first", "again"] {
        let start = Instant::now();
        for scope in &scopes {
            let rows = store.rows(scope, Rung::Day, range, 10_000).expect("readable");
            assert_eq!(rows.len() as i64, DAYS);
        }
        let seconds = start.elapsed().as_secs_f64();
        let rows = 100.0 * DAYS as f64;
        println!(
            "13 months of days x 100 cameras, {read}: {:.0} ms, {:.0} rows/s",
            seconds * 1e3,
            rows / seconds
        );
    }
    println!(
        "on disk {} MiB, resident {} MiB",
        store.disk_bytes().expect("measured") >> 20,
        resident_mib()
    );
}

fn main() {
    let ids: u64 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    println!("ids          known      absent/s   present/s  commit ids/s  reopen s  disk MiB  resident MiB");
    for (name, make) in [("growing", growing as fn(u64) -> EventId), ("spread", spread)] {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path(), StoreOptions::default()).expect("opens");
        let start = Instant::now();
        for first in (0..ids).step_by(BATCH as usize) {
            let checkpoint = Checkpoint {
                position: first,
                ids: (first..first + BATCH).map(|n| (make(n), n)).collect(),
                ..Checkpoint::default()
            };
            store.commit(checkpoint).expect("committed");
        }
        let commit = ids as f64 / start.elapsed().as_secs_f64();
        store.sync().expect("synced");
        let absent = batches(&store, make, (0..100).map(|n| ids + n * BATCH), false);
        let present = batches(
            &store,
            make,
            (0..ids).step_by((ids / 50).max(BATCH) as usize),
            true,
        );
        let disk = store.disk_bytes().expect("measured") >> 20;
        let resident = resident_mib();
        drop(store);
        let start = Instant::now();
        let store = Store::open(folder.path(), StoreOptions::default()).expect("opens");
        let reopen = start.elapsed().as_secs_f64();
        drop(store);
        println!(
            "{name:<10} {ids:>9} {absent:>12.0} {present:>11.0} {commit:>13.0} {reopen:>9.2} {disk:>9} {resident:>13}"
        );
    }
    charts();
}
