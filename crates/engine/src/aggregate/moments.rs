//! Power sums about the mean, from those about zero, without losing digits.
//!
//! `Σx³/n - 3 x̄ Σx²/n + 2 x̄³` takes huge numbers from each other when the values are large and close together. Moved first,
//! in integers, to an integer `c` beside the mean, only small numbers are left for floating point.

use throng_model::Summary;

/// Sums of powers of `x - c`, in milli-units.
pub(super) struct Central {
    /// How many values.
    pub count: f64,
    /// `Σ(x - c)`.
    pub first: f64,
    /// `Σ(x - c)²`.
    pub second: f64,
    /// `Σ(x - c)³`.
    pub third: f64,
}

impl Central {
    /// None when empty, or when `i128` does not hold a product: past two thousand million values of the largest size, as
    /// for the summary itself.
    pub fn of(values: &Summary) -> Option<Self> {
        let n = i128::from(values.count);
        let c = values.sum.checked_div(n)?;
        let (s1, s2, s3) = (values.sum, values.sum_squares, values.sum_cubes);
        let first = s1 - c * n;
        // Σx² - 2cΣx + nc², as Σx² - c(2Σx - cn).
        let second = s2.checked_sub(c.checked_mul(first.checked_add(s1)?)?)?;
        // With x = c + d: Σx³ = nc³ + 3c²Σd + 3cΣd² + Σd³.
        let cube = c.checked_mul(c)?.checked_mul(c)?.checked_mul(n)?;
        let squares = c.checked_mul(second)?.checked_mul(3)?;
        let singles = c.checked_mul(c)?.checked_mul(first)?.checked_mul(3)?;
        let third = s3.checked_sub(cube)?.checked_sub(squares)?.checked_sub(singles)?;
        Some(Self {
            count: n as f64,
            first: first as f64,
            second: second as f64,
            third: third as f64,
        })
    }
}
