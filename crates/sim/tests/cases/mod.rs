//! What the laws are tried on, and how often.

use proptest::prelude::*;
use throng_model::Timestamp;

pub fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    ])
}

/// Around nights on which the clocks change, and an ordinary one.
pub fn starts() -> impl Strategy<Value = Timestamp> {
    prop::sample::select(vec![
        "2026-03-28T12:00:00Z",
        "2026-10-24T20:00:00Z",
        "2026-04-04T10:00:00Z",
        "2026-11-23T03:00:00Z",
    ])
    .prop_map(|text| Timestamp::parse(text).unwrap())
}

/// `THRONG_SEEDS` streams for each law.
pub fn cases() -> ProptestConfig {
    let seeds = std::env::var("THRONG_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(40);
    ProptestConfig {
        cases: seeds,
        ..ProptestConfig::default()
    }
}
