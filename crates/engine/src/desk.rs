//! The rows a flush works on. Those that will be worked on again stay at hand; others are loaded when first asked for.

#![expect(
    clippy::indexing_slicing,
    reason = "shelves are made one a scope and rung, and places in them are found right before"
)]

mod past;
#[cfg(test)]
mod tests;

pub(crate) use past::PastMinute;

use crate::coverage::reach_minutes;
use crate::directory::Directory;
use past::Past;
use std::sync::Arc;
use throng_model::row::{Row, RowKey};
use throng_model::time::HOUR;
use throng_model::{Fault, Rung, Scope, TimeRange, Timestamp};

/// Where rows are read from. The engine is pure: whoever runs it gives it the facts.
pub trait RowSource {
    /// One stored row.
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault>;
    /// The stored rows of a scope and rung that start inside the range, ascending.
    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault>;
}

/// A scope by number and by name.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub number: usize,
    pub scope: &'a Scope,
}

/// How many minutes of a scope stay at hand: those that occupancy looks back at.
const MINUTES_KEPT: usize = 6;

/// How many rows of a rung stay at hand: some minutes, the open five minutes with those before, and the newest bucket of every
/// other rung. The one before is loaded where it changes: by its last minute, which is settled seconds after its end, by what
/// comes late, and while a clock is ahead of it. Once an hour that is a row of each scope; kept, it would be four of each, always.
fn kept(rung: Rung) -> usize {
    match rung {
        Rung::Minute => MINUTES_KEPT,
        Rung::FiveMinutes => 2,
        _ => 1,
    }
}

struct Sheet {
    start: Timestamp,
    /// None: known to be absent. Shared with whoever was handed it last, and copied only where it changes while they still hold
    /// it.
    row: Option<Arc<Row>>,
    changed: bool,
}

/// The rows of one scope and rung that are at hand, ascending.
#[derive(Default)]
struct Shelf {
    sheets: Vec<Sheet>,
    /// Every row that starts here or later is at hand, or is not there. None: not asked yet.
    complete_from: Option<Timestamp>,
}

impl Shelf {
    /// Where the sheet of this start is, or belongs.
    fn place(&self, start: Timestamp) -> Result<usize, usize> {
        // Nearly always one of the newest.
        for (back, sheet) in self.sheets.iter().rev().enumerate().take(3) {
            if sheet.start <= start {
                let place = self.sheets.len() - 1 - back;
                return if sheet.start == start {
                    Ok(place)
                } else {
                    Err(place + 1)
                };
            }
        }
        self.sheets.binary_search_by_key(&start, |sheet| sheet.start)
    }
}

/// All rows at hand. Stays from flush to flush: what is on it was handed out by the last one and is in the store.
#[derive(Default)]
pub(crate) struct Desk {
    /// By scope number.
    scopes: Vec<[Shelf; Rung::ALL.len()]>,
    /// By camera, which is its scope's number.
    pasts: Vec<Past>,
    /// By camera: how many minutes are remembered of it.
    remembered: Vec<usize>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Desk of {} scopes", self.scopes.len())
    }
}

impl Desk {
    /// An empty one for everybody in the directory. The coverage of a camera looks back as far as its heartbeat reaches, twice:
    /// an hour of silence must not mean that the store is asked for hours of minutes each time.
    pub fn new(directory: &Directory) -> Self {
        let remembered = directory.cameras.iter().map(|camera| {
            let looked_at = usize::try_from(2 * reach_minutes(camera.gap) + 2).unwrap_or(0);
            if looked_at > MINUTES_KEPT { looked_at } else { 0 }
        });
        Self {
            scopes: directory.scopes.iter().map(|_| Default::default()).collect(),
            pasts: directory.cameras.iter().map(|_| Past::default()).collect(),
            remembered: remembered.collect(),
        }
    }

    /// No row of this scope starts after this moment: it is the latest that was ever counted.
    pub fn nothing_after(&mut self, scope: usize, latest: Timestamp) {
        for shelf in &mut self.scopes[scope] {
            shelf.complete_from = Some(latest.plus(1));
        }
    }

    /// To work with a source.
    pub fn with<'a>(&'a mut self, source: &'a dyn RowSource) -> Work<'a> {
        Work { desk: self, source }
    }
}

/// The desk, during one flush.
pub(crate) struct Work<'a> {
    desk: &'a mut Desk,
    source: &'a dyn RowSource,
}

fn shelf_of(rung: Rung) -> usize {
    usize::from(rung.code()) - 1
}

impl Work<'_> {
    fn shelf(&mut self, who: Who<'_>, rung: Rung) -> Result<&mut Shelf, Fault> {
        let shelf = &mut self.desk.scopes[who.number][shelf_of(rung)];
        if shelf.complete_from.is_none() {
            // Nothing is known of the scope: a month row tells that there may be rows up to its end.
            let ever = TimeRange {
                start: Timestamp::MIN,
                end: Timestamp::MAX,
            };
            let months = self.source.rows(who.scope, Rung::Month, ever)?;
            let end = months.last().map(|(start, _)| start.plus(32 * 24 * HOUR));
            shelf.complete_from = Some(end.unwrap_or(Timestamp::MIN));
        }
        Ok(shelf)
    }

    fn sheet(&mut self, who: Who<'_>, rung: Rung, start: Timestamp) -> Result<&mut Sheet, Fault> {
        let source = self.source;
        let shelf = self.shelf(who, rung)?;
        let place = match shelf.place(start) {
            Ok(place) => place,
            Err(place) => {
                let is_known = shelf.complete_from.is_some_and(|from| start >= from);
                let key = || RowKey {
                    scope: who.scope.clone(),
                    rung,
                    start,
                };
                let row = if is_known { None } else { source.row(&key())? };
                let row = row.map(Arc::new);
                let changed = false;
                shelf.sheets.insert(place, Sheet { start, row, changed });
                place
            }
        };
        Ok(&mut shelf.sheets[place])
    }

    /// Looks at a row.
    pub fn look(&mut self, who: Who<'_>, rung: Rung, start: Timestamp) -> Result<Option<&Row>, Fault> {
        Ok(self.sheet(who, rung, start)?.row.as_deref())
    }

    /// Takes a row to change it, making it where there was none.
    pub fn change(&mut self, who: Who<'_>, rung: Rung, start: Timestamp) -> Result<&mut Row, Fault> {
        let sheet = self.sheet(who, rung, start)?;
        sheet.changed = true;
        Ok(Arc::make_mut(sheet.row.get_or_insert_default()))
    }

    /// The starts of all rows in the range, stored or made in this flush, ascending.
    pub fn starts(&mut self, who: Who<'_>, rung: Rung, range: TimeRange) -> Result<Vec<Timestamp>, Fault> {
        let source = self.source;
        let shelf = self.shelf(who, rung)?;
        let unknown = TimeRange {
            start: range.start,
            end: shelf.complete_from.map_or(range.end, |from| from.min(range.end)),
        };
        if unknown.start < unknown.end {
            for (start, row) in source.rows(who.scope, rung, unknown)? {
                if let Err(place) = shelf.place(start) {
                    let sheet = Sheet {
                        start,
                        row: Some(Arc::new(row)),
                        changed: false,
                    };
                    shelf.sheets.insert(place, sheet);
                }
            }
            if shelf.complete_from.is_some_and(|from| unknown.end == from) {
                // Nothing is left out between here and what was complete before.
                shelf.complete_from = Some(unknown.start);
            }
        }
        let from = shelf.sheets.partition_point(|sheet| sheet.start < range.start);
        let inside = shelf.sheets[from..]
            .iter()
            .take_while(|sheet| sheet.start < range.end);
        Ok(inside
            .filter(|sheet| sheet.row.is_some())
            .map(|sheet| sheet.start)
            .collect())
    }

    /// What coverage asks of a camera's minutes in the range, those there are rows of, ascending.
    pub fn past_minutes(&mut self, who: Who<'_>, range: TimeRange) -> Result<Vec<PastMinute>, Fault> {
        let source = self.source;
        let at_hand_from = self.shelf(who, Rung::Minute)?.complete_from;
        let shelf = &self.desk.scopes[who.number][shelf_of(Rung::Minute)];
        let past = &mut self.desk.pasts[who.number];
        let known_from = past.complete_from.into_iter().chain(at_hand_from).min();
        let unknown = TimeRange {
            start: range.start,
            end: known_from.map_or(range.end, |from| from.min(range.end)),
        };
        if unknown.start < unknown.end {
            for (start, row) in source.rows(who.scope, Rung::Minute, unknown)? {
                past.put(PastMinute::of(start, &row));
            }
            if known_from == Some(unknown.end) {
                past.complete_from = Some(unknown.start);
            }
        }
        let mut minutes = past.between(range.start, range.end).to_vec();
        let from = shelf.sheets.partition_point(|sheet| sheet.start < range.start);
        let at_hand = shelf.sheets[from..].iter();
        for sheet in at_hand.take_while(|sheet| sheet.start < range.end) {
            // What is at hand is newer than what is remembered of it.
            let Some(row) = &sheet.row else { continue };
            let minute = PastMinute::of(sheet.start, row);
            match minutes.binary_search_by_key(&sheet.start, |minute| minute.start) {
                Ok(found) => minutes[found] = minute,
                Err(place) => minutes.insert(place, minute),
            }
        }
        Ok(minutes)
    }

    /// Ends the flush: gives the rows that changed, scope by scope and ascending, and clears away what will hardly be asked
    /// for again.
    pub fn finish<'s>(self, name: impl Fn(usize) -> &'s Scope) -> Vec<(RowKey, Arc<Row>)> {
        let mut changed = Vec::new();
        for (number, shelves) in self.desk.scopes.iter_mut().enumerate() {
            for (rung, shelf) in Rung::ALL.into_iter().zip(shelves) {
                for sheet in shelf.sheets.iter_mut().filter(|sheet| sheet.changed) {
                    sheet.changed = false;
                    let key = RowKey {
                        scope: name(number).clone(),
                        rung,
                        start: sheet.start,
                    };
                    changed.extend(sheet.row.clone().map(|row| (key, row)));
                }
                let complete_from = shelf.complete_from;
                let cleared = clear_away(shelf, kept(rung));
                if rung == Rung::Minute
                    && let Some(past) = self.desk.pasts.get_mut(number)
                {
                    let kept = self.desk.remembered[number];
                    past.take(
                        cleared.map(|(start, row)| PastMinute::of(start, &row)),
                        complete_from,
                        kept,
                    );
                }
            }
        }
        changed
    }
}

/// Gives the rows that were cleared away.
fn clear_away(shelf: &mut Shelf, kept: usize) -> impl Iterator<Item = (Timestamp, Arc<Row>)> {
    let mut old = 0;
    if let Some(complete_from) = shelf.complete_from {
        // A start that was only looked at says nothing once the shelf knows it is absent.
        shelf.sheets.retain(|sheet| sheet.row.is_some());
        old = shelf.sheets.len().saturating_sub(kept);
        if let Some(oldest) = shelf.sheets.get(old)
            && old > 0
        {
            // What lies before the oldest one kept is not at hand any more.
            shelf.complete_from = Some(oldest.start.max(complete_from));
        }
    }
    // Those that lie before what is complete stay as well: after a restart that is the open bucket of every rung.
    let cleared = shelf.sheets.drain(..old);
    cleared.filter_map(|sheet| Some((sheet.start, sheet.row?)))
}
