//! Traffic: how many people visited, from people in and out.
//!
//! `(in + out) / 2` where both are measured: the errors of the two directions partly cancel, and who is counted both
//! ways is one visit. Or `out` alone for doors exposed to weather and sun, where people coming in are seen against
//! the light. A setting of the site, printed on each report. Unit: people. Source: SenSource, counting guidelines.

/// Which count stands for the visitors of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Traffic {
    /// Half of in and out together.
    #[default]
    Both,
    /// Those who went out.
    Out,
}

impl Traffic {
    /// The visitors. Halves stay halves: rounded only when shown, so that hours add up to their day.
    pub fn of(self, people_in: i64, people_out: i64) -> f64 {
        match self {
            Traffic::Both => (people_in + people_out) as f64 / 2.0,
            Traffic::Out => people_out as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!((Traffic::Both.of(10, 13), Traffic::Out.of(10, 13)), (11.5, 13.0));
        // Two hours add up to their two-hour sum.
        assert_eq!(
            Traffic::Both.of(10, 13) + Traffic::Both.of(3, 2),
            Traffic::Both.of(13, 15)
        );
    }
}
