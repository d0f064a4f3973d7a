//! The windows that ended last, put together from what was given out.

use super::result::{Addition, WindowResult, WindowSink};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet, VecDeque};
use throng_model::Scope;
use throng_model::window::{WindowKind, WindowNow};

/// So many of each window of each scope are kept: late events mostly belong to the last ones.
const KEPT: usize = 3;

/// Of every scope and window the last few, with all additions.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Latest {
    /// By scope, then by place in the table; each ascending.
    scopes: HashMap<Scope, Vec<VecDeque<WindowNow>>>,
    #[serde(skip)]
    changed: HashSet<Scope>,
}

impl Latest {
    /// The last window of each place in the table, for every scope that changed since this was last asked.
    pub fn take_changed(&mut self) -> Vec<(Scope, Vec<WindowNow>)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|scope| (self.last_of(&scope), scope))
            .map(|(last, scope)| (scope, last))
            .collect()
    }

    /// The same for every scope there is.
    pub fn all(&self) -> Vec<(Scope, Vec<WindowNow>)> {
        self.scopes
            .keys()
            .map(|scope| (scope.clone(), self.last_of(scope)))
            .collect()
    }

    fn last_of(&self, scope: &Scope) -> Vec<WindowNow> {
        let windows = self.scopes.get(scope).into_iter().flatten();
        windows.filter_map(|kept| kept.back().cloned()).collect()
    }
}

impl WindowSink for Latest {
    fn take(&mut self, result: &WindowResult<'_>) {
        if !self.changed.contains(result.scope) {
            self.changed.insert(result.scope.clone());
        }
        if !self.scopes.contains_key(result.scope) {
            self.scopes.insert(result.scope.clone(), Vec::new());
        }
        let Some(windows) = self.scopes.get_mut(result.scope) else {
            return;
        };
        if windows.len() <= result.number {
            windows.resize_with(result.number + 1, VecDeque::new);
        }
        if let Some(kept) = windows.get_mut(result.number) {
            match result.addition {
                Addition::Closed | Addition::Late => add(kept, result),
                Addition::Joined { from } => join(kept, result, from),
            }
        }
    }
}

/// Whether a result is about this window.
fn is_of(now: &WindowNow, result: &WindowResult<'_>) -> bool {
    match result.window.kind {
        // The day so far is one window a step.
        WindowKind::Cumulate { .. } => now.range == result.range,
        _ => (now.range.start, now.ordinal) == (result.range.start, result.ordinal),
    }
}

fn add(kept: &mut VecDeque<WindowNow>, result: &WindowResult<'_>) {
    if let Some(now) = kept.iter_mut().rev().find(|now| is_of(now, result)) {
        now.revision += 1;
        now.events += result.events;
        now.range.end = now.range.end.max(result.range.end);
        now.measures.merge(result.measures);
        return;
    }
    let order = (result.range.start, result.range.end, result.ordinal);
    let place = kept.partition_point(|now| (now.range.start, now.range.end, now.ordinal) < order);
    if place == 0 && kept.len() == KEPT {
        // Older than any that is kept.
        return;
    }
    let fits = kept.len() == KEPT;
    let mut now = if fits { kept.pop_front() } else { None }.unwrap_or_else(|| WindowNow {
        window: result.window.clone(),
        range: result.range,
        ordinal: None,
        revision: 0,
        events: 0,
        observed: 0,
        expected: 0,
        measures: Default::default(),
    });
    // The memory of the one that goes is used again.
    now.measures.clear();
    now.measures.merge(result.measures);
    (now.range, now.ordinal, now.revision) = (result.range, result.ordinal, 0);
    (now.events, now.observed, now.expected) = (result.events, result.observed, result.expected);
    kept.insert(place - usize::from(fits), now);
}

/// The session that began at `from` is part of this one now.
fn join(kept: &mut VecDeque<WindowNow>, result: &WindowResult<'_>, from: throng_model::Timestamp) {
    let begins = |start| move |now: &WindowNow| now.range.start == start;
    let moved = kept
        .iter()
        .position(begins(from))
        .and_then(|place| kept.remove(place));
    let Some(mut moved) = moved else {
        return;
    };
    let is_full = kept.len() + 1 == KEPT;
    if let Some(into) = kept.iter_mut().find(|now| begins(result.range.start)(now)) {
        into.revision += 1;
        into.events += moved.events;
        into.range.end = result.range.end;
        into.measures.merge(&moved.measures);
    } else if !is_full {
        // It only begins earlier now. Unless it became part of one that is not kept: half of that would be a wrong number.
        moved.revision += 1;
        moved.range = result.range;
        let place = kept.partition_point(|now| now.range.start < moved.range.start);
        kept.insert(place, moved);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use throng_model::window::{Window, WindowTable};
    use throng_model::{CameraId, Measure, Measures, TimeRange, Timestamp};

    fn give(latest: &mut Latest, window: &Window, start: i64, end: i64, addition: Addition, people: i64) {
        let scope = Scope::Camera(CameraId::new("door").unwrap());
        let mut measures = Measures::default();
        measures.lane(Measure::In).add_times(1_000, people as u64);
        latest.take(&WindowResult {
            scope: &scope,
            number: 0,
            window,
            range: TimeRange {
                start: Timestamp(start),
                end: Timestamp(end),
            },
            ordinal: None,
            addition,
            events: people as u64,
            observed: 0,
            expected: 0,
            measures: &measures,
        });
    }

    fn kept(latest: &Latest) -> Vec<(i64, i64, u64, u32)> {
        let all = latest.scopes.values().flatten().flatten();
        all.map(|now| (now.range.start.0, now.range.end.0, now.events, now.revision))
            .collect()
    }

    #[test]
    fn the_last_windows_are_kept_with_what_came_late() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let minute = table.get(0).unwrap();
        for start in [0, 60, 120, 180] {
            give(&mut latest, minute, start, start + 60, Addition::Closed, 5);
        }
        give(&mut latest, minute, 120, 180, Addition::Late, 1);
        give(&mut latest, minute, 0, 60, Addition::Late, 1);
        assert_eq!(
            kept(&latest),
            [(60, 120, 5, 0), (120, 180, 6, 1), (180, 240, 5, 0)]
        );
        let changed = latest.take_changed();
        assert_eq!(changed[0].1[0].range.start, Timestamp(180));
        assert!(latest.take_changed().is_empty());
    }

    #[test]
    fn joined_sessions_are_one() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let session = table
            .iter()
            .find(|window| matches!(window.kind, WindowKind::Session { .. }))
            .unwrap();
        give(&mut latest, session, 0, 400, Addition::Closed, 2);
        give(&mut latest, session, 600, 1_000, Addition::Closed, 3);
        give(
            &mut latest,
            session,
            0,
            1_000,
            Addition::Joined { from: Timestamp(600) },
            0,
        );
        give(&mut latest, session, 0, 1_000, Addition::Late, 1);
        assert_eq!(kept(&latest), [(0, 1_000, 6, 2)]);
        give(
            &mut latest,
            session,
            -50,
            1_000,
            Addition::Joined { from: Timestamp(0) },
            0,
        );
        assert_eq!(kept(&latest), [(-50, 1_000, 6, 3)]);
    }
}
