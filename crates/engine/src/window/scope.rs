//! The windows of one camera or place: its open panes, its watermark, and the operators that follow.

use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::{Give, Late, Operators, Plan, Source, build};
use super::panes::Panes;
use super::recent::{KEPT, Recent, RecentOfVersion4, RecentOfVersion6};
use super::stretch::{Holder, STRETCH, Stretch};
use std::ops::Range;
use throng_model::Timestamp;
use throng_model::pane::{pane_of, pane_start};

/// Room for so many events that wait to be counted is always kept.
const QUEUE_ROOM: usize = 64;

/// Who knows in which panes the cameras of a scope were observed.
pub(crate) trait Observers {
    /// The first pane in which any of them was heard from, as far as that is remembered.
    fn first(&self) -> Option<i64>;

    /// In how many of them each of these panes was observed.
    fn count(&self, panes: &Range<i64>, counts: &mut Vec<u64>);
}

/// One scope.
pub(crate) struct ScopeWindows {
    pub state: ScopeState,
    pub operators: Operators,
    /// Whether any operator wants single events.
    pub counts: bool,
    source: Source,
    reach: i64,
    /// Of how many panes single events must have been added up.
    looks_back: usize,
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

/// As it stood in states of older versions, by what was kept of a camera's latest events.
#[derive(serde::Deserialize)]
pub(crate) struct OldScopeState<R> {
    watermark: Option<Timestamp>,
    closed_to: Option<i64>,
    active: Option<i64>,
    panes: Panes,
    recent: R,
    queue: Vec<(Timestamp, Observation)>,
}

/// As it stood in states of version 4 and before.
pub(crate) type ScopeStateOfVersion4 = OldScopeState<RecentOfVersion4>;
/// As it stood in states of versions 5 and 6.
pub(crate) type ScopeStateOfVersion6 = OldScopeState<RecentOfVersion6>;

impl<R: Into<Recent>> From<OldScopeState<R>> for ScopeState {
    fn from(state: OldScopeState<R>) -> Self {
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

impl ScopeState {
    fn with_sums(mut self, panes: usize) -> Self {
        self.recent = self.recent.with_sums(panes);
        self
    }
}

impl ScopeWindows {
    pub fn new(plan: &Plan<'_>) -> Self {
        let operators = build(plan);
        let looks_back = operators.iter().map(|operator| operator.looks_back()).max();
        let looks_back = (looks_back.unwrap_or(0) + STRETCH) as usize;
        Self {
            state: ScopeState::default().with_sums(looks_back),
            looks_back,
            counts: operators.iter().any(|operator| operator.counts()),
            reach: operators
                .iter()
                .map(|operator| operator.reach())
                .max()
                .unwrap_or(0),
            operators,
            source: plan.source,
        }
    }

    /// Goes on from a state that was kept.
    pub fn go_on(&mut self, state: ScopeState) {
        self.state = state.with_sums(self.looks_back);
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

    /// Events of this camera, ascending.
    pub fn see(&mut self, events: &[Observation], give: &mut Give<'_>) {
        let closed_to = self.state.closed_to.unwrap_or(i64::MIN);
        let is_late = |seen: &Observation| seen.at < pane_start(closed_to);
        let (late, in_time) = events.split_at(events.partition_point(is_late));
        for late in late.chunk_by(|a, b| pane_of(a.at) == pane_of(b.at)) {
            let pane = late.first().map_or(0, |first| pane_of(first.at));
            let mut chunk = std::mem::take(&mut give.room.chunk);
            chunk.clear();
            chunk.pour(late);
            self.late(pane, closed_to, &chunk, give);
            give.room.chunk = chunk;
            if pane >= closed_to.saturating_sub(KEPT) {
                self.state.recent.insert_late(pane, late);
            }
        }
        self.state.recent.insert(in_time);
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
        let mut sums = std::mem::take(&mut give.room.sums);
        sums.clear();
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
        give.room.sums = sums;
    }

    /// The first open pane that holds events.
    fn first_open(&self) -> Option<i64> {
        match self.source {
            Source::Place => self.state.panes.first(),
            Source::Camera => self.state.recent.first_open(),
        }
    }

    /// Closes all panes before the watermark.
    pub fn advance(&mut self, observers: &impl Observers, give: &mut Give<'_>) {
        let Some(to) = self.state.watermark.map(pane_of) else {
            return;
        };
        let open = |scope: &Self| scope.first_open().map_or(to, |first| first.min(to));
        // Silence is observed before anything happens, and a window that will hold something counts it. Nothing further back
        // than a window reaches is asked for.
        let begin = || {
            let (open, heard) = (open(self), observers.first());
            heard.map_or(open, |heard| heard.clamp(open - self.reach, open))
        };
        let mut pane = self.state.closed_to.unwrap_or_else(begin);
        while pane < to {
            let open = open(self);
            // Where no operator has anything left.
            let mut idle = self.state.active.map_or(pane, |active| active + self.reach + 1);
            if idle <= pane {
                if open - self.reach > pane {
                    // Go on where a window can begin that will hold something.
                    self.operators.iter_mut().for_each(|operator| operator.jump());
                    pane = open - self.reach;
                }
                idle = open + self.reach + 1;
            }
            let end = to.min(idle).min(pane + STRETCH);
            self.close(pane..end, observers, give);
            pane = end;
        }
        if self.source == Source::Camera {
            self.state.recent.close(pane..pane, 0);
        }
        self.state.closed_to = self.state.closed_to.max(Some(to));
        self.count_to(pane_start(to), give);
    }

    /// Closes the next panes.
    fn close(&mut self, panes: Range<i64>, observers: &impl Observers, give: &mut Give<'_>) {
        let mut observed = std::mem::take(&mut give.room.observed);
        observers.count(&panes, &mut observed);
        let ScopeState {
            panes: held,
            recent,
            active,
            ..
        } = &mut self.state;
        let (source, last) = match self.source {
            Source::Place => {
                let last = held.before(panes.end).last().map(|(pane, _)| pane);
                (Holder::Place(held), last)
            }
            Source::Camera => {
                let bits = observed
                    .iter()
                    .fold(0, |bits, cameras| bits << 1 | u128::from(*cameras > 0));
                recent.close(panes.clone(), bits);
                (Holder::Camera(recent), recent.last())
            }
        };
        *active = (*active).max(last);
        let stretch = Stretch {
            panes: panes.clone(),
            source,
            observed: &observed,
        };
        for operator in &mut self.operators {
            operator.close(&stretch, give);
        }
        give.room.observed = observed;
        match self.source {
            Source::Place => held.recycle_before(panes.end),
            Source::Camera => recent.keep(KEPT),
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
