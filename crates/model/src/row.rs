//! What is kept: one row for each scope, rung and bucket, holding all measures.

pub mod older;

use crate::event::ResetReason;
use crate::measure::Measure;
use crate::pane::{PANE, second_of};
use crate::rung::Rung;
use crate::scope::Scope;
use crate::summary::Summary;
use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};

/// Which row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// The camera or place.
    pub scope: Scope,
    /// The rung of the ladder.
    pub rung: Rung,
    /// The start of the bucket.
    pub start: Timestamp,
}

/// People who came and went within one second or pane, as needed to follow occupancy through time.
///
/// All parts are plain sums, so steps merge in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// In minus out, people.
    pub net: i64,
    /// The integral of the change over the rest of the pane, people times microseconds: each crossing counts from its
    /// moment to the end of the pane. It gives the exact time-weighted mean of the pane.
    pub moment: i128,
}

impl Step {
    /// So many people more at a moment, or less.
    pub fn at(at: Timestamp, people: i64) -> Self {
        let rest = PANE - at.0.rem_euclid(PANE);
        Self {
            net: people,
            moment: i128::from(people) * i128::from(rest),
        }
    }

    /// Adds the other step.
    pub fn merge(&mut self, other: &Step) {
        self.net += other.net;
        self.moment += other.moment;
    }
}

/// Somebody said how many are inside. The order tells which of two holds: the one that was said later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Setting {
    /// When it was said: its own time, or its arrival where that was before. A clock that is ahead can say when a word stands
    /// among the crossings it tells of itself, and not that nobody else has spoken since.
    pub said: Timestamp,
    /// When, as who said it has it: where it stands among those who cross.
    pub at: Timestamp,
    /// Why it was set; none where a device that watches the place says it again and again.
    pub reason: Option<ResetReason>,
    /// How many.
    pub to: u32,
}

impl Setting {
    /// The second within its minute at the end of which it holds, 0 to 59: who crossed in it is among those it counts, whoever
    /// crosses later comes on top. Not finer, because many cameras tell whole seconds and no two clocks agree better.
    pub fn second(&self) -> u8 {
        second_of(self.at)
    }

    /// The end of that second.
    pub fn holds_from(&self) -> Timestamp {
        Timestamp((self.at.0.div_euclid(SECOND) + 1) * SECOND)
    }
}

/// What only minute rows carry: the facts from which occupancy and coverage are derived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MinuteFacts {
    /// Bit `i`: the camera was heard from in pane `i` of this minute. Zero for places.
    pub contacts: u8,
    /// The same of panes that an event told of whose time had come when it arrived. What only clocks that were ahead told of stands in
    /// `contacts` alone: it came before, and not later.
    pub contacts_in_time: u8,
    /// Changes by second within the minute, ascending, none that is zero in both parts. Of cameras those of a whole pane stand in
    /// its first second: nobody says how many are inside of a camera, and what is not asked is not kept.
    pub steps: Vec<(u8, Step)>,
    /// The last word of each pane on how many are inside, by pane within the minute, ascending. Only of places. See
    /// [`Setting::second`].
    pub settings: Vec<(u8, Setting)>,
}

/// Adds a change to a second, where changes stand in order. What cancels out leaves nothing behind, however many flushes it took.
pub fn add_step(steps: &mut Vec<(u8, Step)>, second: u8, step: &Step) {
    if *step == Step::default() {
        return;
    }
    // Nearly always the newest one.
    let found = match steps.last() {
        Some(last) if last.0 == second => Ok(steps.len() - 1),
        Some(last) if last.0 > second => steps.binary_search_by_key(&second, |entry| entry.0),
        _ => Err(steps.len()),
    };
    match found {
        Ok(found) => {
            if let Some((_, known)) = steps.get_mut(found) {
                known.merge(step);
                if *known == Step::default() {
                    steps.remove(found);
                }
            }
        }
        Err(place) => steps.insert(place, (second, *step)),
    }
}

impl MinuteFacts {
    /// Takes note of a word; of two in one pane the one said later holds, whichever came first.
    pub fn set(&mut self, pane: u8, setting: Setting) {
        match self.settings.binary_search_by_key(&pane, |entry| entry.0) {
            Ok(found) => {
                if let Some(entry) = self.settings.get_mut(found) {
                    entry.1 = entry.1.max(setting);
                }
            }
            Err(place) => self.settings.insert(place, (pane, setting)),
        }
    }
}

/// One bucket of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Row {
    /// How many events changed this bucket after its end had passed. Only grows.
    pub revision: u32,
    /// Observed panes, summed over the cameras that feed the scope. Together with how many panes there should be it
    /// gives the coverage: "no data" is told from "no people" by this number alone.
    pub observed: u64,
    /// Only of cameras: panes that were told of once more than the bucket has, because counted windows vouched for time in
    /// which the camera was heard from besides. Kept so that a window taken back takes with it no pane that was heard from.
    pub excess: u64,
    /// The measures, ascending, none that is empty.
    pub measures: Vec<(Measure, Summary)>,
    /// Only in minute rows.
    pub minute: MinuteFacts,
}

impl Row {
    /// One measure; the empty summary where nothing was counted.
    pub fn measure(&self, measure: Measure) -> Option<&Summary> {
        self.measures
            .iter()
            .find(|entry| entry.0 == measure)
            .map(|entry| &entry.1)
    }

    /// Merges a summary into one measure.
    pub fn merge_measure(&mut self, measure: Measure, summary: &Summary) {
        if summary.is_empty() {
            return;
        }
        match self.measures.binary_search_by_key(&measure, |entry| entry.0) {
            Ok(found) => {
                if let Some(entry) = self.measures.get_mut(found) {
                    entry.1.merge(summary);
                }
            }
            Err(place) => self.measures.insert(place, (measure, summary.clone())),
        }
    }

    /// Takes values out of a measure that were merged into it, and puts others in their place. False where the least or the
    /// greatest value may have gone with them: then the measure has to be made anew of all that is in it.
    #[must_use]
    pub fn exchange(&mut self, measure: Measure, goes: &Summary, comes: &Summary) -> bool {
        let entry = self.measures.iter_mut().find(|entry| entry.0 == measure);
        let Some((_, summary)) = entry.filter(|_| !goes.is_empty()) else {
            self.merge_measure(measure, comes);
            return true;
        };
        let (min, max) = (summary.min, summary.max);
        let is_extreme = summary.take_away(goes);
        // What goes may be the least value, as long as no greater one comes for it.
        let stays =
            |comes: &Summary| (goes.min > min || comes.min <= min) && (goes.max < max || comes.max >= max);
        let is_whole = !is_extreme || !comes.is_empty() && stays(comes);
        summary.merge(comes);
        is_whole
    }

    /// Puts a derived measure in place of the old one.
    pub fn set_measure(&mut self, measure: Measure, summary: Summary) {
        self.measures.retain(|entry| entry.0 != measure);
        self.merge_measure(measure, &summary);
    }

    /// Total of a measure in whole people, exact; 0 where nothing was counted.
    pub fn people(&self, measure: Measure) -> i64 {
        self.measure(measure)
            .map_or(0, |summary| (summary.sum / i128::from(Measure::SCALE)) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(values: &[i64]) -> Row {
        let mut row = Row::default();
        values
            .iter()
            .for_each(|value| row.merge_measure(Measure::Occupancy, &Summary::of(*value)));
        row
    }

    fn sum(values: &[i64]) -> Summary {
        let mut sum = Summary::default();
        values.iter().for_each(|value| sum.add(*value));
        sum
    }

    proptest! {
        #[test]
        fn what_is_exchanged_is_as_if_it_had_always_been_so(
            stays in prop::collection::vec(0i64..9, 0..6),
            goes in prop::collection::vec(0i64..9, 0..6),
            comes in prop::collection::vec(0i64..9, 0..6),
        ) {
            let before = [stays.as_slice(), &goes].concat();
            let after = [stays.as_slice(), &comes].concat();
            let mut exchanged = row(&before);
            let is_whole = exchanged.exchange(Measure::Occupancy, &sum(&goes), &sum(&comes));
            let expected = row(&after);
            if is_whole && !after.is_empty() {
                prop_assert_eq!(&exchanged, &expected);
            }
            // Only a least or greatest value may be unknown, and only where one went.
            let least = before.iter().min() < goes.iter().min() && before.iter().max() > goes.iter().max();
            prop_assert!(is_whole || !(goes.is_empty() || least));
            let people = |row: &Row| row.measure(Measure::Occupancy).map_or((0, 0), |sum| (sum.count, sum.sum));
            prop_assert_eq!(people(&exchanged), people(&expected));
        }
    }
}
