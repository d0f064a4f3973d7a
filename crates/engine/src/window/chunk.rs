//! A stretch of time with what was measured in it: a pane, or a merge of panes.

use super::observation::Observation;
use super::tally::{extremes, pour, take_out};
use serde::{Deserialize, Serialize, Serializer};
use throng_model::{Measure, Measures, Timestamp};

/// So many observations are kept as they are. A summary of a few is far larger than they are, and what has to come out of
/// main memory is what merging costs.
const FEW: usize = 24;

/// More events than this are sooner merged as sums than one by one, however often.
const MANY: usize = 6;

/// What one stretch of time holds.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Chunk {
    /// How many events.
    pub events: u64,
    /// The first of them; later than `last` while there is none.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// Observed panes, times cameras.
    pub observed: u64,
    /// Events that are not summed up yet.
    few: Vec<Observation>,
    /// The sums of all others.
    measures: Measures,
}

impl Default for Chunk {
    fn default() -> Self {
        Self {
            events: 0,
            first: Timestamp::MAX,
            last: Timestamp::MIN,
            observed: 0,
            few: Vec::new(),
            measures: Measures::default(),
        }
    }
}

/// A chunk as it is kept, in the order of [`Chunk`]'s fields.
#[derive(Serialize)]
struct Kept<'a> {
    events: u64,
    first: Timestamp,
    last: Timestamp,
    observed: u64,
    few: &'a [Observation],
    measures: &'a Measures,
}

impl Serialize for Chunk {
    /// Which events of many are summed up depends on the order in which parts were merged, and that on the number of threads;
    /// what is kept must not.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = |chunk: &Chunk, serializer: S| {
            let Chunk {
                events,
                first,
                last,
                observed,
                ref few,
                ref measures,
            } = *chunk;
            let kept = Kept {
                events,
                first,
                last,
                observed,
                few,
                measures,
            };
            kept.serialize(serializer)
        };
        if self.events > FEW as u64 && !self.few.is_empty() {
            let mut summed = self.clone();
            summed.measures();
            return kept(&summed, serializer);
        }
        kept(self, serializer)
    }
}

impl Chunk {
    /// Whether it holds no event.
    pub fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.events = 0;
        self.first = Timestamp::MAX;
        self.last = Timestamp::MIN;
        self.observed = 0;
        self.few.clear();
        self.measures.clear();
    }

    /// Adds events, oldest first.
    pub fn pour(&mut self, observations: &[Observation]) {
        if let (Some(first), Some(last)) = (observations.first(), observations.last()) {
            self.events += observations.len() as u64;
            self.first = self.first.min(first.at);
            self.last = self.last.max(last.at);
            self.add(observations);
        }
    }

    /// Adds events, oldest first, of which none is kept as it is.
    pub fn sum_up(&mut self, observations: &[Observation]) {
        self.pour(observations);
        self.measures();
    }

    /// Adds events in any order.
    pub fn pour_unordered(&mut self, observations: &[Observation]) {
        for seen in observations {
            self.first = self.first.min(seen.at);
            self.last = self.last.max(seen.at);
        }
        self.events += observations.len() as u64;
        self.add(observations);
    }

    /// Adds all the other chunk holds.
    pub fn merge(&mut self, other: &Chunk) {
        self.observed += other.observed;
        if other.is_empty() {
            return;
        }
        self.events += other.events;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.measures.merge(&other.measures);
        self.add(&other.few);
    }

    /// Adds what was measured, all of it.
    pub fn add_to(&self, sums: &mut Measures) {
        sums.merge(&self.measures);
        pour(&self.few, sums);
    }

    fn add(&mut self, observations: &[Observation]) {
        if self.few.len() + observations.len() > FEW {
            // All at once: adding many together is a fraction of the work of adding each.
            self.measures();
        }
        if observations.len() > FEW {
            pour(observations, &mut self.measures);
        } else {
            self.few.extend_from_slice(observations);
        }
    }

    /// Takes away a chunk that was merged before; `left` are those that were merged and stay.
    pub fn take_away<'a>(&mut self, other: &Chunk, left: impl Iterator<Item = &'a Chunk> + Clone) {
        self.observed = self.observed.saturating_sub(other.observed);
        if other.is_empty() {
            return;
        }
        self.events = self.events.saturating_sub(other.events);
        (self.first, self.last) = (Timestamp::MAX, Timestamp::MIN);
        for chunk in left.clone() {
            self.first = self.first.min(chunk.first);
            self.last = self.last.max(chunk.last);
        }
        // Which of the few are whose is not known, so they are summed up first.
        self.measures();
        other.take_from(&mut self.measures, |measure| {
            let chunks = left.clone().filter_map(|chunk| chunk.extremes(measure));
            chunks.reduce(widest)
        });
    }

    /// Takes what was measured away from sums it was added to. `extremes` finds the smallest and the largest value of a measure
    /// among those that stay.
    pub fn take_from(&self, sums: &mut Measures, extremes: impl Fn(Measure) -> Option<(i64, i64)>) {
        sums.take_away(&self.measures, &extremes);
        take_out(&self.few, sums, extremes);
    }

    /// The smallest and the largest value of a measure.
    pub fn extremes(&self, measure: Measure) -> Option<(i64, i64)> {
        let summed = self
            .measures
            .get(measure)
            .map(|summary| (summary.min, summary.max));
        let few = extremes(&self.few, measure);
        summed.into_iter().chain(few).reduce(widest)
    }

    /// All events in the order in which they were added, where none is summed up yet.
    pub fn single_events(&self) -> Option<&[Observation]> {
        (self.few.len() as u64 == self.events).then_some(&self.few)
    }

    /// Nothing more comes, and it will be merged into others.
    pub fn settle(&mut self) {
        if self.few.len() > MANY {
            self.measures();
        }
    }

    /// What was measured, all of it.
    pub fn measures(&mut self) -> &Measures {
        if !self.few.is_empty() {
            pour(&self.few, &mut self.measures);
            self.few.clear();
        }
        &self.measures
    }
}

/// What holds both.
pub(crate) fn widest(a: (i64, i64), b: (i64, i64)) -> (i64, i64) {
    (a.0.min(b.0), a.1.max(b.1))
}
