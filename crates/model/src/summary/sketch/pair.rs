//! A bucket and its count in eight bytes: what a sketch of spread-out values is made of, and most of what rows of latency take.

/// Bits of the count. What does not fit stays at the most that does: at a million values a second that is nine years of them.
const COUNT_BITS: u32 = 48;
const COUNT_MAX: u64 = (1 << COUNT_BITS) - 1;

/// The bucket above, the count below, so that pairs lie in the order of their buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair(u64);

impl Pair {
    pub fn new(bucket: i16, count: u64) -> Self {
        // From the lowest bucket on, counted from 0.
        let place = (i32::from(bucket) - i32::from(i16::MIN)) as u64;
        Self((place << COUNT_BITS) | count.min(COUNT_MAX))
    }

    pub fn bucket(self) -> i16 {
        ((self.0 >> COUNT_BITS) as i32 + i32::from(i16::MIN)) as i16
    }

    pub fn count(self) -> u64 {
        self.0 & COUNT_MAX
    }

    pub fn add(&mut self, times: u64) {
        *self = Self::new(self.bucket(), self.count().saturating_add(times));
    }

    pub fn take(&mut self, times: u64) {
        *self = Self::new(self.bucket(), self.count().saturating_sub(times));
    }
}

impl From<(i16, u64)> for Pair {
    fn from((bucket, count): (i16, u64)) -> Self {
        Self::new(bucket, count)
    }
}

impl From<Pair> for (i16, u64) {
    fn from(pair: Pair) -> Self {
        (pair.bucket(), pair.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_keeps_its_count() {
        for bucket in [i16::MIN, -300, -1, 0, 1, 4_000, i16::MAX] {
            for count in [0, 1, COUNT_MAX] {
                assert_eq!(<(i16, u64)>::from(Pair::new(bucket, count)), (bucket, count));
            }
        }
    }

    #[test]
    fn a_count_stays_within_its_bucket() {
        let mut pair = Pair::new(7, COUNT_MAX - 1);
        pair.add(1);
        assert_eq!(pair.count(), COUNT_MAX);
        for times in [1, u64::MAX] {
            pair.add(times);
            assert_eq!(<(i16, u64)>::from(pair), (7, COUNT_MAX));
        }
        pair.take(COUNT_MAX - 2);
        assert_eq!(<(i16, u64)>::from(pair), (7, 2));
        pair.take(u64::MAX);
        assert_eq!(<(i16, u64)>::from(pair), (7, 0));
        assert_eq!(Pair::new(7, u64::MAX).count(), COUNT_MAX);
    }
}
