//! Session windows: as long as something happens, ended by a gap.
//!
//! Panes are shorter than any gap, so their first and last events are all a session needs to know of them. Closed sessions
//! are remembered as spans for as long as late events may come: one of those may lengthen a session or close the gap
//! between two, which then are one.

use super::chunk::Chunk;
use super::operator::{Give, Late, Operator, Operators, Plan, Saved, Source, restore, save};
use super::prefetch::prefetch;
use super::result::Addition;
use super::stretch::{Held, Stretch};
use serde::{Deserialize, Serialize};
use throng_model::pane::{PANE, pane_start};
use throng_model::time::HOUR;
use throng_model::window::WindowKind;
use throng_model::{Fault, TimeRange, Timestamp};

/// For how long a place remembers at least. An event is late by the watermark of its own camera, and a camera that was cut off
/// may lag behind the others of its place.
const LAG: i64 = 31 * 24 * HOUR;

/// From the first to the last event of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    first: Timestamp,
    last: Timestamp,
    /// Whether anything was given out under this first event.
    given: bool,
}

/// The sessions of one scope with one gap.
struct Sessions {
    window: usize,
    gap: i64,
    /// How long a closed session can still be changed.
    remembered: i64,
    state: State,
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    /// Those that ended, ascending.
    closed: Vec<Span>,
    /// The one that may go on, with what has not been given out of it.
    open: Option<(Span, Chunk)>,
}

/// One operator a gap.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let Plan {
        table,
        source,
        lateness,
    } = *plan;
    let sessions = table
        .iter()
        .enumerate()
        .filter_map(|(window, entry)| match entry.kind {
            WindowKind::Session { gap } => Some(Box::new(Sessions {
                window,
                gap,
                remembered: gap
                    + match source {
                        Source::Camera => lateness,
                        Source::Place => lateness.max(LAG),
                    },
                state: State::default(),
            }) as Box<dyn Operator>),
            _ => None,
        });
    sessions.collect()
}

impl Sessions {
    /// Whether the events of this span and those from `first` to `last` belong to one session.
    fn touches(&self, span: Span, first: Timestamp, last: Timestamp) -> bool {
        first.since(span.last) < self.gap && span.first.since(last) < self.gap
    }

    fn range(&self, span: Span) -> TimeRange {
        TimeRange {
            start: span.first,
            end: span.last.plus(self.gap),
        }
    }

    /// The open session ended: gives it out.
    fn end(&mut self, give: &mut Give<'_>) {
        if let Some((mut span, mut chunk)) = self.state.open.take() {
            give.ended(self.window, self.range(span), &mut chunk);
            span.given = true;
            let forgotten = span.last.plus(-self.remembered);
            self.state.closed.retain(|old| old.last >= forgotten);
            self.state.closed.push(span);
        }
    }

    /// Takes all closed sessions that these events belong to out of the list: gives them back as one span, and says where
    /// they stood.
    fn touched(&mut self, first: Timestamp, last: Timestamp) -> (Vec<Span>, usize) {
        let start = self
            .state
            .closed
            .partition_point(|span| first.since(span.last) >= self.gap);
        let rest = self.state.closed.iter().skip(start);
        let count = rest.take_while(|span| self.touches(**span, first, last)).count();
        (self.state.closed.drain(start..start + count).collect(), start)
    }
}

/// All spans and the late events as one.
fn joined(spans: &[Span], first: Timestamp, last: Timestamp) -> Span {
    let all = Span {
        first,
        last,
        given: false,
    };
    spans.iter().fold(all, |all, span| Span {
        first: all.first.min(span.first),
        last: all.last.max(span.last),
        given: false,
    })
}

impl Sessions {
    /// Ends the open session where nothing more can belong to it that happens at this moment or behind it.
    fn end_before(&mut self, moment: Timestamp, give: &mut Give<'_>) {
        let open = self.state.open.as_ref();
        if open.is_some_and(|(span, _)| moment.since(span.last) >= self.gap) {
            self.end(give);
        }
    }

    /// The next pane with events closed.
    fn go_on(&mut self, held: Held<'_>, give: &mut Give<'_>) {
        let Some((first, last)) = held.span() else {
            return;
        };
        self.end_before(first, give);
        let (span, open) = self.state.open.get_or_insert_with(|| {
            let given = false;
            (Span { first, last, given }, Chunk::default())
        });
        span.last = span.last.max(last);
        held.add_to(open);
    }
}

impl Operator for Sessions {
    fn close(&mut self, stretch: &Stretch<'_>, give: &mut Give<'_>) {
        let panes = stretch.panes.end - stretch.panes.start;
        match stretch.whole() {
            // No gap fits in between.
            Some(whole) if panes * PANE <= self.gap => self.go_on(Held::Merged(whole), give),
            _ => stretch.each_with_events(|held| self.go_on(held, give)),
        }
        self.end_before(pane_start(stretch.panes.end), give);
    }

    fn late(&mut self, late: &Late<'_>, give: &mut Give<'_>) {
        let (first, last) = (late.chunk.first, late.chunk.last);
        let (mut spans, place) = self.touched(first, last);
        let joins_open = self
            .state
            .open
            .as_ref()
            .is_some_and(|(span, _)| self.touches(*span, first, last));
        if joins_open && let Some((span, _)) = &self.state.open {
            spans.push(*span);
        }
        let mut span = joined(&spans, first, last);
        for old in spans.iter().filter(|old| old.given) {
            if old.first != span.first {
                give.joined(self.window, self.range(span), old.first);
            }
            span.given = true;
        }
        let can_go_on = pane_start(late.closed_to).since(span.last) < self.gap;
        if joins_open && let Some((open, chunk)) = &mut self.state.open {
            *open = span;
            chunk.merge(late.chunk);
        } else if can_go_on && self.state.open.is_none() {
            self.state.open = Some((span, late.chunk.clone()));
        } else {
            let addition = if span.given {
                Addition::Late
            } else {
                Addition::Closed
            };
            give.late(self.window, self.range(span), addition, late);
            self.state.closed.insert(place, Span { given: true, ..span });
        }
    }

    fn prefetch(&self) {
        prefetch(&self.state);
    }

    fn reach(&self) -> i64 {
        self.gap / PANE + 1
    }

    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault> {
        save(&self.state, into)
    }

    fn restore(&mut self, from: &mut Saved<'_>) -> Result<bool, Fault> {
        self.state = restore(from)?;
        Ok(true)
    }
}
