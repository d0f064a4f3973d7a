//! Runs a log through the engine and the windows, with flushes, turns and restarts where one likes: what laws and stories
//! compare with the naive model.

use crate::naive::Expected;
use crate::naive::windows::Ledger;
use std::collections::BTreeMap;
use throng_engine::window::Windows;
use throng_engine::{Engine, RowSource, Rules};
use throng_model::fault::FaultCode;
use throng_model::row::{Row, RowKey};
use throng_model::site::Site;
use throng_model::time::HOUR;
use throng_model::window::WindowTable;
use throng_model::{Event, EventBody, Fault, Rung, Scope, TimeRange, Timestamp};

/// Rows in memory.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Memory(pub BTreeMap<RowKey, Row>);

impl RowSource for Memory {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        Ok(self.0.get(key).cloned())
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let key = |start| RowKey {
            scope: scope.clone(),
            rung,
            start,
        };
        let rows = self.0.range(key(range.start)..key(range.end));
        Ok(rows.map(|(key, row)| (key.start, row.clone())).collect())
    }
}

impl Memory {
    /// What the naive model speaks of: no revisions, no rows that say nothing.
    pub fn as_expected(&self) -> BTreeMap<RowKey, Expected> {
        let form = |row: &Row| Expected {
            measures: row.measures.iter().cloned().collect(),
            observed: row.observed,
        };
        let rows = self.0.iter().map(|(key, row)| (key.clone(), form(row)));
        rows.filter(|(_, row)| *row != Expected::default()).collect()
    }
}

/// How a log is cut into pieces.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// A flush or a turn after so many events.
    pub step: usize,
    /// A restart after so many of those.
    pub restart: usize,
    /// How many threads work on windows.
    pub threads: usize,
}

impl Pace {
    /// Everything at once.
    pub const WHOLE: Pace = Pace {
        step: usize::MAX,
        restart: usize::MAX,
        threads: 1,
    };

    fn restarts_after(self, piece: usize) -> bool {
        (piece + 1).is_multiple_of(self.restart)
    }
}

/// The rows the engine hands out for a log, and the counts it keeps of it.
pub fn rows(
    site: &Site,
    rules: Rules,
    log: &[(Event, Timestamp)],
    pace: Pace,
) -> Result<(Memory, throng_engine::Counts), Fault> {
    let mut engine = Engine::new(site, rules);
    let mut memory = Memory::default();
    for (piece, events) in log.chunks(pace.step).enumerate() {
        for (event, received) in events {
            engine.fold(event, *received);
        }
        let changed = engine.flush(&memory)?;
        memory
            .0
            .extend(changed.into_iter().map(|(key, row)| (key, Row::clone(&row))));
        if pace.restarts_after(piece) {
            engine = Engine::restore(site, rules, &engine.save()?)?;
        }
    }
    Ok((memory, engine.counts()))
}

/// What the windows give out for a log, one ledger a thread. Restarts come before the turn: in the middle of everything.
pub fn windows(
    site: &Site,
    rules: Rules,
    table: &WindowTable,
    log: &[(Event, Timestamp)],
    pace: Pace,
) -> Result<Vec<Ledger>, Fault> {
    let mut windows = Windows::new(site, rules, table.clone());
    let mut ledgers = vec![Ledger::default(); pace.threads];
    for (piece, events) in log.chunks(pace.step).enumerate() {
        for (event, received) in events {
            windows.fold(event, *received);
        }
        if pace.restarts_after(piece) {
            // The table is the same, so there is a state to go on with.
            let restored = Windows::restore(site, rules, table.clone(), &windows.save()?)?;
            windows = restored.ok_or_else(|| {
                Fault::new(
                    FaultCode::StoreDamaged,
                    "the windows refuse a state of the same table",
                )
            })?;
        }
        windows.turn(&mut ledgers);
    }
    Ok(ledgers)
}

/// The log, and heartbeats of every camera two hours after the last day in it, so that every window has ended; and once
/// more, so that what the first ones let the windows read of counters is counted.
pub fn to_the_end(site: &Site, mut log: Vec<(Event, Timestamp)>) -> Vec<(Event, Timestamp)> {
    let moments = log.iter().map(|(event, received)| match &event.body {
        EventBody::Count { over, .. } => over.end.max(*received),
        _ => event.at.max(*received),
    });
    let (Some(last), Some((pattern, _))) = (moments.max(), log.first().cloned()) else {
        return log;
    };
    let days = site.places().iter();
    let ends = days.map(|place| Rung::Day.bucket(last, &place.zone()).end);
    let end = ends.max().unwrap_or(last);
    for at in [end.plus(2 * HOUR), end.plus(3 * HOUR)] {
        log.extend(site.cameras().iter().map(|camera| {
            let beat = Event {
                camera: camera.id.clone(),
                at,
                body: EventBody::Beat,
                ..pattern.clone()
            };
            (beat, at)
        }));
    }
    log
}
