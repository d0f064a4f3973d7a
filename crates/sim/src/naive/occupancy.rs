//! How many are inside, said as plainly as possible: all that moved anybody and all words of a day, in the order of time.

use super::counters::Counted;
use super::reports::Held;
use super::{Minutes, Model, measured, minute_of, people};
use std::collections::BTreeMap;
use throng_model::event::{OccTarget, ResetReason, ResetTarget};
use throng_model::pane::{PANE, PANES_PER_MINUTE, pane_of, pane_start};
use throng_model::place::{Place, occupancy_day};
use throng_model::time::SECOND;
use throng_model::{
    CameraId, Event, EventBody, Measure, PlaceId, Rung, Scope, Summary, TimeRange, Timestamp,
};

impl Model<'_> {
    /// Follows each scope's people through each day, second by second where anything happened.
    pub(super) fn occupancy(
        &mut self,
        events: &[(Event, Timestamp)],
        counted: &[(CameraId, Counted)],
        held: &[(CameraId, Held)],
        contacts: &Minutes,
    ) {
        let mut moves: BTreeMap<Scope, Vec<(Timestamp, i64)>> = BTreeMap::new();
        let mut frontier: BTreeMap<Scope, Timestamp> = BTreeMap::new();
        let mut minutes = contacts.clone();
        for (event, received) in events {
            let (at, people) = people(event);
            for scope in self.scopes(&event.camera, minute_of(at)) {
                if people != 0 && !matches!(event.body, EventBody::Count { .. }) {
                    moves.entry(scope.clone()).or_default().push((at, people));
                }
                let counts = people != 0
                    || (!matches!(event.body, EventBody::Count { .. })
                        && !measured(event, *received, self.rules).is_empty());
                if counts {
                    minutes.entry(scope.clone()).or_default().insert(minute_of(at));
                }
            }
            for scope in self.scopes(&event.camera, at) {
                let reached = at.min(*received).plus(-self.rules.out_of_order);
                let entry = frontier.entry(scope).or_insert(reached);
                *entry = (*entry).max(reached);
            }
        }
        let mut words: BTreeMap<Scope, Vec<Word>> = BTreeMap::new();
        for (event, received) in events {
            if let Some((place, word)) = word(event, *received) {
                let scope = Scope::Place(place.clone());
                if self.scopes(&event.camera, event.at).contains(&scope) {
                    minutes
                        .entry(scope.clone())
                        .or_default()
                        .insert(minute_of(event.at));
                    words.entry(scope).or_default().push(word);
                }
            }
        }
        for (camera, counted) in counted {
            let [people_in, people_out, _] = counted.people.map(|people| people as i64);
            for scope in self.scopes(camera, minute_of(counted.at)) {
                let moves = moves.entry(scope).or_default();
                moves.push((counted.at, people_in - people_out));
            }
        }
        for (camera, held) in held {
            let [people_in, people_out, _] = held.people.map(|people| people as i64);
            for scope in self.scopes(camera, minute_of(held.at())) {
                let moves = moves.entry(scope).or_default();
                moves.push((held.at(), people_in - people_out));
            }
        }
        for (scope, minutes) in minutes {
            let moves = moves.remove(&scope).unwrap_or_default();
            let words = words.remove(&scope).unwrap_or_default();
            let settled = frontier
                .get(&scope)
                .map_or(Timestamp(i64::MIN), |frontier| minute_of(*frontier));
            for minute in minutes {
                let means = self.minute_means(&scope, minute, &moves, &words);
                self.row(&scope, Rung::Minute, minute)
                    .measures
                    .insert(Measure::Occupancy, means.clone());
                if minute < settled {
                    for rung in Rung::ALL.into_iter().skip(1) {
                        self.row(&scope, rung, minute)
                            .measures
                            .entry(Measure::Occupancy)
                            .or_default()
                            .merge(&means);
                    }
                }
            }
        }
    }

    /// The time-weighted mean of each of the minute's six panes, with the floor rule applied pane by pane since the reset.
    fn minute_means(
        &self,
        scope: &Scope,
        minute: Timestamp,
        moves: &[(Timestamp, i64)],
        words: &[Word],
    ) -> Summary {
        let place = self.place_of(scope);
        let zone = place.map_or(jiff::tz::TimeZone::UTC, Place::zone);
        let day: TimeRange = occupancy_day(minute, &zone, place.map_or(0, |place| place.resets_at));
        let within = moves.iter().filter(|(at, _)| day.contains(*at));
        let mut panes: BTreeMap<i64, Vec<(Timestamp, i64)>> = BTreeMap::new();
        for (at, people) in within {
            panes.entry(pane_of(*at)).or_default().push((*at, *people));
        }
        // Of the words of a pane the last one holds, from the end of its second on.
        let mut said: BTreeMap<i64, Word> = BTreeMap::new();
        for word in words.iter().filter(|word| day.contains(word.at)) {
            let pane = pane_of(word.at);
            panes.entry(pane).or_default();
            said.entry(pane)
                .and_modify(|known| *known = (*known).max(*word))
                .or_insert(*word);
        }
        let said = believed(said);
        let level_at = |pane: i64| {
            let (mut raw, mut floor) = (0, 0);
            for (at, moves) in panes.range(..pane) {
                let mut net: i64 = moves.iter().map(|(_, people)| people).sum();
                if let Some(word) = said.get(at) {
                    let after = moves.iter().filter(|(at, _)| *at >= holds_from(word));
                    (raw, floor) = (i64::from(word.to), 0);
                    net = after.map(|(_, people)| people).sum();
                }
                raw += net;
                floor = floor.max(-raw);
            }
            raw + floor
        };
        let mut means = Summary::default();
        let first = pane_of(minute);
        for pane in first..first + PANES_PER_MINUTE {
            let (start, end) = (pane_start(pane), pane_start(pane + 1));
            let moves = panes.get(&pane).map_or([].as_slice(), Vec::as_slice);
            let inside = |from: Timestamp, until: Timestamp, level: i64| {
                let within = moves.iter().filter(|(at, _)| (from..until).contains(at));
                let moved = within.map(|(at, people)| i128::from(*people) * i128::from(until.since(*at)));
                i128::from(level) * i128::from(until.since(from)) + moved.sum::<i128>()
            };
            let area = match said.get(&pane) {
                None => inside(start, end, level_at(pane)),
                Some(word) => {
                    // Who crosses in the rest of its second is among those it counts, and not inside before.
                    let (said, holds_from) = (word.at, holds_from(word));
                    let to_come = moves.iter().filter(|(at, _)| (said..holds_from).contains(at));
                    let inside_then = i64::from(word.to) - to_come.map(|(_, people)| people).sum::<i64>();
                    inside(start, said, level_at(pane)) + inside(said, end, inside_then)
                }
            };
            let mean = (area * i128::from(Measure::SCALE)).div_euclid(i128::from(PANE));
            means.add(mean.max(0) as i64);
        }
        means
    }
}

/// Who crosses in the second of a word is among those it counts.
pub fn holds_from(word: &Word) -> Timestamp {
    Timestamp((word.at.0.div_euclid(SECOND) + 1) * SECOND)
}

/// Without the words of panes before which, in the order of their times, somebody spoke after they had been said.
pub fn believed(said: BTreeMap<i64, Word>) -> BTreeMap<i64, Word> {
    let is_overtaken = |(pane, word): &(&i64, &Word)| {
        let mut before = said.range(..**pane);
        before.any(|(_, other)| other.said > word.said)
    };
    let holding = said.iter().filter(|entry| !is_overtaken(entry));
    holding.map(|(pane, word)| (*pane, *word)).collect()
}

/// Somebody said how many are inside; of two the greater holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Its own time, or its arrival where that was before.
    pub said: Timestamp,
    /// Its own time.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<ResetReason>,
    /// How many.
    pub to: u32,
}

/// How many an event says are inside, and of which place.
pub fn word(event: &Event, received: Timestamp) -> Option<(&PlaceId, Word)> {
    let (place, reason, to) = match &event.body {
        EventBody::Occ {
            of: OccTarget::Zone(place) | OccTarget::Place(place),
            n,
        } => (place, None, *n),
        EventBody::Reset {
            target: ResetTarget::Place(place),
            to,
            reason,
        } => (place, Some(*reason), *to),
        _ => return None,
    };
    let word = Word {
        said: event.at.min(received),
        at: event.at,
        reason,
        to,
    };
    Some((place, word))
}
