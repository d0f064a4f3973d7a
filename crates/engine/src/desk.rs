//! The rows a flush works on: loaded when first asked for, handed out as changed at the end.

use std::collections::BTreeMap;
use throng_model::row::{Row, RowKey};
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// Where rows are read from. The engine is pure: whoever runs it gives it the facts.
pub trait RowSource {
    /// One stored row.
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault>;
    /// The stored rows of a scope and rung that start inside the range, ascending.
    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault>;
}

struct Sheet {
    /// None: known to be absent.
    row: Option<Row>,
    changed: bool,
}

/// Stored rows with this flush's changes on top.
pub(crate) struct Desk<'a> {
    source: &'a dyn RowSource,
    sheets: BTreeMap<RowKey, Sheet>,
}

impl<'a> Desk<'a> {
    pub fn new(source: &'a dyn RowSource) -> Self {
        Self {
            source,
            sheets: BTreeMap::new(),
        }
    }

    fn sheet(&mut self, key: RowKey) -> Result<&mut Sheet, Fault> {
        use std::collections::btree_map::Entry;
        match self.sheets.entry(key) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let row = self.source.row(entry.key())?;
                Ok(entry.insert(Sheet { row, changed: false }))
            }
        }
    }

    /// Looks at a row.
    pub fn look(&mut self, key: RowKey) -> Result<Option<&Row>, Fault> {
        Ok(self.sheet(key)?.row.as_ref())
    }

    /// Takes a row to change it, making it where there was none.
    pub fn change(&mut self, key: RowKey) -> Result<&mut Row, Fault> {
        let sheet = self.sheet(key)?;
        sheet.changed = true;
        Ok(sheet.row.get_or_insert_default())
    }

    /// The starts of all rows in the range, stored or made in this flush, ascending.
    pub fn starts(&mut self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<Timestamp>, Fault> {
        let key = |start| RowKey {
            scope: scope.clone(),
            rung,
            start,
        };
        for (start, row) in self.source.rows(scope, rung, range)? {
            self.sheets.entry(key(start)).or_insert(Sheet {
                row: Some(row),
                changed: false,
            });
        }
        let sheets = self.sheets.range(key(range.start)..key(range.end));
        Ok(sheets
            .filter(|(_, sheet)| sheet.row.is_some())
            .map(|(key, _)| key.start)
            .collect())
    }

    /// The rows that changed, in the order of their keys.
    pub fn changed(self) -> Vec<(RowKey, Row)> {
        let changed = self.sheets.into_iter().filter(|(_, sheet)| sheet.changed);
        changed
            .filter_map(|(key, sheet)| Some((key, sheet.row?)))
            .collect()
    }
}
