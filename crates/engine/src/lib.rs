//! The mathematics of Throng, pure: events and stored rows in, changed rows and live numbers out.
//!
//! No clock, no disk, no network, no async, no randomness. Whoever runs the engine hands it events in the order of
//! the log ([`Engine::fold`]), now and then gives it the stored rows to work on ([`Engine::flush`]) and keeps what it
//! gives back. Everything it computes is a function of the events alone; only revisions and latencies depend on the
//! order in which they came.
//!
//! The way of an event: a [`source`] judges its time -> it touches one 10-second pane -> a flush carries the
//! changed panes up the ladder (minute, five minutes, hour, day, week, month) of its camera and of every
//! place the camera feeds -> [`occupancy`] is followed through the changed minutes -> rows.
//!
//! Tumbling windows of 1 and 5 minutes and of an hour are rungs of that ladder. The windows that are not (sliding,
//! session, count, cumulate) will each be one file in `window/`, merging the same panes.

pub mod aggregate;
mod coverage;
mod cutter;
mod desk;
mod directory;
mod engine;
mod flush;
mod ladder;
mod levels;
pub mod measure;
pub mod occupancy;
mod pane;
mod present;
mod rules;
pub mod source;
mod state;
pub mod track;
pub mod window;

pub use desk::RowSource;
pub use engine::{Counts, Engine, Folded};
pub use rules::Rules;
