//! Utilisation: occupancy over capacity, averaged hour by hour, then day by day; time used; up-time.
//!
//! `U = mean over days of (mean over the day's open hours of occ / capacity)`. Hours first, so that an hour of which
//! half was observed weighs as much as its neighbours; days next, so that a day with half its hours missing does. Only
//! open hours are handed in: an empty night would halve every number. Ratio; may pass 1, which is a fact to show.
//!
//! Time used `= time with occ ≥ 1 / open time`, up-time `= time with data / open time`. Below a set up-time a
//! utilisation is not shown as fact. Source: Density's metric definitions; peoplecounter.io.

use super::ratio;
use throng_model::summary::bucket_of;
use throng_model::{Summary, Timestamp};

/// One open hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenHour {
    /// The local day it belongs to, by its start.
    pub day: Timestamp,
    /// The time-weighted mean of the people inside; none without data.
    pub occupancy: Option<f64>,
}

/// Mean utilisation over open hours in order of time. None without a capacity, or without an hour with data.
pub fn utilisation(hours: &[OpenHour], capacity: Option<u32>) -> Option<f64> {
    let capacity = capacity.filter(|capacity| *capacity > 0)?;
    let days = hours.chunk_by(|a, b| a.day == b.day);
    let day_means = days.filter_map(|day| mean(day.iter().filter_map(|hour| hour.occupancy)));
    Some(mean(day_means)? / f64::from(capacity))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    ratio(sum, f64::from(count))
}

/// The share of values that reach a level in milli-units: of occupancies, the share of time at or over a capacity. None
/// without values.
///
/// Exact where all values or none do, and where the level is below 128 milli-units or begins a bucket of the sketch, as
/// one person does; else values up to a 64th below the level may be taken for reaching it.
pub fn share_at_least(values: &Summary, level: i64) -> Option<f64> {
    let reaching = if values.max < level {
        0
    } else if values.min >= level {
        values.count
    } else {
        let buckets = values.sketch.buckets().rev();
        buckets
            .take_while(|(bucket, _)| *bucket >= bucket_of(level))
            .map(|(_, count)| count)
            .sum()
    };
    ratio(reaching as f64, values.count as f64)
}

/// How open time was spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeUse {
    /// The share of open time in which somebody was inside.
    pub used: f64,
    /// The share of open time of which anything is known.
    pub up_time: f64,
}

/// From stretches of open time, each with its length in microseconds and the people inside (none: not known). None
/// without any open time.
pub fn time_use(open: &[(i64, Option<i64>)]) -> Option<TimeUse> {
    let (mut all, mut known, mut used) = (0, 0, 0);
    for (micros, people) in open {
        all += micros;
        known += people.map_or(0, |_| *micros);
        used += people.filter(|people| *people >= 1).map_or(0, |_| *micros);
    }
    Some(TimeUse {
        used: ratio(used as f64, all as f64)?,
        up_time: ratio(known as f64, all as f64)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::{HOUR, MINUTE};

    fn hours(days: &[&[Option<f64>]]) -> Vec<OpenHour> {
        let day = |(day, hours): (i64, &&[Option<f64>])| {
            let day = Timestamp(day * 24 * HOUR);
            hours
                .iter()
                .map(|occupancy| OpenHour {
                    day,
                    occupancy: *occupancy,
                })
                .collect::<Vec<_>>()
        };
        (0..).zip(days).flat_map(day).collect()
    }

    #[test]
    fn days_weigh_alike_however_many_of_their_hours_are_known() {
        // A day of 10 and 30 (mean 20) and a day of which one hour of 40 is known: (20 + 40) / 2 of 100. The mean of all
        // hours would be 26.7.
        let hours = hours(&[&[Some(10.0), Some(30.0)], &[None, Some(40.0)], &[None, None]]);
        assert_eq!(utilisation(&hours, Some(100)), Some(0.3));
        assert_eq!(
            utilisation(&hours, Some(20)),
            Some(1.5),
            "more people than there is room for"
        );
    }

    #[test]
    fn without_capacity_or_data_there_is_none() {
        let known = hours(&[&[Some(10.0)]]);
        assert_eq!(
            (utilisation(&known, None), utilisation(&known, Some(0))),
            (None, None)
        );
        assert_eq!(utilisation(&hours(&[&[None]]), Some(10)), None);
    }

    #[test]
    fn the_share_of_time_at_capacity_counts_levels() {
        let mut levels = Summary::default();
        for (people, panes) in [(0, 10), (1, 5), (49, 20), (50, 4), (70, 1)] {
            levels.add_times(people * 1_000, panes);
        }
        assert_eq!(share_at_least(&levels, 50_000), Some(5.0 / 40.0));
        assert_eq!(share_at_least(&levels, 1_000), Some(30.0 / 40.0));
        assert_eq!(
            share_at_least(&levels, 70_000),
            Some(1.0 / 40.0),
            "full, not over"
        );
        assert_eq!(share_at_least(&levels, 0), Some(1.0));
        assert_eq!(share_at_least(&levels, 70_001), Some(0.0));
        assert_eq!(share_at_least(&Summary::default(), 1_000), None);
    }

    #[test]
    fn an_unknown_hour_is_neither_used_nor_up() {
        let open = [
            (20 * MINUTE, Some(2)),
            (10 * MINUTE, Some(1)),
            (10 * MINUTE, Some(0)),
            (20 * MINUTE, None),
        ];
        assert_eq!(
            time_use(&open),
            Some(TimeUse {
                used: 0.5,
                up_time: 2.0 / 3.0
            })
        );
        assert_eq!(time_use(&[]), None);
    }
}
