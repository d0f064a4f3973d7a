//! The hierarchy as the engine needs it: numbers instead of names, feeds resolved, zones looked up.

use std::collections::HashMap;
use throng_model::camera::{Camera, Line};
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::time::SECOND;
use throng_model::{CameraId, PlaceId, Scope, TimeRange, Timestamp, pane::PANE};

use crate::cutter::Cutter;
use crate::desk::Who;

/// A camera or a place with everything the engine asks about it.
#[derive(Debug)]
pub(crate) struct ScopeEntry {
    /// Its number.
    number: usize,
    /// Its name.
    pub scope: Scope,
    /// Cuts its days.
    pub cutter: Cutter,
}

impl ScopeEntry {
    /// Its number and name.
    pub fn who(&self) -> Who<'_> {
        Who {
            number: self.number,
            scope: &self.scope,
        }
    }
}

/// That a camera feeds a place for a time. Two feeds of the same camera and place never overlap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    /// Index into [`Directory::scopes`].
    pub place: usize,
    /// When.
    pub over: TimeRange,
}

/// A camera's entry.
#[derive(Debug)]
pub(crate) struct CameraEntry {
    /// Its name.
    pub id: CameraId,
    /// Its lines, which say how their counters count.
    pub lines: Vec<Line>,
    /// Its own scope: index into [`Directory::scopes`].
    pub scope: usize,
    /// The places it feeds.
    pub feeds: Vec<Feed>,
    /// The longest silence, in panes, that two contacts vouch for.
    pub gap: i64,
    /// When it was registered.
    pub registered: Option<Timestamp>,
}

impl CameraEntry {
    /// The scopes that count an event of this moment: the camera itself first, then its places, each once.
    pub fn counted_by(&self, at: Timestamp) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.scope).chain(self.feeds(at))
    }

    /// The places it feeds at this moment, each once.
    pub fn feeds(&self, at: Timestamp) -> impl Iterator<Item = usize> + '_ {
        let holding = self.feeds.iter().filter(move |feed| feed.over.contains(at));
        holding.map(|feed| feed.place)
    }
}

/// All cameras and places, by number.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// Cameras first, in the order of [`Site::cameras`], then places.
    pub scopes: Vec<ScopeEntry>,
    /// In the order of [`Site::cameras`].
    pub cameras: Vec<CameraEntry>,
    by_id: HashMap<CameraId, usize>,
    places: HashMap<PlaceId, usize>,
}

impl Directory {
    /// Resolves a site.
    pub fn new(site: &Site, heartbeats_missed: i64) -> Self {
        let mut directory = Self::default();
        let utc_cutter = || Cutter::new(jiff_utc(), 0);
        for camera in site.cameras() {
            let cutter = site
                .home(camera)
                .map_or_else(utc_cutter, |home| Cutter::new(home.zone(), home.resets_at));
            directory.scopes.push(ScopeEntry {
                number: directory.scopes.len(),
                scope: Scope::Camera(camera.id.clone()),
                cutter,
            });
        }
        let mut place_numbers = HashMap::new();
        for place in site.places() {
            place_numbers.insert(&place.id, directory.scopes.len());
            directory.places.insert(place.id.clone(), directory.scopes.len());
            let cutter = Cutter::new(place.zone(), place.resets_at);
            directory.scopes.push(ScopeEntry {
                number: directory.scopes.len(),
                scope: Scope::Place(place.id.clone()),
                cutter,
            });
        }
        for (number, camera) in site.cameras().iter().enumerate() {
            let feeds = feeds(site, camera)
                .filter_map(|(place, over)| {
                    let place = *place_numbers.get(&place.id)?;
                    Some(Feed { place, over })
                })
                .collect();
            let gap = (i64::from(camera.heartbeat_s) * SECOND * heartbeats_missed)
                .div_euclid(PANE)
                .max(1);
            directory.by_id.insert(camera.id.clone(), number);
            directory.cameras.push(CameraEntry {
                id: camera.id.clone(),
                lines: camera.lines.clone(),
                scope: number,
                feeds,
                gap,
                registered: camera.registered,
            });
        }
        directory
    }

    /// The scope number of a place.
    pub fn place(&self, id: &PlaceId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The number of a camera.
    pub fn camera(&self, id: &CameraId) -> Option<usize> {
        self.by_id.get(id).copied()
    }
}

fn jiff_utc() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::UTC
}

/// Every place a camera feeds, and when. Two memberships can lead to the same place (two zones of one floor): a person is
/// counted once, whenever either holds.
fn feeds<'a>(site: &'a Site, camera: &'a Camera) -> impl Iterator<Item = (&'a Place, TimeRange)> {
    let mut fed: Vec<(&Place, Vec<TimeRange>)> = Vec::new();
    for membership in &camera.memberships {
        let over = TimeRange {
            start: membership.since.unwrap_or(Timestamp::MIN),
            end: membership.until.unwrap_or(Timestamp::MAX),
        };
        let inside = |place: &&Place| place.kind <= membership.boundary;
        for place in site.chain(&membership.zone).filter(inside) {
            match fed.iter_mut().find(|known| known.0.id == place.id) {
                Some(known) => known.1.push(over),
                None => fed.push((place, vec![over])),
            }
        }
    }
    fed.into_iter()
        .flat_map(|(place, ranges)| joined(ranges).into_iter().map(move |over| (place, over)))
}

/// The same moments in ranges that do not touch, ascending.
fn joined(mut ranges: Vec<TimeRange>) -> Vec<TimeRange> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<TimeRange> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ranges_that_touch_are_joined() {
        let range = |(start, end)| TimeRange {
            start: Timestamp(start),
            end: Timestamp(end),
        };
        let ranges = [(50, 60), (0, 10), (10, 30), (20, 25), (40, 40)].map(range);
        assert_eq!(joined(ranges.to_vec()), [(0, 30), (50, 60)].map(range));
    }
}
