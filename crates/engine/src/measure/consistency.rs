//! Consistency of what is counted: in against out, and Little's law `L = λ W` for occupancy, inflow and dwell.
//!
//! The mean number of people inside equals the rate at which they come times how long they stay, whatever the
//! distributions, over a stretch that begins and ends empty (or is long against a stay). The three are measured in
//! different ways, so where they disagree one of them is wrong. Units: people, people by second, seconds. Source: Little 1961.

use super::ratio;
use throng_model::time::SECOND;

/// How long people stay in the mean, by the law alone: `W = L / λ`, seconds, from the mean occupancy and the people who
/// came in so many microseconds. None when nobody came or for no time.
pub fn mean_stay(mean_occupancy: f64, people_in: u64, micros: i64) -> Option<f64> {
    let inflow = ratio(people_in as f64, micros as f64 / SECOND as f64)?;
    ratio(mean_occupancy, inflow)
}

/// How many more came than left, as a share of the mean of both: `(in - out) / ((in + out) / 2)`, -2 to 2. Between two
/// moments at which a place is empty it is the net error of its counters. None when nobody was counted.
pub fn imbalance(people_in: u64, people_out: u64) -> Option<f64> {
    let mean = (people_in + people_out) as f64 / 2.0;
    ratio(people_in as f64 - people_out as f64, mean)
}

/// The two sides of the law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consistency {
    /// `L`: the time-weighted mean occupancy, people.
    pub measured: f64,
    /// `λ W`: what inflow and dwell say it should be, people.
    pub expected: f64,
}

impl Consistency {
    /// From a mean occupancy, the people who came in so many microseconds, and their mean stay in seconds. None for no time.
    pub fn of(mean_occupancy: f64, people_in: u64, micros: i64, mean_dwell_s: f64) -> Option<Self> {
        let inflow = ratio(people_in as f64, micros as f64 / SECOND as f64)?;
        Some(Self {
            measured: mean_occupancy,
            expected: inflow * mean_dwell_s,
        })
    }

    /// How far the measured side lies above the other, as a share of their mean: -2 to 2 for what can be measured. 0 is
    /// agreement; a nobody on both sides agrees.
    pub fn difference(&self) -> f64 {
        let mean = (self.measured + self.expected) / 2.0;
        ratio(self.measured - self.expected, mean).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::HOUR;

    #[test]
    fn by_hand() {
        // 120 people an hour who stay ten minutes: 20 inside.
        let law = Consistency::of(25.0, 120, HOUR, 600.0).expect("an hour");
        assert!((law.expected - 20.0).abs() < 1e-12);
        assert!((law.difference() - 5.0 / 22.5).abs() < 1e-12);
        assert_eq!(Consistency::of(25.0, 120, 0, 600.0), None);
        assert_eq!(mean_stay(20.0, 120, HOUR), Some(600.0));
        assert_eq!(mean_stay(0.0, 120, HOUR), Some(0.0), "nobody stayed");
        assert_eq!((mean_stay(20.0, 0, HOUR), mean_stay(20.0, 5, 0)), (None, None));
    }

    #[test]
    fn what_is_out_of_balance_has_a_sign() {
        assert_eq!((imbalance(64, 36), imbalance(36, 64)), (Some(0.56), Some(-0.56)));
        assert_eq!((imbalance(0, 23), imbalance(5, 5)), (Some(-2.0), Some(0.0)));
        assert_eq!(imbalance(0, 0), None);
    }

    #[test]
    fn people_who_come_stay_and_leave_agree() {
        // Three stays of 10, 20 and 60 minutes within an hour: 90 minutes of presence in 60.
        let law = Consistency::of(1.5, 3, HOUR, 1_800.0).expect("an hour");
        assert!(law.difference().abs() < 1e-12);
        assert_eq!(
            Consistency::of(0.0, 0, HOUR, 0.0).map(|law| law.difference()),
            Some(0.0)
        );
    }
}
