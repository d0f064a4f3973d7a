//! What every kind of window can do, and where the kinds are listed.

use super::chunk::Chunk;
use super::observation::Observation;
use super::recent::Recent;
use super::result::{Addition, WindowResult, WindowSink};
use super::stream::Feeding;
use super::{count, cumulate, fine, session, time};
use crate::cutter::Cutter;
use serde::Serialize;
use serde::de::DeserializeOwned;
use throng_model::pane::PANE;
use throng_model::window::WindowTable;
use throng_model::{Fault, FaultCode, Scope, TimeRange};

/// The operators of one scope, in the order of [`KINDS`].
pub(crate) type Operators = Vec<Box<dyn Operator>>;

/// The kinds of windows: each makes the operators for those places of the table it can cut. A new kind is one file and one
/// line here.
const KINDS: [fn(&Plan<'_>) -> Operators; 5] = [
    fine::build,
    time::build,
    session::build,
    count::build,
    cumulate::build,
];

/// What the operators of a scope are made for.
pub(crate) struct Plan<'a> {
    /// Which windows.
    pub table: &'a WindowTable,
    /// Of what scope.
    pub source: Source,
    /// How much older than its camera's watermark an event may be.
    pub lateness: i64,
}

/// Where a scope's events come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From a camera, one by one.
    Camera,
    /// From cameras, as panes.
    Place,
}

/// A pane that closes.
pub(crate) struct Closing<'a> {
    /// Its number.
    pub pane: i64,
    /// What it holds.
    pub chunk: &'a Chunk,
    /// The latest events up to its end; of places none.
    pub recent: &'a Recent,
}

/// The operators of one scope.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    KINDS.iter().flat_map(|kind| kind(plan)).collect()
}

/// Cuts windows of one scope out of its panes or its events.
pub(crate) trait Operator: Send {
    /// The next pane closed. Comes for every pane, one after the other, also for those without events, as long as one of
    /// the last [`Operator::reach`] held any.
    fn pane(&mut self, closing: &Closing<'_>, give: &mut Give<'_>);

    /// Events came for a pane before `closed_to`, the first that is not closed.
    fn late(&mut self, pane: i64, closed_to: i64, late: &Chunk, give: &mut Give<'_>);

    /// Panes are left out: nothing happened for as long as this operator [reaches](Operator::reach). Cameras may have been
    /// observed.
    fn jump(&mut self) {}

    /// The next event, in the order of [`super::scope`]'s queue; only where [`Operator::counts`].
    fn event(&mut self, _observation: &Observation, _give: &mut Give<'_>) {}

    /// Whether it wants single events.
    fn counts(&self) -> bool {
        false
    }

    /// For how many panes after an event it must go on hearing of panes.
    fn reach(&self) -> i64;

    /// Appends its state.
    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault>;

    /// Takes its state from the front of the bytes.
    fn restore(&mut self, from: &mut &[u8]) -> Result<(), Fault>;
}

/// Where an operator puts what it has to give, with what is known about its scope.
pub(crate) struct Give<'a> {
    pub scope: &'a Scope,
    pub table: &'a WindowTable,
    pub cutter: &'a mut Cutter,
    /// The cameras that feed the scope, and when.
    pub fed_by: &'a [Feeding],
    /// Room to sum up what is given out.
    pub room: &'a mut Chunk,
    pub sink: &'a mut dyn WindowSink,
}

impl Give<'_> {
    /// A window of whole panes ended. One without events is not given out: silence is told by coverage, not by zeros.
    pub fn closed(&mut self, window: usize, range: TimeRange, chunk: &Chunk) {
        if !chunk.is_empty() {
            self.room.clear();
            self.room.merge(chunk);
            self.summed_up(window, range);
        }
    }

    /// The same of a window that is kept as a sum.
    pub fn closed_sum(&mut self, window: usize, range: TimeRange, sum: &mut Chunk) {
        if !sum.is_empty() {
            let expected = self.expected(range);
            put(
                self.sink,
                self.table,
                self.scope,
                (window, range, None, Addition::Closed, expected),
                sum,
            );
        }
    }

    /// Sums up events for windows that will be given out with [`Give::summed_up`].
    pub fn sum_up(&mut self, events: &[Observation], observed: u64) {
        self.room.clear();
        self.room.sum(events);
        self.room.observed = observed;
    }

    /// A window of whole panes that holds what was just summed up.
    pub fn summed_up(&mut self, window: usize, range: TimeRange) {
        let expected = self.expected(range);
        put(
            self.sink,
            self.table,
            self.scope,
            (window, range, None, Addition::Closed, expected),
            self.room,
        );
    }

    /// Any other addition.
    pub fn give(&mut self, window: usize, range: TimeRange, addition: Addition, chunk: &Chunk) {
        self.room.clear();
        self.room.merge(chunk);
        put(
            self.sink,
            self.table,
            self.scope,
            (window, range, None, addition, 0),
            self.room,
        );
    }

    /// A window of events is full.
    pub fn counted(&mut self, window: usize, ordinal: u64, sum: &mut Chunk) {
        let range = TimeRange {
            start: sum.first,
            end: sum.last.plus(1),
        };
        put(
            self.sink,
            self.table,
            self.scope,
            (window, range, Some(ordinal), Addition::Closed, 0),
            sum,
        );
    }

    /// Panes there are in a range, times the cameras that feed the scope when they begin.
    fn expected(&self, range: TimeRange) -> u64 {
        let panes = |feeding: &Feeding| {
            let from = range.start.max(feeding.over.start).0;
            let to = range.end.min(feeding.over.end).0;
            let first = -(-from).div_euclid(PANE);
            let end = -(-to).div_euclid(PANE);
            (end - first).max(0) as u64
        };
        self.fed_by.iter().map(panes).sum()
    }
}

/// Hands one result to the sink.
fn put(
    sink: &mut dyn WindowSink,
    table: &WindowTable,
    scope: &Scope,
    (window, range, ordinal, addition, expected): (usize, TimeRange, Option<u64>, Addition, u64),
    chunk: &mut Chunk,
) {
    let number = window;
    let Some(window) = table.get(number) else {
        return;
    };
    sink.take(&WindowResult {
        scope,
        number,
        window,
        range,
        ordinal,
        addition,
        events: chunk.events,
        observed: if expected > 0 { chunk.observed } else { 0 },
        expected,
        measures: chunk.measures(),
    });
}

/// Appends one part of a state.
pub(crate) fn save(state: &impl Serialize, into: &mut Vec<u8>) -> Result<(), Fault> {
    let bytes = postcard::to_stdvec(state)
        .map_err(|error| Fault::internal(format!("encoding the state of a window: {error}")))?;
    into.extend_from_slice(&bytes);
    Ok(())
}

/// Takes one part of a state.
pub(crate) fn restore<T: DeserializeOwned>(from: &mut &[u8]) -> Result<T, Fault> {
    let (state, rest) = postcard::take_from_bytes(from)
        .map_err(|error| Fault::new(FaultCode::StoreDamaged, format!("state of a window: {error}")))?;
    *from = rest;
    Ok(state)
}
