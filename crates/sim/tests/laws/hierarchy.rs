//! The hierarchy may change at any moment: what was counted stays, what comes is counted as the new one says.

use super::law::holds;
use super::trial::{Trial, one_of};
use super::windows;
use throng_engine::Engine;
use throng_engine::window::Windows;
use throng_model::site::Site;
use throng_model::{Event, EventBody, Timestamp};
use throng_sim::naive::windows::Ledger;
use throng_sim::replay::{Memory, to_the_end};

type Log = Vec<(Event, Timestamp)>;

/// A log under two hierarchies, and what it must be equal to: another log under one hierarchy.
struct Change {
    before: (Site, Log),
    after: (Site, Log),
    same_as: (Site, Log),
}

#[derive(Clone, Copy)]
enum Kind {
    /// A camera will look elsewhere from a day on that is told ahead of time.
    Moved,
    /// A camera nobody knew sends for a while; those events are nobody's.
    Added,
    /// A camera is taken away and goes on sending.
    Removed,
}

const CHANGING: &str = "mover";

fn moment(event: &Event) -> Timestamp {
    match &event.body {
        EventBody::Count { over, .. } => over.end,
        _ => event.at,
    }
}

impl Change {
    fn new(trial: &mut Trial) -> Self {
        let kind = one_of(&[Kind::Moved, Kind::Added, Kind::Removed], &mut trial.random);
        let whole = trial.site.clone();
        let (places, cameras) = (whole.places().to_vec(), whole.cameras().to_vec());
        let is_changing = |(event, _): &(Event, Timestamp)| event.camera.as_str() == CHANGING;
        let (mut stays, mut less) = (cameras.clone(), cameras);
        less.retain(|camera| camera.id.as_str() != CHANGING);
        let without = Site::new(places.clone(), less).unwrap();
        let mut at = trial.random.below(trial.log.len() as u64 + 1) as usize;
        // Windows that have not ended tell when they were last looked at.
        let log = to_the_end(&whole, trial.log.clone());
        if let Kind::Moved = kind {
            let camera = stays
                .iter_mut()
                .find(|camera| camera.id.as_str() == CHANGING)
                .unwrap();
            let since = camera.memberships[1].since.unwrap();
            camera.memberships.truncate(1);
            camera.memberships[0].until = None;
            let ahead = trial.log.iter().position(|(event, _)| moment(event) >= since);
            at = at.min(ahead.unwrap_or(at));
        }
        let stays = Site::new(places, stays).unwrap();
        let (first, second) = log.split_at(at);
        let (first, second) = (first.to_vec(), second.to_vec());
        let others = |log: &Log| {
            log.iter()
                .filter(|entry| !is_changing(entry))
                .cloned()
                .collect::<Log>()
        };
        let same_as = match kind {
            Kind::Moved => (whole.clone(), log.clone()),
            Kind::Added => (whole.clone(), [others(&first), second.clone()].concat()),
            Kind::Removed => (whole.clone(), [first.clone(), others(&second)].concat()),
        };
        let (before, after) = match kind {
            Kind::Moved => (stays, whole),
            Kind::Added => (without, whole),
            Kind::Removed => (whole, without),
        };
        Self {
            before: (before, first),
            after: (after, second),
            same_as,
        }
    }
}

fn fold(engine: &mut Engine, memory: &mut Memory, log: &Log, step: usize) {
    for events in log.chunks(step) {
        events
            .iter()
            .for_each(|(event, received)| _ = engine.fold(event, *received));
        let changed = engine.flush(memory).unwrap();
        memory
            .0
            .extend(changed.into_iter().map(|(key, row)| (key, (*row).clone())));
    }
}

#[test]
fn a_changed_hierarchy_changes_no_row_that_was_counted() {
    holds(|mut trial| {
        let change = Change::new(&mut trial);
        let step = trial.pace.step;
        let (mut changed, mut same) = (Memory::default(), Memory::default());
        let mut engine = Engine::new(&change.before.0, trial.rules);
        fold(&mut engine, &mut changed, &change.before.1, step);
        engine.change_site(&change.after.0);
        fold(&mut engine, &mut changed, &change.after.1, step);
        let mut engine = Engine::new(&change.same_as.0, trial.rules);
        fold(&mut engine, &mut same, &change.same_as.1, step);
        for (key, row) in &same.0 {
            assert_eq!(changed.0.get(key), Some(row), "{key:?}");
        }
        assert_eq!(changed.0.len(), same.0.len());
    });
}

#[test]
fn a_changed_hierarchy_keeps_the_windows_that_are_open() {
    holds(|mut trial| {
        let change = Change::new(&mut trial);
        let step = trial.pace.step;
        let fold = |windows: &mut Windows, ledger: &mut Ledger, log: &Log| {
            for events in log.chunks(step) {
                events
                    .iter()
                    .for_each(|(event, received)| windows.fold(event, *received));
                windows.turn(std::slice::from_mut(ledger));
            }
        };
        let (mut changed, mut same) = (Ledger::default(), Ledger::default());
        let mut windows = Windows::new(&change.before.0, trial.rules, trial.table.clone());
        fold(&mut windows, &mut changed, &change.before.1);
        let state = windows.save().unwrap();
        let mut windows = Windows::restore(&change.after.0, trial.rules, trial.table.clone(), &state)
            .unwrap()
            .expect("the table is the same");
        fold(&mut windows, &mut changed, &change.after.1);
        let mut windows = Windows::new(&change.same_as.0, trial.rules, trial.table.clone());
        fold(&mut windows, &mut same, &change.same_as.1);
        windows::assert_same(&changed, &same);
    });
}
