//! Short tumbling and sliding windows of one camera, read from its recent events.
//!
//! What places and long windows need a ladder of merges for ([`super::time`]) is, for the few events a camera sees in some
//! minutes, dearer than adding each up once: a window is the difference of two running totals ([`super::pane_sums`]).

use super::chunk::Chunk;
use super::measured::{Few, Measured};
use super::operator::{Give, Late, Operator, Operators, Plan, Saved, Source};
use super::recent::KEPT;
use super::result::Addition;
use super::stretch::{Holder, Stretch};
use std::ops::Range;
use std::sync::Arc;
use throng_model::pane::{PANE, pane_start};
use throng_model::window::WindowKind;
use throng_model::{Fault, Measures, TimeRange};

/// One short window.
#[derive(Clone, Copy)]
struct Short {
    window: usize,
    /// Panes from one to the next.
    slide: i64,
}

/// The short windows of one width, which hold the same where they end together.
struct Group {
    /// Panes.
    width: i64,
    windows: Vec<Short>,
}

/// All short windows of a camera; of all cameras the same.
struct Fine {
    groups: Arc<[Group]>,
}

/// The windows of the table that are short enough.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let Plan { table, source, .. } = *plan;
    let mut windows: Vec<(i64, Short)> = table
        .iter()
        .enumerate()
        .filter(|(_, window)| source == Source::Camera && is_short(window.kind))
        .filter_map(|(number, window)| match window.kind {
            WindowKind::Tumbling { width } => Some((number, width, width)),
            WindowKind::Sliding { width, slide } => Some((number, width, slide)),
            _ => None,
        })
        .map(|(window, width, slide)| {
            (
                width / PANE,
                Short {
                    window,
                    slide: slide / PANE,
                },
            )
        })
        .collect();
    windows.sort_by_key(|window| window.0);
    let groups: Arc<[Group]> = windows
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let windows: Vec<Short> = same.iter().map(|window| window.1).collect();
            same.first().map(|first| Group {
                width: first.0,
                windows,
            })
        })
        .collect();
    if groups.is_empty() {
        return Operators::new();
    }
    vec![Box::new(Fine { groups })]
}

/// Whether all of a window's events are at hand when it ends.
pub(crate) fn is_short(kind: WindowKind) -> bool {
    match kind {
        WindowKind::Tumbling { width } | WindowKind::Sliding { width, .. } => width <= KEPT * PANE,
        _ => false,
    }
}

/// Which short windows end with a pane. That is the same for all cameras, so it is found out once for those of a thread.
pub(crate) struct Due {
    /// By pane modulo their number: the pane, and what ends with it.
    panes: [(i64, Vec<End>); DUE],
}

/// About so many panes are closed in one turn.
const DUE: usize = 32;

/// Windows over the same panes.
struct End {
    panes: Range<i64>,
    range: TimeRange,
    /// Their numbers in the table.
    windows: Vec<usize>,
}

impl Default for Due {
    fn default() -> Self {
        Self {
            panes: std::array::from_fn(|_| (i64::MIN, Vec::new())),
        }
    }
}

#[expect(clippy::indexing_slicing, reason = "a remainder is a place")]
impl Due {
    /// What ends before this pane.
    fn before(&mut self, pane: i64, groups: &[Group]) -> &[End] {
        let (known, ends) = &mut self.panes[pane as usize % DUE];
        if *known != pane {
            *known = pane;
            *ends = groups.iter().filter_map(|group| group.end(pane)).collect();
        }
        ends
    }
}

impl Group {
    /// The windows of this group that end before this pane.
    #[cold]
    fn end(&self, pane: i64) -> Option<End> {
        let panes = pane - self.width..pane;
        let range = TimeRange {
            start: pane_start(panes.start),
            end: pane_start(panes.end),
        };
        let ending = self.windows.iter().filter(|short| pane % short.slide == 0);
        let windows: Vec<usize> = ending.map(|short| short.window).collect();
        (!windows.is_empty()).then_some(End {
            panes,
            range,
            windows,
        })
    }
}

/// Adds up few events and what crowds there were beside them; how many events that is.
#[cold]
fn with_crowds<'a>(few: &Few<'_>, crowds: impl Iterator<Item = &'a Chunk>, sums: &mut Measures) -> u64 {
    sums.clear();
    Measured::Few(few).add_to(sums);
    crowds.fold(few.events(), |events, crowd| {
        crowd.add_to(sums);
        events + crowd.events
    })
}

impl Operator for Fine {
    fn close(&mut self, stretch: &Stretch<'_>, give: &mut Give<'_>) {
        let Holder::Camera(recent) = stretch.source else {
            return;
        };
        let (out, room) = (&mut give.out, &mut *give.room);
        let has_crowds = recent.has_crowds();
        for pane in stretch.panes.start + 1..=stretch.panes.end {
            for End {
                panes,
                range,
                windows,
            } in room.due.before(pane, &self.groups)
            {
                let few = recent.few(panes);
                let (mut events, mut measured) = (few.events(), Measured::Few(&few));
                if has_crowds && recent.crowds(panes.clone()).next().is_some() {
                    events = with_crowds(&few, recent.crowds(panes.clone()), &mut room.sums);
                    measured = Measured::Sums(&room.sums);
                }
                if events > 0 {
                    let seen = out.panes(*range, events, recent.observed(panes.clone()));
                    windows
                        .iter()
                        .for_each(|window| out.seen(*window, &seen, measured));
                }
            }
        }
    }

    fn late(&mut self, late: &Late<'_>, give: &mut Give<'_>) {
        for group in &*self.groups {
            for short in &group.windows {
                // The windows that hold the pane, those that have not ended yet left out: they will find it among the recent.
                let mut start = late.pane.div_euclid(short.slide) * short.slide;
                while start + group.width > late.pane {
                    let end = start + group.width;
                    if end <= late.closed_to {
                        let range = TimeRange {
                            start: pane_start(start),
                            end: pane_start(end),
                        };
                        give.late(short.window, range, Addition::Late, late);
                    }
                    start -= short.slide;
                }
            }
        }
    }

    fn reach(&self) -> i64 {
        self.groups.iter().map(|group| group.width).max().unwrap_or(0)
    }

    fn looks_back(&self) -> i64 {
        self.groups.iter().map(|group| group.width).max().unwrap_or(0)
    }

    fn save(&self, _into: &mut Vec<u8>) -> Result<(), Fault> {
        Ok(())
    }

    fn restore(&mut self, _from: &mut Saved<'_>) -> Result<bool, Fault> {
        Ok(true)
    }
}
