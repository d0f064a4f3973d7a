//! Peak hour: the largest count in any 60 minutes that start at a quarter, and the peak-hour factor.
//!
//! A rush from 8:30 to 9:30 is split in two by the clock and comes out as a peak of half its height; a rolling hour
//! finds it. The factor `PHF = V₆₀ / (4 · max V₁₅)` tells how evenly the hour was used: 1 when all its quarters were
//! alike, 0.25 when everybody came in one of them. Units: people; ratio. Source: Highway Capacity Manual.

use super::ratio;
use throng_model::Timestamp;
use throng_model::time::MINUTE;

/// A quarter of an hour, microseconds.
pub const QUARTER: i64 = 15 * MINUTE;

/// The busiest 60 minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeakHour {
    /// When they begin.
    pub start: Timestamp,
    /// People in them.
    pub people: i64,
    /// Over four times their busiest quarter, 0.25 to 1.
    pub factor: f64,
}

/// The busiest hour of people counted by quarter, in order of time; the earliest of equals. Only hours of which all
/// four quarters hold data compete. None without such an hour, or when nobody came.
pub fn peak_hour(quarters: &[(Timestamp, Option<i64>)]) -> Option<PeakHour> {
    let mut peak: Option<PeakHour> = None;
    for hour in quarters.array_windows::<4>() {
        let Some(candidate) = hour_of(hour) else { continue };
        if candidate.people > peak.map_or(0, |peak| peak.people) {
            peak = Some(candidate);
        }
    }
    peak
}

fn hour_of(quarters: &[(Timestamp, Option<i64>); 4]) -> Option<PeakHour> {
    let start = quarters.first()?.0;
    let (mut people, mut busiest) = (0, 0);
    for ((at, count), place) in quarters.iter().zip(0..) {
        // A quarter that is missing in the list is as unknown as one without data.
        let count = count.filter(|_| at.since(start) == place * QUARTER)?;
        people += count;
        busiest = busiest.max(count);
    }
    Some(PeakHour {
        start,
        people,
        factor: ratio(people as f64, 4.0 * busiest as f64)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quarters(counts: &[Option<i64>]) -> Vec<(Timestamp, Option<i64>)> {
        let starts = (0..).map(|quarter| Timestamp(quarter * QUARTER));
        starts.zip(counts.iter().copied()).collect()
    }

    #[test]
    fn a_rush_over_the_full_hour_is_found() {
        // 10 10 40 50 | 30 20 5 5: the clock says 110 and 60, the hour from 0:30 has 140.
        let counts = [10, 10, 40, 50, 30, 20, 5, 5].map(Some);
        let peak = peak_hour(&quarters(&counts)).expect("people came");
        assert_eq!((peak.start, peak.people), (Timestamp(2 * QUARTER), 140));
        assert_eq!(peak.factor, 140.0 / 200.0);
        let even = peak_hour(&quarters(&[Some(7); 8])).expect("people came");
        assert_eq!(
            (even.start, even.factor),
            (Timestamp(0), 1.0),
            "the earliest of equals"
        );
    }

    #[test]
    fn an_hour_with_a_gap_does_not_compete() {
        let counts = [Some(90), None, Some(90), Some(1), Some(1), Some(1)];
        let peak = peak_hour(&quarters(&counts)).expect("people came");
        assert_eq!((peak.start, peak.people), (Timestamp(2 * QUARTER), 93));
        let mut missing = quarters(&[1, 1, 1, 1, 1].map(Some));
        missing.remove(2);
        assert_eq!(peak_hour(&missing), None);
        assert_eq!(peak_hour(&quarters(&[Some(0); 8])), None, "nobody came");
    }

    proptest! {
        #[test]
        fn no_clock_hour_is_busier_and_the_factor_is_in_its_bounds(counts in prop::collection::vec(0i64..1_000, 4..96)) {
            let known: Vec<_> = counts.iter().copied().map(Some).collect();
            let clock = counts.chunks_exact(4).map(|hour| hour.iter().sum::<i64>()).max().unwrap_or(0);
            match peak_hour(&quarters(&known)) {
                Some(peak) => {
                    prop_assert!(peak.people >= clock);
                    prop_assert!((0.25..=1.0).contains(&peak.factor));
                    let first = (peak.start.0 / QUARTER) as usize;
                    prop_assert_eq!(peak.people, counts[first..first + 4].iter().sum::<i64>());
                }
                None => prop_assert_eq!(clock, 0),
            }
        }
    }
}
