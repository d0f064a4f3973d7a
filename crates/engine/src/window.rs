//! Windows over the stream of events: each place in the table of windows, for every camera and every place.
//!
//! An event is put at the end of a list. A *turn* hands every camera and every place its events in the order of time, from which
//! their 10-second panes are filled, and closes what the scope's watermark has passed: panes that close are shown to the
//! operators, one file each ([`fine`], [`time`], [`session`], [`count`], [`cumulate`]), which make windows of them and give out
//! those that end.
//!
//! What is given out is a stream of additions ([`WindowResult`]): a window is the merge of everything given out under its
//! name and start, so a late event is one more addition to each window it belongs to, however long ago that ended. Nothing
//! has to be kept for it. When turns happen, and how many threads take part, does not change what is in any window; a
//! property test holds the operators to a naive model. What does depend on the turn is whether an event was in time for it
//! or is an addition: how many additions a window had, and whether one that only late events made knows its coverage.

mod arrivals;
mod chunk;
mod confidences;
mod contacts;
mod count;
mod cumulate;
mod events;
mod fine;
mod hearing;
mod latest;
mod measured;
mod observation;
mod operator;
mod order;
mod pane_sums;
mod panes;
mod prefetch;
mod recent;
mod result;
mod running;
mod scope;
mod session;
mod state;
mod stream;
mod stretch;
mod tally;
mod time;
mod turn;
mod unread;

pub use latest::Latest;
pub use measured::{Few, Measured};
pub use observation::Observation;
pub use result::{Addition, WindowResult, WindowSink};
pub use stream::Windows;
