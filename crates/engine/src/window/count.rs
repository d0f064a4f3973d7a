//! Count windows: so many events, whatever time they take.
//!
//! A ladder like that of time: a hop of events is summed once, hops merge into windows and into the hops of the next level.
//! Events are counted in the order of their time, as far as the scope's watermark had not passed it when they came; a late
//! one is counted at the watermark it came at. So the ends of a window, once cut, stay where they are, no event is left out,
//! and the cut depends on the order of the log alone.

use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::{Give, Late, Operator, Operators, Plan, restore, save};
use super::running::Running;
use super::stretch::Stretch;
use serde::{Deserialize, Serialize};
use throng_model::Fault;
use throng_model::window::WindowKind;

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
    /// The last full ones, one more than the widest window has, each at its number modulo the length.
    ring: Vec<Chunk>,
    /// By window: what is in it.
    running: Vec<Running>,
}

/// All count windows of a scope.
struct Count {
    levels: Vec<Level>,
}

/// The count windows of the table, if there are any.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let Plan { table, .. } = *plan;
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
                ring: vec![Chunk::default(); widest as usize + 1],
                running: vec![Running::default(); windows.len()],
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
    vec![Box::new(Count { levels })]
}

impl Level {
    /// The open hop is full: gives out the windows that end with it and leaves it in the ring.
    fn close(&mut self, give: &mut Give<'_>) -> Option<&Chunk> {
        let LevelState {
            open,
            full,
            ring,
            running,
        } = &mut self.state;
        let length = ring.len() as u64;
        let at = |number: u64| (number % length) as usize;
        let number = *full;
        *full += 1;
        std::mem::swap(open, ring.get_mut(at(number))?);
        open.clear();
        for ((window, hops), running) in self.windows.iter().zip(running) {
            if *hops == 1 {
                give.counted(*window, number, ring.get_mut(at(number))?);
                continue;
            }
            running.add(ring.get(at(number))?);
            if let Some(gone) = number.checked_sub(*hops) {
                let left = (gone + 1..=number).filter_map(|hop| ring.get(at(hop)));
                running.remove(ring.get(at(gone))?, left);
            }
            // A sliding window is first given out when it is full.
            if let Some(ordinal) = (number + 1).checked_sub(*hops) {
                give.counted(*window, ordinal, running.sum());
            }
        }
        ring.get(at(number))
    }
}

impl Operator for Count {
    fn close(&mut self, _stretch: &Stretch<'_>, _give: &mut Give<'_>) {}

    fn late(&mut self, _late: &Late<'_>, _give: &mut Give<'_>) {}

    fn events(&mut self, mut observations: &[Observation], give: &mut Give<'_>) {
        while let Some(finest) = self.levels.first_mut() {
            // As many as the finest hop has room for.
            let room = finest.hop.saturating_sub(finest.state.open.events) as usize;
            let (some, rest) = observations.split_at(room.min(observations.len()));
            finest.state.open.pour_unordered(some);
            if finest.state.open.events < finest.hop {
                return;
            }
            observations = rest;
            let mut carried: Option<&Chunk> = None;
            for level in &mut self.levels {
                if let Some(hop) = carried {
                    level.state.open.merge(hop);
                }
                if level.state.open.events < level.hop {
                    break;
                }
                carried = level.close(give);
            }
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
