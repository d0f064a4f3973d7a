//! Counters that say how many are inside now: from states to steps of the occupancy, in event-time order.
//!
//! A state holds until the next one. A state that comes late lies between two known ones: it takes its own step, and
//! the step after it becomes so much smaller. At a reset of the place its occupancy starts at 0, so the first state
//! after it is a step from 0.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use throng_model::Timestamp;

use super::READINGS_MAX;

/// How many were inside, and since when that occupancy adds up. Ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct State {
    at: Timestamp,
    people: u32,
    reset: Timestamp,
}

/// The occupancy changes by so many at this moment; added to what was said of it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// When.
    pub at: Timestamp,
    /// By how many.
    pub by: i64,
}

/// What is remembered of one state counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateMemory {
    states: VecDeque<State>,
    forgot: bool,
}

impl StateMemory {
    /// Takes in a state, in any order; `reset` is the start of the occupancy day that holds `at`.
    pub fn observe(&mut self, at: Timestamp, people: u32, reset: Timestamp) -> Vec<Shift> {
        let state = State { at, people, reset };
        let place = self.states.partition_point(|known| *known < state);
        let next = self.states.get(place);
        if next == Some(&state) || (place == 0 && self.forgot) {
            return Vec::new();
        }
        let previous = place.checked_sub(1).and_then(|place| self.states.get(place));
        let mut shifts = vec![Shift {
            at,
            by: step(previous, &state),
        }];
        if let Some(next) = next {
            shifts.push(Shift {
                at: next.at,
                by: step(Some(&state), next) - step(previous, next),
            });
        }
        shifts.retain(|shift| shift.by != 0);
        self.states.insert(place, state);
        if self.states.len() > READINGS_MAX {
            self.states.pop_front();
            self.forgot = true;
        }
        shifts
    }

    /// Forgets states no event can come between any more: all before the last one up to `horizon`.
    pub fn forget_before(&mut self, horizon: Timestamp) {
        while self.states.get(1).is_some_and(|second| second.at <= horizon) {
            self.states.pop_front();
            self.forgot = true;
        }
    }
}

fn step(before: Option<&State>, after: &State) -> i64 {
    let level = before
        .filter(|before| before.reset == after.reset)
        .map_or(0, |before| before.people);
    i64::from(after.people) - i64::from(level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Resets every hundred.
    fn levels(states: &[(i64, u32)]) -> BTreeMap<i64, i64> {
        let mut memory = StateMemory::default();
        let mut shifts: BTreeMap<i64, i64> = BTreeMap::new();
        for (at, people) in states {
            for shift in memory.observe(Timestamp(*at), *people, Timestamp(at / 100 * 100)) {
                *shifts.entry(shift.at.0).or_default() += shift.by;
            }
        }
        let (mut level, mut day) = (0, 0);
        let follow = |(at, by): (i64, i64)| {
            if at / 100 != day {
                (level, day) = (0, at / 100);
            }
            level += by;
            (at, level)
        };
        shifts.into_iter().map(follow).collect()
    }

    #[test]
    fn a_late_state_moves_nobody_but_between_its_neighbours() {
        let mut memory = StateMemory::default();
        let mut said = |at, people| memory.observe(Timestamp(at), people, Timestamp(0));
        assert_eq!(
            said(10, 4),
            [Shift {
                at: Timestamp(10),
                by: 4
            }]
        );
        assert_eq!(
            said(30, 1),
            [Shift {
                at: Timestamp(30),
                by: -3
            }]
        );
        assert_eq!(
            said(20, 9),
            [
                Shift {
                    at: Timestamp(20),
                    by: 5
                },
                Shift {
                    at: Timestamp(30),
                    by: -5
                }
            ]
        );
        assert!(said(20, 9).is_empty(), "said twice");
    }

    #[test]
    fn after_a_reset_the_state_is_said_anew() {
        assert_eq!(levels(&[(90, 5), (110, 5)]), BTreeMap::from([(90, 5), (110, 5)]));
    }

    proptest! {
        #[test]
        fn the_level_is_the_last_state_whatever_the_order(
            states in proptest::collection::btree_map(0i64..500, 0u32..20, 1..60), keys in proptest::collection::vec(any::<u32>(), 60),
        ) {
            let in_order: Vec<(i64, u32)> = states.into_iter().collect();
            let mut shuffled: Vec<_> = in_order.iter().zip(keys).collect();
            shuffled.sort_by_key(|(_, key)| *key);
            let shuffled: Vec<(i64, u32)> = shuffled.into_iter().map(|(state, _)| *state).collect();
            let levels = levels(&shuffled);
            for (at, people) in in_order {
                // No entry means that nothing moved: the level before holds, unless the place was reset since.
                let level = levels.range(at / 100 * 100..=at).next_back().map_or(0, |(_, level)| *level);
                prop_assert_eq!(level, i64::from(people), "at {}", at);
            }
        }
    }
}
