//! How sure a detector was of some events, in a row: two bytes for each.
//!
//! The extremes of a window and its high percentiles are asked for in every row, and the windows of a camera hold some ten
//! events: to look at them all is cheaper than to keep anything about them, if only these two bytes have to be fetched.

use super::observation::Observation;
use wide::i16x8;

/// So many are compared at once.
const AT_ONCE: usize = 8;

/// How sure a detector was of one event: thousandths, moved so that the smallest there can be is the smallest number of sixteen
/// bits with a sign, the kind that every processor compares many of at once.
///
/// [`NONE`] of an event that says nothing is the largest there is, and one more than it is the smallest. So neither the least
/// nor the most of some needs to leave any out.
pub(crate) fn moved(seen: &Observation) -> i16 {
    seen.thousandths() as i16 ^ i16::MIN
}

/// Of an event without a confidence.
const NONE: i16 = i16::MAX;

/// What comes before all others.
const NOTHING: i16 = i16::MIN;

fn thousandths(moved: i16) -> u16 {
    (moved ^ i16::MIN) as u16
}

/// The confidences of some events, [moved].
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

impl Confidences<'_> {
    /// The smallest and the largest.
    pub fn extremes(self) -> Extremes {
        let (mut least, mut next) = (NONE, NOTHING);
        if let Some(last) = self.0.last_chunk::<AT_ONCE>() {
            // The last ones, whether some of them are among the others or not.
            let last = i16x8::new(*last);
            let (mut low, mut high) = (last, last + i16x8::ONE);
            for chunk in self.0.as_chunks().0 {
                let chunk = i16x8::new(*chunk);
                low = low.min(chunk);
                high = high.max(chunk + i16x8::ONE);
            }
            (least, next) = (low.reduce_min(), high.reduce_max());
        } else {
            for one in self.0 {
                least = least.min(*one);
                next = next.max(one.wrapping_add(1));
            }
        }
        Extremes {
            least: thousandths(least),
            most: thousandths(next).saturating_sub(1),
        }
    }

    /// The largest but so many, found from the largest downwards; 0 where there are not so many.
    pub fn largest_but(self, mut above: u64, most: u16) -> u16 {
        let mut next = (most as i16 ^ i16::MIN).wrapping_add(1);
        loop {
            let (times, lower) = self.times(next);
            if above < times || lower == NOTHING {
                return thousandths(next.wrapping_sub(1));
            }
            above -= times;
            next = lower;
        }
    }

    /// How many are one less than this, and the largest of the lower ones, and one; [`NOTHING`] where there is none.
    fn times(self, next: i16) -> (u64, i16) {
        let (chunks, rest) = self.0.as_chunks::<AT_ONCE>();
        let asked = i16x8::splat(next);
        let (mut times, mut lower) = (i16x8::ZERO, i16x8::splat(NOTHING));
        for chunk in chunks {
            let chunk = i16x8::new(*chunk) + i16x8::ONE;
            times -= chunk.simd_eq(asked);
            lower = lower.max(chunk.simd_lt(asked).select(chunk, i16x8::splat(NOTHING)));
        }
        let (mut count, mut most) = (0, NOTHING);
        if !chunks.is_empty() {
            count = times.reduce_add() as u64;
            most = lower.reduce_max();
        }
        for one in rest {
            let one = one.wrapping_add(1);
            count += u64::from(one == next);
            most = most.max(if one < next { one } else { NOTHING });
        }
        (count, most)
    }
}

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
                prop_assert_eq!(asked.largest_but(above as u64, found.most), *expected);
            }
        }
    }
}
