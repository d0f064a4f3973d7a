//! Count and sum: `n` and `Σx`.
//!
//! Units: a number of values, and the unit of the measure. Both are exact integers until they are shown (the sum as
//! the nearest `f64`). Nothing counted is a count and a sum of 0: whether anybody looked is told by the coverage.
//! Source: `count(*)` and `sum(x)` of SQL, the sum of nothing being 0 and not null for that reason.

use super::{Aggregate, Compute, Unit};

/// How many values there are.
pub const COUNT: Aggregate = Aggregate {
    name: "count",
    unit: Unit::Values,
    compute: Compute::Values(|values| Some(values.count as f64)),
};

/// Their sum.
pub const SUM: Aggregate = Aggregate {
    name: "sum",
    unit: Unit::Same,
    compute: Compute::Values(|values| Some(values.total())),
};

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::Summary;

    #[test]
    fn fractions_are_summed_without_a_rest() {
        let mut values = Summary::default();
        values.add_times(100, 30);
        // Thirty tenths in floating point are 2.9999999999999996.
        assert_eq!((SUM.of(&values), COUNT.of(&values)), (Some(3.0), Some(30.0)));
    }
}
