//! Short tumbling and sliding windows of one camera, made of its recent events.
//!
//! What places and long windows need a ladder of merges for ([`super::time`]) is, for the few events a camera sees in some
//! minutes, dearer than adding the new ones and taking the old ones away.

use super::operator::{Closing, Give, Late, Operator, Operators, Plan, Source};
use super::recent::KEPT;
use super::result::Addition;
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

/// The short windows of one width, which are one sum.
struct Group {
    /// Panes.
    width: i64,
    /// The panes after which the next of them may end: what all slides are a multiple of.
    step: i64,
    windows: Vec<Short>,
    /// The pane before which the next one ends; none while that has to be found out.
    due: Option<i64>,
}

/// All short windows of a camera.
struct Fine {
    groups: Vec<Group>,
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
    let groups: Vec<Group> = windows
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let windows: Vec<Short> = same.iter().map(|window| window.1).collect();
            same.first().map(|first| Group {
                width: first.0,
                step: windows.iter().fold(0, |step, short| common(step, short.slide)),
                windows,
                due: None,
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
    /// Whether one of them ends before this pane. Comes for one pane after the other.
    fn is_due(&mut self, end: i64) -> bool {
        let due = self.due.unwrap_or_else(|| end + (-end).rem_euclid(self.step));
        self.due = Some(if end == due { due + self.step } else { due });
        end == due
    }
}

impl Operator for Fine {
    fn pane(&mut self, closing: &Closing<'_>, give: &mut Give<'_>) {
        let end = closing.pane + 1;
        for (number, group) in self.groups.iter_mut().enumerate() {
            if !group.is_due(end) {
                continue;
            }
            let start = end - group.width;
            give.slide(number, (start, end), closing.recent);
            let range = TimeRange {
                start: pane_start(start),
                end: pane_start(end),
            };
            let observed = closing.recent.observed(group.width);
            for short in group.windows.iter().filter(|short| end % short.slide == 0) {
                give.slid(number, short.window, range, observed);
            }
        }
    }

    fn jump(&mut self) {
        for group in &mut self.groups {
            group.due = None;
        }
    }

    fn late(&mut self, late: &Late<'_>, give: &mut Give<'_>) {
        for group in &self.groups {
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

    fn save(&self, _into: &mut Vec<u8>) -> Result<(), Fault> {
        Ok(())
    }

    /// How many panes of events must be kept: to take a slide away again, it must be at hand.
    fn keeps(&self) -> i64 {
        self.groups
            .iter()
            .map(|group| group.width + group.step)
            .max()
            .unwrap_or(0)
    }

    fn restore(&mut self, _from: &mut &[u8]) -> Result<(), Fault> {
        Ok(())
    }
}
