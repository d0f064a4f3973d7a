//! What events left in a 10-second pane of one camera since the last flush: the only thing an event touches.

use throng_model::pane::{PANES_PER_MINUTE, pane_of, pane_start, second_of};
use throng_model::row::{Step, add_step};
use throng_model::{Measure, Measures, Summary, Timestamp};

/// One pane's worth of change.
#[derive(Clone, Debug, Default)]
pub(crate) struct PaneChange {
    /// Whether the camera was heard from.
    pub contact: bool,
    /// Whether it was by an event whose time had come when it arrived.
    pub in_time: bool,
    /// Whether anybody moved. Movements may cancel out; that they happened must not depend on when a flush came.
    pub moved: bool,
    /// How occupancy moved, by second within the minute.
    pub steps: Vec<(u8, Step)>,
    /// What was measured.
    pub measures: Measures,
    /// For each event that came after this pane's minute had closed: how far the camera's watermark was.
    pub late: Vec<Timestamp>,
}

impl PaneChange {
    /// The summary of one measure.
    pub fn measure(&mut self, measure: Measure) -> &mut Summary {
        self.measures.lane(measure)
    }

    /// The camera was heard from.
    pub fn hear(&mut self, at: Timestamp, received: Timestamp) {
        self.contact = true;
        self.in_time |= at <= received;
    }

    /// People came (positive) or went (negative) at this moment.
    pub fn walk(&mut self, at: Timestamp, people: i64) {
        self.moved = true;
        add_step(&mut self.steps, second_of(at), &Step::at(at, people));
    }
}

/// The changed panes of one camera, ascending.
#[derive(Clone, Debug, Default)]
pub(crate) struct PaneChanges {
    panes: Vec<(i64, PaneChange)>,
}

impl PaneChanges {
    /// The pane of this moment.
    pub fn at(&mut self, at: Timestamp) -> &mut PaneChange {
        let pane = pane_of(at);
        // Nearly every event falls into the newest pane or the one before.
        let place = match self.panes.iter().rev().take(2).position(|entry| entry.0 == pane) {
            Some(back) => self.panes.len() - 1 - back,
            None => match self.panes.binary_search_by_key(&pane, |entry| entry.0) {
                Ok(found) => found,
                Err(place) => {
                    self.panes.insert(place, (pane, PaneChange::default()));
                    place
                }
            },
        };
        #[expect(clippy::indexing_slicing, reason = "`place` was found or made right above")]
        &mut self.panes[place].1
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.panes.is_empty()
    }

    /// Takes the changes as (minute, pane within the minute, change).
    pub fn drain(&mut self) -> impl Iterator<Item = (Timestamp, u8, PaneChange)> {
        self.panes.drain(..).map(|(pane, change)| {
            let within = pane.rem_euclid(PANES_PER_MINUTE);
            (pane_start(pane - within), within as u8, change)
        })
    }
}
