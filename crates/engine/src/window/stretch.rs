//! Panes that close together: what operators are shown.

use super::chunk::Chunk;
use super::observation::Observation;
use super::panes::Panes;
use super::recent::Recent;
use std::ops::Range;
use throng_model::Timestamp;

/// So many panes close together at most. A turn every minute closes six.
pub(crate) const STRETCH: i64 = 16;

/// Panes that close, one behind the other.
pub(crate) struct Stretch<'a> {
    /// Their numbers.
    pub panes: Range<i64>,
    /// Where what they hold is found.
    pub source: Holder<'a>,
    /// By pane: in how many cameras it was observed.
    pub observed: &'a [u64],
}

/// Who holds what happened.
#[derive(Clone, Copy)]
pub(crate) enum Holder<'a> {
    /// Of a camera: its latest events, those of the stretch included.
    Camera(&'a Recent),
    /// Of a place: panes that are filled from its cameras, those of the stretch first; and these merged.
    Place { held: &'a Panes, whole: &'a Chunk },
}

/// What a pane holds.
#[derive(Clone, Copy)]
pub(crate) enum Held<'a> {
    /// Of a camera: the events, ascending.
    Events(&'a [Observation]),
    /// Of a place, or of a crowd: their merge.
    Merged(&'a Chunk),
}

impl Held<'_> {
    /// From the first to the last event; none where nothing happened.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        match self {
            Held::Events(events) => events
                .first()
                .zip(events.last())
                .map(|(first, last)| (first.at, last.at)),
            Held::Merged(chunk) => (!chunk.is_empty()).then_some((chunk.first, chunk.last)),
        }
    }

    /// Adds all of it; whether it was observed is not known here.
    pub fn add_to(&self, chunk: &mut Chunk) {
        match self {
            Held::Events(events) => chunk.pour(events),
            Held::Merged(merged) => chunk.merge(merged),
        }
    }
}

impl<'a> Stretch<'a> {
    /// The panes in which something happened, ascending.
    pub fn each_with_events(&self, mut each: impl FnMut(Held<'a>)) {
        match self.source {
            Holder::Place { held, .. } => held
                .before(self.panes.end)
                .for_each(|(_, chunk)| each(Held::Merged(chunk))),
            Holder::Camera(recent) => {
                for pane in self.panes.clone() {
                    let held = recent.held(pane);
                    if held.span().is_some() {
                        each(held);
                    }
                }
            }
        }
    }

    /// All of its events merged, where that is at hand.
    pub fn whole(&self) -> Option<&'a Chunk> {
        match self.source {
            Holder::Place { whole, .. } => Some(whole),
            Holder::Camera(_) => None,
        }
    }

    /// Adds some of its panes.
    pub fn add_to(&self, panes: Range<i64>, chunk: &mut Chunk) {
        match self.source {
            Holder::Place { whole, .. } if panes == self.panes => {
                chunk.observed += self.observed.iter().sum::<u64>();
                chunk.merge(whole);
            }
            Holder::Camera(recent) => recent.add_to(panes, chunk),
            Holder::Place { held, .. } => {
                let observed = panes.clone().map(|pane| pane - self.panes.start);
                let observed = observed.filter_map(|place| self.observed.get(place as usize));
                chunk.observed += observed.sum::<u64>();
                let inside = held.before(panes.end).skip_while(|(pane, _)| *pane < panes.start);
                inside.for_each(|(_, more)| Held::Merged(more).add_to(chunk));
            }
        }
    }
}
