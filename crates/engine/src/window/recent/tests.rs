//! Against a plain list of events, pane by pane.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use throng_model::{Measure, Timestamp};

/// The first pane of all.
const BEGIN: i64 = 1_000;

/// What is closed, open and late, as it was said.
struct Told {
    recent: Recent,
    /// Of so many panes back sums are kept.
    sums: i64,
    all: BTreeMap<i64, Vec<Observation>>,
    observed: BTreeSet<i64>,
    crowds: BTreeSet<i64>,
    closed_to: i64,
}

/// So many events of one pane, ascending, the first right on its edge. Each says something of its own.
fn events(pane: i64, count: usize, salt: u32) -> Vec<Observation> {
    let one = |number: u32| {
        let people = 1_000 * (1 + (salt + number) % 4);
        let at = pane_start(pane).plus(i64::from(number * (1 + salt % 5)));
        Observation::new(
            at,
            Measure::In,
            people,
            Some((salt * 7 + number) as u16 % 1_000),
            None,
        )
    };
    (0..count as u32).map(one).collect()
}

impl Told {
    fn arrive(&mut self, panes: Range<i64>, mut count: impl FnMut(i64) -> usize, salt: u32) {
        let mut more = Vec::new();
        for pane in panes {
            more.extend(events(pane, count(pane), salt));
        }
        for seen in &more {
            self.all.entry(pane_of(seen.at)).or_default().push(*seen);
        }
        self.recent.insert(&more);
    }

    fn close(&mut self, end: i64, is_observed: impl Fn(i64) -> bool) {
        let panes = self.closed_to..end;
        let bits = panes
            .clone()
            .fold(0, |bits, pane| bits << 1 | u128::from(is_observed(pane)));
        for pane in panes.clone() {
            self.observed.extend(Some(pane).filter(|pane| is_observed(*pane)));
            if self.all.get(&pane).is_some_and(|all| all.len() > CROWD) {
                self.crowds.insert(pane);
            }
        }
        self.closed_to = end;
        self.recent.close(panes, bits);
        self.recent.keep(KEPT);
    }

    fn late(&mut self, pane: i64, count: usize, salt: u32) {
        let more = events(pane, count, salt);
        let all = self.all.entry(pane).or_default();
        all.extend(&more);
        if all.len() > CROWD {
            self.crowds.insert(pane);
        }
        self.recent.insert_late(pane, &more);
    }

    fn restart(&mut self) {
        let bytes = postcard::to_stdvec(&self.recent).unwrap();
        let restored: Recent = postcard::from_bytes(&bytes).unwrap();
        self.recent = restored.with_sums(self.sums);
    }

    /// Events, from, to and sums of some panes: of crowds, or of the others.
    fn of(&self, panes: Range<i64>, crowds: bool) -> Chunk {
        let mut chunk = Chunk::default();
        for (pane, all) in self.all.range(panes) {
            if self.crowds.contains(pane) == crowds {
                chunk.pour_unordered(all);
            }
        }
        chunk.measures();
        chunk
    }

    fn check(&self) {
        let first = (self.closed_to - KEPT).max(BEGIN);
        for pane in first..self.closed_to {
            let (is_crowd, mut held) = (self.crowds.contains(&pane), Chunk::default());
            assert_eq!(matches!(self.recent.held(pane), Held::Merged(_)), is_crowd);
            self.recent.held(pane).add_to(&mut held);
            assert_eq!(
                form(&held),
                form(&self.of(pane..pane + 1, is_crowd)),
                "pane {pane}"
            );
        }
        assert_eq!(
            self.recent.has_crowds(),
            self.crowds.range(first..).next().is_some()
        );
        for panes in [
            first..self.closed_to,
            first..first + 1,
            first + 2..self.closed_to - 3,
        ] {
            if panes.is_empty() {
                continue;
            }
            let (mut held, mut expected) = (Chunk::default(), self.of(panes.clone(), false));
            self.recent.add_to(panes.clone(), &mut held);
            expected.merge(&self.of(panes.clone(), true));
            expected.observed = self.observed.range(panes.clone()).count() as u64;
            assert_eq!(form(&held), form(&expected), "{panes:?}");
            let single = self.of(panes.clone(), false);
            if panes.start > self.closed_to - self.sums {
                let few = self.recent.few(&panes);
                assert_eq!(few.events(), single.events);
                assert_eq!(self.recent.observed(panes.clone()), expected.observed);
                if single.events > 0 {
                    let ends = few.seen().first().zip(few.seen().last());
                    let ends = ends.map(|(first, last)| (first.at, last.at));
                    assert_eq!(ends, Some((single.first, single.last)));
                }
            }
        }
        let with_events = |mut panes: Range<i64>| panes.find(|pane| self.all.contains_key(pane));
        assert_eq!(
            self.recent.first_open(),
            with_events(self.closed_to..self.closed_to + 9)
        );
        let last = (first..self.closed_to)
            .rev()
            .find(|pane| self.all.contains_key(pane));
        assert!(last.is_none() || self.recent.last() == last);
    }
}

/// Of a measure: how many values, their sum, the smallest and the largest.
type Said = (Measure, u64, i128, i64, i64);

/// What a chunk says: events, from, to, observed panes, and of each measure.
fn form(chunk: &Chunk) -> (u64, Timestamp, Timestamp, u64, Vec<Said>) {
    let mut chunk = chunk.clone();
    let said = chunk.measures().iter();
    let said = said.map(|(measure, sums)| (measure, sums.count, sums.sum, sums.min, sums.max));
    let said = said.filter(|said| said.1 > 0).collect();
    (chunk.events, chunk.first, chunk.last, chunk.observed, said)
}

/// Mostly a handful; now and then as many as are no crowd yet, or one.
fn count() -> impl Strategy<Value = usize> {
    prop_oneof![5 => Just(0), 9 => 1usize..5, 1 => CROWD - 1..CROWD + 3, 1 => Just(2 * CROWD)]
}

proptest! {
    // Fifty turns each, all of them looked through.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn panes_hold_what_was_said_of_them(
        sums in 1i64..80,
        turns in prop::collection::vec((prop::collection::vec(count(), 6), 1i64..4, any::<u32>(), (0i64..70, count()), 0u8..10), 1..50),
    ) {
        let (all, observed, crowds) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        let recent = Recent::default().with_sums(sums);
        let mut told = Told { recent, sums, all, observed, crowds, closed_to: BEGIN };
        told.recent.close(BEGIN..BEGIN, 0);
        for (counts, passed, random, (back, late), dice) in turns {
            let salt = random % 1_000;
            // In two parts, of which the second may begin before the end of the first.
            let open = told.closed_to;
            let count = |pane: i64| counts.get((pane - open) as usize).copied().unwrap_or(0);
            told.arrive(open + 1..open + 4, count, salt);
            told.arrive(open..open + 6, |pane| count(pane).min(2), salt + 1);
            told.close(open + passed, |pane| (i64::from(random) >> (pane % 32)) & 1 > 0);
            told.check();
            let pane = told.closed_to - 1 - back.min(KEPT - 1);
            if late > 0 && pane >= BEGIN {
                told.late(pane, late, salt + 2);
                told.check();
            }
            if dice == 0 {
                told.restart();
                told.check();
            }
        }
    }
}
