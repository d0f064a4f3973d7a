//! The windows of one camera or place: its open panes, its watermark, and the operators that follow.

use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::{Give, Late, Operators, Plan, Source, build};
use super::panes::Panes;
use super::recent::{KEPT, Recent, RecentOfVersion4, RecentOfVersion6};
use super::stretch::{Holder, STRETCH, Stretch};
use super::turn::Arrived;
use std::borrow::Cow;
use std::ops::Range;
use throng_model::Timestamp;
use throng_model::pane::{pane_of, pane_start};

/// Room for so many events that wait to be counted is always kept.
const QUEUE_ROOM: usize = 64;

/// An event that waits to be counted, with its place in the order: its time, or the watermark it came too late for.
pub(crate) type Queued = (Timestamp, Observation);

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
    source: Source,
    reach: i64,
    /// The longest window that is made of single events, panes.
    looks_back: i64,
}

/// What a scope remembers beside its operators.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScopeState {
    /// The first pane that is not closed.
    closed_to: Option<i64>,
    /// The newest pane that held events when it was closed or changed.
    active: Option<i64>,
    /// Of a place: what its cameras saw in panes that are not closed.
    panes: Panes,
    /// Of a camera: what it saw, panes that are not closed included.
    recent: Recent,
    /// Events that wait to be counted. Ascending after a turn.
    queue: Vec<Queued>,
}

/// As it is read, by what was kept of a camera's latest events.
#[derive(serde::Deserialize)]
pub(crate) struct Kept<R> {
    watermark: Option<Timestamp>,
    closed_to: Option<i64>,
    active: Option<i64>,
    panes: Panes,
    recent: R,
    queue: Vec<Queued>,
}

/// The same, as it is written.
#[derive(serde::Serialize)]
pub(crate) struct ScopeRef<'a> {
    watermark: Option<Timestamp>,
    closed_to: Option<i64>,
    active: Option<i64>,
    panes: &'a Panes,
    recent: &'a Recent,
    queue: Cow<'a, [Queued]>,
}

/// As it stands in states since version 7.
pub(crate) type ScopeKept = Kept<Recent>;
/// As it stood in states of versions 5 and 6.
pub(crate) type ScopeOfVersion6 = Kept<RecentOfVersion6>;
/// As it stood in states of version 4 and before.
pub(crate) type ScopeOfVersion4 = Kept<RecentOfVersion4>;

impl<R: Into<Recent>> From<Kept<R>> for (Option<Timestamp>, ScopeState) {
    /// With the scope's watermark.
    fn from(kept: Kept<R>) -> Self {
        let state = ScopeState {
            closed_to: kept.closed_to,
            active: kept.active,
            panes: kept.panes,
            recent: kept.recent.into(),
            queue: kept.queue,
        };
        (kept.watermark, state)
    }
}

impl ScopeState {
    /// As it is written, with the watermark and what arrived in time for the order of counting.
    pub fn kept<'a>(&'a self, watermark: Option<Timestamp>, arrived: &[Observation]) -> ScopeRef<'a> {
        let mut queue = Cow::from(&self.queue);
        if !arrived.is_empty() || !queue.is_sorted() {
            let queue = queue.to_mut();
            queue.extend(arrived.iter().map(|seen| (seen.at, *seen)));
            queue.sort_unstable();
        }
        ScopeRef {
            watermark,
            closed_to: self.closed_to,
            active: self.active,
            panes: &self.panes,
            recent: &self.recent,
            queue,
        }
    }

    /// Whether any event is held, be its scope's watermark known or not.
    pub fn holds_any(&self) -> bool {
        !self.queue.is_empty() || self.panes.first().is_some()
    }

    fn with_sums(mut self, longest: i64) -> Self {
        self.recent = self.recent.with_sums(longest);
        self
    }
}

impl ScopeWindows {
    pub fn new(plan: &Plan<'_>) -> Self {
        let operators = build(plan);
        let looks_back = operators.iter().map(|operator| operator.looks_back()).max();
        let looks_back = match plan.source {
            Source::Camera => looks_back.unwrap_or(0),
            Source::Place => 0,
        };
        Self {
            state: ScopeState::default().with_sums(looks_back),
            looks_back,
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

    /// An event of this scope came too late for the order of counting. Its place in it is the watermark, or its time where that
    /// has not passed it: a function of the log, not of when turns happen.
    pub fn queue(&mut self, observation: Observation, watermark: Option<Timestamp>) {
        if self.counts() {
            let order = observation.at.max(watermark.unwrap_or(Timestamp::MIN));
            self.state.queue.push((order, observation));
        }
    }

    /// Whether any operator wants single events.
    pub fn counts(&self) -> bool {
        self.operators.iter().any(|operator| operator.counts())
    }

    /// Asks for what a turn begins with.
    pub fn prefetch(&self) {
        self.operators.iter().for_each(|operator| operator.prefetch());
        if self.source == Source::Camera {
            self.state.recent.prefetch();
        }
    }

    /// Whether a turn would change anything.
    pub fn is_behind(&self, watermark: Option<Timestamp>) -> bool {
        let to = watermark.map(pane_of);
        to.is_some() && to > self.state.closed_to
    }

    /// The first pane that is not closed.
    pub fn closed_to(&self) -> Option<i64> {
        self.state.closed_to
    }

    /// Takes in what arrived, ascending, and works off what the watermark has passed.
    pub fn turn(
        &mut self,
        arrived: &Arrived<&[Observation]>,
        watermark: Option<Timestamp>,
        observers: &impl Observers,
        give: &mut Give<'_>,
    ) {
        if arrived.belated.is_empty() {
            self.see(arrived.in_order, give);
        } else {
            // As one, so that what is held does not depend on which of them were on time.
            let mut all = [arrived.belated, arrived.in_order].concat();
            all.sort_unstable();
            self.see(&all, give);
        }
        let to = watermark.map_or(i64::MIN, pane_of);
        if watermark.is_some() {
            self.advance(to, observers, give);
        }
        self.count(arrived.in_order, pane_start(to), give);
    }

    /// Events of this scope, ascending.
    fn see(&mut self, events: &[Observation], give: &mut Give<'_>) {
        let closed_to = self.state.closed_to.unwrap_or(i64::MIN);
        let is_late = |seen: &Observation| seen.at < pane_start(closed_to);
        let (late, in_time) = events.split_at(events.partition_point(is_late));
        for (pane, late) in by_pane(late) {
            let mut chunk = std::mem::take(&mut give.room.chunk);
            chunk.clear();
            chunk.pour(late);
            self.late(pane, closed_to, &chunk, give);
            give.room.chunk = chunk;
            if self.source == Source::Camera && pane >= closed_to.saturating_sub(KEPT) {
                self.state.recent.insert_late(pane, late);
            }
        }
        match self.source {
            Source::Camera => self.state.recent.insert(in_time),
            Source::Place => {
                for (pane, seen) in by_pane(in_time) {
                    self.state.panes.at(pane).pour(seen);
                }
            }
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

    /// Closes all panes before this one.
    fn advance(&mut self, to: i64, observers: &impl Observers, give: &mut Give<'_>) {
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
        let show = |source: Holder<'_>, operators: &mut Operators, give: &mut Give<'_>| {
            let stretch = Stretch {
                panes: panes.clone(),
                source,
                observed: &observed,
            };
            for operator in operators {
                operator.close(&stretch, give);
            }
        };
        let operators = &mut self.operators;
        match self.source {
            Source::Place => {
                let mut whole = std::mem::take(&mut give.room.whole);
                whole.clear();
                for pane in held.before_mut(panes.end) {
                    pane.settle();
                    whole.merge(pane);
                }
                *active = (*active).max(held.before(panes.end).last().map(|(pane, _)| pane));
                show(Holder::Place { held, whole: &whole }, operators, give);
                give.room.whole = whole;
                held.recycle_before(panes.end);
            }
            Source::Camera => {
                let bits = observed
                    .iter()
                    .fold(0, |bits, cameras| bits << 1 | u128::from(*cameras > 0));
                recent.close(panes.clone(), bits);
                *active = (*active).max(recent.last());
                show(Holder::Camera(recent), operators, give);
                recent.keep(KEPT);
            }
        }
        give.room.observed = observed;
    }

    /// Counts the events before this moment in their order: those that wait, and those that arrived in time for it, ascending.
    fn count(&mut self, arrived: &[Observation], to: Timestamp, give: &mut Give<'_>) {
        if !self.counts() {
            return;
        }
        let queue = &mut self.state.queue;
        if !queue.is_sorted() {
            queue.sort_unstable();
        }
        let waited = queue.partition_point(|(order, _)| *order < to);
        let (mut arrived, later) = arrived.split_at(arrived.partition_point(|seen| seen.at < to));
        let mut ready = std::mem::take(&mut give.room.ready);
        ready.clear();
        for (order, seen) in queue.drain(..waited) {
            while let Some((next, others)) = arrived.split_first()
                && (next.at, next) < (order, &seen)
            {
                ready.push(*next);
                arrived = others;
            }
            ready.push(seen);
        }
        for operator in self.operators.iter_mut().filter(|operator| operator.counts()) {
            operator.events(&ready, give);
            operator.events(arrived, give);
        }
        give.room.ready = ready;
        if !later.is_empty() {
            queue.extend(later.iter().map(|seen| (seen.at, *seen)));
            // Two runs, each in order.
            queue.sort();
        }
        // A flood does not leave its room behind.
        queue.shrink_to(2 * queue.len() + QUEUE_ROOM);
    }
}

/// Events in the order of time, pane by pane.
fn by_pane(events: &[Observation]) -> impl Iterator<Item = (i64, &[Observation])> {
    let panes = events.chunk_by(|a, b| pane_of(a.at) == pane_of(b.at));
    panes.filter_map(|seen| Some((pane_of(seen.first()?.at), seen)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::*;
    use throng_model::Measure;
    use throng_model::time::HOUR;
    use throng_model::window::{Window, WindowKind, WindowTable};

    fn seen(at: i64) -> Observation {
        Observation::new(Timestamp(at), Measure::In, 1_000, None, None)
    }

    #[test]
    fn events_wait_only_where_a_window_counts_them() {
        for (kind, counts) in [
            (WindowKind::CountTumbling { events: 4 }, true),
            (WindowKind::Tumbling { width: HOUR }, false),
        ] {
            let name = "w".to_owned();
            let table = WindowTable::new(vec![Window { name, kind }]).expect("a table");
            for source in [Source::Camera, Source::Place] {
                let mut scope = ScopeWindows::new(&Plan {
                    table: &table,
                    source,
                    lateness: 0,
                });
                assert!(!scope.state.holds_any());
                scope.queue(seen(5), None);
                assert_eq!(scope.state.holds_any(), counts);
            }
        }
    }

    #[test]
    fn what_waits_is_kept_in_its_order() {
        let queued = |at| (Timestamp(at), seen(at));
        let state = ScopeState {
            queue: [5, 2, 7].map(queued).into(),
            ..ScopeState::default()
        };
        assert_eq!(*state.kept(None, &[]).queue, [2, 5, 7].map(queued));
        assert_eq!(*state.kept(None, &[seen(6)]).queue, [2, 5, 6, 7].map(queued));
    }
}
