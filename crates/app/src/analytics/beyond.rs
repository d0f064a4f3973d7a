//! What stands in the rows of days and in none of their hours: people of windows and outages that cross an hour.
//!
//! Of a day all of whose hours are asked for, they are the difference between the day and its hours. Of a day that is cut
//! nobody can know on which side of the cut they came: then the sum of those hours is not known either, which is not 0. Where
//! nobody came in such windows that sum is known, but not in how much of these hours somebody looked: that may be anything from
//! nothing to all that no hour has, as far as they have room for it.
//! What crosses midnight is in the day it began in, as in its row.

use super::answer::Point;
use throng_model::{Measure, Timestamp};

/// People between some hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beyond {
    /// In, out, passing: of the days of which these are all hours.
    people: [i64; 3],
    /// In how many panes that no hour has cameras were heard from, of all of them together: those of windows in which nobody came
    /// as well. Less than none where hours know of panes that the windows of the day vouch for, too
    /// ([`throng_model::Row::excess`]): with its hours it is what the day's row says.
    pub panes: i64,
    /// In how much time that is, microseconds; the mean over the cameras. Less than none for the same reason, and where cameras came
    /// or went in the middle of the day: the mean over the day is not that over its hours.
    pub observed: i64,
    /// Whether there are more, of a day of which these are only a part.
    pub is_cut: bool,
    /// How much more was observed at most, of such days.
    pub unplaced: Unplaced,
}

/// What was observed, but nobody knows whether in these hours: the most that may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unplaced {
    /// Panes, of all cameras together. Their coverage is told of the others.
    pub panes: i64,
    /// Microseconds; the mean over the cameras.
    pub time: i64,
}

impl Unplaced {
    /// Adds that of other hours.
    pub fn merge(&mut self, other: &Self) {
        self.panes += other.panes;
        self.time += other.time;
    }
}

const COUNTED: [Measure; 3] = [Measure::In, Measure::Out, Measure::Pass];

impl Beyond {
    /// People of a measure; 0 of one that does not count them.
    pub fn people(&self, measure: Measure) -> i64 {
        let counted = COUNTED.into_iter().zip(self.people);
        counted
            .filter(|(known, _)| *known == measure)
            .map(|(_, people)| people)
            .sum()
    }

    /// Whether there is anybody, known or not.
    pub fn is_empty(&self) -> bool {
        self.people == [0; 3] && !self.is_cut
    }

    /// Those of one day, of which these are all hours; both of one checkpoint. `now` is the server's time.
    pub fn of(day: &Point, hours: &[Point], now: Timestamp) -> Self {
        let people = COUNTED.map(|measure| {
            let of = |point: &Point| point.row.as_ref().map_or(0, |row| row.people(measure));
            of(day) - hours.iter().map(of).sum::<i64>()
        });
        let panes = |point: &Point| point.observed() as i64;
        Self {
            people,
            panes: panes(day) - hours.iter().map(panes).sum::<i64>(),
            observed: day.heard(now) - hours.iter().map(|hour| hour.heard(now)).sum::<i64>(),
            ..Self::default()
        }
    }

    /// Those of one day of whose hours only some were chosen. No pane of an hour is observed twice by one camera, so what an hour has
    /// already leaves no room for more.
    pub fn cut(day: &Point, hours: &[Point], chosen: &[&Point], now: Timestamp) -> Self {
        let all = Self::of(day, hours, now);
        // As much of what was heard of the day as of its panes. The difference of what was heard would not do: where cameras come or go
        // in the middle of a day, the mean over it is not that over its hours.
        let share = all.panes.max(0) as f64 / day.observed().max(1) as f64;
        let time = (share * day.heard(now) as f64).round() as i64;
        let room = |of: &dyn Fn(&Point) -> i64| chosen.iter().map(|hour| of(hour).max(0)).sum::<i64>();
        let panes_left = room(&|hour| hour.expected - hour.observed() as i64);
        let time_left = room(&|hour| hour.elapsed(now) - hour.heard(now));
        Self {
            is_cut: !all.is_empty(),
            unplaced: Unplaced {
                panes: all.panes.clamp(0, panes_left),
                time: time.min(time_left),
            },
            ..Self::default()
        }
    }

    /// Adds those of other hours.
    pub fn merge(&mut self, other: &Self) {
        for (all, people) in self.people.iter_mut().zip(other.people) {
            *all += people;
        }
        self.panes += other.panes;
        self.observed += other.observed;
        self.is_cut |= other.is_cut;
        self.unplaced.merge(&other.unplaced);
    }
}
