//! Count windows: so many events, whatever time they take.
//!
//! A ladder like that of time: a hop of events is summed once, hops merge into windows and into the hops of the next level.
//! Events are counted in the order of their time, as far as the scope's watermark had not passed it when they came; a late
//! one is counted at the watermark it came at. So the ends of a window, once cut, stay where they are, no event is left out,
//! and the cut depends on the order of the log alone. Windows of few events are no part of the ladder: see [`short`].

mod short;

use self::short::{Cut, Kept, Short, is_short};
use super::chunk::Chunk;
use super::observation::Observation;
use super::operator::{Give, Late, Operator, Operators, Plan, Saved, restore, save};
use super::prefetch::prefetch;
use super::running::Running;
use super::stretch::Stretch;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_model::Fault;
use throng_model::window::{WindowKind, WindowTable};

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
    short: Option<Short>,
    levels: Vec<Level>,
}

/// The count windows of the table, if there are any.
pub(crate) fn build(plan: &Plan<'_>) -> Operators {
    let short = Cut::of(plan.table).map(|cut| Short::new(Arc::new(cut)));
    let levels = ladder(plan.table, |kind| !is_short(kind));
    if short.is_none() && levels.is_empty() {
        return Vec::new();
    }
    vec![Box::new(Count { short, levels })]
}

/// The ladder that some count windows of the table need.
fn ladder(table: &WindowTable, is_wanted: impl Fn(WindowKind) -> bool) -> Vec<Level> {
    let mut cut: Vec<(u64, usize, u64)> = Vec::new();
    for (number, window) in table
        .iter()
        .enumerate()
        .filter(|(_, window)| is_wanted(window.kind))
    {
        match window.kind {
            WindowKind::CountTumbling { events } => cut.push((events.into(), number, 1)),
            WindowKind::CountSliding { events, slide } => {
                cut.push((slide.into(), number, u64::from(events / slide)));
            }
            _ => {}
        }
    }
    cut.sort_unstable();
    let same_hop = cut.chunk_by(|a, b| a.0 == b.0);
    same_hop
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
        .collect()
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

impl Level {
    /// The events of its hops, as far as they are not summed up.
    fn single_events(&self) -> Kept {
        let LevelState { open, full, ring, .. } = &self.state;
        let length = ring.len() as u64;
        let hops = (full.saturating_sub(length)..*full).filter_map(|hop| ring.get((hop % length) as usize));
        // Those behind a hop that was summed up are all there is.
        let mut seen = Vec::new();
        for hop in hops.chain([open]) {
            match hop.single_events() {
                Some(events) => seen.extend_from_slice(events),
                None => seen.clear(),
            }
        }
        Kept {
            counted: full * self.hop + open.events,
            seen,
        }
    }
}

impl Count {
    /// Of a state of version 7 or before, where all windows were one ladder.
    fn restore_ladder(&mut self, from: &mut Saved<'_>) -> Result<bool, Fault> {
        let mut old = ladder(from.table, |_| true);
        for level in &mut old {
            level.state = restore(from)?;
        }
        let is_enough = match (&mut self.short, old.first()) {
            (Some(short), Some(finest)) => short.go_on(finest.single_events()),
            _ => true,
        };
        // What waits in a step that is gone is taken up by the next one.
        let mut waits = Chunk::default();
        for old in old {
            let Some(level) = self.levels.iter_mut().find(|level| level.hop == old.hop) else {
                waits.merge(&old.state.open);
                continue;
            };
            let running = old.windows.iter().zip(old.state.running);
            let running = running.filter(|(window, _)| level.windows.contains(window));
            level.state = LevelState {
                running: running.map(|(_, running)| running).collect(),
                ..old.state
            };
            level.state.open.merge(&waits);
            waits.clear();
        }
        Ok(is_enough)
    }
}

impl Operator for Count {
    fn close(&mut self, _stretch: &Stretch<'_>, _give: &mut Give<'_>) {}

    fn late(&mut self, _late: &Late<'_>, _give: &mut Give<'_>) {}

    fn events(&mut self, mut observations: &[Observation], give: &mut Give<'_>) {
        if let Some(short) = &mut self.short {
            short.count(observations, give);
        }
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

    fn prefetch(&self) {
        if let Some(short) = &self.short {
            short.prefetch();
        }
        self.levels.first().into_iter().for_each(prefetch);
    }

    fn reach(&self) -> i64 {
        0
    }

    fn save(&self, into: &mut Vec<u8>) -> Result<(), Fault> {
        let short = self.short.as_ref().map(Short::kept);
        short.map_or(Ok(()), |short| save(&short, into))?;
        self.levels.iter().try_for_each(|level| save(&level.state, into))
    }

    fn restore(&mut self, from: &mut Saved<'_>) -> Result<bool, Fault> {
        if from.version < 8 {
            return self.restore_ladder(from);
        }
        let mut is_enough = true;
        if let Some(short) = &mut self.short {
            is_enough = short.go_on(restore(from)?);
        }
        for level in &mut self.levels {
            level.state = restore(from)?;
        }
        Ok(is_enough)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::operator::{Feeders, Out, Room, Source};
    use super::super::result::{WindowResult, WindowSink};
    use super::*;
    use crate::cutter::Cutter;
    use proptest::prelude::*;
    use throng_model::window::Window;
    use throng_model::{CameraId, Measure, Measures, Scope, TimeRange, Timestamp};

    /// Everything that was given out.
    #[derive(Default)]
    struct All(Vec<(usize, Option<u64>, TimeRange, u64, Measures)>);

    impl WindowSink for All {
        fn take(&mut self, result: &WindowResult<'_>) {
            let measures = result.measured.to_measures();
            self.0.push((
                result.number,
                result.ordinal,
                result.range,
                result.events,
                measures,
            ));
        }
    }

    fn table(kinds: &[WindowKind]) -> WindowTable {
        let named = kinds.iter().zip(0..).map(|(kind, number)| Window {
            name: format!("window_{number}"),
            kind: *kind,
        });
        WindowTable::new(named.collect()).unwrap()
    }

    fn built(table: &WindowTable) -> Box<dyn Operator> {
        let plan = Plan {
            table,
            source: Source::Camera,
            lateness: 0,
        };
        build(&plan).pop().unwrap()
    }

    fn saved<'a>(version: u8, table: &'a WindowTable, bytes: &'a [u8]) -> Saved<'a> {
        Saved {
            version,
            table,
            bytes,
        }
    }

    fn given(table: &WindowTable, operator: &mut dyn Operator, events: std::ops::Range<i64>) -> All {
        let (mut all, mut room) = (All::default(), Room::default());
        let mut cutter = Cutter::new(jiff::tz::TimeZone::UTC, 0);
        let seen: Vec<Observation> = events
            .map(|number| {
                let confidence = 500 + (number * number % 499) as u16;
                Observation::new(Timestamp(number * 7), Measure::In, 1_000, Some(confidence), None)
            })
            .collect();
        let give = &mut Give {
            out: Out {
                scope: &Scope::Camera(CameraId::new("door").unwrap()),
                table,
                feeders: Feeders::cameras(&[], &[]),
                sink: &mut all,
            },
            cutter: &mut cutter,
            room: &mut room,
        };
        seen.chunks(13).for_each(|some| operator.events(some, give));
        // Windows that end together may be given out in any order.
        all.0.sort_by_key(|row| (row.0, row.1));
        all
    }

    proptest! {
        /// As the ladder of all windows gave them out before some became short, and from a state that it left at any point.
        #[test]
        fn short_windows_hold_what_the_ladder_held(before in 0i64..500, behind in 0i64..500) {
            let table = table(&[
                WindowKind::CountTumbling { events: 60 },
                WindowKind::CountSliding { events: 128, slide: 4 },
                WindowKind::CountSliding { events: 300, slide: 60 },
                WindowKind::CountTumbling { events: 12 },
                WindowKind::CountSliding { events: 24, slide: 12 },
                WindowKind::CountTumbling { events: 240 },
            ]);
            let mut old: Box<dyn Operator> = Box::new(Count { short: None, levels: ladder(&table, |_| true) });
            let mut new = built(&table);
            prop_assert_eq!(given(&table, &mut *new, 0..before).0, given(&table, &mut *old, 0..before).0);
            let (mut kept, mut bytes) = (Vec::new(), Vec::new());
            new.save(&mut kept)?;
            old.save(&mut bytes)?;
            let (mut restored, mut from_old) = (built(&table), built(&table));
            prop_assert!(restored.restore(&mut saved(8, &table, &kept))?);
            prop_assert!(from_old.restore(&mut saved(7, &table, &bytes))?);
            let expected = given(&table, &mut *old, before..before + behind);
            for operator in [&mut *new, &mut *restored, &mut *from_old] {
                prop_assert_eq!(&given(&table, operator, before..before + behind).0, &expected.0);
            }
        }
    }

    #[test]
    fn half_of_a_window_is_not_gone_on_from() {
        let table = table(&[
            WindowKind::CountTumbling { events: 8 },
            WindowKind::CountSliding { events: 16, slide: 8 },
        ]);
        let mut old = Count {
            short: None,
            levels: ladder(&table, |_| true),
        };
        given(&table, &mut old, 0..21);
        let mut bytes = Vec::new();
        old.save(&mut bytes).unwrap();
        // The hops were given out, and so summed up.
        assert!(!built(&table).restore(&mut saved(7, &table, &bytes)).unwrap());
    }
}
