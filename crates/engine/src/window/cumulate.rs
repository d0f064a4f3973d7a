//! The growing day: from local midnight to now, given out at every step.

use super::chunk::Chunk;
use super::operator::{Give, Late, Operator, Operators, Plan, Saved, restore, save};
use super::prefetch::prefetch;
use super::result::Addition;
use super::stretch::Stretch;
use serde::{Deserialize, Serialize};
use throng_model::pane::{PANE, pane_start};
use throng_model::time::HOUR;
use throng_model::window::WindowKind;
use throng_model::{Fault, Rung, TimeRange};

struct Cumulate {
    window: usize,
    step: i64,
    state: State,
}

#[derive(Default, Serialize, Deserialize)]
struct State {
    /// The day that grows.
    day: Option<TimeRange>,
    so_far: Chunk,
}

/// One operator a step.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let Plan { table, .. } = *plan;
    let all = table
        .iter()
        .enumerate()
        .filter_map(|(window, entry)| match entry.kind {
            WindowKind::Cumulate { step } => Some(Box::new(Cumulate {
                window,
                step,
                state: State::default(),
            }) as Box<dyn Operator>),
            _ => None,
        });
    all.collect()
}

impl Cumulate {
    /// The first pane behind this one before which the day so far is given out.
    fn next_step(&self, day: TimeRange, pane: i64) -> i64 {
        let passed = pane_start(pane).since(day.start);
        let step = day.start.0 + (passed.div_euclid(self.step) + 1) * self.step;
        // Steps need not end with a pane, and the first pane of a day may have begun in the one before.
        let step = step.min(day.end.0);
        ((step + PANE - 1).div_euclid(PANE)).max(pane + 1)
    }
}

impl Operator for Cumulate {
    fn close(&mut self, stretch: &Stretch<'_>, give: &mut Give<'_>) {
        let mut pane = stretch.panes.start;
        while pane < stretch.panes.end {
            let start = pane_start(pane);
            let day = match self.state.day {
                Some(day) if day.contains(start) => day,
                _ => {
                    self.state.so_far.clear();
                    *self.state.day.insert(give.cutter.bucket(Rung::Day, start))
                }
            };
            let next = self.next_step(day, pane);
            let end = next.min(stretch.panes.end);
            stretch.add_to(pane..end, &mut self.state.so_far);
            if end == next {
                let range = TimeRange {
                    start: day.start,
                    end: pane_start(end).min(day.end),
                };
                give.closed(self.window, range, &mut self.state.so_far);
            }
            pane = end;
        }
    }

    fn late(&mut self, late: &Late<'_>, give: &mut Give<'_>) {
        let Late { pane, closed_to, .. } = *late;
        let day = give.cutter.bucket(Rung::Day, pane_start(pane));
        let mut end = self.next_step(day, pane);
        while end <= closed_to {
            let at = pane_start(end);
            let range = TimeRange {
                start: day.start,
                end: at.min(day.end),
            };
            give.late(self.window, range, Addition::Late, late);
            if at >= day.end {
                break;
            }
            end = self.next_step(day, end);
        }
        if pane_start(closed_to) >= day.end {
            return;
        }
        // The first events of a day may all be late ones.
        if self.state.day != Some(day) {
            self.state.so_far.clear();
            self.state.day = Some(day);
        }
        self.state.so_far.merge(late.chunk);
    }

    fn prefetch(&self) {
        prefetch(&self.state);
    }

    fn reach(&self) -> i64 {
        25 * HOUR / PANE
    }

    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault> {
        save(&self.state, into)
    }

    fn restore(&mut self, from: &mut Saved<'_>) -> Result<bool, Fault> {
        self.state = restore(from)?;
        Ok(true)
    }
}
