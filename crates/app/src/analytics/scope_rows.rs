//! The rows of one scope, told as points: with what should have been heard in their time, and how settled they are.

use super::answer::{Point, ResultState, stands_for};
use super::feeding::{Feeding, FirstTold, cameras_of, coverage};
use crate::App;
use jiff::tz::TimeZone;
use std::collections::{HashMap, HashSet};
use throng_model::live::Now;
use throng_model::row::Row;
use throng_model::site::Site;
use throng_model::time::HOUR;
use throng_model::{Fault, FaultCode, Measure, Rung, Scope, TimeRange, Timestamp};
use throng_ports::Rollups;

/// What is known of every scope beside its rows.
pub(super) struct Heard {
    first_told: FirstTold,
    as_of: HashMap<Scope, Timestamp>,
    /// Where people only pass.
    without_inside: HashSet<Scope>,
}

impl Heard {
    /// As the present knows it.
    pub fn of(present: &[Now]) -> Self {
        let as_of = present
            .iter()
            .filter_map(|now| Some((now.scope.clone(), now.as_of?)));
        let without_inside = present.iter().filter(|now| !now.measures_inside);
        Self {
            first_told: FirstTold::of(present),
            as_of: as_of.collect(),
            without_inside: without_inside.map(|now| now.scope.clone()).collect(),
        }
    }

    /// What comes of an earlier moment than this is late at its camera, and a revision of its row, whichever camera of the scope
    /// sends it. One that was never heard from cannot take anything back.
    fn settled(&self, site: &Site, scope: &Scope, out_of_order: i64) -> Timestamp {
        let cameras = cameras_of(site, scope).map(|camera| Scope::Camera(camera.id.clone()));
        let as_of = cameras.filter_map(|camera| self.as_of.get(&camera)).min();
        as_of.map_or(Timestamp::MIN, |as_of| as_of.plus(-out_of_order))
    }
}

/// The rows of one scope.
pub(super) struct ScopeRows<'a> {
    pub rollups: &'a dyn Rollups,
    pub scope: &'a Scope,
    /// In which its days are cut.
    pub zone: TimeZone,
    pub feeding: Feeding,
    /// See [`App::reached`].
    pub reached: Option<Timestamp>,
    /// See [`Heard::settled`].
    pub settled: Timestamp,
    /// Whether how many are inside is measured ([`Now::measures_inside`]). Where it is not, rows have levels of 0 all the same, which
    /// nobody saw: the engine learns only by and by that a camera stands at no door.
    pub measures_inside: bool,
    pub now: Timestamp,
}

impl App {
    /// The rows of a scope. `heard` is the same for all scopes of one answer: it is made of a copy of the present of all of them.
    pub(super) fn rows_of<'a>(&'a self, scope: &'a Scope, heard: &Heard) -> ScopeRows<'a> {
        let site = self.parts.catalog.site();
        ScopeRows {
            rollups: &*self.parts.rollups,
            scope,
            zone: self.zone_of(scope),
            feeding: Feeding::new(&site, scope, &heard.first_told),
            settled: heard.settled(&site, scope, self.parts.out_of_order),
            reached: self.reached_since(heard.as_of.get(scope).copied()),
            measures_inside: !heard.without_inside.contains(scope),
            now: self.parts.clock.now(),
        }
    }

    /// What is known of every scope now.
    pub(super) fn heard(&self) -> Heard {
        Heard::of(&self.parts.feed.snapshot().1)
    }
}

impl ScopeRows<'_> {
    /// Every bucket of the range, with its row where there is one.
    pub fn points(&self, rung: Rung, range: TimeRange, limit: usize) -> Result<Vec<Point>, Fault> {
        let [points] = self.points_together([(rung, limit)], range)?;
        Ok(points)
    }

    /// The same of several rungs, each with its limit, as one checkpoint left them.
    pub fn points_together<const N: usize>(
        &self,
        rungs: [(Rung, usize); N],
        range: TimeRange,
    ) -> Result<[Vec<Point>; N], Fault> {
        // Cheap before exact: a century of minutes must not be cut bucket by bucket to find out that it is too much.
        let mut buckets = [const { Vec::new() }; N];
        for (buckets, (rung, limit)) in buckets.iter_mut().zip(rungs) {
            buckets.extend(rung.buckets(range, &self.zone).take(limit + 1));
            if buckets.len() > limit {
                return Err(too_many(rung, range, limit));
            }
        }
        let parts = rungs.map(|(rung, _)| {
            let start = rung.bucket(range.start, &self.zone).start;
            (
                rung,
                TimeRange {
                    start,
                    end: range.end,
                },
            )
        });
        let limit = rungs.into_iter().map(|(_, limit)| limit).max();
        let rows = self
            .rollups
            .rows_together(self.scope, &parts, limit.unwrap_or_default())?;
        let mut rows = rows.into_iter();
        Ok(buckets.map(|buckets| {
            let mut rows = rows.next().unwrap_or_default().into_iter().peekable();
            let points = buckets.into_iter().map(|bucket: TimeRange| {
                let row = rows.next_if(|(start, _)| *start == bucket.start);
                self.point(bucket, row.map(|(_, row)| row))
            });
            points.collect()
        }))
    }

    /// The hours that overlap a range.
    pub fn whole_hours(&self, range: TimeRange) -> TimeRange {
        TimeRange {
            start: Rung::Hour.bucket(range.start, &self.zone).start,
            end: Rung::Hour.bucket(range.end.plus(-1), &self.zone).end,
        }
    }

    fn point(&self, bucket: TimeRange, row: Option<Row>) -> Point {
        let mut row = row.filter(|row| row.observed > 0);
        if let Some(row) = row.as_mut().filter(|_| !self.measures_inside) {
            row.measures.retain(|(measure, _)| *measure != Measure::Occupancy);
        }
        let observed = row.as_ref().map_or(0, |row| row.observed);
        let passed = TimeRange {
            start: bucket.start,
            end: bucket.end.min(self.now),
        };
        let expected = self.feeding.expected(bucket, self.now);
        let mut point = Point {
            state: ResultState::of(bucket, self.reached),
            bucket,
            coverage: coverage(observed, expected),
            expected,
            missed: self.feeding.time(passed),
            knows_occupancy: false,
            row,
        };
        let occupancy = point.row.as_ref().and_then(|row| row.measure(Measure::Occupancy));
        let heard = point.heard(self.now);
        point.knows_occupancy = occupancy.is_some_and(|levels| stands_for(levels.count, heard));
        point
    }
}

fn too_many(rung: Rung, range: TimeRange, limit: usize) -> Fault {
    let coarser = Rung::ALL.into_iter().find(|coarser| {
        *coarser > rung && shortest(*coarser) > 0 && range.micros() / shortest(*coarser) < limit as i64
    });
    let hint = coarser.map_or("choose a narrower range".to_owned(), |coarser| {
        format!("choose interval={coarser} or a narrower range")
    });
    Fault::new(
        FaultCode::TooManyPoints,
        format!("the range holds more than {limit} points of one {rung}; {hint}"),
    )
}

/// The shortest bucket of a rung, microseconds: an hour may be cut by a change of the clocks, a day may have 23.
fn shortest(rung: Rung) -> i64 {
    match rung {
        Rung::Minute => HOUR / 60,
        Rung::FiveMinutes => HOUR / 12,
        Rung::Hour => HOUR,
        Rung::Day => 23 * HOUR,
        Rung::Week => 167 * HOUR,
        Rung::Month => 27 * 24 * HOUR,
    }
}
