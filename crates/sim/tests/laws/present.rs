//! The present: what watchers are told adds up to what was counted today.

use super::law::holds;
use super::trial::{Trial, one_of};
use std::collections::BTreeMap;
use throng_engine::Engine;
use throng_model::event::{Direction, OccTarget, ResetReason, ResetTarget};
use throng_model::live::Now;
use throng_model::pane::pane_of;
use throng_model::place::{Place, occupancy_day};
use throng_model::{CameraId, Event, EventBody, PlaceId, Rung, Scope, Timestamp};
use throng_sim::naive::occupancy::{Word, believed, holds_from, word};
use throng_sim::naive::reports;
use throng_sim::replay::Memory;
use throng_sim::trial::shuffled;

/// When an event is known, and how many people came, went and passed. Of counted windows the reports together say that.
fn people(event: &Event) -> (Timestamp, [i64; 3]) {
    match &event.body {
        EventBody::Line { dir, n, .. } => match dir {
            Direction::In => (event.at, [i64::from(*n), 0, 0]),
            Direction::Out => (event.at, [0, i64::from(*n), 0]),
            Direction::Unknown => (event.at, [0, 0, i64::from(*n)]),
        },
        EventBody::Count { over, .. } => (over.end.plus(-1), [0; 3]),
        _ => (event.at, [0; 3]),
    }
}

/// What is to be told of a scope: in, out and of unknown direction since midnight, people inside as counted and corrected, and
/// until when.
fn expected(trial: &Trial, scope: &Scope) -> Option<([i64; 3], i64, i64, Timestamp)> {
    let mut all: Vec<_> = trial
        .log
        .iter()
        .map(|(event, _)| (event.camera.clone(), people(event)))
        .collect();
    // By the moment whose day has them: a window over midnight is of the day it began in.
    let mut booked: Vec<_> = all
        .iter()
        .map(|(camera, (at, people))| (camera.clone(), (*at, *at, *people)))
        .collect();
    let mut reached: Vec<_> = trial
        .log
        .iter()
        .map(|(event, received)| (event.camera.clone(), (people(event).0, *received)))
        .collect();
    for (camera, held) in reports::held(trial.log.iter().map(|(event, _)| event)) {
        let people = held.people.map(|people| people as i64);
        all.push((camera.clone(), (held.at(), people)));
        booked.push((camera, (held.at(), held.start, people)));
    }
    let place: &Place = match scope {
        Scope::Camera(id) => {
            all.retain(|(camera, _)| camera == id);
            booked.retain(|(camera, _)| camera == id);
            reached.retain(|(camera, _)| camera == id);
            trial.site.home(trial.site.camera(id).unwrap()).unwrap()
        }
        Scope::Place(id) => {
            let feeds = |camera: &CameraId, at| {
                let camera = trial.site.camera(camera).unwrap();
                trial.site.fed_by(camera, at).iter().any(|place| place.id == *id)
            };
            all.retain(|(camera, (at, ..))| feeds(camera, *at));
            booked.retain(|(camera, (at, ..))| feeds(camera, *at));
            reached.retain(|(camera, (at, _))| feeds(camera, *at));
            trial.site.place(id).unwrap()
        }
    };
    let all: Vec<_> = all.into_iter().map(|(_, people)| people).collect();
    // What comes from a moment to come proves no more than that it came.
    let as_of = reached
        .iter()
        .map(|(_, (at, received))| *at.min(received))
        .max()?;
    let today = Rung::Day.bucket(as_of, &place.zone());
    let mut counted = [0; 3];
    let of_today = booked.iter().filter(|(_, (_, at, _))| today.contains(*at));
    for (_, (_, _, people)) in of_today {
        counted
            .iter_mut()
            .zip(people)
            .for_each(|(sum, people)| *sum += people);
    }
    let day = occupancy_day(as_of, &place.zone(), place.resets_at);
    let mut panes: BTreeMap<i64, Vec<(Timestamp, i64)>> = BTreeMap::new();
    for (at, [people_in, people_out, _]) in all.iter().filter(|(at, _)| day.contains(*at)) {
        let moves = panes.entry(pane_of(*at)).or_default();
        moves.push((*at, people_in - people_out));
    }
    // Who says how many are inside is believed from the end of that second; of two words in a pane the one said later.
    let mut words: BTreeMap<i64, Word> = BTreeMap::new();
    for (event, received) in &trial.log {
        let camera = trial.site.camera(&event.camera).unwrap();
        let fed = trial.site.fed_by(camera, event.at);
        if let Some((place, word)) = word(event, *received)
            && *scope == Scope::Place(place.clone())
            && fed.iter().any(|fed| fed.id == *place)
            && day.contains(event.at)
        {
            let pane = pane_of(event.at);
            panes.entry(pane).or_default();
            let known = words.entry(pane).or_insert(word);
            *known = word.max(*known);
        }
    }
    let words = believed(words);
    let (mut raw, mut floor) = (0, 0);
    for (pane, moves) in &panes {
        let mut begins = Timestamp::MIN;
        if let Some(word) = words.get(pane) {
            (raw, floor) = (i64::from(word.to), 0);
            begins = holds_from(word);
        }
        let moves = moves.iter().filter(|(at, _)| *at >= begins);
        raw += moves.map(|(_, people)| people).sum::<i64>();
        floor = floor.max(-raw);
    }
    Some((counted, raw, raw + floor, as_of))
}

/// Readings of counters are held to the crossings they tell of elsewhere (`engine/tests/totals.rs`); they are left out.
#[test]
fn watchers_are_told_what_was_counted_today() {
    holds(|mut trial| {
        trial
            .log
            .retain(|(event, _)| throng_sim::naive::counters::said(event).is_none());
        let mut engine = Engine::new(&trial.site, trial.rules);
        let (mut memory, mut told) = (Memory::default(), BTreeMap::<Scope, Now>::new());
        for events in trial.log.chunks(trial.pace.step) {
            for (event, received) in events {
                engine.fold(event, *received);
            }
            let changed = engine.flush(&memory).unwrap();
            let changed = changed.into_iter().map(|(key, row)| (key, (*row).clone()));
            memory.0.extend(changed);
            told.extend(
                engine
                    .take_changed()
                    .into_iter()
                    .map(|now| (now.scope.clone(), now)),
            );
        }
        let all = engine.all();
        assert_eq!(all.len(), trial.site.cameras().len() + trial.site.places().len());
        for now in all {
            let said = now.as_of.map(|as_of| {
                let today = [now.in_today, now.out_today, now.pass_today];
                (today, now.raw_occupancy, now.occupancy, as_of)
            });
            assert_eq!(said, expected(&trial, &now.scope), "{:?}", now.scope);
            if said.is_some() {
                assert_eq!(told.get(&now.scope), Some(&now));
            }
        }
    });
}

/// More words than usual: a heartbeat of a camera at a door says how many are inside of the place behind it, and in place of those of
/// the others a person does, who needs no camera.
fn say_more(trial: &mut Trial) {
    for (event, _) in &mut trial.log {
        if event.body != EventBody::Beat || !trial.random.happens(0.6) {
            continue;
        }
        let place = match event.camera.as_str() {
            "inner" => "right",
            "street" => "house",
            _ => one_of(&["right", "left", "floor", "house", "org"], &mut trial.random),
        };
        let (place, people) = (PlaceId::new(place).unwrap(), trial.random.below(9) as u32);
        event.body = if let "inner" | "street" = event.camera.as_str() {
            EventBody::Occ {
                of: OccTarget::Place(place),
                n: people,
            }
        } else {
            event.camera = CameraId::new("nobody").unwrap();
            EventBody::Reset {
                target: ResetTarget::Place(place),
                to: people,
                reason: ResetReason::Manual,
            }
        };
    }
}

/// Whatever came in whatever order: what is told between two flushes is what a flush at that moment finds; a level that only a flush
/// can find is told after it.
#[test]
fn what_is_told_is_what_a_flush_finds() {
    holds(|mut trial| {
        say_more(&mut trial);
        if trial.random.happens(0.3) {
            trial.log = shuffled(&trial.log, trial.random.bits());
        }
        let mut engine = Engine::new(&trial.site, trial.rules);
        let (mut memory, mut told) = (Memory::default(), BTreeMap::<Scope, Now>::new());
        for (piece, events) in trial.log.chunks(trial.pace.step.min(7)).enumerate() {
            for (event, received) in events {
                engine.fold(event, *received);
            }
            let by_scope = |now: Now| (now.scope.clone(), now);
            let before: BTreeMap<_, _> = engine.take_changed().into_iter().map(by_scope).collect();
            let mut behind = before.clone();
            behind.retain(|scope, _| engine.is_behind(scope));
            let changed = engine.flush(&memory).unwrap();
            let changed = changed.into_iter().map(|(key, row)| (key, (*row).clone()));
            memory.0.extend(changed);
            let after: BTreeMap<_, _> = engine.all().into_iter().map(by_scope).collect();
            for (scope, now) in &before {
                let mut found = after[scope].clone();
                if behind.contains_key(scope) {
                    (found.raw_occupancy, found.occupancy) = (now.raw_occupancy, now.occupancy);
                }
                assert_eq!(found, *now, "piece {piece}");
            }
            told.extend(before);
            told.extend(engine.take_changed().into_iter().map(by_scope));
            for (scope, now) in after {
                assert!(
                    now.as_of.is_none() || told.get(&scope) == Some(&now),
                    "{scope:?} was not told"
                );
            }
            if (piece + 1).is_multiple_of(trial.pace.restart) {
                engine = Engine::restore(&trial.site, trial.rules, &engine.save().unwrap()).unwrap();
                // Who asks after a start is told everything.
                told = engine.all().into_iter().map(by_scope).collect();
            }
        }
    });
}
