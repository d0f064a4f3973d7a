//! From changed panes to changed rows.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror; minutes are counted from the first"
)]

use crate::coverage::{Contacts, reach_minutes};
use crate::desk::{RowSource, Work};
use crate::directory::{Directory, ScopeEntry};
use crate::engine::{CameraChanges, Engine, ScopeMemory};
use crate::ladder::MinuteChanges;
use crate::levels::{Reach, is_behind};
use crate::observed::Observed;
use crate::{ladder, levels};
use std::collections::BTreeSet;
use std::sync::Arc;
use throng_model::pane::{PANES_PER_MINUTE, pane_of, pane_start};
use throng_model::row::{Row, RowKey};
use throng_model::time::MINUTE;
use throng_model::{Fault, Rung, TimeRange, Timestamp};

impl Engine {
    /// Carries everything folded since the last flush into rows and gives back every row that changed, whole and shared: the
    /// engine copies one only when it changes again while the receiver still holds it.
    ///
    /// When rows are flushed does not change what is in them in the end. On a fault the changes are gone from memory:
    /// the engine must be restored from its last checkpoint and fed the log again.
    pub fn flush(&mut self, source: &dyn RowSource) -> Result<Vec<(RowKey, Arc<Row>)>, Fault> {
        let Self {
            directory,
            changes,
            words,
            scopes,
            desk,
            live,
            ..
        } = self;
        let mut desk = desk.with(source);
        let mut minutes = vec![MinuteChanges::default(); scopes.len()];
        for (number, changes) in changes.iter_mut().enumerate() {
            if !changes.is_empty() {
                let contacts = spread(&mut desk, directory, number, changes, &mut minutes)?;
                cover(&mut desk, directory, number, &contacts, &mut minutes)?;
            }
        }
        for word in words.drain(..) {
            let pane = pane_of(word.setting.at);
            let within = pane.rem_euclid(PANES_PER_MINUTE);
            minutes[word.scope]
                .at(pane_start(pane - within))
                .set(within as u8, word.setting, word.late);
        }
        let mut observed = Observed::default();
        for (number, minutes) in minutes.iter().enumerate() {
            let entry = &mut directory.scopes[number];
            for (minute, change) in minutes.iter() {
                ladder::add_minute(&mut desk, &mut observed, entry, minute, change)?;
            }
            let touched: BTreeSet<Timestamp> = minutes.iter().map(|(minute, _)| minute).collect();
            let memory = &mut scopes[number];
            let before = memory.level();
            follow(&mut desk, entry, memory, &touched)?;
            // Only where it was behind, and told as it was before: what else a flush finds was told already, which a law holds it to.
            if !memory.level().is_as_many(before) {
                live.mark(number);
            }
        }
        // After the minutes: what is taken back may have come with them.
        for changes in changes {
            changes
                .recounts
                .post(&mut desk, &mut observed, &directory.scopes)?;
        }
        observed.settle(&mut desk, directory)?;
        for memory in scopes.iter_mut() {
            memory.flushed = memory.present.as_of;
        }
        Ok(desk.finish(|number| &directory.scopes[number].scope))
    }
}

/// Spreads one camera's panes over the scopes that count it. Gives the minutes in which
/// the camera was heard from.
fn spread(
    desk: &mut Work<'_>,
    directory: &mut Directory,
    number: usize,
    changes: &mut CameraChanges,
    minutes: &mut [MinuteChanges],
) -> Result<BTreeSet<Timestamp>, Fault> {
    let Directory { cameras, scopes, .. } = directory;
    let camera = &cameras[number];
    let mut contacts = BTreeSet::new();
    for (minute, pane, change) in changes.panes.drain() {
        if change.contact {
            let row = desk.change(scopes[camera.scope].who(), Rung::Minute, minute)?;
            row.minute.contacts |= 1 << pane;
            row.minute.contacts_in_time |= u8::from(change.in_time) << pane;
            contacts.insert(minute);
        }
        if change.moved || !change.measures.is_empty() {
            for scope in camera.counted_by(minute) {
                let is_of_a_place = scope != camera.scope;
                minutes[scope].at(minute).add_pane(pane, &change, is_of_a_place);
            }
        }
    }
    Ok(contacts)
}

/// Finds anew which panes the camera was observed in, around the minutes it was heard from.
fn cover(
    desk: &mut Work<'_>,
    directory: &Directory,
    number: usize,
    contacts: &BTreeSet<Timestamp>,
    changes: &mut [MinuteChanges],
) -> Result<(), Fault> {
    let camera = &directory.cameras[number];
    let who = directory.scopes[camera.scope].who();
    let reach = reach_minutes(camera.gap);
    for (first, last) in stretches(contacts, reach) {
        let around = TimeRange {
            start: first.plus(-reach * MINUTE),
            end: last.plus((reach + 1) * MINUTE),
        };
        let mut counted: Vec<_> = minutes(around).map(|minute| (minute, 0)).collect();
        let mut bits = vec![0; counted.len()];
        // Of a long silence there are few rows.
        for minute in desk.past_minutes(who, around)? {
            let place = minute.start.since(around.start).div_euclid(MINUTE) as usize;
            (bits[place], counted[place].1) = (minute.contacts, u64::from(minute.observed));
        }
        let observed = Contacts::new(bits).observed(camera.gap);
        for ((minute, before), after) in counted.into_iter().zip(observed) {
            if minute >= first && minute <= last && before != after {
                for scope in camera.counted_by(minute) {
                    changes[scope]
                        .at(minute)
                        .add_observed(after as i64 - before as i64);
                }
            }
        }
    }
    Ok(())
}

fn follow(
    desk: &mut Work<'_>,
    entry: &mut ScopeEntry,
    memory: &mut ScopeMemory,
    minutes: &BTreeSet<Timestamp>,
) -> Result<(), Fault> {
    let (Some(frontier), Some(latest)) = (memory.frontier, memory.present.latest) else {
        return Ok(());
    };
    let reach = Reach::new(frontier, latest);
    if minutes.is_empty() && !is_behind(memory.tail, reach) {
        return Ok(());
    }
    levels::follow(desk, entry, memory, reach, minutes)
}

fn minutes(range: TimeRange) -> impl Iterator<Item = Timestamp> {
    let starts = range.start.0..range.end.0;
    starts.step_by(MINUTE as usize).map(Timestamp)
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
