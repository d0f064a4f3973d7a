//! Re-crossings: what one person's jitter on a line is worth, without losing the evidence.
//!
//! A crossing counts when its track then stayed on the new side: for the hold time, and farther from the line than the
//! band. Until then it is pending. A track that comes back first has turned back, and both crossings are left out
//! together, so that in minus out stays what the tracks really did; counting one of the two, as a plain dead time
//! does, would leave somebody inside for good. A pending crossing whose track ends counts: nothing says it came back.
//!
//! Two counts of one track at one line are therefore never closer than the hold time. Nothing is thrown away: every raw
//! crossing comes out in exactly one [`Verdict`]. Hold 0 and band 0 count every crossing at once.

use super::{Crossing, Turn};
use std::collections::BTreeMap;
use std::ops::Add;

/// When a crossing is believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steady<Time> {
    /// How long the track must stay on the new side.
    pub hold: Time,
    /// How far from the line it must get, in the units of the points: half the width of the hysteresis band.
    pub band: f64,
}

/// What became of raw crossings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict<Track, Time> {
    /// The track stayed: one count, at the moment of the crossing.
    Counted(Crossing<Track, Time>),
    /// It crossed and came back before it had stayed: both are left out.
    TurnedBack(Crossing<Track, Time>, Crossing<Track, Time>),
    /// It crossed the same way again while the first crossing was pending (around an end of the line): left out.
    Repeated(Crossing<Track, Time>),
}

/// Judges the crossings of one line. Memory: one entry a track with a pending crossing.
#[derive(Clone, Debug)]
pub struct RecrossFilter<Track, Time> {
    rule: Steady<Time>,
    pending: BTreeMap<Track, Crossing<Track, Time>>,
}

impl<Track, Time> RecrossFilter<Track, Time>
where
    Track: Copy + Ord,
    Time: Copy + PartialOrd + Add<Output = Time>,
{
    /// A filter that has seen nobody.
    pub fn new(rule: Steady<Time>) -> Self {
        Self {
            rule,
            pending: BTreeMap::new(),
        }
    }

    /// Takes an observation of a track: when, how far from the line, and the raw crossing it made, if any.
    pub fn observe(
        &mut self,
        track: Track,
        at: Time,
        distance: f64,
        raw: Option<Crossing<Track, Time>>,
    ) -> Option<Verdict<Track, Time>> {
        let before = self.pending.remove(&track);
        let pending = match (before, raw) {
            (Some(first), Some(back)) if first.turn != back.turn => {
                return Some(Verdict::TurnedBack(first, back));
            }
            (Some(first), Some(again)) => {
                self.pending.insert(track, first);
                return Some(Verdict::Repeated(again));
            }
            (pending, raw) => pending.or(raw)?,
        };
        if at >= pending.at + self.rule.hold && distance >= self.rule.band {
            return Some(Verdict::Counted(pending));
        }
        self.pending.insert(track, pending);
        None
    }

    /// All tracks have ended: what is pending counts, in the order of tracks.
    pub fn finish(self) -> impl Iterator<Item = Crossing<Track, Time>> {
        self.pending.into_values()
    }
}

impl Turn {
    /// +1 to the positive side, -1 to the negative one.
    pub fn sign(self) -> i64 {
        match self {
            Turn::Pos => 1,
            Turn::Neg => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Line, LineCounter, Point};
    use super::*;
    use proptest::prelude::*;

    const LINE: Line = Line {
        a: Point::new(-1e6, 0.0),
        b: Point::new(1e6, 0.0),
    };

    #[derive(Debug, Default)]
    struct Judged {
        raw: Vec<Turn>,
        counted: Vec<(i64, Turn)>,
        left_out: usize,
    }

    /// One track, observed once a tick at these heights over the line.
    fn judged(line: Line, rule: Steady<i64>, walk: impl IntoIterator<Item = Point>) -> Judged {
        let mut counter = LineCounter::new(line);
        let mut filter = RecrossFilter::new(rule);
        let mut judged = Judged::default();
        for (at, point) in (0..).zip(walk) {
            let raw = counter.observe(1, at, point);
            judged.raw.extend(raw.map(|crossing| crossing.turn));
            match filter.observe(1, at, line.distance(point), raw) {
                Some(Verdict::Counted(crossing)) => judged.counted.push((crossing.at, crossing.turn)),
                Some(Verdict::TurnedBack(..)) => judged.left_out += 2,
                Some(Verdict::Repeated(_)) => judged.left_out += 1,
                None => {}
            }
        }
        judged
            .counted
            .extend(filter.finish().map(|crossing| (crossing.at, crossing.turn)));
        judged
    }

    fn heights(hold: i64, band: f64, heights: &[i32]) -> Judged {
        let walk = heights.iter().map(|y| Point::new(0.0, f64::from(*y)));
        judged(LINE, Steady { hold, band }, walk)
    }

    #[test]
    fn who_stays_counts_at_the_moment_of_the_crossing() {
        assert_eq!(heights(3, 0.0, &[-1, 1, 2, 3, 4]).counted, [(1, Turn::Pos)]);
        assert_eq!(heights(0, 0.0, &[-1, 1]).counted, [(1, Turn::Pos)]);
        assert_eq!(
            heights(3, 0.0, &[-1, 1]).counted,
            [(1, Turn::Pos)],
            "a lost track did not come back"
        );
    }

    #[test]
    fn who_turns_back_leaves_nobody_inside() {
        let judged = heights(3, 0.0, &[-1, 1, -1, -1, -1, -1]);
        assert_eq!(
            (judged.raw.len(), judged.counted.len(), judged.left_out),
            (2, 0, 2)
        );
        let jitter = heights(3, 0.0, &[-1, 1, -1, 1, -1, 1, 2, 3, 4]);
        assert_eq!((jitter.raw.len(), jitter.counted), (5, vec![(5, Turn::Pos)]));
    }

    #[test]
    fn a_visit_longer_than_the_hold_is_two_counts() {
        let judged = heights(3, 0.0, &[-1, 1, 1, 1, 1, -1, -1, -1, -1]);
        assert_eq!(judged.counted, [(1, Turn::Pos), (5, Turn::Neg)]);
    }

    #[test]
    fn whoever_stands_on_the_line_is_pending_until_he_leaves_the_band() {
        let standing = [-9, 1, 2, 1, 2, 1, 2, -1, 1, 2];
        assert_eq!(
            heights(2, 5.0, &standing).counted,
            [(8, Turn::Pos)],
            "only at the end"
        );
        let leaves = [&standing[..], &[9]].concat();
        assert_eq!(heights(2, 5.0, &leaves).counted, [(8, Turn::Pos)]);
        let returns = [&standing[..], &[-9]].concat();
        assert!(heights(2, 5.0, &returns).counted.is_empty());
    }

    #[test]
    fn around_the_end_and_through_again_is_one_count() {
        let line = Line {
            a: Point::new(0.0, 0.0),
            b: Point::new(10.0, 0.0),
        };
        let walk = [
            (9.0, -1.0),
            (9.0, 1.0),
            (12.0, 1.0),
            (12.0, -1.0),
            (9.0, -1.0),
            (9.0, 1.0),
        ];
        let judged = judged(
            line,
            Steady { hold: 9, band: 0.0 },
            walk.map(|(x, y)| Point::new(x, y)),
        );
        assert_eq!(
            (judged.raw.len(), judged.counted.len(), judged.left_out),
            (2, 1, 1)
        );
    }

    proptest! {
        #[test]
        fn every_raw_crossing_is_judged_once_and_the_balance_is_kept(
            walk in proptest::collection::vec(-12i32..12, 0..80), hold in 0i64..8, band in 0i32..6,
        ) {
            let judged = heights(hold, f64::from(band), &walk);
            prop_assert_eq!(judged.raw.len(), judged.counted.len() + judged.left_out);
            let raw: i64 = judged.raw.iter().map(|turn| turn.sign()).sum();
            let counted: i64 = judged.counted.iter().map(|(_, turn)| turn.sign()).sum();
            prop_assert_eq!(raw, counted);
            prop_assert!(judged.counted.windows(2).all(|pair| pair[1].0 - pair[0].0 >= hold.max(1)));
        }

        #[test]
        fn no_hold_and_no_band_count_everything(walk in proptest::collection::vec(-12i32..12, 0..80)) {
            let judged = heights(0, 0.0, &walk);
            prop_assert_eq!(judged.left_out, 0);
            prop_assert_eq!(judged.raw, judged.counted.iter().map(|(_, turn)| *turn).collect::<Vec<_>>());
        }
    }
}
