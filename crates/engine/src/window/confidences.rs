//! How sure a detector was of some events, in a row: two bytes for each.
//!
//! The extremes of a window and its high percentiles are asked for in every row, and the windows of a camera hold some ten
//! events: to look at them all is cheaper than to keep anything about them, if only these two bytes have to be fetched.

use super::observation::Observation;
use throng_model::summary::{bucket_bounds, bucket_of};
use wide::i16x8;

/// So many are compared at once.
const LANES: usize = 8;

/// How sure a detector was of one event: thousandths, shifted so that the smallest there can be is the smallest number of sixteen
/// bits with a sign, the kind that every processor compares many of at once.
///
/// Of an event without a confidence it is the largest there is, and one more than that is the smallest. So neither the least nor
/// the most of some needs to leave any out.
pub(crate) fn shifted(seen: &Observation) -> i16 {
    seen.thousandths() as i16 ^ i16::MIN
}

fn thousandths(shifted: i16) -> u16 {
    (shifted ^ i16::MIN) as u16
}

/// The confidences of some events, [shifted].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Confidences<'a>(pub &'a [i16]);

/// The smallest and the largest of some confidences, thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extremes {
    /// The largest number there is where there is no confidence.
    pub least: u16,
    /// 0 where there is none.
    pub most: u16,
}

impl Extremes {
    /// Of some confidences one by one.
    pub fn of(all: impl Iterator<Item = u16>) -> Self {
        let (mut least, mut next) = (Observation::UNSURE, 0_u16);
        for confidence in all {
            least = least.min(confidence);
            next = next.max(confidence.wrapping_add(1));
        }
        let most = next.saturating_sub(1);
        Self { least, most }
    }
}

impl Confidences<'_> {
    /// The smallest and the largest.
    pub fn extremes(self) -> Extremes {
        let Some(last) = self.0.last_chunk::<LANES>() else {
            return Extremes::of(self.0.iter().map(|one| thousandths(*one)));
        };
        // The last ones, whether some of them are among the others or not.
        let last = i16x8::new(*last);
        let (mut least, mut next) = (last, last + i16x8::ONE);
        for chunk in self.0.as_chunks().0 {
            let chunk = i16x8::new(*chunk);
            least = least.min(chunk);
            next = next.max(chunk + i16x8::ONE);
        }
        Extremes {
            least: thousandths(least.reduce_min()),
            most: thousandths(next.reduce_max()).saturating_sub(1),
        }
    }

    /// The bucket of the largest confidence but so many, of which these are the extremes; there are more.
    ///
    /// In which bucket it lies is asked until that is certain: how many lie above is counted fast, and says how far it still is.
    pub fn bucket_below(self, above: u64, extremes: Extremes) -> i16 {
        let bucket = |confidence: u16| i32::from(bucket_of(confidence.into()));
        // More than that many lie above the lower one, and not more above the higher one.
        let mut low = (bucket(extremes.least) - 1, self.0.len() as i32);
        let mut high = (bucket(extremes.most), 0);
        for asked_before in 0.. {
            let (buckets, between) = (high.0 - low.0, (low.1 - high.1).max(1));
            if buckets <= 1 {
                break;
            }
            let mut step = buckets * (above as i32 - high.1 + 1) / (between + 1);
            if asked_before >= QUESTIONS {
                // They lie too unevenly for that.
                step = buckets / 2;
            }
            let asked = high.0 - step.clamp(1, buckets - 1);
            let found = (asked, self.above(asked as i16));
            if u64::from(found.1.unsigned_abs()) > above {
                low = found;
            } else {
                high = found;
            }
        }
        high.0 as i16
    }

    /// How many lie above a bucket.
    fn above(self, bucket: i16) -> i32 {
        debug_assert!(self.0.len() <= i16::MAX as usize, "more than are counted at once");
        let (_, highest) = bucket_bounds(bucket);
        let next = (highest.clamp(0, i64::from(u16::MAX) - 1) as u16 as i16 ^ i16::MIN).wrapping_add(1);
        let asked = i16x8::splat(next);
        let is_above = |chunk: &[i16; LANES]| (i16x8::new(*chunk) + i16x8::ONE).simd_gt(asked);
        let (chunks, rest) = self.0.as_chunks::<LANES>();
        let mut count = i16x8::ZERO;
        chunks.iter().for_each(|chunk| count -= is_above(chunk));
        if let Some(last) = self.0.last_chunk() {
            // Only those that were not among the others.
            let (_, mask) = MASKS.split_at(rest.len());
            let mask = mask.first_chunk().map_or(i16x8::ZERO, |mask| i16x8::new(*mask));
            return i32::from((count - (is_above(last) & mask)).reduce_add());
        }
        rest.iter().map(|one| i32::from(one.wrapping_add(1) > next)).sum()
    }
}

/// After so many questions it is not known any more how far it still is.
const QUESTIONS: u32 = 4;

/// From any place on, eight that choose as many of the last of eight.
const MASKS: [i16; 2 * LANES] = [0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_what_sorting_finds(
            mut all in prop::collection::vec(prop_oneof![4 => 500u16..520, 1 => 0u16..u16::MAX, 1 => Just(Observation::UNSURE)], 0..70),
        ) {
            let asked: Vec<i16> = all.iter().map(|one| *one as i16 ^ i16::MIN).collect();
            let asked = Confidences(&asked);
            let found = asked.extremes();
            all.retain(|one| *one != Observation::UNSURE);
            all.sort_unstable();
            let (least, most) = (all.first(), all.last());
            prop_assert_eq!(found.least, least.copied().unwrap_or(Observation::UNSURE));
            prop_assert_eq!(found.most, most.copied().unwrap_or(0));
            for (above, expected) in all.iter().rev().enumerate() {
                prop_assert_eq!(asked.bucket_below(above as u64, found), bucket_of((*expected).into()));
            }
        }
    }
}
