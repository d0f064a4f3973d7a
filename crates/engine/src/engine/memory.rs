//! What the engine remembers of a camera or place beside its rows.

use crate::inside::Inside;
use crate::levels::{Marks, Tail};
use crate::occupancy::Level;
use crate::open::{Moved, Open};
use crate::present::Present;
use serde::{Deserialize, Serialize};
use throng_model::Timestamp;

/// A scope's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScopeMemory {
    /// Today's counts.
    pub present: Present,
    /// Where following the occupancy stopped.
    pub tail: Option<Tail>,
    /// Where it came by.
    #[serde(skip)]
    pub marks: Marks,
    /// What is known behind.
    pub open: Open,
    /// Whether how many are inside can be known.
    #[serde(skip)]
    pub inside: Inside,
    /// How far time has come here, less the allowance for disorder: the furthest event counted or word heard, or its arrival
    /// where that was before. A camera that is ahead settles no minute of the others.
    pub frontier: Option<Timestamp>,
    /// The latest event in the rows that the last flush gave out, as [`Present::as_of`] has it.
    #[serde(skip)]
    pub flushed: Option<Timestamp>,
    /// The same of the rows that are stored. Only of places.
    #[serde(skip)]
    pub stored: Option<Timestamp>,
}

impl ScopeMemory {
    /// How many are inside now.
    pub fn level(&self) -> Level {
        self.open.level(self.present.occupancy_day)
    }

    /// Whether that is known only after the next flush, and told as it was before.
    pub fn is_behind(&self) -> bool {
        let day = self.present.occupancy_day;
        day.is_some_and(|day| self.open.is_behind(day))
    }

    /// Counts people: in, out and of unknown direction, at the moment whose day has them.
    pub fn count(&mut self, booked: Timestamp, people: [i64; 3]) {
        self.present.count(booked, people);
        self.inside.count(people);
    }

    /// People came or went.
    pub fn walk(&mut self, moved: &Moved) {
        self.open.walk(moved, self.present.occupancy_day);
    }
}
