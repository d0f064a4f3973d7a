//! Count windows: so many events, whatever time they take.
//!
//! A ladder like that of time: a hop of events is summed once, hops merge into windows and into the hops of the next level.
//! Events are counted in the order of their time, as far as the scope's watermark had not passed it when they came; a late
//! one is counted at the watermark it came at. So the ends of a window, once cut, stay where they are, no event is left out,
//! and the cut depends on the order of the log alone.

use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::{Closing, Give, Operator, Operators, Source, restore, save};
use super::result::Addition;
use serde::{Deserialize, Serialize};
use throng_model::window::{WindowKind, WindowTable};
use throng_model::{Fault, TimeRange};

/// One size of hop.
struct Level {
    hop: u64,
    /// Number in the table, and how many hops wide.
    windows: Vec<(usize, u64)>,
    state: LevelState,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct LevelState {
    /// The hop that fills.
    open: Chunk,
    /// How many are full.
    full: u64,
    /// The last full ones, each at its number modulo the length.
    ring: Vec<Chunk>,
}

/// All count windows of a scope.
struct Count {
    levels: Vec<Level>,
    scratch: Chunk,
}

/// The count windows of the table, if there are any.
pub(crate) fn build(table: &WindowTable, _source: Source) -> Operators {
    let mut cut: Vec<(u64, usize, u64)> = Vec::new();
    for (number, window) in table.iter().enumerate() {
        match window.kind {
            WindowKind::CountTumbling { events } => cut.push((events.into(), number, 1)),
            WindowKind::CountSliding { events, slide } => {
                cut.push((slide.into(), number, u64::from(events / slide)));
            }
            _ => {}
        }
    }
    cut.sort_unstable();
    let levels: Vec<Level> = cut
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let windows: Vec<_> = same.iter().map(|(_, number, hops)| (*number, *hops)).collect();
            let widest = windows.iter().map(|window| window.1).max()?;
            let state = LevelState {
                ring: vec![Chunk::default(); widest as usize],
                ..LevelState::default()
            };
            same.first().map(|first| Level {
                hop: first.0,
                windows,
                state,
            })
        })
        .collect();
    if levels.is_empty() {
        return Vec::new();
    }
    vec![Box::new(Count {
        levels,
        scratch: Chunk::default(),
    })]
}

impl Level {
    /// The open hop is full: gives out the windows that end with it and leaves it in the ring.
    fn close(&mut self, scratch: &mut Chunk, give: &mut Give<'_>) -> Option<&Chunk> {
        let LevelState { open, full, ring } = &mut self.state;
        let length = ring.len() as u64;
        let number = *full;
        *full += 1;
        let place = (number % length) as usize;
        std::mem::swap(open, ring.get_mut(place)?);
        open.clear();
        for (window, hops) in &self.windows {
            // A sliding window is first given out when it is full.
            let Some(ordinal) = (number + 1).checked_sub(*hops) else {
                continue;
            };
            scratch.clear();
            for hop in ordinal..=number {
                scratch.merge(ring.get((hop % length) as usize)?);
            }
            let range = TimeRange {
                start: scratch.first,
                end: scratch.last.plus(1),
            };
            give.give(*window, range, Some(ordinal), Addition::Closed, scratch);
        }
        ring.get(place)
    }
}

impl Operator for Count {
    fn pane(&mut self, _closing: &Closing<'_>, _give: &mut Give<'_>) {}

    fn late(&mut self, _pane: i64, _closed_to: i64, _late: &Chunk, _give: &mut Give<'_>) {}

    fn event(&mut self, observation: &Observation, give: &mut Give<'_>) {
        let mut carried: Option<&Chunk> = None;
        for level in &mut self.levels {
            match carried {
                None => level.state.open.pour(std::slice::from_ref(observation)),
                Some(hop) => level.state.open.merge(hop),
            }
            if level.state.open.events < level.hop {
                break;
            }
            carried = level.close(&mut self.scratch, give);
        }
    }

    fn counts(&self) -> bool {
        true
    }

    fn reach(&self) -> i64 {
        0
    }

    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault> {
        self.levels.iter().try_for_each(|level| save(&level.state, into))
    }

    fn restore(&mut self, from: &mut &[u8]) -> Result<(), Fault> {
        self.levels.iter_mut().try_for_each(|level| {
            level.state = restore(from)?;
            Ok(())
        })
    }
}
