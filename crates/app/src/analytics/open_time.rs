//! Which hours of a place are open hours: those of which at least half is open time.

use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::{Rung, TimeRange};

/// The open time of a place around a range.
pub(super) struct OpenTime {
    /// In order.
    open: Vec<TimeRange>,
}

impl OpenTime {
    /// Of all hours that overlap the range. A place without opening hours, its own or those of a place around it, is open always.
    pub fn of(site: &Site, place: &Place, range: TimeRange) -> Self {
        let zone = place.zone();
        let hours = TimeRange {
            start: Rung::Hour.bucket(range.start, &zone).start,
            end: Rung::Hour.bucket(range.end.plus(-1), &zone).end,
        };
        Self {
            open: site.open(place, hours),
        }
    }

    /// Whether this hour, one of those of the range, is open.
    pub fn holds(&self, hour: TimeRange) -> bool {
        let first = self.open.partition_point(|range| range.end <= hour.start);
        let later = self.open.iter().skip(first);
        let within = later.take_while(|range| range.start < hour.end);
        let micros: i64 = within
            .map(|range| range.end.min(hour.end).since(range.start.max(hour.start)))
            .sum();
        2 * micros >= hour.micros()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::*;
    use throng_model::calendar::{Calendar, Hours, Week};
    use throng_model::place::PlaceKind;
    use throng_model::time::{HOUR, MINUTE};
    use throng_model::{PlaceId, Timestamp};

    fn minutes(start: i64, end: i64) -> TimeRange {
        TimeRange {
            start: Timestamp(start * MINUTE),
            end: Timestamp(end * MINUTE),
        }
    }

    #[test]
    fn an_hour_is_open_when_half_of_it_is() {
        // Half of the hours from 1 and 3 is open, a third of that from 2.
        let time = OpenTime {
            open: vec![minutes(90, 140), minutes(180, 210)],
        };
        let open = (0..5).filter(|hour| time.holds(minutes(hour * 60, hour * 60 + 60)));
        assert_eq!(open.collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn pieces_of_an_hour_add_up() {
        let time = OpenTime {
            open: vec![minutes(0, 10), minutes(20, 30), minutes(50, 70)],
        };
        assert!(time.holds(minutes(0, 60)));
        assert!(!time.holds(minutes(60, 120)));
    }

    #[test]
    fn hours_that_the_range_cuts_are_looked_at_whole() {
        let place = Place {
            id: PlaceId::new("hall").expect("id"),
            kind: PlaceKind::Zone,
            name: "Hall".to_owned(),
            parent: None,
            time_zone: "UTC".to_owned(),
            capacity: None,
            resets_at: 0,
            calendar: Some(Calendar {
                week: Week {
                    // As is the first day of 1970.
                    thursday: vec![Hours::new(90, 210).expect("hours")],
                    ..Week::default()
                },
                ..Calendar::default()
            }),
            counting: Default::default(),
        };
        let range = TimeRange {
            start: Timestamp(HOUR + 40 * MINUTE),
            end: Timestamp(3 * HOUR + 10 * MINUTE),
        };
        let time = OpenTime::of(&Site::default(), &place, range);
        let open = (0..6).filter(|hour| time.holds(minutes(hour * 60, hour * 60 + 60)));
        assert_eq!(open.collect::<Vec<_>>(), [1, 2, 3]);
    }
}
