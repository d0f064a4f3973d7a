//! What every kind of window can do, and where the kinds are listed.

use super::chunk::Chunk;
use super::measured::{Few, Measured};
use super::observation::Observation;
use super::result::{Addition, WindowResult, WindowSink};
use super::stream::Feeding;
use super::stretch::Stretch;
use super::{count, cumulate, fine, session, time};
use crate::cutter::Cutter;
use serde::Serialize;
use serde::de::DeserializeOwned;
use throng_model::pane::PANE;
use throng_model::window::WindowTable;
use throng_model::{Fault, FaultCode, Measures, Scope, TimeRange, Timestamp};

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
    /// From the cameras that feed it.
    Place,
}

/// Events that came for a pane when it was closed.
pub(crate) struct Late<'a> {
    /// Its number.
    pub pane: i64,
    /// The first pane that is not closed.
    pub closed_to: i64,
    /// The events.
    pub chunk: &'a Chunk,
    /// What they measured, all of it.
    pub sums: &'a Measures,
}

/// The operators of one scope.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    KINDS.iter().flat_map(|kind| kind(plan)).collect()
}

/// Cuts windows of one scope out of its panes or its events.
pub(crate) trait Operator: Send {
    /// The next panes closed. Every pane comes, one after the other, also those without events, as long as one of the last
    /// [`Operator::reach`] held any.
    fn close(&mut self, stretch: &Stretch<'_>, give: &mut Give<'_>);

    /// Events came for a pane that is closed.
    fn late(&mut self, late: &Late<'_>, give: &mut Give<'_>);

    /// Panes are left out: nothing happened for as long as this operator [reaches](Operator::reach). Cameras may have been
    /// observed.
    fn jump(&mut self) {}

    /// The next events, in the order of [`super::scope`]'s queue; only where [`Operator::counts`].
    fn events(&mut self, _observations: &[Observation], _give: &mut Give<'_>) {}

    /// Whether it wants single events.
    fn counts(&self) -> bool {
        false
    }

    /// For how many panes after an event it must go on hearing of panes.
    fn reach(&self) -> i64;

    /// Of how many panes of a camera it asks for the sums of their single events.
    fn looks_back(&self) -> i64 {
        0
    }

    /// Asks for what it begins a turn with.
    fn prefetch(&self) {}

    /// Appends its state.
    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault>;

    /// Takes its state from the front of what was saved. False where an older version did not keep all that its windows are made
    /// of now: then all windows are made from the log again.
    fn restore(&mut self, from: &mut Saved<'_>) -> Result<bool, Fault>;
}

/// The saved states of the operators of one scope.
pub(crate) struct Saved<'a> {
    /// Of the windows' memory they stand in.
    pub version: u8,
    pub table: &'a WindowTable,
    /// What has not been taken yet.
    pub bytes: &'a [u8],
}

/// What an operator works with: where it puts what it has to give, and room to work in.
pub(crate) struct Give<'a> {
    pub out: Out<'a>,
    pub cutter: &'a mut Cutter,
    pub room: &'a mut Room,
}

/// What is made and forgotten again for every scope: kept by the thread, so that it needs no memory anew.
#[derive(Default)]
pub(crate) struct Room {
    pub sums: Measures,
    pub chunk: Chunk,
    pub whole: Chunk,
    pub ready: Vec<Observation>,
    /// By pane of a stretch: in how many cameras it was observed.
    pub observed: Vec<u64>,
    pub due: fine::Due,
}

/// Who feeds a scope.
#[derive(Clone, Copy)]
pub(crate) enum Feeders<'a> {
    /// A camera always feeds itself.
    Itself {
        /// From when on it is missed where it is silent.
        missed_from: Timestamp,
    },
    /// Cameras feed a place, each for a time.
    Cameras {
        fed_by: &'a [Feeding],
        /// The same, by number of a camera.
        missed_from: &'a [Timestamp],
        /// When all of them feed it, and are missed.
        all: TimeRange,
    },
}

impl<'a> Feeders<'a> {
    /// Those of a place.
    pub fn cameras(fed_by: &'a [Feeding], missed_from: &'a [Timestamp]) -> Self {
        let of = |camera: usize| missed_from.get(camera).copied().unwrap_or(Timestamp::MIN);
        let from = fed_by
            .iter()
            .map(|feeding| feeding.over.start.max(of(feeding.camera)));
        let until = fed_by.iter().map(|feeding| feeding.over.end);
        let all = TimeRange {
            start: from.max().unwrap_or(Timestamp::MIN),
            end: until.min().unwrap_or(Timestamp::MAX),
        };
        Self::Cameras {
            fed_by,
            missed_from,
            all,
        }
    }
}

/// Where results go, with what is known about their scope.
pub(crate) struct Out<'a> {
    pub scope: &'a Scope,
    pub table: &'a WindowTable,
    pub feeders: Feeders<'a>,
    pub sink: &'a mut dyn WindowSink,
}

impl Give<'_> {
    /// A window of whole panes ended. One without events is not given out: silence is told by coverage, not by zeros.
    pub fn closed(&mut self, window: usize, range: TimeRange, sum: &mut Chunk) {
        if !sum.is_empty() {
            let (events, observed) = (sum.events, sum.observed);
            let what = What::of(window, range, Addition::Closed);
            self.out
                .put(what.whole_panes(observed), events, Measured::Sums(sum.measures()));
        }
    }

    /// A window that is not one of whole panes ended.
    pub fn ended(&mut self, window: usize, range: TimeRange, sum: &mut Chunk) {
        let what = What::of(window, range, Addition::Closed);
        self.out.put(what, sum.events, Measured::Sums(sum.measures()));
    }

    /// A window of so few events is full that they are handed out themselves.
    pub fn counted_few(&mut self, window: usize, ordinal: u64, range: TimeRange, few: &Few<'_>) {
        let mut what = What::of(window, range, Addition::Closed);
        what.ordinal = Some(ordinal);
        self.out.put(what, few.events(), Measured::Few(few));
    }

    /// A window of events is full.
    pub fn counted(&mut self, window: usize, ordinal: u64, sum: &mut Chunk) {
        let range = TimeRange {
            start: sum.first,
            end: sum.last.plus(1),
        };
        let mut what = What::of(window, range, Addition::Closed);
        what.ordinal = Some(ordinal);
        self.out.put(what, sum.events, Measured::Sums(sum.measures()));
    }

    /// Late events belong to a window; the addition says whether it was given out before.
    pub fn late(&mut self, window: usize, range: TimeRange, addition: Addition, late: &Late<'_>) {
        let what = What::of(window, range, addition);
        self.out.put(what, late.chunk.events, Measured::Sums(late.sums));
    }

    /// The window that began at `from` is part of this one now.
    pub fn joined(&mut self, window: usize, range: TimeRange, from: Timestamp) {
        let what = What::of(window, range, Addition::Joined { from });
        self.out.put(what, 0, Measured::Sums(&Measures::default()));
    }
}

impl Out<'_> {
    /// What is the same of all windows over these whole panes.
    pub fn panes(&self, range: TimeRange, events: u64, observed: u64) -> Seen {
        let expected = self.expected(range);
        Seen {
            range,
            events,
            observed: if expected > 0 { observed } else { 0 },
            expected,
        }
    }

    /// A window of whole panes ended in which a camera saw something.
    pub fn seen(&mut self, window: usize, seen: &Seen, measured: Measured<'_>) {
        let Some(entry) = self.table.get(window) else {
            return;
        };
        self.sink.take(&WindowResult {
            scope: self.scope,
            number: window,
            window: entry,
            range: seen.range,
            ordinal: None,
            addition: Addition::Closed,
            events: seen.events,
            observed: seen.observed,
            expected: seen.expected,
            measured,
        });
    }

    /// Hands one result to the sink.
    fn put(&mut self, what: What, events: u64, measured: Measured<'_>) {
        let Some(window) = self.table.get(what.window) else {
            return;
        };
        let expected = what.observed.map_or(0, |_| self.expected(what.range));
        self.sink.take(&WindowResult {
            scope: self.scope,
            number: what.window,
            window,
            range: what.range,
            ordinal: what.ordinal,
            addition: what.addition,
            events,
            observed: what.observed.filter(|_| expected > 0).unwrap_or(0),
            expected,
            measured,
        });
    }

    /// Panes there are in a range, times the cameras that feed the scope when they begin and are missed where they are silent.
    fn expected(&self, range: TimeRange) -> u64 {
        let (fed_by, missed_from) = match self.feeders {
            Feeders::Itself { missed_from } => {
                // Windows are whole panes, and so is what a camera is missed from.
                return (range.end.since(range.start.max(missed_from)) / PANE).max(0) as u64;
            }
            Feeders::Cameras { fed_by, all, .. } if all.start <= range.start && range.end <= all.end => {
                return fed_by.len() as u64 * (range.end.since(range.start) / PANE) as u64;
            }
            Feeders::Cameras {
                fed_by, missed_from, ..
            } => (fed_by, missed_from),
        };
        let panes = |feeding: &Feeding| {
            let missed_from = missed_from.get(feeding.camera).copied();
            let from = range.start.max(missed_from.unwrap_or(Timestamp::MIN));
            let from = from.max(feeding.over.start).0;
            let to = range.end.min(feeding.over.end).0;
            let first = -(-from).div_euclid(PANE);
            let end = -(-to).div_euclid(PANE);
            (end - first).max(0) as u64
        };
        fed_by.iter().map(panes).sum()
    }
}

/// Over which panes windows ended, how many events they hold, and how far they were observed.
pub(crate) struct Seen {
    range: TimeRange,
    events: u64,
    observed: u64,
    expected: u64,
}

/// Which result.
struct What {
    window: usize,
    range: TimeRange,
    ordinal: Option<u64>,
    addition: Addition,
    /// Observed panes; none where it is not about whole panes.
    observed: Option<u64>,
}

impl What {
    fn of(window: usize, range: TimeRange, addition: Addition) -> Self {
        Self {
            window,
            range,
            ordinal: None,
            addition,
            observed: None,
        }
    }

    fn whole_panes(self, observed: u64) -> Self {
        Self {
            observed: Some(observed),
            ..self
        }
    }
}

/// Appends one part of a state.
pub(crate) fn save(state: &impl Serialize, into: &mut Vec<u8>) -> Result<(), Fault> {
    *into = postcard::to_extend(state, std::mem::take(into))
        .map_err(|error| Fault::internal(format!("encoding the state of a window: {error}")))?;
    Ok(())
}

/// Takes one part of a state.
pub(crate) fn restore<T: DeserializeOwned>(from: &mut Saved<'_>) -> Result<T, Fault> {
    let (state, rest) = postcard::take_from_bytes(from.bytes)
        .map_err(|error| Fault::new(FaultCode::StoreDamaged, format!("state of a window: {error}")))?;
    from.bytes = rest;
    Ok(state)
}
