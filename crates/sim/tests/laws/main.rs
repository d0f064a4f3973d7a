//! The laws: what must hold whatever cameras send, in whatever order, cut into whatever pieces.
//!
//! A law is tried on as many seeds as `THRONG_SEEDS` says. A seed gives one [`trial::Trial`], the same on every machine, and
//! whoever breaks a law is told the command that shows it again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod covered;
mod doors;
mod hierarchy;
mod law;
mod names;
mod parallel;
mod present;
mod rows;
mod silence;
mod sums;
mod trial;
mod windows;
