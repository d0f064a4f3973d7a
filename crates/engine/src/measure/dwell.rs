//! Dwell percentiles with stays that were cut: the Kaplan-Meier estimate.
//!
//! A stay that ends at the edge of the view, at a restart or at midnight was at least that long: it is *censored*.
//! Leaving such stays out, or taking them as ended, makes every percentile too short, because long stays are cut most.
//! The survival curve is `S(t) = Π (1 - dᵢ/nᵢ)` over the lengths `tᵢ ≤ t` at which `dᵢ` of the `nᵢ` stays still going
//! on ended (those cut at `tᵢ` itself were still going on); the percentile `q` is the smallest `tᵢ` with
//! `S(tᵢ) ≤ 1 - q`. Without censored stays that is the nearest rank. Unit: seconds. Source: Kaplan and Meier 1958.
//!
//! Rows keep no single stays but two summaries, of those that ended and of those that were cut. Their sketches merge exactly, and
//! lengths of one bucket (less than 2 % apart) count as equal: the estimate of a year is that of its stays to the sketch's one
//! per cent of the length.

use super::ratio;
use std::collections::BTreeMap;
use throng_model::summary::bucket_bounds;
use throng_model::{Measure, Summary};

/// One stay in a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stay {
    /// How long it was seen, seconds.
    pub seconds: f64,
    /// Whether its end was seen; otherwise it was at least that long.
    pub ended: bool,
}

/// How long people stay.
#[derive(Clone, Debug, PartialEq)]
pub struct Dwell {
    /// All stays, cut ones too.
    pub stays: usize,
    /// The share of stays that were cut; none without stays. Shown beside every percentile.
    pub censored_share: Option<f64>,
    /// Lengths at which stays ended, ascending, with the share of stays that last longer.
    survival: Vec<(f64, f64)>,
}

impl Dwell {
    /// From stays in any order. Lengths that are no numbers are not stays and are left out.
    pub fn of(stays: &[Stay]) -> Self {
        let mut stays: Vec<Stay> = stays
            .iter()
            .copied()
            .filter(|stay| !stay.seconds.is_nan())
            .collect();
        stays.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let mut survival = Vec::new();
        let (mut going_on, mut share) = (stays.len(), 1.0);
        for equal in stays.chunk_by(|a, b| a.seconds == b.seconds) {
            let ended = equal.iter().filter(|stay| stay.ended).count();
            if let (Some(first), true) = (equal.first(), ended > 0) {
                share *= (going_on - ended) as f64 / going_on as f64;
                survival.push((first.seconds, share));
            }
            going_on -= equal.len();
        }
        let censored = stays.iter().filter(|stay| !stay.ended).count();
        Self {
            stays: stays.len(),
            censored_share: ratio(censored as f64, stays.len() as f64),
            survival,
        }
    }

    /// From summaries of the stays that ended and of those that were cut.
    pub fn of_summaries(ended: Option<&Summary>, cut: Option<&Summary>) -> Self {
        let mut lengths: BTreeMap<i16, (u64, u64)> = BTreeMap::new();
        for (bucket, count) in ended.into_iter().flat_map(|ended| ended.sketch.buckets()) {
            lengths.entry(bucket).or_default().0 += count;
        }
        for (bucket, count) in cut.into_iter().flat_map(|cut| cut.sketch.buckets()) {
            lengths.entry(bucket).or_default().1 += count;
        }
        let (min, max) = ended.map_or((0, 0), |ended| (ended.min, ended.max));
        let count = |of: Option<&Summary>| of.map_or(0, |summary| summary.count);
        let stays = count(ended) + count(cut);
        let (mut going_on, mut share) = (stays, 1.0);
        let mut survival = Vec::new();
        for (bucket, (ended, cut)) in lengths {
            if ended > 0 {
                share *= going_on.saturating_sub(ended) as f64 / going_on as f64;
                let (low, high) = bucket_bounds(bucket);
                // As the sketch says it: the middle of the bucket, and never outside what was seen.
                let milli = (low + (high - low) / 2).clamp(min, max);
                survival.push((milli as f64 / Measure::SCALE as f64, share));
            }
            going_on = going_on.saturating_sub(ended + cut);
        }
        Self {
            stays: stays as usize,
            censored_share: ratio(count(cut) as f64, stays as f64),
            survival,
        }
    }

    /// The length that a share `q` (0 to 1) of the stays does not exceed, seconds. None when so many were cut that nobody
    /// can know.
    pub fn percentile(&self, q: f64) -> Option<f64> {
        // A product of fractions that is 1/2 on paper may be a hair above it here.
        let left = 1.0 - q + 1e-12;
        self.survival
            .iter()
            .find(|point| point.1 <= left)
            .map(|point| point.0)
    }

    /// Half of the stays are at most this long.
    pub fn median(&self) -> Option<f64> {
        self.percentile(0.5)
    }

    /// Nine of ten stays are at most this long.
    pub fn p90(&self) -> Option<f64> {
        self.percentile(0.9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stays(lengths: &[(f64, bool)]) -> Dwell {
        let stays: Vec<_> = lengths
            .iter()
            .map(|(seconds, ended)| Stay {
                seconds: *seconds,
                ended: *ended,
            })
            .collect();
        Dwell::of(&stays)
    }

    /// The remission times of 21 leukaemia patients under 6-MP (Freireich 1963), the worked example of most textbooks.
    #[test]
    fn the_textbook_curve() {
        let ended = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|weeks| (f64::from(weeks), true));
        let cut = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|weeks| (f64::from(weeks), false));
        let dwell = stays(&[&ended[..], &cut[..]].concat());
        let expected = [
            (6.0, 0.857),
            (7.0, 0.807),
            (10.0, 0.753),
            (13.0, 0.690),
            (16.0, 0.627),
            (22.0, 0.538),
            (23.0, 0.448),
        ];
        assert_eq!(dwell.survival.len(), expected.len());
        for (got, expected) in dwell.survival.iter().zip(expected) {
            assert!(
                got.0 == expected.0 && (got.1 - expected.1).abs() < 0.0005,
                "{got:?} for {expected:?}"
            );
        }
        assert_eq!((dwell.stays, dwell.censored_share), (21, Some(12.0 / 21.0)));
        assert_eq!(
            (dwell.median(), dwell.p90()),
            (Some(23.0), None),
            "too many were cut to know the p90"
        );
    }

    #[test]
    fn nobody_stayed() {
        let dwell = stays(&[]);
        assert_eq!(
            (dwell.stays, dwell.censored_share, dwell.median()),
            (0, None, None)
        );
    }

    #[test]
    fn half_and_nine_of_ten_are_no_longer_than_median_and_p90() {
        let ten: Vec<_> = (1..=10).map(|length| (f64::from(length), true)).collect();
        let dwell = stays(&ten);
        assert_eq!((dwell.median(), dwell.p90()), (Some(5.0), Some(9.0)));
    }

    #[test]
    fn leaving_out_what_was_cut_would_be_too_short() {
        let all = stays(&[
            (10.0, true),
            (20.0, true),
            (30.0, true),
            (40.0, false),
            (40.0, false),
        ]);
        let seen = stays(&[(10.0, true), (20.0, true), (30.0, true)]);
        assert_eq!((all.median(), seen.median()), (Some(30.0), Some(20.0)));
    }

    proptest! {
        #[test]
        fn without_cut_stays_it_is_the_nearest_rank(mut lengths in prop::collection::vec(0u32..50, 1..80), hundredths in 1usize..=100) {
            let dwell = stays(&lengths.iter().map(|length| (f64::from(*length), true)).collect::<Vec<_>>());
            lengths.sort_unstable();
            let rank = (lengths.len() * hundredths).div_ceil(100);
            prop_assert_eq!(dwell.percentile(hundredths as f64 / 100.0), Some(f64::from(lengths[rank - 1])));
        }

        #[test]
        fn summaries_say_what_the_stays_say_to_one_per_cent(lengths in prop::collection::vec((0u32..127, any::<bool>()), 1..60), q in 0.01f64..0.99) {
            // Lengths the sketch holds one by one: nothing is lost but the digits of the product.
            let single: Vec<_> = lengths.iter().map(|(milli, ended)| (f64::from(*milli) / 1_000.0, *ended)).collect();
            let of = |kept: bool| {
                let mut summary = Summary::default();
                lengths.iter().filter(|(_, ended)| *ended == kept).for_each(|(milli, _)| summary.add(i64::from(*milli)));
                summary
            };
            let dwell = Dwell::of_summaries(Some(&of(true)), Some(&of(false)));
            let expected = stays(&single);
            prop_assert_eq!(dwell.percentile(q), expected.percentile(q));
            prop_assert_eq!((dwell.stays, dwell.censored_share), (expected.stays, expected.censored_share));
        }

        #[test]
        fn without_cut_stays_summaries_say_what_their_percentile_says(lengths in prop::collection::vec(0i64..5_000_000, 1..80), rank in 0usize..80) {
            let mut summary = Summary::default();
            lengths.iter().for_each(|milli| summary.add(*milli));
            // Between two ranks: on one of them the last digit of a product decides.
            let q = ((rank % lengths.len()) as f64 + 0.5) / lengths.len() as f64;
            prop_assert_eq!(Dwell::of_summaries(Some(&summary), None).percentile(q), summary.percentile(q));
        }

        #[test]
        fn cutting_a_stay_never_shortens_a_percentile(lengths in prop::collection::vec((0u32..50, any::<bool>()), 1..40), cut in 0usize..40, q in 0.01f64..0.99) {
            let mut lengths: Vec<_> = lengths.into_iter().map(|(length, ended)| (f64::from(length), ended)).collect();
            let before = stays(&lengths).percentile(q);
            let cut = cut % lengths.len();
            lengths[cut].1 = false;
            if let Some(after) = stays(&lengths).percentile(q) {
                prop_assert!(before.is_some_and(|before| before <= after));
            }
        }
    }
}
