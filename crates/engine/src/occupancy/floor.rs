//! The floor rule: `occ(t) = raw(t) - min(0, min raw so far)`.
//!
//! A negative raw value proves that at least so many entries were missed (or exits were false), so from then on they
//! are added. It is applied in event-time order and again when late events come: a clamp of the running sum in arrival
//! order would turn an exit that arrives before its entry into a lasting surplus, and a clamp of the picture alone would
//! read too low for the rest of the day. It repairs one sign of error only; false entries are left to the
//! [factor](super::factor) and the next reset.

/// What is to be added after the raw value has been here; never less than before. In the unit of the raw value.
pub fn raise(floor: i64, raw: i64) -> i64 {
    floor.max(raw.saturating_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_value_counts_once() {
        let mut floor = 0;
        // Raw by time, and what is shown.
        for (raw, shown) in [(2, 2), (-1, 0), (1, 2), (-1, 0), (-3, 0), (0, 3)] {
            floor = raise(floor, raw);
            assert_eq!(raw + floor, shown);
        }
        assert_eq!(floor, 3);
    }
}
