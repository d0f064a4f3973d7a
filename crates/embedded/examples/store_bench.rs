//! What the state store does on this machine: `cargo run --release -p throng-embedded --example store_bench -- 1000000`.
//!
//! Fills a new store with known ids, in checkpoints of 10,000 events, and asks it in batches of 10,000 for ids it does
//! not know and for ids it does, once with ids that grow with time (cameras), once with ids that are spread (files).
//! A benchmark, not a test: it prints what it measured and judges nothing.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a program for the shell"
)]

use std::time::Instant;
use throng_embedded::{Store, StoreOptions};
use throng_model::EventId;
use throng_ports::{Checkpoint, CheckpointStore};

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
}
