//! Tumbling and sliding windows: a ladder of steps, each merged from the finer one.
//!
//! All windows that move on by the same step share a level. A level keeps as many of its last chunks as its widest window
//! needs; a window that ends is their merge. The chunk then goes up into the open chunk of the next level, so a five-minute
//! window by one minute merges five minutes, never thirty panes, and never an event twice.

use super::chunk::Chunk;
use super::fine::is_short;
use super::operator::{Give, Late, Operator, Operators, Plan, Saved, Source, restore, save};
use super::prefetch::prefetch;
use super::recent::KEPT;
use super::result::Addition;
use super::running::Running;
use super::stretch::{Holder, Stretch};
use serde::{Deserialize, Serialize};
use throng_model::pane::{PANE, pane_start};
use throng_model::window::WindowKind;
use throng_model::{Fault, TimeRange};

/// One step of the ladder.
struct Level {
    /// From one chunk to the next, in panes.
    step: i64,
    /// Number in the table, and how many chunks wide.
    windows: Vec<(usize, usize)>,
    state: LevelState,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct LevelState {
    /// The chunk that grows.
    open: Slot,
    /// The last closed ones, one more than the widest window has, each at its index modulo the length.
    ring: Vec<Slot>,
    /// By window: what the chunks inside add up to.
    running: Vec<Running>,
}

/// A chunk and which one it is.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Slot {
    index: Option<i64>,
    chunk: Chunk,
}

impl Slot {
    /// The chunk with this index, emptied if another one stood here.
    fn of(&mut self, index: i64) -> &mut Chunk {
        if self.index != Some(index) {
            self.index = Some(index);
            self.chunk.clear();
        }
        &mut self.chunk
    }
}

impl Level {
    fn new(step: i64, windows: Vec<(usize, usize)>) -> Self {
        let widest = windows.iter().map(|window| window.1).max().unwrap_or(1);
        let state = LevelState {
            open: Slot::default(),
            ring: vec![Slot::default(); widest + 1],
            running: vec![Running::default(); windows.len()],
        };
        Self { step, windows, state }
    }

    fn slot(&mut self, index: i64) -> Option<&mut Slot> {
        let length = self.state.ring.len() as i64;
        self.state.ring.get_mut(index.rem_euclid(length) as usize)
    }

    /// The open chunk is complete: gives out the windows that end with it and leaves it in the ring.
    fn close(&mut self, index: i64, give: &mut Give<'_>) -> Option<&Chunk> {
        let step = self.step;
        let LevelState { open, ring, running } = &mut self.state;
        let length = ring.len() as i64;
        let at = |index: i64| index.rem_euclid(length) as usize;
        open.of(index);
        std::mem::swap(open, ring.get_mut(at(index))?);
        // What falls out of the ring lends its memory to the chunk that opens.
        open.index = None;
        for ((window, chunks), running) in self.windows.iter().zip(running) {
            let (range, chunks) = (range(step, index, *chunks), *chunks as i64);
            if chunks == 1 {
                give.closed(*window, range, &mut ring.get_mut(at(index))?.chunk);
                continue;
            }
            running.add(&ring.get(at(index))?.chunk);
            let gone = ring.get(at(index - chunks))?;
            if gone.index == Some(index - chunks) {
                let inside = |slot: &&Slot| {
                    slot.index
                        .is_some_and(|slot| slot > index - chunks && slot <= index)
                };
                running.remove(&gone.chunk, ring.iter().filter(inside).map(|slot| &slot.chunk));
            }
            give.closed(*window, range, running.sum());
        }
        ring.get(at(index)).map(|slot| &slot.chunk)
    }

    /// Whether the late events are in the open chunk now, which will carry them up.
    fn late(&mut self, closed_to: i64, late: &Late<'_>, give: &mut Give<'_>) -> bool {
        let index = late.pane.div_euclid(self.step);
        let closed = closed_to.div_euclid(self.step);
        for (window, chunks) in &self.windows {
            for last in index..(index + *chunks as i64).min(closed) {
                give.late(*window, range(self.step, last, *chunks), Addition::Late, late);
            }
        }
        if index == closed {
            self.state.open.of(index).merge(late.chunk);
            return true;
        }
        if index + (self.state.ring.len() as i64) > closed {
            if let Some(slot) = self.slot(index) {
                slot.of(index).merge(late.chunk);
            }
            let inside = |chunks: usize| index + chunks as i64 >= closed;
            let sums = self.windows.iter().zip(&mut self.state.running);
            for (_, running) in sums.filter(|((_, chunks), _)| *chunks > 1 && inside(*chunks)) {
                running.add(late.chunk);
            }
        }
        false
    }
}

/// From when to when a window of so many chunks is that ends with this one.
fn range(step: i64, last: i64, chunks: usize) -> TimeRange {
    let end = (last + 1) * step;
    TimeRange {
        start: pane_start(end - chunks as i64 * step),
        end: pane_start(end),
    }
}

/// The tumbling and sliding windows of a scope; of a camera those that are not short.
pub(crate) struct Time {
    levels: Vec<Level>,
    /// A camera's recent events are taken over every so many panes; what a place adds, pane by pane.
    every: i64,
}

/// The tumbling and sliding windows of the table, if there are any.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let Plan { table, source, .. } = *plan;
    let mut cut: Vec<(i64, usize, usize)> = Vec::new();
    for (number, window) in table.iter().enumerate() {
        match window.kind {
            kind if source == Source::Camera && is_short(kind) => {}
            WindowKind::Tumbling { width } => cut.push((width / PANE, number, 1)),
            WindowKind::Sliding { width, slide } => {
                cut.push((slide / PANE, number, (width / slide) as usize));
            }
            _ => {}
        }
    }
    cut.sort_unstable();
    let levels: Vec<Level> = cut
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let windows = same
                .iter()
                .map(|(_, number, chunks)| (*number, *chunks))
                .collect();
            same.first().map(|first| Level::new(first.0, windows))
        })
        .collect();
    if levels.is_empty() {
        return Vec::new();
    }
    // The longest step that all events are still at hand for and that every level is a multiple of.
    let finest = levels.first().map_or(1, |level| level.step);
    let fits = |every: &i64| source == Source::Camera && finest % every == 0;
    let every = (1..=KEPT).rev().find(fits).unwrap_or(1);
    vec![Box::new(Time { levels, every })]
}

impl Time {
    /// Where panes of the finest level were added up to this one: closes what ends here and carries it up.
    fn carry(&mut self, end: i64, give: &mut Give<'_>) {
        let mut carried: Option<&Chunk> = None;
        for level in &mut self.levels {
            let index = (end - 1).div_euclid(level.step);
            if let Some(closed) = carried {
                level.state.open.of(index).merge(closed);
            }
            if end.rem_euclid(level.step) != 0 {
                break;
            }
            carried = level.close(index, give);
        }
    }

    /// The open chunk of the finest level while the pane before this one is added.
    fn open(&mut self, end: i64) -> Option<&mut Chunk> {
        let finest = self.levels.first_mut()?;
        Some(finest.state.open.of((end - 1).div_euclid(finest.step)))
    }
}

impl Operator for Time {
    fn close(&mut self, stretch: &Stretch<'_>, give: &mut Give<'_>) {
        let first = stretch.panes.start + 1;
        let first = first + (-first).rem_euclid(self.every);
        for end in (first..=stretch.panes.end).step_by(self.every as usize) {
            let panes = end - self.every..end;
            if let Some(open) = self.open(end) {
                match stretch.source {
                    Holder::Camera(recent) => recent.add_to(panes, open),
                    Holder::Place { .. } => stretch.add_to(panes, open),
                }
            }
            self.carry(end, give);
        }
    }

    fn jump(&mut self) {
        for LevelState { open, ring, running } in self.levels.iter_mut().map(|level| &mut level.state) {
            // What falls out of a sum must be what was added to it: neither stays.
            open.index = None;
            ring.iter_mut().for_each(|slot| slot.index = None);
            running.iter_mut().for_each(|running| running.sum().clear());
        }
    }

    fn late(&mut self, late: &Late<'_>, give: &mut Give<'_>) {
        // Those that have not been taken over yet will be.
        let taken = late.closed_to.div_euclid(self.every) * self.every;
        if late.pane >= taken {
            return;
        }
        for level in &mut self.levels {
            if level.late(taken, late, give) {
                break;
            }
        }
    }

    fn prefetch(&self) {
        prefetch(self);
    }

    fn reach(&self) -> i64 {
        let widths = self
            .levels
            .iter()
            .map(|level| level.step * level.state.ring.len() as i64);
        widths.max().unwrap_or(0)
    }

    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault> {
        self.levels.iter().try_for_each(|level| save(&level.state, into))
    }

    fn restore(&mut self, from: &mut Saved<'_>) -> Result<bool, Fault> {
        for level in &mut self.levels {
            level.state = restore(from)?;
        }
        Ok(true)
    }
}
