//! API-1: how it is now, and how it came to be.

use super::answer::Point;
use super::outages::Outage;
use crate::{Action, Actor, App};
use jiff::tz::TimeZone;
use std::str::FromStr;
use throng_model::live::Now;
use throng_model::place::occupancy_day;
use throng_model::time::{HOUR, MINUTE};
use throng_model::{CameraId, Fault, PlaceId, Reason, Rung, Scope, TimeRange, Timestamp};

/// The last so-and-so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan(i64);

impl TimeSpan {
    /// What is shown where nobody asked for anything else.
    pub const DEFAULT: TimeSpan = TimeSpan(HOUR);
    const MAX: i64 = 31 * 24 * HOUR;

    /// Fine enough to show something, coarse enough to be read: at most a few hundred points.
    fn rung(self) -> Rung {
        match self.0 {
            span if span <= 6 * HOUR => Rung::Minute,
            span if span <= 24 * HOUR => Rung::FiveMinutes,
            _ => Rung::Hour,
        }
    }
}

impl FromStr for TimeSpan {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let wrong = || {
            Fault::invalid(
                Reason::Malformed,
                format!("timeRange {text:?} is not like 15m, 1h, 24h or 7d, up to 31d"),
            )
        };
        let unit = match text.bytes().last() {
            Some(b'm') => MINUTE,
            Some(b'h') => HOUR,
            Some(b'd') => 24 * HOUR,
            _ => return Err(wrong()),
        };
        let count: i64 = text
            .get(..text.len() - 1)
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(wrong)?;
        let span = count
            .checked_mul(unit)
            .filter(|span| (1..=Self::MAX).contains(span))
            .ok_or_else(wrong)?;
        Ok(Self(span))
    }
}

/// The present and the way to it.
#[derive(Clone, Debug)]
pub struct Realtime {
    /// Server time.
    pub at: Timestamp,
    /// The latest event time in the present; none before the scope was first heard of.
    pub as_of: Option<Timestamp>,
    /// People inside; none where nothing was heard since the last reset, and where nothing is measured inside.
    pub occupancy: Option<i64>,
    /// People since local midnight; none where nothing was heard since.
    pub today: Option<Today>,
    /// The way to it.
    pub trend: Vec<Point>,
    /// When no server ran and what happened then is not known, ascending: on the way, and since local midnight, for it is missing
    /// in the people of today.
    pub outages: Vec<Outage>,
}

/// People since local midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// People counted, as [`Metric::Count`](super::Metric::Count) has it.
    pub count: i64,
    /// People in.
    pub people_in: i64,
    /// People out.
    pub people_out: i64,
}

/// What of a present is of today: the engine begins a day with the first sign of life in it, so until then its numbers are
/// those of a day gone by.
fn of_today(now: &Now, at: Timestamp, zone: &TimeZone, resets_at: u16) -> (Option<i64>, Option<Today>) {
    let since = |start: Timestamp| now.as_of.is_some_and(|as_of| as_of >= start);
    let today = Today {
        count: now.in_today + now.pass_today,
        people_in: now.in_today,
        people_out: now.out_today,
    };
    (
        since(occupancy_day(at, zone, resets_at).start)
            .then_some(now.occupancy)
            .filter(|_| now.measures_inside),
        since(Rung::Day.bucket(at, zone).start).then_some(today),
    )
}

impl App {
    /// A camera now.
    pub async fn camera_realtime(
        &self,
        actor: &Actor,
        camera: &CameraId,
        span: TimeSpan,
    ) -> Result<Realtime, Fault> {
        self.require_camera(actor, Action::ReadAnalytics, camera).await?;
        let scope = Scope::Camera(camera.clone());
        self.read(move |app| app.realtime(scope, span)).await
    }

    /// A place now.
    pub async fn place_realtime(
        &self,
        actor: &Actor,
        place: &PlaceId,
        span: TimeSpan,
    ) -> Result<Realtime, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        let scope = Scope::Place(place.clone());
        self.read(move |app| app.realtime(scope, span)).await
    }

    fn realtime(&self, scope: Scope, span: TimeSpan) -> Result<Realtime, Fault> {
        let at = self.parts.clock.now();
        let range = TimeRange {
            start: at.plus(-span.0),
            end: at.plus(1),
        };
        let heard = self.heard();
        let rows = self.rows_of(&scope, &heard);
        let trend = rows.points(span.rung(), range, super::POINTS_MAX)?;
        let now = self.present_of(&scope);
        let (zone, resets_at) = (self.zone_of(&scope), self.reset_of(&scope));
        let midnight = Rung::Day.bucket(at, &zone).start;
        let since_midnight = TimeRange {
            start: range.start.min(midnight),
            end: range.end,
        };
        let (occupancy, today) = now
            .as_ref()
            .map_or((None, None), |now| of_today(now, at, &zone, resets_at));
        Ok(Realtime {
            at,
            as_of: now.and_then(|now| now.as_of),
            occupancy,
            today,
            trend,
            outages: self.outages_of(&scope, &heard, since_midnight)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_day_gone_by_are_not_those_of_today() {
        let now = |as_of: Option<&str>| Now {
            scope: Scope::Place(PlaceId::new("hall").expect("id")),
            raw_occupancy: 5,
            occupancy: 5,
            measures_inside: true,
            in_today: 400,
            out_today: 395,
            pass_today: 12,
            as_of: as_of.map(|text| Timestamp::parse(text).expect("a moment")),
            latest: None,
            first_told: None,
            last_heard: None,
            latency: None,
            device: None,
        };
        // Noon in Berlin; its day began at 23:00 UTC, and it was reset at 03:00 UTC.
        let noon = Timestamp::parse("2026-01-15T11:00:00Z").expect("a moment");
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let told = |as_of| of_today(&now(as_of), noon, &berlin, 240);
        let today = Today {
            count: 412,
            people_in: 400,
            people_out: 395,
        };
        assert_eq!(told(None), (None, None));
        assert_eq!(told(Some("2026-01-14T22:59:59Z")), (None, None));
        assert_eq!(told(Some("2026-01-14T23:00:00Z")), (None, Some(today)));
        assert_eq!(told(Some("2026-01-15T02:59:59Z")), (None, Some(today)));
        assert_eq!(told(Some("2026-01-15T03:00:00Z")), (Some(5), Some(today)));
        let street = Now {
            measures_inside: false,
            ..now(Some("2026-01-15T03:00:00Z"))
        };
        assert_eq!(of_today(&street, noon, &berlin, 240), (None, Some(today)));
    }

    #[test]
    fn spans_are_read_and_limited() {
        assert_eq!("15m".parse::<TimeSpan>().expect("valid"), TimeSpan(15 * MINUTE));
        assert_eq!("7d".parse::<TimeSpan>().expect("valid").rung(), Rung::Hour);
        for wrong in ["", "m", "0m", "-1h", "32d", "9999999999999999999d", "1w", "1é"] {
            assert!(wrong.parse::<TimeSpan>().is_err(), "{wrong}");
        }
    }
}
