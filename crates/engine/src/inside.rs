//! Whether anybody can know how many are inside of a scope.
//!
//! A camera may stand at a door or see a street; the hierarchy does not say which, and a line has no direction until somebody crosses
//! it. So it is told by what came: where people passed and nobody was ever counted in or out, nor was anybody ever said to be inside,
//! nothing is measured inside, and a level of 0 would be made up. Where nobody was counted at all it may be a door that nobody
//! has used, and 0 is what was seen. That nobody is inside is said every night by resets, of streets as well: it is no sign of a door.
//!
//! Not part of any state: the rows have it.

use crate::desk::RowSource;
use throng_model::row::{Row, RowKey};
use throng_model::{Fault, Measure, Rung, Scope, TimeRange, Timestamp};

/// What was ever told of a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inside {
    /// Somebody came in or went out, or was said to be inside.
    is_told: bool,
    /// Somebody passed of whom no direction is known.
    has_passed: bool,
}

impl Inside {
    /// People came in, went out or passed. What is taken back is no sign of anything.
    pub fn count(&mut self, [people_in, people_out, people_pass]: [i64; 3]) {
        self.is_told |= people_in > 0 || people_out > 0;
        self.has_passed |= people_pass > 0;
    }

    /// It was said that so many are inside.
    pub fn say(&mut self, people: u32) {
        self.is_told |= people > 0;
    }

    /// Whether how many are inside is measured.
    pub fn is_measured(self) -> bool {
        self.is_told || !self.has_passed
    }

    /// What the rows of a scope tell, the newest month of which starts then. Nearly every door shows in that one, and the others need
    /// not be read.
    pub fn find(rows: &dyn RowSource, scope: &Scope, newest_month: Timestamp) -> Result<Self, Fault> {
        let mut found = Self::default();
        let newest = rows.row(&RowKey {
            scope: scope.clone(),
            rung: Rung::Month,
            start: newest_month,
        })?;
        newest.iter().for_each(|row| found.read(row));
        if !found.is_told {
            let ever = TimeRange {
                start: Timestamp::MIN,
                end: newest_month,
            };
            let months = rows.rows(scope, Rung::Month, ever)?;
            months.iter().for_each(|(_, row)| found.read(row));
        }
        Ok(found)
    }

    fn read(&mut self, row: &Row) {
        self.count([Measure::In, Measure::Out, Measure::Pass].map(|measure| row.people(measure)));
        self.is_told |= row
            .measure(Measure::Occupancy)
            .is_some_and(|levels| levels.max > 0);
    }
}
