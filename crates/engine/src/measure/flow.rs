//! Flow rate: `q = N / Δt`, and per metre of width `q = N / (Δt · w)`.
//!
//! Units: people by minute, and people by minute and metre. The second one compares corridors of different width and is
//! what levels of service are defined by. Source: Fruin, Pedestrian Planning and Design, 1971; Weidmann 1993.

use super::ratio;
use throng_model::time::MINUTE;

/// People by minute, from people counted in so many microseconds; none for no time.
pub fn flow_rate(people: u64, micros: i64) -> Option<f64> {
    ratio(people as f64, micros as f64 / MINUTE as f64)
}

/// People by minute and metre through a line of this width; none for no time or no width.
pub fn flow_per_metre(people: u64, micros: i64, width_m: f64) -> Option<f64> {
    ratio(flow_rate(people, micros)?, width_m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use throng_model::time::SECOND;

    #[test]
    fn by_hand() {
        // 90 people in a minute and a half through a door of two metres.
        assert_eq!(flow_rate(90, 90 * SECOND), Some(60.0));
        assert_eq!(flow_per_metre(90, 90 * SECOND, 2.0), Some(30.0));
        assert_eq!(flow_rate(0, MINUTE), Some(0.0));
    }

    #[test]
    fn without_time_or_width_there_is_no_rate() {
        assert_eq!(flow_rate(3, 0), None);
        assert_eq!(flow_per_metre(3, MINUTE, 0.0), None);
    }
}
