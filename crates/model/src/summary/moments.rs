//! What is known of values beside how they are distributed.

use super::{Summary, VALUE_MAX};

/// Count, sums of powers and extremes of a set of fixed-point values, each as in [`Summary`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// How many values.
    pub count: u64,
    /// Their sum, in milli-units.
    pub sum: i128,
    /// The sum of their squares, in milli-units squared.
    pub sum_squares: i128,
    /// The sum of their cubes, in milli-units cubed.
    pub sum_cubes: i128,
    /// The smallest value; meaningless while `count` is 0.
    pub min: i64,
    /// The largest value; meaningless while `count` is 0.
    pub max: i64,
}

impl Moments {
    /// Those of the same value so many times. It is at most [`VALUE_MAX`] in magnitude.
    pub fn of_times(value: i64, times: u64) -> Self {
        debug_assert!(
            value.abs() <= VALUE_MAX,
            "value {value} was not checked at the door"
        );
        // Squares fit 64 bits, so the products are single multiplications.
        let square = value.unsigned_abs() * value.unsigned_abs();
        let (value_wide, square, times_wide) = (i128::from(value), i128::from(square), i128::from(times));
        Self {
            count: times,
            sum: value_wide * times_wide,
            sum_squares: square * times_wide,
            sum_cubes: square * value_wide * times_wide,
            min: value,
            max: value,
        }
    }

    /// Adds everything the others hold.
    pub fn merge(&mut self, other: &Moments) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.sum_squares += other.sum_squares;
        self.sum_cubes += other.sum_cubes;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

impl Summary {
    /// All of it but the distribution.
    pub fn moments(&self) -> Moments {
        Moments {
            count: self.count,
            sum: self.sum,
            sum_squares: self.sum_squares,
            sum_cubes: self.sum_cubes,
            min: self.min,
            max: self.max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_so_many_times_is_that_many_values() {
        for value in [-3, 0, 5_000] {
            let mut one_by_one = Moments::default();
            for times in 1..4 {
                one_by_one.merge(&Moments::of_times(value, 1));
                assert_eq!(Moments::of_times(value, times), one_by_one);
            }
        }
        let twice = Moments::of_times(-3, 2);
        assert_eq!((twice.sum, twice.sum_squares, twice.sum_cubes), (-6, 18, -54));
    }
}
