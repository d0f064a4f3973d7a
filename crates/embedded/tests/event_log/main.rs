//! The segmented log on real and faulty disks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod contract;
mod damage;
mod faults;
mod fixture;
mod limits;
mod model;
mod support;
