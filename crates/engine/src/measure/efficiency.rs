//! Efficiency, written out: visitors by staff hour.
//!
//! `E = visitors / staff hours`, where visitors are the chosen [traffic](super::traffic) without staff. Unit: people by
//! hour of work. It needs a rota. The field `efficiency` of the aggregated answer (API-3) comes without one and is another
//! number: the place's [utilisation](super::utilisation), mean occupancy over capacity, which may pass 1.
//! Source: what retailers mean by the word; elsewhere called the shopper-to-associate ratio.

use super::ratio;

/// Visitors for each hour of work; none when nobody worked.
pub fn visitors_by_staff_hour(visitors: f64, staff_hours: f64) -> Option<f64> {
    ratio(visitors, staff_hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // 420 visitors while three people worked seven hours each.
        assert_eq!(visitors_by_staff_hour(420.0, 21.0), Some(20.0));
        assert_eq!(visitors_by_staff_hour(420.0, 0.0), None);
    }
}
