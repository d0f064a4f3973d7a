//! Minimum and maximum.
//!
//! Unit: that of the measure. Exact. Source: `min(x)` and `max(x)` of SQL; none of nothing.

use super::{Aggregate, Compute, Unit};
use throng_model::Summary;

/// The smallest value.
pub const MINIMUM: Aggregate = Aggregate {
    name: "min",
    unit: Unit::Same,
    compute: Compute::Values(Summary::minimum),
};

/// The largest value.
pub const MAXIMUM: Aggregate = Aggregate {
    name: "max",
    unit: Unit::Same,
    compute: Compute::Values(Summary::maximum),
};

#[cfg(test)]
mod tests {
    use super::super::tests::summary;
    use super::*;

    #[test]
    fn merging_keeps_the_furthest() {
        let mut values = summary(&[3, -2, 5]);
        values.merge(&Summary::default());
        values.merge(&summary(&[9, 0]));
        assert_eq!(
            [MINIMUM.of(&values), MAXIMUM.of(&values)],
            [Some(-2.0), Some(9.0)]
        );
    }
}
