//! What counters say: readings and reported windows. Unlike a crossing, what they say depends on what they said before, and may
//! take some of that back.

#![expect(
    clippy::indexing_slicing,
    reason = "camera and scope numbers come from the directory, which these vectors mirror"
)]

use super::{Engine, minute_end};
use crate::booking::{MEASURES, Move};
use crate::directory::Directory;
use crate::open::Moved;
use crate::source::counter::Correction;
use throng_model::{Event, Measure, Timestamp};

impl Engine {
    /// Readings of cumulative counters change what is known of the people at other moments than their own: a late one
    /// splits what had been booked for the reading after it.
    pub(super) fn read_counter(&mut self, number: usize, event: &Event, watermark: Option<Timestamp>) {
        let entry = &self.directory.cameras[number];
        let corrections = self.sources[number].counters.take(event, &entry.lines);
        self.settle(number);
        for correction in &corrections {
            let booked = Move::from(correction).booked();
            self.walk(number, correction.booking().at, booked, correction.people());
        }
        let changes = &mut self.changes[number];
        match corrections.as_slice() {
            [] => {}
            [Correction::Book(booking)] if booking.is_known_to_the_minute() => {
                let pane = changes.panes.at(booking.at);
                for (measure, people) in MEASURES.into_iter().zip(booking.people) {
                    if people > 0 {
                        pane.measure(measure).add_times(Measure::SCALE, people);
                    }
                }
                pane.late
                    .extend(watermark.filter(|watermark| minute_end(booking.at) <= *watermark));
            }
            _ => self.recount(number, corrections.iter().map(Move::from), watermark),
        }
    }

    /// The report of a counted window may take back what an earlier one said, or stand back itself for one that overlaps it.
    pub(super) fn report_window(&mut self, number: usize, event: &Event, watermark: Option<Timestamp>) {
        let moved = self.sources[number].counters.report(event);
        self.settle(number);
        for moved in &moved {
            self.walk(
                number,
                moved.over.end.plus(-1),
                Move::from(moved).booked(),
                moved.people,
            );
        }
        self.recount(number, moved.iter().map(Move::from), watermark);
    }

    fn recount(&mut self, number: usize, moves: impl Iterator<Item = Move>, watermark: Option<Timestamp>) {
        let Directory { cameras, scopes, .. } = &mut self.directory;
        let recounts = &mut self.changes[number].recounts;
        recounts.add(&cameras[number], scopes, moves, watermark);
    }

    /// Forgets what no event can change any more, and notes what was not plain counting.
    fn settle(&mut self, number: usize) {
        let source = &mut self.sources[number];
        if let Some(watermark) = source.watermark(&self.rules) {
            let horizon = watermark.plus(-self.rules.lateness);
            source.counters.forget_before(horizon);
        }
        if source.counters.take_notable() {
            self.noted.mark(number);
        }
    }

    /// People came and went, or what was said of them is taken back: in, out and of unknown direction. `booked` is the moment
    /// whose day they belong to.
    fn walk(&mut self, number: usize, at: Timestamp, booked: Timestamp, people: [i64; 3]) {
        let [people_in, people_out, _] = people;
        if people_in != people_out {
            let panes = &mut self.changes[number].panes;
            panes.at(at).walk(at, people_in - people_out);
        }
        let moved = Moved::new(at, people_in - people_out);
        for scope in self.directory.cameras[number].counted_by(at) {
            let memory = &mut self.scopes[scope];
            memory.count(booked, people);
            memory.walk(&moved);
            self.live.mark(scope);
        }
    }
}
