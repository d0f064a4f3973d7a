//! A quantile sketch of integers: log buckets cut by bits, not by logarithms.
//!
//! Constraints:
//! - The bucket of a value is pure integer arithmetic, so every machine and every language cuts the same buckets.
//! - Values below 128 have a bucket each; above, every power of two is cut into 64 equal parts. The middle of a
//!   bucket is therefore at most 1/128 (0.8 %) away from any value inside: the promised 1 % holds.
//! - Counts are integers and buckets do not depend on the data, so merging is adding counts: exact in any order.
//!
//! The idea is that of HdrHistogram (Gil Tene) and DDSketch (Masson, Rim, Lee 2019), with negative values mirrored.

use serde::{Deserialize, Serialize};

/// Buckets per power of two.
const PARTS_BITS: u32 = 6;
/// Below this a value is its own bucket.
const EXACT_BELOW: u64 = 1 << (PARTS_BITS + 1);

/// The bucket of a value: 0 for 0, mirrored for negative values.
pub fn bucket_of(value: i64) -> i16 {
    let magnitude = value.unsigned_abs();
    let bucket = if magnitude < EXACT_BELOW {
        magnitude as i16
    } else {
        let exponent = 63 - magnitude.leading_zeros();
        let part = (magnitude >> (exponent - PARTS_BITS)) as i16 - (1 << PARTS_BITS);
        EXACT_BELOW as i16 + ((exponent - PARTS_BITS - 1) as i16) * (1 << PARTS_BITS) + part
    };
    if value < 0 { -bucket } else { bucket }
}

/// The smallest and the largest value of a bucket.
pub fn bucket_bounds(bucket: i16) -> (i64, i64) {
    let magnitude = u64::from(bucket.unsigned_abs());
    let (low, high) = if magnitude < EXACT_BELOW {
        (magnitude, magnitude)
    } else {
        let above = magnitude - EXACT_BELOW;
        let exponent = above >> PARTS_BITS;
        let part = (above & ((1 << PARTS_BITS) - 1)) + (1 << PARTS_BITS);
        // Part `part` of the power of two, one step wide.
        let step = exponent + 1;
        (part << step, ((part + 1) << step) - 1)
    };
    let (low, high) = (low as i64, high as i64);
    if bucket < 0 { (-high, -low) } else { (low, high) }
}

/// How many values fell into each bucket.
///
/// Most summaries of a 10-second pane hold one value, or many equal ones (a crossing counts 1): those need no heap. Others
/// keep the counts of all buckets from the first to the last that holds anything, so that merging is adding two runs of
/// numbers. One content has one form.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<(i16, u64)>", into = "Vec<(i16, u64)>")]
pub struct Sketch {
    /// The lowest bucket that holds anything; 0 while none does.
    first: i16,
    /// The count of that bucket while it is the only one, 0 otherwise.
    only: u64,
    /// The counts from `first` on while there are two buckets or more, the first and the last not zero; empty otherwise.
    counts: Vec<u64>,
}

impl Sketch {
    /// Adds `times` values like this one.
    pub fn add(&mut self, value: i64, times: u64) {
        self.add_bucket(bucket_of(value), times);
    }

    fn add_bucket(&mut self, bucket: i16, times: u64) {
        if times == 0 {
            return;
        }
        if self.counts.is_empty() {
            if self.only == 0 || bucket == self.first {
                self.first = bucket;
                self.only += times;
                return;
            }
            self.counts.push(std::mem::take(&mut self.only));
        }
        *self.reach(bucket) += times;
    }

    /// Adds many values whose smallest and largest are known: makes room once.
    pub(super) fn add_small(&mut self, values: &[u16], min: u16, max: u16) {
        let (low, high) = (bucket_of(min.into()), bucket_of(max.into()));
        if low == high {
            return self.add_bucket(low, values.len() as u64);
        }
        if self.counts.is_empty() {
            if self.only == 0 {
                self.first = low;
            }
            self.counts.push(std::mem::take(&mut self.only));
        }
        self.reach(low);
        self.reach(high);
        for value in values {
            let place = bucket_of(i64::from(*value)) - self.first;
            if let Some(count) = self.counts.get_mut(place as usize) {
                *count += 1;
            }
        }
    }

    /// Makes room up to this bucket, which the caller is about to fill.
    fn reach(&mut self, bucket: i16) -> &mut u64 {
        let place = isize::from(bucket) - isize::from(self.first);
        let place = match usize::try_from(place) {
            Ok(place) => place,
            Err(_) => {
                self.first = bucket;
                self.counts
                    .splice(..0, std::iter::repeat_n(0, place.unsigned_abs()));
                0
            }
        };
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        #[expect(clippy::indexing_slicing, reason = "there is room for it now")]
        &mut self.counts[place]
    }

    /// Adds all counts of the other sketch.
    pub fn merge(&mut self, other: &Sketch) {
        let Some(last) = other.counts.len().checked_sub(1) else {
            return self.add_bucket(other.first, other.only);
        };
        if self.is_empty() {
            self.first = other.first;
            // Not a clone: the memory that is there is used again.
            self.counts.extend_from_slice(&other.counts);
            return;
        }
        if self.counts.is_empty() {
            self.counts.push(std::mem::take(&mut self.only));
        }
        self.reach(other.first + last as i16);
        self.reach(other.first);
        let from = (isize::from(other.first) - isize::from(self.first)).unsigned_abs();
        for (count, more) in self.counts.iter_mut().skip(from).zip(&other.counts) {
            *count += more;
        }
    }

    /// Takes counts away that were merged before.
    pub(super) fn take_away(&mut self, other: &Sketch) {
        for (bucket, times) in other.buckets() {
            let count = if self.counts.is_empty() {
                Some(&mut self.only)
            } else {
                let place = i32::from(bucket) - i32::from(self.first);
                usize::try_from(place)
                    .ok()
                    .and_then(|place| self.counts.get_mut(place))
            };
            if let Some(count) = count {
                *count = count.saturating_sub(times);
            }
        }
        self.trim();
    }

    /// Gives the content its one form again after counts have become zero.
    fn trim(&mut self) {
        let last = self.counts.iter().rposition(|count| *count > 0);
        self.counts.truncate(last.map_or(0, |last| last + 1));
        let first = self.counts.iter().position(|count| *count > 0).unwrap_or(0);
        if first > 0 {
            self.counts.drain(..first);
            self.first += first as i16;
        }
        if let [only] = self.counts.as_slice() {
            self.only = *only;
            self.counts.clear();
        }
        if self.is_empty() {
            self.first = 0;
        }
    }

    /// Whether no value was added yet.
    pub fn is_empty(&self) -> bool {
        self.only == 0 && self.counts.is_empty()
    }

    /// Forgets all values but keeps the memory.
    pub fn clear(&mut self) {
        self.first = 0;
        self.only = 0;
        self.counts.clear();
    }

    /// The non-empty buckets, ascending.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = (i16, u64)> + '_ {
        let only = (self.only > 0).then_some((self.first, self.only));
        let counts = self.counts.iter().enumerate();
        let many = counts.map(|(place, count)| (self.first + place as i16, *count));
        only.into_iter().chain(many).filter(|(_, count)| *count > 0)
    }

    /// How many values were added.
    fn count(&self) -> u64 {
        self.only + self.counts.iter().sum::<u64>()
    }

    /// The middle of the bucket that holds the value of nearest rank `⌈q n⌉`; none when empty.
    pub fn quantile(&self, q: f64) -> Option<i64> {
        let count = self.count();
        if count == 0 {
            return None;
        }
        let rank = ((q.clamp(0.0, 1.0) * count as f64).ceil() as u64).clamp(1, count);
        // From the nearer end: the high percentiles are asked for most.
        let bucket = if rank > count / 2 {
            let above = count - rank;
            passes(self.buckets().rev(), above + 1)
        } else {
            passes(self.buckets(), rank)
        }?;
        let (low, high) = bucket_bounds(bucket);
        Some(low + (high - low) / 2)
    }
}

/// The bucket at which the counts reach `rank`.
fn passes(buckets: impl Iterator<Item = (i16, u64)>, rank: u64) -> Option<i16> {
    let mut passed = 0;
    for (bucket, count) in buckets {
        passed += count;
        if passed >= rank {
            return Some(bucket);
        }
    }
    None
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.buckets()).finish()
    }
}

impl From<Vec<(i16, u64)>> for Sketch {
    /// Accepts any list, so that a damaged or foreign one cannot break the order the other methods rely on.
    fn from(counts: Vec<(i16, u64)>) -> Self {
        let last = bucket_of(i64::MAX);
        let mut sketch = Sketch::default();
        for (bucket, count) in counts {
            sketch.add_bucket(bucket.clamp(-last, last), count);
        }
        sketch
    }
}

impl From<Sketch> for Vec<(i16, u64)> {
    fn from(sketch: Sketch) -> Self {
        sketch.buckets().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_tile_the_integers() {
        let mut expected_low = 0;
        for bucket in 0..=bucket_of(i64::from(u32::MAX)) {
            let (low, high) = bucket_bounds(bucket);
            assert_eq!(low, expected_low, "bucket {bucket}");
            assert_eq!((bucket_of(low), bucket_of(high)), (bucket, bucket));
            assert_eq!((bucket_of(-low), bucket_of(-high)), (-bucket, -bucket));
            assert!(
                (high - low) as f64 / 2.0 <= low as f64 / 128.0 + 0.5,
                "bucket {bucket} is too wide"
            );
            expected_low = high + 1;
        }
        assert!(bucket_of(i64::MAX) > 0, "the widest value still fits the key");
    }

    #[test]
    fn a_foreign_list_is_put_in_order() {
        let sketch: Sketch = vec![(5, 1), (-3, 2), (5, 1), (7, 0)].into();
        assert_eq!(sketch.buckets().collect::<Vec<_>>(), [(-3, 2), (5, 2)]);
        let again = |counts: Vec<(i16, u64)>| Sketch::from(counts);
        assert_eq!(
            again(vec![(5, 1), (-3, 2), (5, 1)]),
            again(vec![(-3, 2), (5, 2)]),
            "one form for one content"
        );
        assert_eq!(again(vec![(7, 0)]), Sketch::default());
        assert_eq!(again(vec![(7, 1), (7, 2)]), again(vec![(7, 3)]));
        let impossible = again(vec![(i16::MIN, 1), (i16::MAX, 1)]);
        assert_eq!(
            impossible.quantile(1.0).map(bucket_of),
            Some(bucket_of(i64::MAX)),
            "no value has such a bucket, but its count stays"
        );
    }

    #[test]
    fn a_cleared_sketch_is_a_new_one() {
        let mut sketch: Sketch = vec![(5, 1), (9, 2)].into();
        sketch.clear();
        assert_eq!(sketch, Sketch::default());
        sketch.add(7, 2);
        assert_eq!(sketch, vec![(7, 2)].into());
    }
}
