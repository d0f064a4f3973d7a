//! Accuracy against a manual count, by direction: `1 - |C - G| / G`.
//!
//! `C` was counted, `G` is true. Ratio; none where nobody came (`G = 0`), negative when the counter was off by more than
//! everybody there was. The net error `(C - G) / G` has a sign: it shows what cancels. The interval error
//! `WAPE = Σ|Cᵢ - Gᵢ| / ΣGᵢ` over quarter hours does not let a good day total hide quarters that were wrong both ways.
//! Source: the field's validation practice (FootfallCam certifies 90 % against video); WAPE as in Hyndman 2006.

use super::ratio;

/// The accuracy of one direction; none where nobody truly passed.
pub fn accuracy(counted: u64, truly: u64) -> Option<f64> {
    Some(1.0 - ratio(counted.abs_diff(truly) as f64, truly as f64)?)
}

/// How much too many, as a share of the truth; negative for too few, none where nobody truly passed.
pub fn net_error(counted: u64, truly: u64) -> Option<f64> {
    ratio(counted as f64 - truly as f64, truly as f64)
}

/// The error interval by interval of (counted, truly), as a share of the truth; none where nobody truly passed.
pub fn interval_error(intervals: &[(u64, u64)]) -> Option<f64> {
    let off: u64 = intervals
        .iter()
        .map(|(counted, truly)| counted.abs_diff(*truly))
        .sum();
    let all: u64 = intervals.iter().map(|(_, truly)| truly).sum();
    ratio(off as f64, all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!((accuracy(95, 100), accuracy(105, 100)), (Some(0.95), Some(0.95)));
        assert_eq!(
            (net_error(95, 100), net_error(105, 100)),
            (Some(-0.05), Some(0.05))
        );
        assert_eq!(
            accuracy(50, 20),
            Some(-0.5),
            "off by more than everybody there was"
        );
        assert_eq!(
            (accuracy(3, 0), net_error(3, 0), interval_error(&[(3, 0)])),
            (None, None, None)
        );
    }

    #[test]
    fn a_good_total_does_not_hide_bad_quarters() {
        // 15 for 10, then 5 for 10: together 20 for 20.
        let quarters = [(15, 10), (5, 10)];
        assert_eq!(
            (accuracy(20, 20), interval_error(&quarters)),
            (Some(1.0), Some(0.5))
        );
    }
}
