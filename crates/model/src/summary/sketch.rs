//! A quantile sketch of integers: log buckets cut by bits, not by logarithms.
//!
//! Constraints:
//! - The bucket of a value is pure integer arithmetic, so every machine and every language cuts the same buckets.
//! - Values below 128 have a bucket each; above, every power of two is cut into 64 equal parts. The middle of a
//!   bucket is therefore at most 1/128 (0.8 %) away from any value inside: the promised 1 % holds.
//! - Counts are integers and buckets do not depend on the data, so merging is adding counts: exact in any order.
//!
//! The idea is that of HdrHistogram (Gil Tene) and DDSketch (Masson, Rim, Lee 2019), with negative values mirrored.

mod coded;
mod pair;
#[cfg(test)]
mod tests;

use pair::Pair;
use std::hash::{Hash, Hasher};

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

/// A run of this many buckets is kept as counts in a row, a wider one as pairs: 128 are two powers of two, so that what lies
/// close together (confidences, people who walk alone) is merged by adding, and what is spread out takes no room for nothing.
const RUN: i32 = 128;

/// A run counts in 32 bits, half the memory; what holds more values than this is kept as pairs.
const RUN_COUNT_MAX: u64 = u32::MAX as u64;

/// Where one sketch has this many times the buckets of another, those of the other are looked up in it one by one: a month
/// gets a minute more every minute.
const FEW_OF: usize = 4;

/// How many values fell into each bucket.
///
/// Most summaries of a 10-second pane hold one value, or many equal ones (a crossing counts 1): those need no heap. Where
/// values come and go, one content can have more than one form; it is compared and written as what it is, a list of buckets.
#[derive(Clone, Default)]
pub struct Sketch {
    /// How many values.
    count: u64,
    /// The bucket that holds all of them, or the first one of `run`.
    first: i16,
    /// The counts from `first` on. Empty while one bucket holds everything, and while there are pairs. Where values were taken
    /// away the empty buckets stay: the next values will most likely fall there again. All counts together fit 32 bits.
    run: Vec<u32>,
    /// Bucket and count, ascending, none zero, while they do not fit a run.
    pairs: Vec<Pair>,
}

impl Sketch {
    /// Adds `times` values like this one.
    pub fn add(&mut self, value: i64, times: u64) {
        self.add_bucket(bucket_of(value), times);
    }

    /// Adds so many values, each of one of these buckets, of which the lowest and the highest are known.
    pub(super) fn add_each(
        &mut self,
        buckets: impl Iterator<Item = i16>,
        times: u64,
        (low, high): (i16, i16),
    ) {
        if low == high {
            return self.add_bucket(low, times);
        }
        if self.reach((low, high), times).is_none() {
            return buckets.for_each(|bucket| self.add_bucket(bucket, 1));
        }
        for bucket in buckets {
            let count = self.in_run(bucket);
            debug_assert!(count.is_some(), "outside the lowest and the highest");
            if let Some(count) = count {
                *count += 1;
            }
        }
        self.count = self.count.saturating_add(times);
    }

    fn add_bucket(&mut self, bucket: i16, times: u64) {
        if times == 0 {
            return;
        }
        if self.run.is_empty() && self.pairs.is_empty() && (self.count == 0 || self.first == bucket) {
            self.first = bucket;
        } else if let Some(count) = self.reach((bucket, bucket), times) {
            *count += times as u32;
        } else {
            match self.pairs.binary_search_by_key(&bucket, |pair| pair.bucket()) {
                Ok(place) => {
                    if let Some(pair) = self.pairs.get_mut(place) {
                        pair.add(times);
                    }
                }
                Err(place) => self.pairs.insert(place, Pair::new(bucket, times)),
            }
        }
        self.count = self.count.saturating_add(times);
    }

    /// The count of a bucket that lies in the run.
    fn in_run(&mut self, bucket: i16) -> Option<&mut u32> {
        let place = i32::from(bucket) - i32::from(self.first);
        usize::try_from(place)
            .ok()
            .and_then(|place| self.run.get_mut(place))
    }

    /// Makes room in the run for so many values between these two buckets, and gives the count of the lower one; none where
    /// the content is kept in pairs, or has to be from now on.
    fn reach(&mut self, (low, high): (i16, i16), times: u64) -> Option<&mut u32> {
        if !self.pairs.is_empty() {
            return None;
        }
        let fits = self.count.saturating_add(times) <= RUN_COUNT_MAX;
        if self.run.is_empty() && fits {
            if self.count == 0 {
                self.first = low;
            }
            self.run.push(self.count as u32);
        }
        let (mut first, mut last) = self.span(low, high);
        if last - first >= RUN {
            self.trim();
            (first, last) = self.span(low, high);
        }
        if last - first >= RUN || !fits {
            self.pairs = self.buckets().map(Pair::from).collect();
            self.run.clear();
            return None;
        }
        if low < self.first {
            let more = usize::from(self.first.abs_diff(low));
            self.run.splice(..0, std::iter::repeat_n(0, more));
            self.first = low;
        }
        if self.run.len() <= (last - first) as usize {
            self.run.resize((last - first) as usize + 1, 0);
        }
        self.in_run(low)
    }

    /// From the first to the last bucket of the run and these two.
    fn span(&self, low: i16, high: i16) -> (i32, i32) {
        let first = i32::from(self.first);
        let last = first + self.run.len() as i32 - 1;
        (first.min(low.into()), last.max(high.into()))
    }

    /// Takes empty buckets off both ends of the run; of an empty run one stays.
    fn trim(&mut self) {
        let last = self.run.iter().rposition(|count| *count > 0).unwrap_or(0);
        self.run.truncate(last + 1);
        let first = self.run.iter().position(|count| *count > 0).unwrap_or(0);
        self.run.drain(..first);
        self.first += first as i16;
    }

    /// Adds all counts of the other sketch.
    pub fn merge(&mut self, other: &Sketch) {
        if other.count == 0 {
            return;
        }
        if other.run.is_empty() && other.pairs.is_empty() {
            return self.add_bucket(other.first, other.count);
        }
        if self.count == 0 {
            self.count = other.count;
            self.first = other.first;
            // Not a clone: the memory that is there is used again.
            self.run.clear();
            self.run.extend_from_slice(&other.run);
            self.pairs.clear();
            self.pairs.extend_from_slice(&other.pairs);
            return;
        }
        let last = other.first + other.run.len() as i16 - 1;
        if !other.run.is_empty() && self.reach((other.first, last), other.count).is_some() {
            let from = usize::from(other.first.abs_diff(self.first));
            for (count, more) in self.run.iter_mut().skip(from).zip(&other.run) {
                *count += more;
            }
            self.count = self.count.saturating_add(other.count);
            return;
        }
        // The wider of both does not fit a run, so neither does the merge.
        let few = other.run.len() + other.pairs.len();
        if few * FEW_OF < self.pairs.len() {
            return other
                .buckets()
                .for_each(|(bucket, times)| self.add_bucket(bucket, times));
        }
        let mut merged = Vec::with_capacity(self.pairs.len() + other.pairs.len());
        let (mut ours, mut theirs) = (self.buckets().peekable(), other.buckets().peekable());
        while let (Some(our), Some(their)) = (ours.peek().copied(), theirs.peek().copied()) {
            let count = if our.0 <= their.0 { our.1 } else { 0 } + if their.0 <= our.0 { their.1 } else { 0 };
            merged.push(Pair::new(our.0.min(their.0), count));
            ours.next_if(|pair| pair.0 <= their.0);
            theirs.next_if(|pair| pair.0 <= our.0);
        }
        merged.extend(ours.map(Pair::from));
        merged.extend(theirs.map(Pair::from));
        self.run.clear();
        self.pairs = merged;
        self.count = self.count.saturating_add(other.count);
    }

    /// Takes counts away that were merged before.
    pub(super) fn take_away(&mut self, other: &Sketch) {
        let place = usize::try_from(i32::from(other.first) - i32::from(self.first));
        let ours = place.ok().and_then(|place| self.run.get_mut(place..));
        if let Some(ours) = ours.filter(|ours| !other.run.is_empty() && other.run.len() <= ours.len()) {
            for (count, gone) in ours.iter_mut().zip(&other.run) {
                *count = count.saturating_sub(*gone);
            }
            self.count = self.count.saturating_sub(other.count);
            return;
        }
        for (bucket, times) in other.buckets() {
            self.take(bucket, times);
        }
        self.narrow();
    }

    /// Takes away `times` values like this one, which were added before.
    pub(super) fn remove(&mut self, value: i64, times: u64) {
        self.take(bucket_of(value), times);
        self.narrow();
    }

    /// Takes away one value of this bucket, which was added before.
    pub(super) fn remove_one(&mut self, bucket: i16) {
        if let Some(count) = self.in_run(bucket) {
            *count = count.saturating_sub(1);
            self.count = self.count.saturating_sub(1);
        } else {
            self.take(bucket, 1);
            self.narrow();
        }
    }

    fn take(&mut self, bucket: i16, times: u64) {
        self.count = self.count.saturating_sub(times);
        if let Some(count) = self.in_run(bucket) {
            *count = count.saturating_sub(times as u32);
        } else if let Ok(place) = self.pairs.binary_search_by_key(&bucket, |pair| pair.bucket())
            && let Some(pair) = self.pairs.get_mut(place)
        {
            pair.take(times);
            if pair.count() == 0 {
                self.pairs.remove(place);
            }
        }
    }

    /// Makes a run of pairs again where they have become so few that they fit one.
    fn narrow(&mut self) {
        let span = self.pairs.last().zip(self.pairs.first());
        let span = span.filter(|_| self.count <= RUN_COUNT_MAX);
        if span.is_some_and(|(last, first)| i32::from(last.bucket()) - i32::from(first.bucket()) < RUN) {
            self.count = 0;
            for pair in std::mem::take(&mut self.pairs) {
                self.add_bucket(pair.bucket(), pair.count());
            }
        }
    }

    /// Whether it holds no value.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Forgets all values but keeps the memory.
    pub fn clear(&mut self) {
        if self.count > 0 {
            self.count = 0;
            self.run.fill(0);
            self.pairs.clear();
        }
    }

    /// The non-empty buckets, ascending.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = (i16, u64)> + '_ {
        let is_one = self.count > 0 && self.run.is_empty() && self.pairs.is_empty();
        let one = is_one.then_some((self.first, self.count));
        let run = self.run.iter().enumerate();
        let run = run.map(|(place, count)| (self.first + place as i16, u64::from(*count)));
        let pairs = self.pairs.iter().map(|pair| (*pair).into());
        one.into_iter()
            .chain(run.filter(|(_, count)| *count > 0))
            .chain(pairs)
    }

    /// The middle of the bucket that holds the value of nearest rank `⌈q n⌉`; none when empty.
    pub fn quantile(&self, q: f64) -> Option<i64> {
        if self.count == 0 {
            return None;
        }
        self.bucket_of_rank(rank_of(q, self.count)).map(middle_of)
    }

    /// The bucket of the value of this rank, counted from 1; none where there are not so many.
    pub fn bucket_of_rank(&self, rank: u64) -> Option<i16> {
        let below = self.count.checked_sub(rank)?;
        // From the nearer end: the high percentiles are asked for most.
        let is_high = rank > self.count / 2;
        if !self.run.is_empty() {
            let counts = self.run.iter().map(|count| u64::from(*count));
            let place = if is_high {
                let from_above = passes(counts.rev().enumerate(), below + 1)?;
                self.run.len() - 1 - from_above
            } else {
                passes(counts.enumerate(), rank)?
            };
            Some(self.first + place as i16)
        } else if self.pairs.is_empty() {
            Some(self.first)
        } else if is_high {
            passes(self.pairs.iter().rev().map(|pair| (*pair).into()), below + 1)
        } else {
            passes(self.pairs.iter().map(|pair| (*pair).into()), rank)
        }
    }
}

/// What a sketch says of a value in this bucket: its middle.
pub fn middle_of(bucket: i16) -> i64 {
    let (low, high) = bucket_bounds(bucket);
    low + (high - low) / 2
}

/// The nearest rank `⌈q n⌉` of a share `q` (0 to 1) of `count` values, counted from 1.
pub fn rank_of(q: f64, count: u64) -> u64 {
    let share = q.clamp(0.0, 1.0) * count as f64;
    // Not `ceil`, which is a call where the processor has no instruction for it; and there is one for signed numbers only.
    let whole = share as i64;
    (whole as u64 + u64::from((whole as f64) < share)).clamp(1, count.max(1))
}

/// Where the counts reach `rank`.
fn passes<T>(counts: impl Iterator<Item = (T, u64)>, rank: u64) -> Option<T> {
    let mut passed = 0;
    for (place, count) in counts {
        passed += count;
        if passed >= rank {
            return Some(place);
        }
    }
    None
}

impl PartialEq for Sketch {
    fn eq(&self, other: &Self) -> bool {
        self.buckets().eq(other.buckets())
    }
}

impl Eq for Sketch {}

impl Hash for Sketch {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.buckets().for_each(|bucket| bucket.hash(state));
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.buckets()).finish()
    }
}
