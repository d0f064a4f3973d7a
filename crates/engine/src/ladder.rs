//! From changed panes to changed rows: every rung of every scope that counts them.
//!
//! Sums, extremes, sketches and observed panes are carried up as differences, so an hour is the sum of its minutes by
//! construction (I-3). Occupancy is not a sum and has its own way: see [`crate::levels`].

use crate::desk::Desk;
use crate::directory::ScopeEntry;
use crate::pane::PaneChange;
use throng_model::pane::PANE;
use throng_model::row::{RowKey, Step};
use throng_model::time::MINUTE;
use throng_model::{Fault, Measure, Rung, Summary, TimeRange, Timestamp};

/// A counted window coarser than a pane: it goes to the rungs that can hold it whole.
#[derive(Clone, Debug)]
pub(crate) struct CountedWindow {
    /// From when to when.
    pub over: TimeRange,
    /// What was counted.
    pub measures: Vec<(Measure, Summary)>,
    /// How far the camera's watermark was, where that was past the window's end.
    pub late: Option<Timestamp>,
}

impl CountedWindow {
    /// A window of up to a minute counts as contact with the camera, pane by pane; a longer one vouches for itself,
    /// on the rungs that can hold it.
    pub fn is_contact(over: TimeRange) -> bool {
        over.micros() <= MINUTE
    }

    fn observed_panes(&self) -> u64 {
        if Self::is_contact(self.over) {
            0
        } else {
            self.over.micros().div_euclid(PANE) as u64
        }
    }
}

/// Adds one pane's change to all rungs of one scope.
pub(crate) fn add_pane(
    desk: &mut Desk<'_>,
    scope: &mut ScopeEntry,
    minute: Timestamp,
    pane: u8,
    change: &PaneChange,
) -> Result<(), Fault> {
    let counted = change.measured().next().is_some();
    for rung in Rung::ALL {
        if rung != Rung::Minute && !counted {
            break;
        }
        let bucket = scope.cutter.bucket(rung, minute);
        let row = desk.change(RowKey {
            scope: scope.scope.clone(),
            rung,
            start: bucket.start,
        })?;
        for (measure, summary) in change.measured() {
            row.merge_measure(measure, summary);
        }
        row.revision += revisions(&change.late, bucket);
        if rung == Rung::Minute && change.step != Default::default() {
            add_step(&mut row.minute.steps, pane, change);
        }
    }
    Ok(())
}

/// Adds a counted window to the rungs that hold it.
pub(crate) fn add_window(
    desk: &mut Desk<'_>,
    scope: &mut ScopeEntry,
    window: &CountedWindow,
) -> Result<(), Fault> {
    let panes = window.observed_panes();
    let grain = scope.cutter.grain(window.over);
    for rung in Rung::ALL.into_iter().filter(|rung| *rung >= grain) {
        let bucket = scope.cutter.bucket(rung, window.over.start);
        let row = desk.change(RowKey {
            scope: scope.scope.clone(),
            rung,
            start: bucket.start,
        })?;
        for (measure, summary) in &window.measures {
            row.merge_measure(*measure, summary);
        }
        row.observed += panes;
        row.revision += revisions(window.late.as_slice(), bucket);
    }
    Ok(())
}

/// Adds to the observed panes of one minute and of every rung above it; `more` may be negative.
pub(crate) fn add_observed(
    desk: &mut Desk<'_>,
    scope: &mut ScopeEntry,
    minute: Timestamp,
    more: i64,
) -> Result<(), Fault> {
    for rung in Rung::ALL {
        let bucket = scope.cutter.bucket(rung, minute);
        let row = desk.change(RowKey {
            scope: scope.scope.clone(),
            rung,
            start: bucket.start,
        })?;
        row.observed = row.observed.saturating_add_signed(more);
    }
    Ok(())
}

/// How many of these events came after the bucket had ended: each one is a revision of it.
fn revisions(late: &[Timestamp], bucket: TimeRange) -> u32 {
    late.iter().filter(|watermark| **watermark >= bucket.end).count() as u32
}

fn add_step(steps: &mut Vec<(u8, Step)>, pane: u8, change: &PaneChange) {
    match steps.binary_search_by_key(&pane, |entry| entry.0) {
        Ok(found) => {
            if let Some(entry) = steps.get_mut(found) {
                entry.1.merge(&change.step);
            }
        }
        Err(place) => steps.insert(place, (pane, change.step)),
    }
    // Panes that cancelled out leave nothing behind, however many flushes it took.
    steps.retain(|entry| entry.1 != Step::default());
}
