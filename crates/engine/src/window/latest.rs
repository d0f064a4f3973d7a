//! The windows that ended last, put together from what was given out.

#[cfg(test)]
use super::measured::Measured;
use super::result::{Addition, WindowResult, WindowSink};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet, VecDeque};
use throng_model::window::{WindowKind, WindowNow};
use throng_model::{Measures, Scope, TimeRange, Timestamp};

/// So many of each window of each scope are kept: late events mostly belong to the last ones.
const KEPT: usize = 3;

/// Which window of its kind, in the order in which they are kept.
type Key = (i64, i64);

/// The last windows of one scope and place in the table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Shelf {
    /// Ascending.
    kept: VecDeque<WindowNow>,
    /// The latest that had to make room. What is added to it or to one before is not shown: half of a window would be a wrong
    /// number.
    forgotten: Option<Key>,
}

/// Of every scope and window the last few, with all additions.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Latest {
    /// By scope, then by place in the table.
    scopes: HashMap<Scope, Vec<Shelf>>,
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

fn key_of(now: &WindowNow) -> Key {
    key(now.window.kind, now.range, now.ordinal)
}

impl Shelf {
    fn add(&mut self, result: &WindowResult<'_>) {
        let key = key(result.window.kind, result.range, result.ordinal);
        if let Some(now) = self.kept.iter_mut().rev().find(|now| key_of(now) == key) {
            now.revision += 1;
            now.events += result.events;
            now.range.end = now.range.end.max(result.range.end);
            result.measured.add_to(&mut now.measures);
            return;
        }
        if self.forgotten.is_some_and(|forgotten| key <= forgotten) {
            return;
        }
        if self.kept.len() == KEPT && self.kept.front().is_some_and(|oldest| key < key_of(oldest)) {
            self.forgotten = self.forgotten.max(Some(key));
            return;
        }
        // The memory of the one that has to make room is used again.
        let oldest = if self.kept.len() == KEPT {
            self.kept.pop_front()
        } else {
            None
        };
        self.forgotten = self.forgotten.max(oldest.as_ref().map(key_of));
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
        self.insert(now);
    }

    /// The session that began at `from` is part of the result's now.
    fn join(&mut self, result: &WindowResult<'_>, from: Timestamp) {
        let place = self.kept.iter().position(|now| now.range.start == from);
        let Some(mut moved) = place.and_then(|place| self.kept.remove(place)) else {
            return;
        };
        let mut kept = self.kept.iter_mut();
        if let Some(into) = kept.find(|now| now.range.start == result.range.start) {
            into.revision += 1;
            into.events += moved.events;
            into.range.end = result.range.end;
            into.measures.merge(&moved.measures);
            return;
        }
        // It only begins earlier now, or it became part of one that is forgotten.
        moved.revision += 1;
        moved.range = result.range;
        if self.forgotten.is_none_or(|forgotten| key_of(&moved) > forgotten) {
            self.insert(moved);
        }
    }

    fn insert(&mut self, now: WindowNow) {
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
    fn an_old_window_made_late_takes_no_newer_ones_place() {
        let (mut latest, table) = (Latest::default(), WindowTable::default());
        let minute = table.get(0).unwrap();
        for start in [0, 600, 900, 960] {
            give(&mut latest, minute, start, start + 60, Addition::Closed, 5);
        }
        give(&mut latest, minute, 300, 360, Addition::Late, 1);
        assert_eq!(
            kept(&latest),
            [(600, 660, 5, 0), (900, 960, 5, 0), (960, 1_020, 5, 0)]
        );
        give(&mut latest, minute, 1_200, 1_260, Addition::Closed, 5);
        give(&mut latest, minute, 600, 660, Addition::Late, 1);
        assert_eq!(
            kept(&latest),
            [(900, 960, 5, 0), (960, 1_020, 5, 0), (1_200, 1_260, 5, 0)],
            "what was forgotten does not come back by half"
        );
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
