//! API-1: how it is now, and how it came to be.

use super::answer::Point;
use crate::{Action, Actor, App};
use std::str::FromStr;
use throng_model::live::Now;
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
    /// The present; none before the scope was first heard of.
    pub now: Option<Now>,
    /// The way to it.
    pub trend: Vec<Point>,
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
        let trend = self.points(&scope, span.rung(), range, super::POINTS_MAX)?;
        Ok(Realtime {
            at,
            now: self.present_of(&scope),
            trend,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_limited() {
        assert_eq!("15m".parse::<TimeSpan>().expect("valid"), TimeSpan(15 * MINUTE));
        assert_eq!("7d".parse::<TimeSpan>().expect("valid").rung(), Rung::Hour);
        for wrong in ["", "m", "0m", "-1h", "32d", "9999999999999999999d", "1w", "1é"] {
            assert!(wrong.parse::<TimeSpan>().is_err(), "{wrong}");
        }
    }
}
