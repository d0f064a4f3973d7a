//! Short tumbling and sliding windows of one camera, read from its recent events.
//!
//! What places and long windows need a ladder of merges for ([`super::time`]) is, for the few events a camera sees in some
//! minutes, dearer than adding each up once: a window is the difference of two running totals ([`super::pane_sums`]).

use super::measured::Measured;
use super::operator::{Give, Late, Operator, Operators, Plan, Saved, Source};
use super::recent::KEPT;
use super::result::Addition;
use super::stretch::{Holder, Stretch};
use std::ops::Range;
use std::sync::Arc;
use throng_model::pane::{PANE, pane_start};
use throng_model::window::WindowKind;
use throng_model::{Fault, TimeRange};

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
    /// The panes after which the next of them may end: what all slides are a multiple of.
    step: i64,
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
                step: windows.iter().fold(0, |step, short| common(step, short.slide)),
                windows,
            })
        })
        .collect();
    if groups.is_empty() {
        return Operators::new();
    }
    vec![Box::new(Fine { groups })]
}

/// The greatest common divisor.
fn common(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common(b, a % b) }
}

/// Whether all of a window's events are at hand when it ends.
pub(crate) fn is_short(kind: WindowKind) -> bool {
    match kind {
        WindowKind::Tumbling { width } | WindowKind::Sliding { width, .. } => width <= KEPT * PANE,
        _ => false,
    }
}

impl Group {
    /// The panes behind which windows of this group may end, of those of a stretch.
    fn ends(&self, panes: &Range<i64>) -> impl Iterator<Item = i64> + use<> {
        let first = panes.start + 1;
        let first = first + (-first).rem_euclid(self.step);
        (first..=panes.end).step_by(self.step as usize)
    }
}

impl Operator for Fine {
    fn close(&mut self, stretch: &Stretch<'_>, give: &mut Give<'_>) {
        let Holder::Camera(recent) = stretch.source else {
            return;
        };
        for group in &*self.groups {
            for end in group.ends(&stretch.panes) {
                let panes = end - group.width..end;
                let (few, observed) = recent.few(&panes);
                let (mut events, mut measured) = (few.events(), Measured::Few(few));
                if recent.has_crowds() && recent.crowds(panes.clone()).next().is_some() {
                    let sums = &mut give.room.sums;
                    sums.clear();
                    measured.add_to(sums);
                    for crowd in recent.crowds(panes.clone()) {
                        crowd.add_to(sums);
                        events += crowd.events;
                    }
                    measured = Measured::Sums(sums);
                }
                if events == 0 {
                    continue;
                }
                let range = TimeRange {
                    start: pane_start(panes.start),
                    end: pane_start(end),
                };
                let ends = |short: &&Short| short.slide == group.step || end % short.slide == 0;
                for short in group.windows.iter().filter(ends) {
                    let counts = (events, observed);
                    give.out.seen(short.window, range, counts, measured);
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
