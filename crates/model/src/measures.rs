//! All measures of one stretch of time: what a window holds.

use crate::measure::Measure;
use crate::summary::Summary;
use serde::{Deserialize, Serialize, Serializer};

/// One summary a measure, for the measures that occur. Merges like [`Summary`] does: in any order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Kept<Vec<(Measure, Summary)>>")]
pub struct Measures {
    /// Ascending. Cleared ones stay as empty summaries, so that making sums over and over needs no memory anew.
    lanes: Vec<(Measure, Summary)>,
    /// By measure: its place among the lanes, counted from 1; 0 where it has none. It is looked up several times an event.
    places: [u8; Measure::ALL.len()],
}

impl Measures {
    /// The summary of one measure, to add to.
    #[expect(
        clippy::indexing_slicing,
        reason = "there is a place for each measure, and it is that of a lane"
    )]
    pub fn lane(&mut self, measure: Measure) -> &mut Summary {
        if self.places[measure as usize] == 0 {
            self.make(measure);
        }
        &mut self.lanes[usize::from(self.places[measure as usize]) - 1].1
    }

    #[cold]
    fn make(&mut self, measure: Measure) {
        let place = self.lanes.partition_point(|lane| lane.0 < measure);
        self.lanes.insert(place, (measure, Summary::default()));
        self.find_places();
    }

    fn find_places(&mut self) {
        for (place, (measure, _)) in self.lanes.iter().enumerate() {
            if let Some(of) = self.places.get_mut(*measure as usize) {
                *of = place as u8 + 1;
            }
        }
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

/// As they are written.
#[derive(Serialize, Deserialize)]
struct Kept<L> {
    lanes: L,
}

impl Serialize for Measures {
    /// Without cleared ones: which were there depends on what the memory was used for before.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lanes: Vec<(Measure, &Summary)> = self.iter().collect();
        Kept { lanes }.serialize(serializer)
    }
}

impl From<Kept<Vec<(Measure, Summary)>>> for Measures {
    /// Whatever order they come in, and however often one does.
    fn from(kept: Kept<Vec<(Measure, Summary)>>) -> Self {
        let mut measures = Self::default();
        let is_whole = kept.lanes.iter().all(|lane| !lane.1.is_empty());
        if is_whole && kept.lanes.is_sorted_by(|one, next| one.0 < next.0) {
            // As they are written: they take the room they need and no more.
            measures.lanes = kept.lanes;
            measures.find_places();
            return measures;
        }
        for (measure, summary) in kept.lanes {
            measures.lane(measure).merge(&summary);
        }
        measures
    }
}

impl PartialEq for Measures {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Measures {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(lanes: &[(Measure, Summary)]) -> Measures {
        let bytes = postcard::to_stdvec(&Kept { lanes }).unwrap();
        postcard::from_bytes(&bytes).unwrap()
    }

    #[test]
    fn foreign_measures_are_put_in_order_and_what_is_empty_is_left_out() {
        let lane = |measure, value| (measure, Summary::of(value));
        let expected = [lane(Measure::In, 1_000), lane(Measure::Pass, 2_000)];
        assert!(
            read(&expected)
                .iter()
                .eq(expected.iter().map(|lane| (lane.0, &lane.1)))
        );
        assert_eq!(read(&[expected[1].clone(), expected[0].clone()]), read(&expected));
        let mut twice = read(&[expected[0].clone(), expected[0].clone()]);
        assert_eq!(twice.get(Measure::In).map(|summary| summary.count), Some(2));
        twice.lane(Measure::Pass).add(2_000);
        assert_eq!(twice.iter().count(), 2);
        // Nothing of a lane that says it is empty is counted on.
        let dirty = Summary {
            sum: 5,
            sketch: Summary::of(9).sketch,
            ..Summary::default()
        };
        let mut dirty = read(&[(Measure::In, dirty)]);
        assert!(dirty.is_empty());
        dirty.lane(Measure::In).add(1_000);
        assert_eq!(dirty.get(Measure::In), Some(&Summary::of(1_000)));
    }
}
