//! Places: zone, area, building, organisation.

use crate::calendar::Calendar;
use crate::counting::Counting;
use crate::id::PlaceId;
use crate::time::{TimeRange, Timestamp};
use jiff::{ToSpan, civil::Time, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of place, from the inside out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A room, a shop, a platform: what cameras stand in.
    Zone,
    /// A floor, a wing: zones together.
    Area,
    /// Areas together.
    Building,
    /// Everything.
    Organisation,
}

impl PlaceKind {
    /// All kinds, from the inside out.
    pub const ALL: [PlaceKind; 4] = [
        PlaceKind::Zone,
        PlaceKind::Area,
        PlaceKind::Building,
        PlaceKind::Organisation,
    ];

    /// The word used in code, SQL, API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            PlaceKind::Zone => "zone",
            PlaceKind::Area => "area",
            PlaceKind::Building => "building",
            PlaceKind::Organisation => "organisation",
        }
    }

    /// The kind a place of this kind lies in.
    pub fn parent(self) -> Option<PlaceKind> {
        match self {
            PlaceKind::Zone => Some(PlaceKind::Area),
            PlaceKind::Area => Some(PlaceKind::Building),
            PlaceKind::Building => Some(PlaceKind::Organisation),
            PlaceKind::Organisation => None,
        }
    }
}

impl fmt::Display for PlaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PlaceKind {
    type Err = crate::Fault;
    fn from_str(text: &str) -> Result<Self, crate::Fault> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                crate::Fault::invalid(
                    crate::Reason::NotListed,
                    format!("{text:?} is not zone, area, building or organisation"),
                )
            })
    }
}

/// A place people can be inside of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its id, unique among all places.
    pub id: PlaceId,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// What people call it.
    pub name: String,
    /// The place it lies in; none for the organisation.
    pub parent: Option<PlaceId>,
    /// The IANA zone its days are cut in, for example `Asia/Ho_Chi_Minh`.
    pub time_zone: String,
    /// How many people may be inside, if anybody said so.
    pub capacity: Option<u32>,
    /// When the place is known to be empty, local time in minutes after midnight: occupancy starts at 0 again there.
    pub resets_at: u16,
    /// When it is open. None: as the place around it; always, where nothing around it says otherwise.
    pub calendar: Option<Calendar>,
    /// What its counts stand for.
    #[serde(default)]
    pub counting: Counting,
}

impl Place {
    /// The zone as jiff knows it. An unknown name was refused when the place was saved; should the zone database have
    /// lost it since, UTC keeps the numbers flowing.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

/// From one moment the place is known to be empty to the next: the range within which occupancy adds up.
pub fn occupancy_day(at: Timestamp, zone: &TimeZone, resets_at: u16) -> TimeRange {
    let time = Time::midnight().saturating_add((i64::from(resets_at) % 1_440).minutes());
    let moment = |date: jiff::civil::Date| -> Timestamp {
        date.to_datetime(time)
            .to_zoned(zone.clone())
            .map(|zoned| zoned.timestamp().into())
            .unwrap_or(Timestamp::MAX)
    };
    let today = crate::rung::local_date(at, zone);
    let reset = moment(today);
    if at >= reset {
        TimeRange {
            start: reset,
            end: moment(today.saturating_add(1.day())),
        }
    } else {
        TimeRange {
            start: moment(today.saturating_sub(1.day())),
            end: reset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occupancy_days_run_from_reset_to_reset() {
        let zone = TimeZone::get("Europe/Berlin").expect("bundled");
        let before = Timestamp::parse("2026-03-29T01:59:59Z").expect("valid");
        let day = occupancy_day(before, &zone, 240);
        assert_eq!(day.start.to_string(), "2026-03-28T03:00:00.000Z");
        assert_eq!(day.end.to_string(), "2026-03-29T02:00:00.000Z");
        let after = occupancy_day(day.end, &zone, 240);
        assert_eq!(after.start, day.end);
        assert_eq!(after.end.to_string(), "2026-03-30T02:00:00.000Z");
    }
}
