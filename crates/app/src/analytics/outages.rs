//! Outages in words: those of which something is missing, and by whom.
//!
//! Each camera is asked for itself. One that was silent before is missed for its own sake and not for the outage's, and one whose
//! windows tell of all of the outage must not stand behind another that tells of nothing.

use super::feeding::{cameras_of, coverage};
use super::scope_rows::{Heard, ScopeRows};
use super::silence::contacts;
use crate::App;
use throng_model::camera::Camera;
use throng_model::pane::{pane_of, pane_start};
use throng_model::time::{HOUR, MINUTE};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// A time in which no server ran, of which not everything came later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outage {
    /// From the last sign of life of one server to the start of the next.
    pub range: TimeRange,
    /// How much of it the cameras told of later, 0 to below 1.
    pub coverage: f64,
}

fn touch(outage: &TimeRange, range: &TimeRange) -> bool {
    outage.start < range.end && range.start < outage.end
}

/// Outages told in one answer at most, the latest ones: a page says them in words.
const TOLD_MAX: usize = 20;
/// Looked at camera by camera at most: what lacks something for another reason is looked at and not told.
const LOOKED_AT_MAX: usize = 2 * TOLD_MAX;

/// Longer outages are looked at by the hour, and those of more than a month by the day: there are hundreds of buckets at most, or
/// thousands after years.
const BY_MINUTES_MAX: i64 = 12 * HOUR;
const BY_HOURS_MAX: i64 = 31 * 24 * HOUR;

/// Panes of some cameras together.
#[derive(Clone, Copy, Default)]
struct Panes {
    observed: u64,
    expected: i64,
}

impl Panes {
    fn missing(self) -> u64 {
        u64::try_from(self.expected).map_or(0, |expected| expected.saturating_sub(self.observed))
    }
}

impl App {
    /// The outages that touch a range, as far as they are holes in what is known of this scope.
    pub(super) fn outages_of(
        &self,
        scope: &Scope,
        heard: &Heard,
        range: TimeRange,
    ) -> Result<Vec<Outage>, Fault> {
        let (outages, together) = (self.outages(), self.rows_of(scope, heard));
        let (mut told, mut looked_at) = (Vec::new(), 0);
        for outage in outages.iter().rev().filter(|outage| touch(outage, &range)) {
            if told.len() == TOLD_MAX || looked_at == LOOKED_AT_MAX {
                break;
            }
            // Cheap, and most of the time all there is to say.
            let hours = together.whole_hours(*outage);
            if together.panes(rung_of(*outage).max(Rung::Hour), hours)?.missing() == 0 {
                continue;
            }
            looked_at += 1;
            let panes = self.told_later(scope, heard, *outage)?;
            if panes.missing() > 0
                && let Some(coverage) = coverage(panes.observed, panes.expected)
            {
                told.push(Outage {
                    range: *outage,
                    coverage,
                });
            }
        }
        told.reverse();
        Ok(told)
    }

    /// How much of an outage was told of later, by the cameras that were there when it began.
    fn told_later(&self, scope: &Scope, heard: &Heard, outage: TimeRange) -> Result<Panes, Fault> {
        let site = self.parts.catalog.site();
        let feeds = |camera: &&Camera| match scope {
            Scope::Camera(_) => camera.in_use_at(outage.start),
            Scope::Place(place) => {
                let fed = site.fed_by(camera, outage.start);
                fed.iter().any(|fed| fed.id == *place)
            }
        };
        let mut all = Panes::default();
        for camera in cameras_of(&site, scope).filter(feeds) {
            let own = Scope::Camera(camera.id.clone());
            let rows = self.rows_of(&own, heard);
            let silence = camera.silence_max(self.parts.heartbeats_missed);
            if rows.was_there(outage.start, silence)? {
                let panes = rows.panes_of(outage)?;
                // What had come before is neither lost nor sent later.
                let before = rows.told_before(outage)?.min(panes.observed);
                all.observed += panes.observed - before;
                all.expected += panes.expected - before as i64;
            }
        }
        Ok(all)
    }
}

impl ScopeRows<'_> {
    /// Whether a camera was heard from shortly before a moment: not longer ago than it may be silent, or, where it tells of whole
    /// hours alone, in the hour before.
    fn was_there(&self, at: Timestamp, silence: i64) -> Result<bool, Fault> {
        let near = TimeRange {
            start: at.plus(-silence.saturating_add(MINUTE)),
            end: at,
        };
        let start = Rung::Hour.bucket(at, &self.zone).start;
        let before = TimeRange {
            start: Rung::Hour.bucket(start.plus(-1), &self.zone).start,
            end: start,
        };
        let seen = |rung, range| Ok(self.panes(rung, range)?.observed > 0);
        Ok(seen(Rung::Minute, near)? || seen(Rung::Hour, before)? && !seen(Rung::Minute, before)?)
    }

    /// What is known of an outage. Windows of a quarter of an hour are in no minute, but what they vouch for is in the hours: no more
    /// is missing of a part of them than of the whole.
    fn panes_of(&self, outage: TimeRange) -> Result<Panes, Fault> {
        let rung = rung_of(outage);
        let first = rung.bucket(outage.start, &self.zone);
        let inside = TimeRange {
            start: match first.start < outage.start {
                true => first.end,
                false => first.start,
            },
            end: rung.bucket(outage.end, &self.zone).start,
        };
        let mut panes = self.panes(rung, inside)?;
        if rung == Rung::Minute && panes.missing() > 0 {
            let missing = self.panes(Rung::Hour, self.whole_hours(outage))?.missing();
            let missing = missing.min(panes.missing());
            panes.observed =
                u64::try_from(panes.expected).map_or(0, |expected| expected - missing.min(expected));
        }
        Ok(panes)
    }

    /// The panes at the beginning of an outage that a camera whose clock is ahead had told of when it began. Of outages that are
    /// looked at by the hour it is next to nothing: the doors let no clock be ahead for long.
    fn told_before(&self, outage: TimeRange) -> Result<u64, Fault> {
        if rung_of(outage) != Rung::Minute {
            return Ok(0);
        }
        let first = pane_of(
            Rung::Minute
                .bucket(outage.start.plus(MINUTE - 1), &self.zone)
                .start,
        );
        let near = TimeRange {
            start: pane_start(first),
            end: outage.end,
        };
        let rows = self.rollups.rows(self.scope, Rung::Minute, near, usize::MAX)?;
        let minutes = rows.iter().map(|(start, row)| (*start, &row.minute));
        let told = contacts(minutes);
        let before = told.iter().take_while(|contact| !contact.in_time).last();
        Ok(before.map_or(0, |contact| (contact.pane + 1 - first).unsigned_abs()))
    }

    fn panes(&self, rung: Rung, range: TimeRange) -> Result<Panes, Fault> {
        let points = self.points(rung, range, usize::MAX - 1)?;
        let observed = points.iter().filter_map(|point| point.row.as_ref());
        Ok(Panes {
            observed: observed.map(|row| row.observed).sum(),
            expected: points.iter().map(|point| point.expected).sum(),
        })
    }
}

fn rung_of(outage: TimeRange) -> Rung {
    match outage.micros() {
        length if length <= BY_MINUTES_MAX => Rung::Minute,
        length if length <= BY_HOURS_MAX => Rung::Hour,
        _ => Rung::Day,
    }
}
