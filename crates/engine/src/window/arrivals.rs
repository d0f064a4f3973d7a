//! What cameras saw since the last turn: taken in one behind the other, and sorted when a turn begins.
//!
//! An event touches the end of one list, whichever camera it is from; finding room in a list of each camera's own would have
//! to come out of main memory once there are many. Cameras are handed their own in the order of the log, which is nearly
//! that of time. Places are handed theirs in the order of time, for which all are sorted once, not once for every place.

#![expect(
    clippy::indexing_slicing,
    reason = "a camera's number is a place, and what is counted fits what is counted out"
)]

use super::observation::Observation;
use super::order::Order;
use crate::directory::CameraEntry;
use throng_model::pane::{pane_of, pane_start};

/// The memory of so many observations is always kept.
const ROOM: usize = 64;

/// Observations in the order of the log, each with its camera's number.
#[derive(Default)]
pub(crate) struct Arrivals {
    unsorted: Vec<(u32, Observation)>,
    sorted: Vec<Observation>,
    /// By camera: where its observations end in `sorted`.
    ends: Vec<u32>,
    /// When each happened, and where it stands in `unsorted`: in the order of time, then of content.
    order: Order,
    /// By place, counted from the first: what the cameras saw that feed it, in that order.
    places: Vec<Vec<Observation>>,
}

impl Arrivals {
    /// One more.
    pub fn push(&mut self, camera: usize, seen: Observation) {
        self.unsorted.push((camera as u32, seen));
    }

    /// All of them, each with its camera's number.
    pub fn each(&self) -> impl Iterator<Item = (usize, &Observation)> {
        self.unsorted
            .iter()
            .map(|(camera, seen)| (*camera as usize, seen))
    }

    /// Sorts by camera and shares the cameras out, so many to each.
    pub fn shared_out(&mut self, cameras: usize, size: usize) -> impl Iterator<Item = Seen<'_>> {
        self.sort(cameras);
        let (mut rest, mut from) = (self.sorted.as_mut_slice(), 0);
        self.ends.chunks(size).map(move |ends| {
            let until = ends.last().copied().unwrap_or(from);
            let (mine, others) = std::mem::take(&mut rest).split_at_mut((until - from) as usize);
            let mine = Seen {
                rest: mine,
                ends: ends.iter(),
                from,
            };
            (rest, from) = (others, until);
            mine
        })
    }

    fn sort(&mut self, cameras: usize) {
        // Where each camera begins; then each observation moves that on, until it is where the camera ends.
        self.ends.clear();
        self.ends.resize(cameras + 1, 0);
        for (camera, _) in &self.unsorted {
            self.ends[*camera as usize + 1] += 1;
        }
        let mut sum = 0;
        for end in &mut self.ends {
            sum += *end;
            *end = sum;
        }
        if let Some((_, any)) = self.unsorted.first() {
            self.sorted.resize(self.unsorted.len(), *any);
        }
        for (camera, seen) in &self.unsorted {
            let place = &mut self.ends[*camera as usize];
            self.sorted[*place as usize] = *seen;
            *place += 1;
        }
        self.ends.truncate(cameras);
    }

    /// Gives every place what the cameras saw that feed it. Scopes are numbered as in the directory: the first place comes
    /// behind the last camera.
    pub fn hand_to_places(&mut self, cameras: &[CameraEntry], places: usize) {
        self.places.resize_with(places, Vec::new);
        if places == 0 {
            return;
        }
        let unsorted = &self.unsorted;
        let content = |number: u32| &unsorted[number as usize].1;
        let moments = unsorted.iter().map(|(_, seen)| seen.at);
        let ordered = self.order.of(moments, |a, b| content(a).cmp(content(b)));
        for (at, number) in ordered {
            let (camera, seen) = &unsorted[*number as usize];
            let counted_by = cameras[*camera as usize].counted_by(pane_start(pane_of(*at)));
            for place in counted_by.skip(1) {
                self.places[place - cameras.len()].push(*seen);
            }
        }
    }

    /// What was handed to each place.
    pub fn places(&self) -> &[Vec<Observation>] {
        &self.places
    }

    /// Forgets everything but keeps the memory, what a flood needed left out.
    pub fn clear(&mut self) {
        empty(&mut self.unsorted);
        empty(&mut self.sorted);
        self.order.clear();
        self.places.iter_mut().for_each(empty);
    }
}

/// Twice what was needed now is kept for the next turn.
pub(super) fn empty<T>(list: &mut Vec<T>) {
    let room = 2 * list.len() + ROOM;
    list.clear();
    list.shrink_to(room);
}

/// What some cameras saw, one camera after the other.
pub(crate) struct Seen<'a> {
    rest: &'a mut [Observation],
    ends: std::slice::Iter<'a, u32>,
    from: u32,
}

impl<'a> Seen<'a> {
    /// What the next camera saw, in the order of the log.
    pub fn next(&mut self) -> &'a mut [Observation] {
        let end = self.ends.next().copied().unwrap_or(self.from);
        let (mine, rest) = std::mem::take(&mut self.rest).split_at_mut((end - self.from) as usize);
        (self.rest, self.from) = (rest, end);
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::{Measure, Timestamp};

    #[test]
    fn each_camera_gets_what_it_saw_in_its_order() {
        let mut arrivals = Arrivals::default();
        for (camera, at) in [(3, 7), (0, 1), (3, 5), (1, 2), (0, 9)] {
            arrivals.push(
                camera,
                Observation::new(Timestamp(at), Measure::In, 1_000, None, None),
            );
        }
        let at = |seen: &[Observation]| -> Vec<i64> { seen.iter().map(|seen| seen.at.0).collect() };
        for (size, shares) in [(2, 3), (5, 1), (1, 5)] {
            let mut found = Vec::new();
            let mut count = 0;
            for mut share in arrivals.shared_out(5, size) {
                count += 1;
                (0..size).for_each(|_| found.push(at(share.next())));
            }
            found.truncate(5);
            assert_eq!(count, shares);
            assert_eq!(found, [vec![1, 9], vec![2], vec![], vec![7, 5], vec![]]);
        }
        arrivals.clear();
        assert!(arrivals.shared_out(5, 5).all(|mut share| share.next().is_empty()));
    }
}
