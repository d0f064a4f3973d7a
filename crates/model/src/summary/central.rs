//! Central moments of integers, exact for as long as they fit.

use super::Summary;

/// What variance and skewness are made of: `n² m₂` and `n³ m₃`, for the central moments `m` of `n` values in milli-units.
/// Both are 0 where there are no values.
///
/// Values that are large and close together differ in the last digits of their power sums only, and those are the digits
/// that floating point drops. So the sums are first taken around `c`, the integer next to the mean, in integers:
/// `r = Σ(x - c)`, `b = Σ(x - c)²`, `t = Σ(x - c)³`. Then
///
/// ```text
/// n² m₂ = n b - r²
/// n³ m₃ = n² t - 3 n r b + 2 r³
/// ```
///
/// in integers, too, and rounded once. Where these last products leave `i128` (a million values that are spread over the
/// whole range) they are made of the rounded `r`, `b` and `t`; nothing cancels there, because `r` is at most `n / 2`. Only
/// where the sums around `c` leave it as well, which takes more than 2^29 values next to [`VALUE_MAX`], are the power sums
/// themselves rounded.
pub(super) struct Central {
    pub second: f64,
    pub third: f64,
}

impl Central {
    pub fn of(summary: &Summary) -> Self {
        if summary.count == 0 {
            return Self {
                second: 0.0,
                third: 0.0,
            };
        }
        let n = i128::from(summary.count);
        // An overflow of n / 2 + sum would take more values than fit into any sum here.
        let c = (summary.sum.saturating_add(n / 2)).div_euclid(n);
        Self::around(summary, n, c).unwrap_or_else(|| {
            let power = |sum: i128| sum as f64;
            let (sum, squares, cubes) = (
                power(summary.sum),
                power(summary.sum_squares),
                power(summary.sum_cubes),
            );
            Self::rounded(n as f64, sum, squares, cubes)
        })
    }

    /// None where a sum around `c` leaves the integers.
    fn around(summary: &Summary, n: i128, c: i128) -> Option<Self> {
        // Each step takes one factor x out of a power and puts (x - c) in its place, so that nothing is ever larger than the
        // power sum it began with.
        let step = |upper: i128, lower: i128| upper.checked_sub(c.checked_mul(lower)?);
        let r = step(summary.sum, n)?;
        let x_r = step(summary.sum_squares, summary.sum)?;
        let b = step(x_r, r)?;
        let xx_r = step(summary.sum_cubes, summary.sum_squares)?;
        let t = step(step(xx_r, x_r)?, b)?;
        let exact = || {
            let second = n.checked_mul(b)?.checked_sub(r.checked_mul(r)?)?;
            let third = n
                .checked_mul(n.checked_mul(t)?)?
                .checked_sub(n.checked_mul(b)?.checked_mul(r)?.checked_mul(3)?)?
                .checked_add(r.checked_mul(r)?.checked_mul(r)?.checked_mul(2)?)?;
            Some(Self {
                second: second as f64,
                third: third as f64,
            })
        };
        Some(exact().unwrap_or_else(|| Self::rounded(n as f64, r as f64, b as f64, t as f64)))
    }

    fn rounded(n: f64, sum: f64, squares: f64, cubes: f64) -> Self {
        Self {
            second: (n * squares - sum * sum).max(0.0),
            third: n * n * cubes - 3.0 * n * sum * squares + 2.0 * sum * sum * sum,
        }
    }
}
