//! What cameras saw since the last turn: taken in one behind the other, and sorted by camera when a turn begins.
//!
//! An event touches the end of one list, whichever camera it is from; finding room in a list of each camera's own would have
//! to come out of main memory once there are many.

#![expect(
    clippy::indexing_slicing,
    reason = "a camera's number is a place, and what is counted fits what is counted out"
)]

use super::observation::Observation;

/// Observations in the order of the log, each with its camera's number.
#[derive(Default)]
pub(crate) struct Arrivals {
    unsorted: Vec<(u32, Observation)>,
    sorted: Vec<Observation>,
    /// By camera: where its observations end in `sorted`.
    ends: Vec<u32>,
}

impl Arrivals {
    /// One more.
    pub fn push(&mut self, camera: usize, seen: Observation) {
        self.unsorted.push((camera as u32, seen));
    }

    /// What came of each camera, in the order of the log.
    pub fn by_camera(&self, cameras: usize) -> Vec<Vec<Observation>> {
        let mut all = vec![Vec::new(); cameras];
        for (camera, seen) in &self.unsorted {
            all[*camera as usize].push(*seen);
        }
        all
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

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.unsorted.clear();
        self.sorted.clear();
    }
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
        let kept = arrivals.by_camera(5);
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
            assert_eq!(found, kept.iter().map(|seen| at(seen)).collect::<Vec<_>>());
        }
        arrivals.clear();
        assert!(arrivals.shared_out(5, 5).all(|mut share| share.next().is_empty()));
    }
}
