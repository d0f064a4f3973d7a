//! All measures of one stretch of time: what a window holds.

use crate::measure::Measure;
use crate::summary::Summary;
use serde::{Deserialize, Serialize, Serializer};

/// One summary a measure, for the measures that occur. Merges like [`Summary`] does: in any order.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Measures {
    /// Ascending. Cleared ones stay as empty summaries, so that making sums over and over needs no memory anew.
    lanes: Vec<(Measure, Summary)>,
}

impl Measures {
    /// The summary of one measure, to add to.
    pub fn lane(&mut self, measure: Measure) -> &mut Summary {
        // A window rarely holds more than four measures: looking through beats any map.
        let place = self.lanes.iter().position(|lane| lane.0 >= measure);
        let place = place.unwrap_or(self.lanes.len());
        if self.lanes.get(place).is_none_or(|lane| lane.0 != measure) {
            self.lanes.insert(place, (measure, Summary::default()));
        }
        #[expect(clippy::indexing_slicing, reason = "found or made right above")]
        &mut self.lanes[place].1
    }

    /// The summary of one measure; none where nothing was measured.
    pub fn get(&self, measure: Measure) -> Option<&Summary> {
        self.iter().find(|lane| lane.0 == measure).map(|lane| lane.1)
    }

    /// The measures that hold anything, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Measure, &Summary)> {
        let lanes = self.lanes.iter().filter(|lane| !lane.1.is_empty());
        lanes.map(|lane| (lane.0, &lane.1))
    }

    /// Adds everything the other one holds.
    pub fn merge(&mut self, other: &Measures) {
        for (measure, summary) in other.iter() {
            self.lane(measure).merge(summary);
        }
    }

    /// Takes away what was merged before; `extremes` finds the smallest and the largest value of a measure among those that
    /// are left, where one of them may have been taken.
    pub fn take_away(&mut self, other: &Measures, mut extremes: impl FnMut(Measure) -> Option<(i64, i64)>) {
        for (measure, summary) in other.iter() {
            let lane = self.lane(measure);
            if lane.take_away(summary)
                && let Some((min, max)) = extremes(measure)
            {
                lane.set_extremes(min, max);
            }
        }
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.1.clear());
    }
}

impl Serialize for Measures {
    /// Without cleared ones: which were there depends on what the memory was used for before.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Kept<'a> {
            lanes: Vec<(Measure, &'a Summary)>,
        }
        let lanes = self.iter().collect();
        Kept { lanes }.serialize(serializer)
    }
}

impl PartialEq for Measures {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Measures {}
