//! Carries observed panes up the rungs, each camera at most once for each pane there is.
//!
//! Two things say that a camera was there: contacts, pane by pane, and counted windows of more than a minute, which vouch
//! for themselves where they fit. A camera that sends both would be observed twice, and hide one beside it that is dead. So a
//! camera's bucket holds no more panes than its time has; what is told beyond that is its row's excess, and goes neither up its
//! rungs nor to its places. That is a function of what was told in all, so neither order nor flushes change it (I-7).
//!
//! A place whose bucket is cut in another zone, or which a camera feeds for a part of the bucket only, gets what the rungs
//! below and the windows say: how much of the excess would be of that part is not known.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use crate::desk::Work;
use crate::directory::Directory;
use std::collections::BTreeMap;
use throng_model::pane::PANE;
use throng_model::time::MINUTE;
use throng_model::{Fault, Rung, TimeRange, Timestamp};

/// Panes more, or fewer, by bucket of a scope above the minutes: finest rung first, and there cameras before places.
#[derive(Debug, Default)]
pub(crate) struct Observed(BTreeMap<(Rung, usize, Timestamp), (TimeRange, i64)>);

impl Observed {
    /// In this bucket of this scope, not in those above it.
    pub fn add(&mut self, scope: usize, rung: Rung, bucket: TimeRange, panes: i64) {
        if panes != 0 {
            let entry = self.0.entry((rung, scope, bucket.start));
            entry.or_insert((bucket, 0)).1 += panes;
        }
    }

    /// Puts everything into the rows.
    pub fn settle(mut self, desk: &mut Work<'_>, directory: &mut Directory) -> Result<(), Fault> {
        while let Some(((rung, number, start), (bucket, panes))) = self.0.pop_first() {
            if panes == 0 {
                continue;
            }
            let row = desk.change(directory.scopes[number].who(), rung, start)?;
            // Cameras come first, so a camera's scope has the camera's number.
            if number >= directory.cameras.len() {
                row.observed = row.observed.saturating_add_signed(panes);
                continue;
            }
            let told = row
                .observed
                .saturating_add(row.excess)
                .saturating_add_signed(panes);
            let before = row.excess;
            row.observed = told.min(bucket.micros().div_euclid(PANE).unsigned_abs());
            row.excess = told - row.observed;
            let more = row.excess as i64 - before as i64;
            if more != 0 {
                self.keep_back(directory, number, rung, bucket, more);
            }
        }
        Ok(())
    }

    /// Takes excess of a camera's bucket out of everything that was to get it.
    fn keep_back(
        &mut self,
        directory: &mut Directory,
        number: usize,
        rung: Rung,
        bucket: TimeRange,
        panes: i64,
    ) {
        let Directory { cameras, scopes, .. } = directory;
        let cutter = &mut scopes[number].cutter;
        for above in rung.above() {
            self.add(number, above, cutter.bucket(above, bucket.start), -panes);
        }
        let (first, last) = (bucket.start, bucket.end.plus(-MINUTE));
        for feed in &cameras[number].feeds {
            let cutter = &mut scopes[feed.place].cutter;
            let is_fed = feed.over.contains(first) && feed.over.contains(last);
            if is_fed && cutter.bucket(rung, bucket.start) == bucket {
                for above in std::iter::once(rung).chain(rung.above()) {
                    self.add(feed.place, above, cutter.bucket(above, bucket.start), -panes);
                }
            }
        }
    }
}
