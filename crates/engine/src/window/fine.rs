//! Short tumbling and sliding windows of one camera, poured straight from its recent events.
//!
//! What places and long windows need a ladder of merges for ([`super::time`]) is, for the few events a camera sees in some
//! minutes, dearer than adding those up anew.

use super::chunk::Chunk;
use super::operator::{Closing, Give, Operator, Operators, Plan, Source};
use super::recent::KEPT;
use super::result::Addition;
use throng_model::pane::{PANE, pane_start};
use throng_model::window::WindowKind;
use throng_model::{Fault, TimeRange};

/// One short window, in panes.
#[derive(Clone, Copy)]
struct Short {
    window: usize,
    width: i64,
    slide: i64,
}

/// All short windows of a camera.
struct Fine {
    /// By width, so that windows which end together and are equally wide are summed up once.
    windows: Vec<Short>,
}

/// The windows of the table that are short enough.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let Plan { table, source, .. } = *plan;
    let short = |(window, width, slide): (usize, i64, i64)| Short {
        window,
        width: width / PANE,
        slide: slide / PANE,
    };
    let mut windows: Vec<Short> = table
        .iter()
        .enumerate()
        .filter(|(_, window)| source == Source::Camera && is_short(window.kind))
        .filter_map(|(number, window)| match window.kind {
            WindowKind::Tumbling { width } => Some((number, width, width)),
            WindowKind::Sliding { width, slide } => Some((number, width, slide)),
            _ => None,
        })
        .map(short)
        .collect();
    windows.sort_by_key(|short| short.width);
    if windows.is_empty() {
        return Operators::new();
    }
    vec![Box::new(Fine { windows })]
}

/// Whether all of a window's events are at hand when it ends.
pub(crate) fn is_short(kind: WindowKind) -> bool {
    match kind {
        WindowKind::Tumbling { width } | WindowKind::Sliding { width, .. } => width <= KEPT * PANE,
        _ => false,
    }
}

impl Operator for Fine {
    fn pane(&mut self, closing: &Closing<'_>, give: &mut Give<'_>) {
        let end = closing.pane + 1;
        for same in self.windows.chunk_by(|a, b| a.width == b.width) {
            let mut ending = same.iter().filter(|short| end % short.slide == 0).peekable();
            let Some(width) = ending.peek().map(|short| short.width) else {
                continue;
            };
            let events = closing.recent.last(width);
            if events.is_empty() {
                continue;
            }
            give.sum_up(events, closing.recent.observed(width));
            let range = TimeRange {
                start: pane_start(end - width),
                end: pane_start(end),
            };
            for short in ending {
                give.summed_up(short.window, range);
            }
        }
    }

    fn late(&mut self, pane: i64, closed_to: i64, late: &Chunk, give: &mut Give<'_>) {
        for short in &self.windows {
            // The windows that hold the pane, those that have not ended yet left out: they will find it among the recent.
            let mut start = pane.div_euclid(short.slide) * short.slide;
            while start + short.width > pane {
                if start + short.width <= closed_to {
                    let range = TimeRange {
                        start: pane_start(start),
                        end: pane_start(start + short.width),
                    };
                    give.give(short.window, range, Addition::Late, late);
                }
                start -= short.slide;
            }
        }
    }

    fn reach(&self) -> i64 {
        self.windows.iter().map(|short| short.width).max().unwrap_or(0)
    }

    fn save(&self, _into: &mut Vec<u8>) -> Result<(), Fault> {
        Ok(())
    }

    fn restore(&mut self, _from: &mut &[u8]) -> Result<(), Fault> {
        Ok(())
    }
}
