//! The windows that ended last, put together from what was given out.

#[cfg(test)]
use super::measured::Measured;
use super::result::{Addition, WindowResult, WindowSink};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use throng_model::window::{WindowKind, WindowNow};
use throng_model::{Measures, Scope, TimeRange, Timestamp};

/// So many sessions of each scope are kept: where the last one becomes part of the one before, that one is shown again.
const SESSIONS_KEPT: usize = 3;

/// Which window of its kind, in the order in which they are kept.
type Key = (i64, i64);

/// The last windows of one scope and place in the table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Shelf {
    /// Ascending. Shared with whoever shows them: they are most of what windows take in memory.
    kept: VecDeque<Arc<WindowNow>>,
    /// The latest that had to make room. What is added to it or to one before is not shown: half of a window would be a wrong
    /// number.
    forgotten: Option<Key>,
}

/// Of every scope the last window of each kind, with all additions.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Latest {
    /// By scope, then by place in the table.
    scopes: HashMap<Scope, Vec<Shelf>>,
    #[serde(skip)]
    changed: HashSet<Scope>,
}

impl Latest {
    /// The last window of each place in the table, for every scope that changed since this was last asked.
    pub fn take_changed(&mut self) -> Vec<(Scope, Vec<Arc<WindowNow>>)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|scope| (self.last_of(&scope), scope))
            .map(|(last, scope)| (scope, last))
            .collect()
    }

    /// The same for every scope there is.
    pub fn all(&self) -> Vec<(Scope, Vec<Arc<WindowNow>>)> {
        self.scopes
            .keys()
            .map(|scope| (scope.clone(), self.last_of(scope)))
            .collect()
    }

    fn last_of(&self, scope: &Scope) -> Vec<Arc<WindowNow>> {
        let windows = self.scopes.get(scope).into_iter().flatten();
        windows.filter_map(|shelf| shelf.kept.back().cloned()).collect()
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
            windows.resize_with(result.number + 1, Shelf::default);
        }
        if let Some(shelf) = windows.get_mut(result.number) {
            match result.addition {
                Addition::Closed | Addition::Late => shelf.add(result),
                Addition::Joined { from } => shelf.join(result, from),
            }
        }
    }
}

fn key(kind: WindowKind, range: TimeRange, ordinal: Option<u64>) -> Key {
    match (kind, ordinal) {
        // The day so far is one window a step.
        (WindowKind::Cumulate { .. }, _) => (range.start.0, range.end.0),
        (_, Some(ordinal)) => (ordinal as i64, 0),
        // The end of a session moves.
        (_, None) => (range.start.0, 0),
    }
}

/// How many are kept of a kind: what came before the last one is not shown, and only sessions can become the last again.
fn most(kind: WindowKind) -> usize {
    match kind {
        WindowKind::Session { .. } => SESSIONS_KEPT,
        _ => 1,
    }
}

fn key_of(now: &WindowNow) -> Key {
    key(now.window.kind, now.range, now.ordinal)
}

impl Shelf {
    fn add(&mut self, result: &WindowResult<'_>) {
        let key = key(result.window.kind, result.range, result.ordinal);
        if let Some(now) = self.kept.iter_mut().rev().find(|now| key_of(now) == key) {
            let now = Arc::make_mut(now);
            now.revision += 1;
            now.events += result.events;
            now.range.end = now.range.end.max(result.range.end);
            result.measured.add_to(&mut now.measures);
            return;
        }
        if self.forgotten.is_some_and(|forgotten| key <= forgotten) {
            return;
        }
        let most = most(result.window.kind);
        // Earlier versions kept more.
        while self.kept.len() > most {
            self.make_room();
        }
        if self.kept.len() == most && self.kept.front().is_some_and(|oldest| key < key_of(oldest)) {
            self.forgotten = self.forgotten.max(Some(key));
            return;
        }
        let oldest = match self.kept.len() == most {
            true => self.make_room(),
            false => None,
        };
        // The memory of the one that had to make room is used again, unless it is shown yet.
        let oldest = oldest.and_then(Arc::into_inner);
        let mut now = oldest.unwrap_or_else(|| WindowNow {
            window: result.window.clone(),
            range: result.range,
            ordinal: None,
            revision: 0,
            events: 0,
            observed: 0,
            expected: 0,
            measures: Measures::default(),
        });
        now.measures.clear();
        result.measured.add_to(&mut now.measures);
        (now.range, now.ordinal, now.revision) = (result.range, result.ordinal, 0);
        (now.events, now.observed, now.expected) = (result.events, result.observed, result.expected);
        self.insert(Arc::new(now));
    }

    /// Forgets the oldest.
    fn make_room(&mut self) -> Option<Arc<WindowNow>> {
        let oldest = self.kept.pop_front();
        self.forgotten = self.forgotten.max(oldest.as_deref().map(key_of));
        oldest
    }

    /// The session that began at `from` is part of the result's now.
    fn join(&mut self, result: &WindowResult<'_>, from: Timestamp) {
        let place = self.kept.iter().position(|now| now.range.start == from);
        let Some(mut moved) = place.and_then(|place| self.kept.remove(place)) else {
            return;
        };
        let mut kept = self.kept.iter_mut();
        if let Some(into) = kept.find(|now| now.range.start == result.range.start) {
            let into = Arc::make_mut(into);
            into.revision += 1;
            into.events += moved.events;
            into.range.end = result.range.end;
            into.measures.merge(&moved.measures);
            return;
        }
        // It only begins earlier now, or it became part of one that is forgotten.
        let now = Arc::make_mut(&mut moved);
        now.revision += 1;
        now.range = result.range;
        if self.forgotten.is_none_or(|forgotten| key_of(&moved) > forgotten) {
            self.insert(moved);
        }
    }

    fn insert(&mut self, now: Arc<WindowNow>) {
        let place = self.kept.partition_point(|other| key_of(other) < key_of(&now));
        self.kept.insert(place, now);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use throng_model::window::{Window, WindowTable};
    use throng_model::{CameraId, Measure};

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
            measured: Measured::Sums(&measures),
        });
    }

    fn kept(latest: &Latest) -> Vec<(i64, i64, u64, u32)> {
        let all = latest.scopes.values().flatten().flat_map(|shelf| &shelf.kept);
        all.map(|now| (now.range.start.0, now.range.end.0, now.events, now.revision))
            .collect()
    }

    #[test]
    fn the_last_window_is_kept_with_what_came_late() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let minute = table.get(0).unwrap();
        for start in [0, 60, 120, 180] {
            give(&mut latest, minute, start, start + 60, Addition::Closed, 5);
        }
        give(&mut latest, minute, 120, 180, Addition::Late, 1);
        give(&mut latest, minute, 0, 60, Addition::Late, 1);
        assert_eq!(kept(&latest), [(180, 240, 5, 0)]);
        give(&mut latest, minute, 180, 240, Addition::Late, 1);
        assert_eq!(kept(&latest), [(180, 240, 6, 1)]);
        let changed = latest.take_changed();
        assert_eq!(changed[0].1[0].range.start, Timestamp(180));
        assert!(latest.take_changed().is_empty());
        give(&mut latest, minute, 180, 240, Addition::Late, 1);
        assert_eq!(
            changed[0].1[0].events, 6,
            "what was taken does not change any more"
        );
        assert_eq!(latest.take_changed()[0].1[0].events, 7);
    }

    #[test]
    fn an_old_window_made_late_takes_no_newer_ones_place() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let minute = table.get(0).unwrap();
        for (start, addition) in [
            (900, Addition::Closed),
            (300, Addition::Late),
            (960, Addition::Closed),
            (900, Addition::Late),
        ] {
            give(&mut latest, minute, start, start + 60, addition, 5);
        }
        assert_eq!(kept(&latest), [(960, 1_020, 5, 0)]);
    }

    #[test]
    fn what_was_forgotten_does_not_come_back_by_half() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let session = table
            .iter()
            .find(|window| matches!(window.kind, WindowKind::Session { .. }))
            .unwrap();
        for start in [0, 600, 900, 960] {
            give(&mut latest, session, start, start + 60, Addition::Closed, 5);
        }
        give(&mut latest, session, 300, 360, Addition::Late, 1);
        give(&mut latest, session, 600, 660, Addition::Late, 1);
        assert_eq!(
            kept(&latest),
            [(600, 660, 6, 1), (900, 960, 5, 0), (960, 1_020, 5, 0)]
        );
        give(&mut latest, session, 1_200, 1_260, Addition::Closed, 5);
        give(&mut latest, session, 600, 660, Addition::Late, 1);
        assert_eq!(
            kept(&latest),
            [(900, 960, 5, 0), (960, 1_020, 5, 0), (1_200, 1_260, 5, 0)]
        );
    }

    /// A state of a version that kept three of each kind.
    #[test]
    fn more_than_is_kept_now_makes_room() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let minute = table.get(0).unwrap();
        give(&mut latest, minute, 120, 180, Addition::Closed, 5);
        let shelf = &mut latest.scopes.values_mut().next().unwrap()[0];
        for start in [60, 0] {
            let mut before = WindowNow::clone(&shelf.kept[0]);
            before.range.start = Timestamp(start);
            shelf.kept.push_front(Arc::new(before));
        }
        // One that had no events until now takes no newer one's place.
        give(&mut latest, minute, 90, 150, Addition::Late, 1);
        give(&mut latest, minute, 120, 180, Addition::Late, 1);
        assert_eq!(kept(&latest), [(120, 180, 6, 1)]);
        give(&mut latest, minute, 180, 240, Addition::Closed, 5);
        give(&mut latest, minute, 120, 180, Addition::Late, 1);
        assert_eq!(kept(&latest), [(180, 240, 5, 0)]);
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

    #[test]
    fn a_session_joined_to_a_forgotten_one_is_not_shown_by_half() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let session = table
            .iter()
            .find(|window| matches!(window.kind, WindowKind::Session { .. }))
            .unwrap();
        for start in [0, 1_000, 2_000, 3_000] {
            give(&mut latest, session, start, start + 500, Addition::Closed, 2);
        }
        for from in [1_000, 2_000, 3_000] {
            let joined = Addition::Joined {
                from: Timestamp(from),
            };
            give(&mut latest, session, 0, from + 500, joined, 0);
            give(&mut latest, session, 0, from + 500, Addition::Late, 1);
        }
        assert!(kept(&latest).is_empty());
    }
}
