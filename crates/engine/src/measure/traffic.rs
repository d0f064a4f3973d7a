//! Traffic: how many people visited, from people in and out.
//!
//! `(in + out) / 2` where both are measured: the errors of the two directions partly cancel, and who is counted both
//! ways is one visit. Or one direction alone: `out` for doors exposed to weather and sun, where people coming in are seen
//! against the light, `in` for doors that people leave by another way. A setting of the place, told with each answer.
//! Unit: people. Source: SenSource, counting guidelines.

pub use throng_model::counting::Traffic;

/// The visitors. Halves stay halves: rounded only when shown, so that hours add up to their day.
pub fn visitors(traffic: Traffic, people_in: i64, people_out: i64) -> f64 {
    match traffic {
        Traffic::Both => (people_in + people_out) as f64 / 2.0,
        Traffic::In => people_in as f64,
        Traffic::Out => people_out as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let visitors = |traffic| visitors(traffic, 10, 13);
        assert_eq!(
            [Traffic::Both, Traffic::In, Traffic::Out].map(visitors),
            [11.5, 10.0, 13.0]
        );
        // Two hours add up to their two-hour sum.
        let both = |people_in, people_out| super::visitors(Traffic::Both, people_in, people_out);
        assert_eq!(both(10, 13) + both(3, 2), both(13, 15));
    }
}
