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
//! Beside the rows, which are kept, stand the windows, which are given out as they end: tumbling, sliding, session, count
//! and the growing day, for every camera and place ([`window`]). They are cut from the same panes and remember only what
//! is still open.

pub mod aggregate;
mod booking;
mod coverage;
mod cutter;
mod desk;
mod directory;
mod engine;
mod flush;
mod inside;
mod ladder;
mod levels;
pub mod measure;
mod observed;
pub mod occupancy;
mod open;
mod pane;
mod present;
mod rules;
mod seal;
pub mod source;
mod state;
pub mod track;
pub mod window;

pub use desk::RowSource;
pub use engine::{Counts, Engine, Folded, moment_of};
pub use rules::Rules;
