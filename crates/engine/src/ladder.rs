//! From changed minutes to changed rows: every rung of the scope that counts them.
//!
//! Sums, extremes and sketches are carried up as differences, so an hour is the sum of its minutes by construction (I-3).
//! So are observed panes, as far as there are that many: see [`crate::observed`]. Occupancy is not a sum and has its own
//! way: see [`crate::levels`].

use crate::desk::Work;
use crate::directory::ScopeEntry;
use crate::observed::Observed;
use crate::pane::PaneChange;
use throng_model::pane::SECONDS_PER_PANE;
use throng_model::row::{Row, Setting, Step, add_step};
use throng_model::{Fault, Measures, Rung, TimeRange, Timestamp};

/// What one minute of one scope gained since the last flush: the panes of all its cameras put together, so that a place is
/// carried up its ladder once, however many cameras feed it.
#[derive(Clone, Debug, Default)]
pub(crate) struct MinuteChange {
    measures: Measures,
    steps: Vec<(u8, Step)>,
    late: Vec<Timestamp>,
    /// Observed panes more, or less.
    observed: i64,
    /// Who said how many are inside.
    settings: Vec<(u8, Setting)>,
    /// Whether the minute has to have a row, even if nothing was measured in the end.
    touched: bool,
}

impl MinuteChange {
    /// A pane of a camera. Only where somebody may say how many are inside it matters in which second they moved.
    pub fn add_pane(&mut self, pane: u8, change: &PaneChange, is_of_a_place: bool) {
        self.touched = true;
        self.measures.merge(&change.measures);
        self.late.extend_from_slice(&change.late);
        for (second, step) in &change.steps {
            let second = if is_of_a_place {
                *second
            } else {
                pane * SECONDS_PER_PANE
            };
            add_step(&mut self.steps, second, step);
        }
    }

    /// Somebody said how many are inside; where that came late, how far the watermark was.
    pub fn set(&mut self, pane: u8, setting: Setting, late: Option<Timestamp>) {
        self.touched = true;
        self.settings.push((pane, setting));
        self.late.extend(late);
    }

    /// More panes, or fewer, in which a camera was observed.
    pub fn add_observed(&mut self, more: i64) {
        self.observed += more;
    }
}

/// The changed minutes of one scope, ascending.
#[derive(Clone, Debug, Default)]
pub(crate) struct MinuteChanges(Vec<(Timestamp, MinuteChange)>);

impl MinuteChanges {
    /// The change of this minute.
    pub fn at(&mut self, minute: Timestamp) -> &mut MinuteChange {
        let place = match self.0.last() {
            Some(last) if last.0 == minute => self.0.len() - 1,
            _ => match self.0.binary_search_by_key(&minute, |entry| entry.0) {
                Ok(found) => found,
                Err(place) => {
                    self.0.insert(place, (minute, MinuteChange::default()));
                    place
                }
            },
        };
        #[expect(clippy::indexing_slicing, reason = "`place` was found or made right above")]
        &mut self.0[place].1
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Timestamp, &MinuteChange)> {
        self.0.iter().map(|(minute, change)| (*minute, change))
    }
}

/// Adds one minute's change to all rungs of its scope; what was observed above the minute, to what is carried there.
pub(crate) fn add_minute(
    desk: &mut Work<'_>,
    observed: &mut Observed,
    scope: &mut ScopeEntry,
    minute: Timestamp,
    change: &MinuteChange,
) -> Result<(), Fault> {
    let carries = !change.measures.is_empty() || !change.settings.is_empty();
    for rung in Rung::ALL {
        let bucket = scope.cutter.bucket(rung, minute);
        if rung != Rung::Minute {
            observed.add(scope.who().number, rung, bucket, change.observed);
            if !carries {
                continue;
            }
        }
        let row = desk.change(scope.who(), rung, bucket.start)?;
        merge(row, change, bucket);
        if rung == Rung::Minute {
            row.observed = row.observed.saturating_add_signed(change.observed);
            for (second, step) in &change.steps {
                add_step(&mut row.minute.steps, *second, step);
            }
            for (pane, setting) in &change.settings {
                row.minute.set(*pane, *setting);
            }
        }
    }
    Ok(())
}

fn merge(row: &mut Row, change: &MinuteChange, bucket: TimeRange) {
    for (measure, summary) in change.measures.iter() {
        row.merge_measure(measure, summary);
    }
    row.revision += revisions(&change.late, bucket);
}

/// How many of these events came after the bucket had ended: each one is a revision of it.
pub(crate) fn revisions(late: &[Timestamp], bucket: TimeRange) -> u32 {
    late.iter().filter(|watermark| **watermark >= bucket.end).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_when_a_bucket_has_ended_revises_it() {
        let bucket = TimeRange {
            start: Timestamp(0),
            end: Timestamp(60),
        };
        assert_eq!(revisions(&[59, 60, 61].map(Timestamp), bucket), 2);
    }
}
