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

/// How many values fell into each bucket, in ascending order of buckets.
///
/// Most summaries of a 10-second pane hold one value, or many equal ones (a crossing counts 1): those need no heap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<(i16, u64)>", into = "Vec<(i16, u64)>")]
pub enum Sketch {
    /// No value.
    #[default]
    Empty,
    /// All values in one bucket.
    One(i16, u64),
    /// Two buckets or more, ascending, no count of zero.
    Many(Vec<(i16, u64)>),
}

impl Sketch {
    /// Adds `times` values like this one.
    pub fn add(&mut self, value: i64, times: u64) {
        self.add_bucket(bucket_of(value), times);
    }

    fn add_bucket(&mut self, bucket: i16, times: u64) {
        match self {
            _ if times == 0 => {}
            Sketch::Empty => *self = Sketch::One(bucket, times),
            Sketch::One(only, count) if *only == bucket => *count += times,
            Sketch::One(only, count) => {
                let (first, second) = ((*only, *count), (bucket, times));
                *self = Sketch::Many(if first.0 < bucket {
                    vec![first, second]
                } else {
                    vec![second, first]
                });
            }
            Sketch::Many(counts) => match counts.binary_search_by_key(&bucket, |entry| entry.0) {
                Ok(found) => {
                    if let Some(entry) = counts.get_mut(found) {
                        entry.1 += times;
                    }
                }
                Err(place) => counts.insert(place, (bucket, times)),
            },
        }
    }

    /// Adds all counts of the other sketch.
    pub fn merge(&mut self, other: &Sketch) {
        match (&mut *self, other) {
            (_, Sketch::Empty) => {}
            (Sketch::Empty, _) => self.clone_from(other),
            (_, Sketch::One(bucket, count)) => self.add_bucket(*bucket, *count),
            (Sketch::One(bucket, count), Sketch::Many(_)) => {
                let (bucket, count) = (*bucket, *count);
                self.clone_from(other);
                self.add_bucket(bucket, count);
            }
            (Sketch::Many(left), Sketch::Many(right)) => {
                let mut merged = Vec::with_capacity(left.len() + right.len());
                let (mut a, mut b) = (left.iter().copied().peekable(), right.iter().copied().peekable());
                while let (Some(l), Some(r)) = (a.peek().copied(), b.peek().copied()) {
                    match l.0.cmp(&r.0) {
                        std::cmp::Ordering::Less => merged.extend(a.next()),
                        std::cmp::Ordering::Greater => merged.extend(b.next()),
                        std::cmp::Ordering::Equal => {
                            merged.push((l.0, l.1 + r.1));
                            a.next();
                            b.next();
                        }
                    }
                }
                merged.extend(a);
                merged.extend(b);
                *left = merged;
            }
        }
    }

    /// The non-empty buckets, ascending.
    pub fn buckets(&self) -> impl Iterator<Item = (i16, u64)> + '_ {
        let (one, many) = match self {
            Sketch::Empty => (None, [].iter()),
            Sketch::One(bucket, count) => (Some((*bucket, *count)), [].iter()),
            Sketch::Many(counts) => (None, counts.iter()),
        };
        one.into_iter().chain(many.copied())
    }

    /// The middle of the bucket that holds the value of nearest rank `⌈q n⌉`; none when empty.
    pub fn quantile(&self, q: f64) -> Option<i64> {
        let count: u64 = self.buckets().map(|(_, count)| count).sum();
        if count == 0 {
            return None;
        }
        let rank = ((q.clamp(0.0, 1.0) * count as f64).ceil() as u64).clamp(1, count);
        let mut below = 0;
        for (bucket, in_bucket) in self.buckets() {
            below += in_bucket;
            if below >= rank {
                let (low, high) = bucket_bounds(bucket);
                return Some(low + (high - low) / 2);
            }
        }
        None
    }
}

impl From<Vec<(i16, u64)>> for Sketch {
    /// Accepts any list, so that a damaged or foreign one cannot break the order the other methods rely on.
    fn from(counts: Vec<(i16, u64)>) -> Self {
        // What we wrote ourselves is in order: charts read tens of thousands of sketches, one bucket at a time is slow.
        let in_order = counts.is_sorted_by(|a, b| a.0 < b.0) && counts.iter().all(|(_, count)| *count > 0);
        match counts.as_slice() {
            [(bucket, count)] if in_order => return Sketch::One(*bucket, *count),
            [_, _, ..] if in_order => return Sketch::Many(counts),
            _ => {}
        }
        let mut sketch = Sketch::Empty;
        for (bucket, count) in counts {
            sketch.add_bucket(bucket, count);
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
        assert_eq!(again(vec![(7, 0)]), Sketch::Empty);
        assert_eq!(again(vec![(7, 3)]), Sketch::One(7, 3));
        assert_eq!(again(vec![(7, 1), (7, 2)]), Sketch::One(7, 3));
    }
}
