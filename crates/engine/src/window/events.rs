//! Single events of one scope, one behind the other, with their confidences once more beside them.

use super::confidences::{Confidences, shifted};
use super::observation::Observation;
use super::prefetch::prefetch_end;
use std::ops::Range;

/// Events, and how sure each is. Places are the same in both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    all: Vec<Observation>,
    confidences: Vec<i16>,
}

impl From<Vec<Observation>> for Events {
    fn from(all: Vec<Observation>) -> Self {
        let confidences = all.iter().map(shifted).collect();
        Self { all, confidences }
    }
}

impl Events {
    /// All of them.
    pub fn all(&self) -> &[Observation] {
        &self.all
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Some of them; none where there are not so many.
    pub fn get(&self, places: Range<usize>) -> &[Observation] {
        self.all.get(places).unwrap_or_default()
    }

    /// The same, with how sure they are.
    pub fn with_confidences(&self, places: Range<usize>) -> (&[Observation], Confidences<'_>) {
        let confidences = self.confidences.get(places.clone()).unwrap_or_default();
        (self.get(places), Confidences(confidences))
    }

    /// Asks for the end, where more is put.
    pub fn prefetch(&self) {
        prefetch_end(&self.all);
        prefetch_end(&self.confidences);
    }

    /// More of them behind the others.
    pub fn extend(&mut self, more: &[Observation]) {
        self.all.extend_from_slice(more);
        self.confidences.extend(more.iter().map(shifted));
    }

    /// More of them before this place.
    pub fn insert(&mut self, place: usize, more: &[Observation]) {
        let confidences = more.iter().map(shifted);
        self.all.splice(place..place, more.iter().copied());
        self.confidences.splice(place..place, confidences);
    }

    /// Puts some of them in the order of time.
    pub fn sort(&mut self, places: Range<usize>) {
        let all = self.all.get_mut(places.clone());
        if let Some((all, confidences)) = all.zip(self.confidences.get_mut(places)) {
            all.sort_unstable_by_key(|seen| seen.at);
            for (confidence, seen) in confidences.iter_mut().zip(&*all) {
                *confidence = shifted(seen);
            }
        }
    }

    /// Takes some of them out.
    pub fn drain(&mut self, places: Range<usize>) -> std::vec::Drain<'_, Observation> {
        self.confidences.drain(places.clone());
        self.all.drain(places)
    }
}
