//! The words of Throng.
//!
//! Everything two rooms must agree on lives here and nowhere else: ids, time, places, the canonical event, the
//! measures that are counted, the summary that carries them, and the faults that go wrong. There is no I/O here, no
//! clock, no async: the crate compiles in seconds and can be read in five minutes.
//!
//! Start with [`event`] (what comes in), [`summary`] (what a number is), [`rung`] (how time is cut) and [`row`]
//! (what is kept).

pub mod calendar;
pub mod camera;
pub mod change;
pub mod codec;
pub mod counter;
pub mod counting;
pub mod event;
pub mod fault;
pub mod flaw;
pub mod id;
pub mod invariant;
pub mod live;
pub mod measure;
pub mod measures;
pub mod pane;
pub mod place;
pub mod row;
pub mod rung;
pub mod scope;
pub mod site;
pub mod summary;
pub mod time;
pub mod user;
pub mod window;

pub use event::{Event, EventBody, EventId};
pub use fault::{Blame, Fault, FaultCode, Retry};
pub use flaw::Reason;
pub use id::{CameraId, LineId, PlaceId};
pub use measure::Measure;
pub use measures::Measures;
pub use row::Row;
pub use rung::Rung;
pub use scope::Scope;
pub use summary::Summary;
pub use time::{TimeRange, Timestamp};
