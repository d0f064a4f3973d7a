//! AGG-7: what became of the people of each closed day of a place.
//!
//! A day is closed from the stored rows alone, so that a late event, a restart or another node gives the same answer.
//! Its steps are panes, by which the live number is followed as well. An hour that holds more than its minutes was counted in windows longer than a minute, and is
//! one step as a whole: nobody knows when in it they came. Windows longer than an hour lie in no day from reset to reset
//! and are not part of it.

mod now;

use super::POINTS_MAX;
use super::answer::ResultState;
use super::feeding::Feeding;
use crate::{Action, Actor, App};
use throng_engine::occupancy::reset::Setting;
use throng_engine::occupancy::{ClosedDay, Crossings, close};
use throng_model::counting::Sides;
use throng_model::pane::SECONDS_PER_PANE;
use throng_model::place::occupancy_day;
use throng_model::row::Row;
use throng_model::time::{HOUR, SECOND};
use throng_model::{Fault, FaultCode, Measure, PlaceId, Reason, Rung, Scope, TimeRange, Timestamp};

pub use now::OccupancyNow;

/// One day of a place, from reset to reset.
#[derive(Clone, Debug)]
pub struct OccupancyDay {
    /// Which day.
    pub day: TimeRange,
    /// What became of its people; none where nobody looked, which is not the same as nobody.
    pub closed: Option<ClosedDay>,
    /// Which direction takes the correction.
    pub sides: Sides,
    /// The share of the day in which its cameras were heard from, 0 to 1.
    pub coverage: Option<f64>,
    /// Provisional, then final; a late event closes it again.
    pub state: ResultState,
}

/// What is stored of the people of a day.
struct Known {
    steps: Vec<Crossings>,
    settings: Vec<Setting>,
    /// In how many panes its cameras were heard from.
    observed: u64,
}

/// The longest range. A day is up to 1,440 minutes, each a row to read.
const DAYS_MAX: i64 = 31;

impl App {
    /// The closed days of a place that overlap the range, in order.
    pub async fn place_occupancy(
        &self,
        actor: &Actor,
        place: &PlaceId,
        range: TimeRange,
    ) -> Result<Vec<OccupancyDay>, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        // An hour more: the clocks may have been set back in between.
        if range.micros() > DAYS_MAX * 24 * HOUR + HOUR {
            return Err(Fault::invalid(
                Reason::OutOfRange,
                format!("the range is longer than {DAYS_MAX} days"),
            ));
        }
        let place = place.clone();
        self.read(move |app| app.occupancy_days(&place, range)).await
    }

    fn occupancy_days(&self, place: &PlaceId, range: TimeRange) -> Result<Vec<OccupancyDay>, Fault> {
        let site = self.parts.catalog.site();
        let known = site.place(place);
        let resets_at = known.map_or(0, |place| place.resets_at);
        let sides = known.map_or(Sides::default(), |place| place.counting.sides);
        let scope = Scope::Place(place.clone());
        let (zone, reached) = (self.zone_of(&scope), self.reached(&scope));
        let feeding = self.feeding(&scope);
        let mut days = Vec::new();
        let mut jumps = 0;
        let mut day = occupancy_day(range.start, &zone, resets_at);
        while day.start < range.end && ResultState::of(day, reached) != ResultState::Live {
            let closed = self.close_day(&scope, day, sides, &feeding)?;
            jumps += closed.closed.as_ref().map_or(0, |closed| closed.resets.len());
            if jumps > POINTS_MAX {
                return Err(Fault::new(
                    FaultCode::TooManyPoints,
                    format!("the range holds more than {POINTS_MAX} resets; choose a narrower range"),
                ));
            }
            days.push(closed);
            day = occupancy_day(day.end, &zone, resets_at);
        }
        Ok(days)
    }

    fn close_day(
        &self,
        scope: &Scope,
        day: TimeRange,
        sides: Sides,
        feeding: &Feeding,
    ) -> Result<OccupancyDay, Fault> {
        let Known {
            steps,
            settings,
            observed,
        } = self.known_of(scope, day)?;
        Ok(OccupancyDay {
            day,
            closed: (observed > 0).then(|| close(day, &steps, &settings, sides)),
            sides,
            coverage: feeding.coverage(day, observed, self.parts.clock.now()),
            state: ResultState::of(day, self.reached(scope)),
        })
    }

    fn known_of(&self, scope: &Scope, day: TimeRange) -> Result<Known, Fault> {
        let zone = self.zone_of(scope);
        // Whole hours, also those that the reset cuts: an hour is told from its minutes by looking at all of them.
        let whole = TimeRange {
            start: Rung::Hour.bucket(day.start, &zone).start,
            end: Rung::Hour.bucket(day.end.plus(-1), &zone).end,
        };
        let rows = |rung| self.parts.rollups.rows(scope, rung, whole, POINTS_MAX);
        let hours: Vec<_> = rows(Rung::Hour)?
            .into_iter()
            .filter(|(_, row)| row.observed > 0)
            .collect();
        let minutes = rows(Rung::Minute)?;
        let observed = hours
            .iter()
            .filter(|(start, _)| day.contains(*start))
            .map(|(_, row)| row.observed)
            .sum();
        let settings: Vec<Setting> = minutes
            .iter()
            .flat_map(|(_, row)| row.minute.settings.iter().map(|(_, setting)| (*setting).into()))
            .collect();
        let mut steps = Vec::new();
        for (start, hour) in &hours {
            let bucket = Rung::Hour.bucket(*start, &zone);
            steps_of_hour(bucket, hour, &minutes, &mut steps);
        }
        Ok(Known {
            steps,
            settings,
            observed,
        })
    }
}

/// The panes of an hour. Whom only the hour knows, counted in windows longer than a minute, may have come at any time in it, and is
/// taken to have come at its beginning: somebody who says later how many are inside has seen them.
fn steps_of_hour(hour: TimeRange, row: &Row, minutes: &[(Timestamp, Row)], steps: &mut Vec<Crossings>) {
    let from = minutes.partition_point(|(start, _)| *start < hour.start);
    let within = minutes
        .iter()
        .skip(from)
        .take_while(|(start, _)| *start < hour.end);
    let fine: Vec<Crossings> = within
        .flat_map(|(start, row)| parts_of_minute(*start, row))
        .collect();
    let whole = crossings(hour.start, row);
    let sums = fine.iter().fold((0, 0), |sums, step| {
        (sums.0 + step.people_in, sums.1 + step.people_out)
    });
    let rest = Crossings {
        people_in: whole.people_in.saturating_sub(sums.0),
        people_out: whole.people_out.saturating_sub(sums.1),
        ..whole
    };
    let anybody = |step: &Crossings| step.people_in + step.people_out > 0;
    steps.extend(std::iter::once(rest).chain(fine).filter(anybody));
}

/// A minute by its panes, as the live number is followed, cut once more behind the second in which somebody said how many are
/// inside: who walked before is known to him.
fn parts_of_minute(start: Timestamp, row: &Row) -> Vec<Crossings> {
    const END: u8 = 60;
    let words = row.minute.settings.iter();
    let mut ends: Vec<u8> = (0..=END)
        .step_by(usize::from(SECONDS_PER_PANE))
        .skip(1)
        .chain(words.map(|(_, setting)| setting.second() + 1))
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let mut rest = crossings(start, row);
    let mut steps = row.minute.steps.as_slice();
    let mut parts = Vec::new();
    let mut from = 0;
    for end in ends {
        let (within, later) = steps.split_at(steps.partition_point(|step| step.0 < end));
        steps = later;
        // A second knows the difference of in and out only; that is all the level needs. Whom nothing else tells of came last.
        let net: i64 = within.iter().map(|(_, step)| step.net).sum();
        let is_last = end == END;
        let people = |net: i64, rest: &mut u64| {
            let people = if is_last {
                *rest
            } else {
                net.max(0).unsigned_abs().min(*rest)
            };
            *rest -= people;
            people
        };
        parts.push(Crossings {
            at: start.plus(i64::from(from) * SECOND),
            people_in: people(net, &mut rest.people_in),
            people_out: people(-net, &mut rest.people_out),
        });
        from = end;
    }
    parts
}

fn crossings(at: Timestamp, row: &Row) -> Crossings {
    // A counter that takes something back may leave a minute below zero; nobody comes in negatively.
    let people = |measure| row.people(measure).max(0).unsigned_abs();
    Crossings {
        at,
        people_in: people(Measure::In),
        people_out: people(Measure::Out),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use throng_model::Summary;
    use throng_model::row::Step;
    use throng_model::time::MINUTE;

    fn row(people_in: u64, people_out: u64) -> Row {
        let mut row = Row {
            observed: 6,
            ..Row::default()
        };
        for (measure, people) in [(Measure::In, people_in), (Measure::Out, people_out)] {
            let mut summary = Summary::default();
            summary.add_times(Measure::SCALE, people);
            row.merge_measure(measure, &summary);
        }
        row
    }

    fn steps(hour: Row, minutes: &[(i64, Row)]) -> Vec<(i64, u64, u64)> {
        let bucket = TimeRange {
            start: Timestamp(HOUR),
            end: Timestamp(2 * HOUR),
        };
        let minutes: Vec<_> = minutes
            .iter()
            .map(|(minute, row)| (Timestamp(minute * MINUTE), row.clone()))
            .collect();
        let mut steps = Vec::new();
        steps_of_hour(bucket, &hour, &minutes, &mut steps);
        steps
            .iter()
            .map(|step| (step.at.0 / MINUTE, step.people_in, step.people_out))
            .collect()
    }

    #[test]
    fn minutes_that_hold_everybody_are_the_steps() {
        let minutes = [
            (59, row(9, 9)),
            (60, row(2, 0)),
            (61, row(0, 0)),
            (119, row(1, 3)),
            (120, row(9, 9)),
        ];
        assert_eq!(steps(row(3, 3), &minutes), [(60, 2, 0), (119, 1, 3)]);
    }

    #[test]
    fn a_minute_is_cut_where_somebody_said_how_many_are_inside() {
        let mut minute = row(5, 1);
        let step = |net| Step { net, moment: 0 };
        minute.minute.steps = vec![(3, step(1)), (25, step(1)), (26, step(2))];
        let setting = throng_model::row::Setting {
            at: Timestamp(61 * MINUTE + 25_000_000),
            reason: None,
            to: 7,
        };
        minute.minute.set(2, setting);
        assert_eq!(
            steps(row(5, 1), &[(61, minute.clone())])
                .iter()
                .map(|step| (step.1, step.2))
                .collect::<Vec<_>>(),
            [(1, 0), (1, 0), (2, 0), (1, 1)]
        );
        let parts = parts_of_minute(Timestamp(61 * MINUTE), &minute);
        let by_second: Vec<_> = parts
            .iter()
            .map(|part| (part.at.since(Timestamp(61 * MINUTE)) / SECOND, part.people_in))
            .collect();
        assert_eq!(
            by_second,
            [(0, 1), (10, 0), (20, 1), (26, 2), (30, 0), (40, 0), (50, 1)],
            "cut where the word holds, and whom no second tells of comes last"
        );
    }

    #[test]
    fn a_pane_that_sends_more_out_than_were_inside_is_a_step_of_its_own() {
        let mut minute = row(2, 2);
        let step = |net| Step { net, moment: 0 };
        minute.minute.steps = vec![(4, step(-1)), (5, step(1)), (11, step(-1)), (31, step(1))];
        assert_eq!(
            steps(row(2, 2), &[(61, minute)]),
            [(61, 0, 1), (61, 1, 0), (61, 1, 1)],
            "within a pane nothing is proven"
        );
    }

    #[test]
    fn whom_only_the_hour_knows_comes_at_its_beginning() {
        assert_eq!(
            steps(row(3, 3), &[(90, row(2, 0))]),
            [(60, 1, 3), (90, 2, 0)],
            "the others keep their minutes"
        );
        assert_eq!(steps(row(5, 1), &[]), [(60, 5, 1)]);
        assert!(steps(row(0, 0), &[]).is_empty(), "nobody is no step");
    }
}
