//! A sketch as bytes: a list of (bucket, count), whatever form it has in memory.
//!
//! Rows are read by the hundred thousand for one question, and those that are read to be counted on stay in memory: what is read
//! takes the room it needs and no more.

use super::pair::Pair;
use super::{RUN, RUN_COUNT_MAX, Sketch, bucket_of};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::ser::{SerializeSeq as _, Serializer};
use serde::{Deserialize, Serialize};

impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.buckets().count()))?;
        for pair in self.buckets() {
            list.serialize_element(&pair)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Pairs)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Sketch;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of buckets and their counts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sketch, A::Error> {
        let Some((bucket, count)) = list.next_element()? else {
            return Ok(Sketch::default());
        };
        let Some(second) = list.next_element::<(i16, u64)>()? else {
            return Ok(Sketch::from_iter([(bucket, count)]));
        };
        // How many there are is somebody's word, too.
        let more = list.size_hint().unwrap_or(0).min(MORE_MAX);
        let mut pairs = Vec::with_capacity(more + 2);
        pairs.extend([Pair::new(bucket, count), second.into()]);
        while let Some(pair) = list.next_element::<(i16, u64)>()? {
            pairs.push(pair.into());
        }
        pairs.shrink_to_fit();
        Ok(Sketch::of(pairs))
    }
}

/// Room is made for so many pairs at once at most.
const MORE_MAX: usize = 1_024;

impl Sketch {
    /// In the form that fits what is in the list.
    fn of(pairs: Vec<Pair>) -> Self {
        let highest = bucket_of(i64::MAX);
        let is_in_order = pairs.is_sorted_by(|one, next| one.bucket() < next.bucket());
        let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else {
            return Self::default();
        };
        let is_known = first.bucket() >= -highest && last.bucket() <= highest;
        if !is_in_order || !is_known || pairs.iter().any(|pair| pair.count() == 0) {
            return pairs.into_iter().map(<(i16, u64)>::from).collect();
        }
        let (first, last) = (first.bucket(), last.bucket());
        let count = pairs.iter().map(|pair| pair.count()).fold(0, u64::saturating_add);
        let span = i32::from(last) - i32::from(first);
        if span >= RUN || count > RUN_COUNT_MAX {
            return Self {
                count,
                pairs,
                ..Self::default()
            };
        }
        let mut sketch = Self {
            count,
            first,
            run: vec![0; span as usize + 1],
            pairs: Vec::new(),
        };
        for pair in pairs {
            if let Some(place) = sketch.in_run(pair.bucket()) {
                *place = pair.count() as u32;
            }
        }
        sketch
    }

    /// Accepts any bucket, so that a damaged or foreign list cannot break the order the other methods rely on.
    fn add_foreign(&mut self, bucket: i16, count: u64) {
        let last = bucket_of(i64::MAX);
        self.add_bucket(bucket.clamp(-last, last), count);
    }
}

impl FromIterator<(i16, u64)> for Sketch {
    fn from_iter<T: IntoIterator<Item = (i16, u64)>>(counts: T) -> Self {
        let mut sketch = Sketch::default();
        for (bucket, count) in counts {
            sketch.add_foreign(bucket, count);
        }
        sketch
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_the_same_list() {
        let forms: [&[(i16, u64)]; 4] = [&[], &[(-3, 2)], &[(5, 1), (9, 2)], &[(5, 1), (9, 2), (400, 7)]];
        for list in forms {
            let sketch: Sketch = list.iter().copied().collect();
            let bytes = postcard::to_stdvec(&sketch).unwrap();
            assert_eq!(bytes, postcard::to_stdvec(&list.to_vec()).unwrap());
            assert_eq!(postcard::from_bytes::<Sketch>(&bytes).unwrap(), sketch);
            let json = serde_json::to_string(&sketch).unwrap();
            assert_eq!(serde_json::from_str::<Sketch>(&json).unwrap(), sketch);
        }
    }

    #[test]
    fn foreign_bytes_are_what_their_list_is() {
        let many: Vec<(i16, u64)> = (0..5_000).map(|bucket| (bucket, 1)).collect();
        let lists: [&[(i16, u64)]; 8] = [
            &[(5, 1), (-3, 2), (5, 1), (7, 0)],
            &[(-3, 2), (7, 0), (400, 1)],
            &[(7, 1), (7, 2)],
            &[(7, 0)],
            &[(i16::MIN, 1), (i16::MAX, 1)],
            &[(1, u64::MAX), (2, u64::MAX), (2, u64::MAX)],
            &[(1, 3_000_000_000), (2, 3_000_000_000)],
            &many,
        ];
        for list in lists {
            let bytes = postcard::to_stdvec(&list.to_vec()).unwrap();
            let (mut read, collected) = (
                postcard::from_bytes::<Sketch>(&bytes).unwrap(),
                list.iter().copied().collect::<Sketch>(),
            );
            assert_eq!(read, collected, "{list:?}");
            let twice = read.clone();
            read.merge(&twice);
            assert!(read.is_empty() == collected.is_empty() && read.quantile(0.0) == collected.quantile(0.0));
        }
    }

    #[test]
    fn a_foreign_list_is_put_in_order() {
        let again = |counts: &[(i16, u64)]| counts.iter().copied().collect::<Sketch>();
        let sketch = again(&[(5, 1), (-3, 2), (5, 1), (7, 0)]);
        assert_eq!(sketch.buckets().collect::<Vec<_>>(), [(-3, 2), (5, 2)]);
        assert_eq!(
            again(&[(5, 1), (-3, 2), (5, 1)]),
            again(&[(-3, 2), (5, 2)]),
            "one form for one content"
        );
        assert_eq!(again(&[(7, 0)]), Sketch::default());
        assert_eq!(again(&[(7, 1), (7, 2)]), again(&[(7, 3)]));
        let impossible = again(&[(i16::MIN, 1), (i16::MAX, 1)]);
        assert_eq!(
            impossible.quantile(1.0).map(bucket_of),
            Some(bucket_of(i64::MAX)),
            "no value has such a bucket, but its count stays"
        );
    }
}
