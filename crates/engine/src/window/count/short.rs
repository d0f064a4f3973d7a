//! Short count windows: so few events that a window is handed out as the events themselves, with what they add up to.
//!
//! What hops of events are to longer windows, running totals at the end of every hop are to these: a window is the difference of
//! two, and an event is added up once, not once for every window it is in.

use crate::window::events::Events;
use crate::window::measured::Few;
use crate::window::observation::Observation;
use crate::window::operator::Give;
use crate::window::prefetch::prefetch;
use crate::window::tally::Tally;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;
use throng_model::window::{WindowKind, WindowTable};
use throng_model::{TimeRange, Timestamp};

/// Windows of more events than this are merged from sums: to look at each of their events once a hop would cost more.
const SHORT: u32 = 128;

/// The short windows of one width, which hold the same where they end together. In hops.
struct Group {
    width: u64,
    /// Number in the table, and how far apart they are.
    windows: Vec<(usize, u64)>,
}

/// The short windows of the table; of all scopes the same.
pub(super) struct Cut {
    /// Events: what every width and every slide is a multiple of.
    hop: usize,
    /// Events of the widest.
    widest: usize,
    groups: Vec<Group>,
}

/// The short count windows of a scope.
pub(super) struct Short {
    cut: Arc<Cut>,
    /// How many events were counted.
    counted: u64,
    /// The last of them: those of the widest window, and of the hop that fills. Older ones may lie before them.
    seen: Events,
    /// By hop modulo their number, which is a power of two: everything up to its end.
    totals: Box<[Tally]>,
    /// The same: from when to when its events are.
    spans: Box<[Span]>,
}

/// The first and the last moment of some events.
#[derive(Clone, Copy)]
struct Span(Timestamp, Timestamp);

impl Span {
    const NONE: Self = Self(Timestamp::MAX, Timestamp::MIN);

    fn with(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.max(other.1))
    }
}

/// As it is read.
#[derive(Deserialize)]
pub(super) struct Kept {
    pub counted: u64,
    pub seen: Vec<Observation>,
}

/// The same, as it is written: without what no window will ask for.
#[derive(Serialize)]
pub(super) struct KeptRef<'a> {
    counted: u64,
    seen: &'a [Observation],
}

/// Whether a window is handed out as events.
pub(super) fn is_short(kind: WindowKind) -> bool {
    match kind {
        WindowKind::CountTumbling { events } | WindowKind::CountSliding { events, .. } => events <= SHORT,
        _ => false,
    }
}

impl Cut {
    /// The short count windows of the table, if there are any.
    pub fn of(table: &WindowTable) -> Option<Self> {
        let short = table
            .iter()
            .enumerate()
            .filter(|(_, window)| is_short(window.kind));
        let mut windows: Vec<(usize, u32, u32)> = short
            .filter_map(|(number, window)| match window.kind {
                WindowKind::CountTumbling { events } => Some((number, events, events)),
                WindowKind::CountSliding { events, slide } => Some((number, events, slide)),
                _ => None,
            })
            .collect();
        // Every slide is a multiple of the smallest, and every width one of its slide.
        let hop = windows.iter().map(|window| window.2).min()?;
        windows.sort_by_key(|window| window.1);
        let same_width = windows.chunk_by(|a, b| a.1 == b.1);
        let groups = same_width.filter_map(|same| {
            let windows = same
                .iter()
                .map(|(number, _, slide)| (*number, u64::from(slide / hop)));
            Some(Group {
                width: u64::from(same.first()?.1 / hop),
                windows: windows.collect(),
            })
        });
        Some(Self {
            hop: hop as usize,
            widest: windows.last()?.1 as usize,
            groups: groups.collect(),
        })
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "a remainder is a place, and the events of a full window are all held"
)]
impl Short {
    /// Nothing was counted yet.
    pub fn new(cut: Arc<Cut>) -> Self {
        let hops = (cut.widest / cut.hop + 1).next_power_of_two();
        Self {
            counted: 0,
            seen: Events::default(),
            totals: vec![Tally::default(); hops].into(),
            spans: vec![Span::NONE; hops].into(),
            cut,
        }
    }

    /// Goes on from what was kept; whether that is enough to do so.
    pub fn go_on(&mut self, kept: Kept) -> bool {
        *self = Self::new(self.cut.clone());
        (self.counted, self.seen) = (kept.counted, kept.seen.into());
        let (hop, open) = (self.cut.hop, self.open());
        if self.seen.len() < self.held() + open || self.seen.len() as u64 > self.counted {
            return false;
        }
        let full = self.seen.len() - open;
        let (first, hops) = (full % hop, (full / hop) as u64);
        for (place, number) in (self.full() - hops..self.full()).enumerate() {
            let start = first + place * hop;
            self.fill(number, start..start + hop);
        }
        true
    }

    /// Asks for what the next events are put to.
    pub fn prefetch(&self) {
        self.seen.prefetch();
        prefetch(&self.totals[self.place(self.full())]);
    }

    /// As it is written.
    pub fn kept(&self) -> KeptRef<'_> {
        KeptRef {
            counted: self.counted,
            seen: &self.seen.all()[self.seen.len() - self.held() - self.open()..],
        }
    }

    /// How many hops are full.
    fn full(&self) -> u64 {
        self.counted / self.cut.hop as u64
    }

    /// How many events there are in the hop that fills.
    fn open(&self) -> usize {
        (self.counted % self.cut.hop as u64) as usize
    }

    /// How many events of full hops are held at least.
    fn held(&self) -> usize {
        let full = self.full().saturating_mul(self.cut.hop as u64);
        full.min(self.cut.widest as u64) as usize
    }

    /// The next events, in the order of counting.
    pub fn count(&mut self, mut observations: &[Observation], give: &mut Give<'_>) {
        let Cut { hop, widest, .. } = *self.cut;
        while !observations.is_empty() {
            let room = hop - self.open();
            let (some, rest) = observations.split_at(room.min(observations.len()));
            observations = rest;
            self.seen.extend(some);
            self.counted += some.len() as u64;
            if some.len() < room {
                return;
            }
            let end = self.seen.len();
            self.fill(self.full() - 1, end - hop..end);
            self.give(give);
            if end > 2 * widest {
                self.seen.drain(0..end - widest);
            }
        }
    }

    fn place(&self, hop: u64) -> usize {
        // The number of places is a power of two.
        hop as usize & (self.totals.len() - 1)
    }

    /// The hop of this number is full: it holds these events.
    fn fill(&mut self, number: u64, seen: Range<usize>) {
        let mut tally = self.totals[self.place(number.wrapping_sub(1))];
        let mut span = Span::NONE;
        for one in self.seen.get(seen) {
            tally.add(one);
            span = span.with(Span(one.at, one.at));
        }
        let place = self.place(number);
        (self.totals[place], self.spans[place]) = (tally, span);
    }

    /// Gives out the windows that end with the hop that is full now.
    fn give(&self, give: &mut Give<'_>) {
        let full = self.full();
        let last = &self.totals[self.place(full - 1)];
        for group in &self.cut.groups {
            // A sliding window is first given out when it is full.
            let Some(first) = full.checked_sub(group.width) else {
                continue;
            };
            let ends = |window: &&(usize, u64)| full.is_multiple_of(window.1);
            let mut ending = group.windows.iter().filter(ends).peekable();
            if ending.peek().is_none() {
                continue;
            }
            let end = self.seen.len();
            let (seen, confidences) = self
                .seen
                .with_confidences(end - group.width as usize * self.cut.hop..end);
            let tally = last.less(&self.totals[self.place(first.wrapping_sub(1))]);
            let few = Few::new(seen, confidences, tally);
            let hops = (first..full).map(|hop| self.spans[self.place(hop)]);
            let Span(start, last) = hops.fold(Span::NONE, Span::with);
            let end = last.plus(1);
            let range = TimeRange { start, end };
            for (window, slide) in ending {
                give.counted_few(*window, first / slide, range, &few);
            }
        }
    }
}
