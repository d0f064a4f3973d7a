//! AGG-7: what became of the people of each closed day of a place.
//!
//! A day is closed from the stored rows alone, so that a late event, a restart or another node gives the same answer.
//! Its steps are panes, by which the live number is followed as well. Windows longer than an hour lie in no day from reset to reset
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
    /// What became of its people; none where nobody looked, which is not the same as nobody, and where nothing is measured inside.
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
        let present = self.present_of(&scope);
        let measures_inside = present.is_none_or(|now| now.measures_inside);
        let mut days = Vec::new();
        let mut jumps = 0;
        let mut day = occupancy_day(range.start, &zone, resets_at);
        while day.start < range.end && ResultState::of(day, reached) != ResultState::Live {
            let mut closed = self.close_day(&scope, day, sides, &feeding)?;
            closed.closed = closed.closed.filter(|_| measures_inside);
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

/// The panes of an hour. Whom only the hour knows was counted in windows longer than a minute, and stands where the live number has
/// them: what they were in less out at the end of their window. Those who balance each other may have come and gone at any time in the
/// hour, and are taken to have done so at its beginning. So are all of them where the minutes know of others beside: whom a window or an
/// outage over the end of an hour counted moves the level in a minute as well, but stands in the day alone, and nothing tells whose
/// minute is whose.
fn steps_of_hour(hour: TimeRange, row: &Row, minutes: &[(Timestamp, Row)], steps: &mut Vec<Crossings>) {
    let from = minutes.partition_point(|(start, _)| *start < hour.start);
    let within = || {
        let minutes = minutes.iter().skip(from);
        minutes.take_while(|(start, _)| *start < hour.end)
    };
    let mut of_windows = crossings(hour.start, row);
    for (start, row) in within() {
        let fine = crossings(*start, row);
        of_windows.people_in = of_windows.people_in.saturating_sub(fine.people_in);
        of_windows.people_out = of_windows.people_out.saturating_sub(fine.people_out);
    }
    let mut left = of_windows;
    let mut fine = minutes_of_hour(within(), &mut left);
    let walked = |(_, row): &(_, Row)| row.minute.steps.iter().map(|(_, step)| step.net).sum::<i64>();
    let is_told_by_the_hour = left.net() == 0
        && fine.iter().zip(within()).all(|(parts, minute)| {
            let told: i64 = parts.iter().map(Crossings::net).sum();
            told == walked(minute)
        });
    if !is_told_by_the_hour {
        left = of_windows;
        let mut nobody = Crossings {
            people_in: 0,
            people_out: 0,
            ..of_windows
        };
        fine = minutes_of_hour(within(), &mut nobody);
    }
    let anybody = |step: &Crossings| step.people_in + step.people_out > 0;
    steps.extend(
        std::iter::once(left)
            .chain(fine.into_iter().flatten())
            .filter(anybody),
    );
}

/// Each minute by its panes. Whom it takes of the windows is left out of them.
fn minutes_of_hour<'a>(
    minutes: impl Iterator<Item = &'a (Timestamp, Row)>,
    of_windows: &mut Crossings,
) -> Vec<Vec<Crossings>> {
    minutes
        .map(|(start, row)| parts_of_minute(*start, row, of_windows))
        .collect()
}

/// A minute by its panes, as the live number is followed, cut once more behind the second in which somebody said how many are
/// inside: who walked before is known to him. What moved anybody and is in no measure of the minute was a window of the hour.
fn parts_of_minute(start: Timestamp, row: &Row, of_windows: &mut Crossings) -> Vec<Crossings> {
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
        let mut part = Crossings {
            at: start.plus(i64::from(from) * SECOND),
            people_in: 0,
            people_out: 0,
        };
        if end == END {
            (part.people_in, part.people_out) = (rest.people_in, rest.people_out);
            (rest.people_in, rest.people_out) = (0, 0);
        }
        for known in [&mut rest, of_windows] {
            let missing = net - part.net();
            let people_in = missing.max(0).unsigned_abs().min(known.people_in);
            let people_out = missing.min(0).unsigned_abs().min(known.people_out);
            part.people_in += people_in;
            part.people_out += people_out;
            known.people_in -= people_in;
            known.people_out -= people_out;
        }
        parts.push(part);
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
    use throng_model::row::{Step, add_step};
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
        let net = people_in as i64 - people_out as i64;
        add_step(&mut row.minute.steps, 0, &Step { net, moment: 0 });
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
        assert_eq!(
            steps(row(3, 3), &minutes),
            [(60, 2, 0), (119, 0, 2), (119, 1, 1)],
            "whom no second tells of came last"
        );
    }

    #[test]
    fn a_minute_is_cut_where_somebody_said_how_many_are_inside() {
        let mut minute = row(5, 1);
        let step = |net| Step { net, moment: 0 };
        minute.minute.steps = vec![(3, step(1)), (25, step(1)), (26, step(2))];
        let setting = throng_model::row::Setting {
            said: Timestamp(61 * MINUTE + 25_000_000),
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
        let parts = parts_of_minute(
            Timestamp(61 * MINUTE),
            &minute,
            &mut crossings(Timestamp(HOUR), &row(0, 0)),
        );
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
    fn whom_only_the_hour_knows_stands_where_the_live_number_has_them() {
        // Two windows: 4 in and 3 out, of which minute 74 knows that one stayed; 0 in and 2 out, in minute 104. Beside them two came.
        let net = |net| {
            let mut minute = row(0, 0);
            minute.minute.steps = vec![(59, Step { net, moment: 0 })];
            minute
        };
        assert_eq!(
            steps(row(6, 5), &[(74, net(1)), (90, row(2, 0)), (104, net(-2))]),
            [(60, 3, 3), (74, 1, 0), (90, 2, 0), (104, 0, 2)]
        );
        // A window and a crossing in the same minute.
        let mut both = row(2, 0);
        both.minute.steps.push((59, Step { net: -1, moment: 0 }));
        assert_eq!(steps(row(2, 1), &[(74, both)]), [(74, 2, 0), (74, 0, 1)]);
        // What they leave the minutes is not what these lack: none of it is placed.
        assert_eq!(steps(row(5, 2), &[(79, net(100)), (104, net(3))]), [(60, 5, 2)]);
        assert_eq!(steps(row(5, 2), &[(79, net(100)), (104, net(-97))]), [(60, 5, 2)]);
        // Nobody is made up where the hour knows of nobody.
        assert!(steps(row(0, 0), &[(74, net(5))]).is_empty());
        assert_eq!(steps(row(5, 1), &[]), [(60, 5, 1)]);
        assert!(steps(row(0, 0), &[]).is_empty(), "nobody is no step");
    }
}
