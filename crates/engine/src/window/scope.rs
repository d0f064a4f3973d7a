//! The windows of one camera or place: its open panes, its watermark, and the operators that follow.

use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::{Closing, Give, Held, Late, Operators, Plan, Source, build};
use super::panes::Panes;
use super::recent::{KEPT, Recent, RecentOfVersion4};
use throng_model::pane::{pane_of, pane_start};
use throng_model::{Measures, Timestamp};

/// Room for so many events that wait to be counted is always kept.
const QUEUE_ROOM: usize = 64;

/// One scope.
pub(crate) struct ScopeWindows {
    pub state: ScopeState,
    pub operators: Operators,
    /// Whether any operator wants single events.
    pub counts: bool,
    source: Source,
    reach: i64,
    /// How many panes of a camera's events are kept.
    keeps: i64,
    room: Chunk,
    sums: Measures,
}

/// What a scope remembers beside its operators.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct ScopeState {
    /// How far time has come here, less the allowance for disorder: the furthest event counted, or its arrival where that was
    /// before.
    pub watermark: Option<Timestamp>,
    /// The first pane that is not closed.
    closed_to: Option<i64>,
    /// The newest pane that held events when it was closed or changed.
    active: Option<i64>,
    /// Of a place: what its cameras saw in panes that are not closed.
    panes: Panes,
    /// Of a camera: what it saw, panes that are not closed included.
    recent: Recent,
    /// Events that wait to be counted, each with its place in the order.
    queue: Vec<(Timestamp, Observation)>,
}

/// As it stood in states of version 4 and before.
#[derive(serde::Deserialize)]
pub(crate) struct ScopeStateOfVersion4 {
    watermark: Option<Timestamp>,
    closed_to: Option<i64>,
    active: Option<i64>,
    panes: Panes,
    recent: RecentOfVersion4,
    queue: Vec<(Timestamp, Observation)>,
}

impl From<ScopeStateOfVersion4> for ScopeState {
    fn from(state: ScopeStateOfVersion4) -> Self {
        Self {
            watermark: state.watermark,
            closed_to: state.closed_to,
            active: state.active,
            panes: state.panes,
            recent: state.recent.into(),
            queue: state.queue,
        }
    }
}

impl ScopeWindows {
    pub fn new(plan: &Plan<'_>) -> Self {
        let operators = build(plan);
        Self {
            state: ScopeState::default(),
            counts: operators.iter().any(|operator| operator.counts()),
            reach: operators
                .iter()
                .map(|operator| operator.reach())
                .max()
                .unwrap_or(0),
            keeps: operators
                .iter()
                .map(|operator| operator.keeps())
                .fold(KEPT, i64::max),
            operators,
            source: plan.source,
            room: Chunk::default(),
            sums: Measures::default(),
        }
    }

    /// An event of this scope was folded. Its place in the order of counting is its time, or the watermark it came too late
    /// for: a function of the log, not of when turns happen.
    pub fn queue(&mut self, observation: Observation) {
        if self.counts {
            let order = observation.at.max(self.state.watermark.unwrap_or(Timestamp::MIN));
            self.state.queue.push((order, observation));
        }
    }

    /// An event moved the watermark.
    pub fn reach(&mut self, watermark: Timestamp) {
        self.state.watermark = self.state.watermark.max(Some(watermark));
    }

    /// Whether a turn would change anything.
    pub fn is_behind(&self) -> bool {
        let to = self.state.watermark.map(pane_of);
        to.is_some() && to > self.state.closed_to
    }

    /// The first pane that is not closed.
    pub fn closed_to(&self) -> Option<i64> {
        self.state.closed_to
    }

    /// Events of one pane of this camera, ascending.
    pub fn see(&mut self, pane: i64, events: &[Observation], give: &mut Give<'_>) {
        let closed_to = self.state.closed_to.unwrap_or(i64::MIN);
        if pane < closed_to {
            self.room.clear();
            self.room.pour(events);
            let late = std::mem::take(&mut self.room);
            self.late(pane, closed_to, &late, give);
            self.room = late;
        }
        if pane >= closed_to.saturating_sub(self.keeps) {
            self.state.recent.insert(pane, events);
        }
    }

    /// More of what happened in a pane of this place.
    pub fn meet(&mut self, pane: i64, more: &Chunk, give: &mut Give<'_>) {
        match self.state.closed_to {
            Some(closed_to) if pane < closed_to => self.late(pane, closed_to, more, give),
            _ => self.state.panes.at(pane).merge(more),
        }
    }

    fn late(&mut self, pane: i64, closed_to: i64, late: &Chunk, give: &mut Give<'_>) {
        self.state.active = self.state.active.max(Some(pane));
        let mut sums = std::mem::take(&mut self.sums);
        late.add_to(&mut sums);
        let late = Late {
            pane,
            closed_to,
            chunk: late,
            sums: &sums,
        };
        for operator in &mut self.operators {
            operator.late(&late, give);
        }
        sums.clear();
        self.sums = sums;
    }

    /// The first open pane that holds events.
    fn first_open(&self) -> Option<i64> {
        match self.source {
            Source::Place => self.state.panes.first(),
            Source::Camera => self.state.recent.first_open(),
        }
    }

    /// Closes all panes before the watermark. `observed` says how many cameras were observed in a pane, `heard` where that
    /// began as far as is known: it is asked for once, when the first panes are closed.
    pub fn advance(
        &mut self,
        observed: impl Fn(i64) -> u64,
        heard: impl FnOnce() -> Option<i64>,
        give: &mut Give<'_>,
    ) {
        let Some(to) = self.state.watermark.map(pane_of) else {
            return;
        };
        let open = |scope: &Self| scope.first_open().map_or(to, |first| first.min(to));
        // Silence is observed before anything happens, and a window that will hold something counts it. Nothing further back
        // than a window reaches is asked for.
        let begin = || {
            let open = open(self);
            heard().map_or(open, |heard| heard.clamp(open - self.reach, open))
        };
        let mut pane = self.state.closed_to.unwrap_or_else(begin);
        while pane < to {
            if self.state.active.is_none_or(|active| active + self.reach < pane) {
                // No operator has anything left: go on where a window can begin that will hold something.
                let next = open(self) - self.reach;
                if next > pane {
                    self.operators.iter_mut().for_each(|operator| operator.jump());
                    pane = next;
                }
            }
            self.close(pane, observed(pane), give);
            pane += 1;
        }
        self.state.closed_to = self.state.closed_to.max(Some(to));
        self.count_to(pane_start(to), give);
    }

    /// Closes the next pane, in which so many cameras were observed.
    fn close(&mut self, pane: i64, observed: u64, give: &mut Give<'_>) {
        let ScopeState {
            panes,
            recent,
            active,
            ..
        } = &mut self.state;
        let merged = match self.source {
            Source::Place => panes.take(pane),
            Source::Camera => {
                recent.close(pane, observed > 0, self.keeps);
                None
            }
        };
        let closing = Closing {
            pane,
            held: merged.as_ref().map_or_else(|| recent.newest(), Held::Merged),
            observed,
            recent,
        };
        if closing.span().is_some() {
            *active = (*active).max(Some(pane));
        }
        for operator in &mut self.operators {
            operator.pane(&closing, give);
        }
        if let Some(merged) = merged {
            panes.recycle(merged);
        }
    }

    /// Counts the queued events before this moment, in their order.
    fn count_to(&mut self, to: Timestamp, give: &mut Give<'_>) {
        if self.state.queue.iter().all(|(order, _)| *order >= to) {
            return;
        }
        self.state.queue.sort_unstable();
        let ready = self.state.queue.partition_point(|(order, _)| *order < to);
        let ready: Vec<Observation> = self.state.queue.drain(..ready).map(|entry| entry.1).collect();
        // A flood does not leave its room behind.
        self.state
            .queue
            .shrink_to(2 * self.state.queue.len() + QUEUE_ROOM);
        for operator in self.operators.iter_mut().filter(|operator| operator.counts()) {
            operator.events(&ready, give);
        }
    }
}
