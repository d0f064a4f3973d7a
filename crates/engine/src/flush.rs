//! From changed panes to changed rows.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use crate::coverage::{Contacts, reach_minutes};
use crate::desk::{Desk, RowSource};
use crate::directory::CameraEntry;
use crate::engine::{CameraChanges, Engine};
use crate::levels::{Reach, is_behind};
use crate::{ladder, levels};
use std::collections::{BTreeMap, BTreeSet};
use throng_model::row::{Row, RowKey};
use throng_model::time::MINUTE;
use throng_model::{Fault, Rung, Timestamp};

/// Which minutes of which scope changed.
type Touched = BTreeMap<usize, BTreeSet<Timestamp>>;

impl Engine {
    /// Carries everything folded since the last flush into rows and gives back every row that changed, whole.
    ///
    /// When rows are flushed does not change what is in them in the end. On a fault the changes are gone from memory:
    /// the engine must be restored from its last checkpoint and fed the log again.
    pub fn flush(&mut self, source: &dyn RowSource) -> Result<Vec<(RowKey, Row)>, Fault> {
        let mut desk = Desk::new(source);
        let mut touched = Touched::new();
        for number in 0..self.changes.len() {
            let changes = std::mem::take(&mut self.changes[number]);
            let contacts = self.climb(&mut desk, number, changes, &mut touched)?;
            self.cover(&mut desk, number, &contacts, &mut touched)?;
        }
        for scope in 0..self.scopes.len() {
            let minutes = touched.remove(&scope).unwrap_or_default();
            self.follow(&mut desk, scope, &minutes)?;
        }
        Ok(desk.changed())
    }

    /// Carries one camera's panes and windows up the ladders of all scopes that count it. Gives the minutes in which
    /// the camera was heard from.
    fn climb(
        &mut self,
        desk: &mut Desk<'_>,
        number: usize,
        mut changes: CameraChanges,
        touched: &mut Touched,
    ) -> Result<BTreeSet<Timestamp>, Fault> {
        let camera = &self.directory.cameras[number];
        let mut contacts = BTreeSet::new();
        for (minute, pane, change) in changes.panes.drain() {
            if change.contact {
                let key = minute_key(&self.directory.scopes[camera.scope].scope, minute);
                desk.change(key)?.minute.contacts |= 1 << pane;
                contacts.insert(minute);
            }
            if !change.moved && change.measured().next().is_none() {
                continue;
            }
            for scope in camera.counted_by(minute) {
                ladder::add_pane(desk, &mut self.directory.scopes[scope], minute, pane, &change)?;
                touched.entry(scope).or_default().insert(minute);
            }
        }
        for window in changes.windows {
            for scope in camera.counted_by(window.over.start) {
                ladder::add_window(desk, &mut self.directory.scopes[scope], &window)?;
            }
        }
        Ok(contacts)
    }

    /// Finds anew which panes the camera was observed in, around the minutes it was heard from, and carries the
    /// difference up.
    fn cover(
        &mut self,
        desk: &mut Desk<'_>,
        number: usize,
        contacts: &BTreeSet<Timestamp>,
        touched: &mut Touched,
    ) -> Result<(), Fault> {
        let camera = &self.directory.cameras[number];
        let reach = reach_minutes(camera.gap);
        for (first, last) in stretches(contacts, reach) {
            let scope = &self.directory.scopes[camera.scope].scope;
            let (mut bits, mut counted) = (Vec::new(), Vec::new());
            for minute in minutes(first.plus(-reach * MINUTE), last.plus(reach * MINUTE)) {
                let row = desk.look(minute_key(scope, minute))?;
                bits.push(row.map_or(0, |row| row.minute.contacts));
                counted.push((minute, row.map_or(0, |row| row.observed)));
            }
            let observed = Contacts::new(bits).observed(camera.gap);
            for ((minute, before), after) in counted.into_iter().zip(observed) {
                if minute >= first && minute <= last && before != after {
                    observe(
                        desk,
                        camera,
                        &mut self.directory.scopes,
                        minute,
                        after as i64 - before as i64,
                        touched,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn follow(
        &mut self,
        desk: &mut Desk<'_>,
        scope: usize,
        minutes: &BTreeSet<Timestamp>,
    ) -> Result<(), Fault> {
        let memory = &mut self.scopes[scope];
        let Some(frontier) = memory.frontier else {
            return Ok(());
        };
        let reach = Reach::new(frontier, self.rules.out_of_order);
        if minutes.is_empty() && !is_behind(memory.tail, reach) {
            return Ok(());
        }
        let ended = levels::follow(
            desk,
            &mut self.directory.scopes[scope],
            &mut memory.tail,
            reach,
            minutes,
        )?;
        if let Some((day, level)) = ended {
            self.set_floor(scope, day, level.floor);
        }
        Ok(())
    }
}

fn observe(
    desk: &mut Desk<'_>,
    camera: &CameraEntry,
    scopes: &mut [crate::directory::ScopeEntry],
    minute: Timestamp,
    more: i64,
    touched: &mut Touched,
) -> Result<(), Fault> {
    for scope in camera.counted_by(minute) {
        ladder::add_observed(desk, &mut scopes[scope], minute, more)?;
        touched.entry(scope).or_default().insert(minute);
    }
    Ok(())
}

fn minute_key(scope: &throng_model::Scope, start: Timestamp) -> RowKey {
    RowKey {
        scope: scope.clone(),
        rung: Rung::Minute,
        start,
    }
}

fn minutes(first: Timestamp, last: Timestamp) -> impl Iterator<Item = Timestamp> {
    (first.0..=last.0).step_by(MINUTE as usize).map(Timestamp)
}

/// The given minutes widened by so many minutes to both sides and joined where they touch: (first, last), both inside.
fn stretches(minutes: &BTreeSet<Timestamp>, reach: i64) -> Vec<(Timestamp, Timestamp)> {
    let mut stretches: Vec<(Timestamp, Timestamp)> = Vec::new();
    for minute in minutes {
        let (first, last) = (minute.plus(-reach * MINUTE), minute.plus(reach * MINUTE));
        match stretches.last_mut() {
            Some(stretch) if first <= stretch.1.plus(MINUTE) => stretch.1 = last,
            _ => stretches.push((first, last)),
        }
    }
    stretches
}
