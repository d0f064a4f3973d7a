//! How many events a second the engine folds and flushes on one core, all fields of every summary included.
//!
//! `engine_bench <w5|w-all|steady> [events] [cameras]`: see `throng_sim::workload`. Flushes once a minute of event time, as
//! a checkpoint would; the rows then go into a map in memory as the bytes a store would keep, timed apart. Events are made ready
//! in small lots outside the clock. Prints one JSON object.

#![allow(clippy::print_stdout, reason = "a benchmark speaks at the terminal")]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};
use throng_engine::{Engine, RowSource, Rules};
use throng_model::row::{Row, RowKey};
use throng_model::time::MINUTE;
use throng_model::{Event, Fault, Rung, Scope, TimeRange, Timestamp};
use throng_sim::workload::{Reporter, Workload, apart, built};

/// Events that are made ready at a time: few enough to stay in a core's cache until they are folded.
const LOT: usize = 1_024;

#[derive(Default)]
struct Memory {
    rows: BTreeMap<RowKey, Vec<u8>>,
    /// How often a row was handed over.
    handed: u64,
    /// Room to encode in.
    bytes: Vec<u8>,
}

impl Memory {
    fn keep(&mut self, rows: Vec<(RowKey, Arc<Row>)>) -> Result<(), Fault> {
        for (key, row) in rows {
            let written = postcard::to_extend(&*row, std::mem::take(&mut self.bytes));
            self.bytes = written.map_err(|error| Fault::internal(error.to_string()))?;
            self.rows.insert(key, self.bytes.clone());
            self.bytes.clear();
            self.handed += 1;
        }
        Ok(())
    }
}

fn read(bytes: &[u8]) -> Result<Row, Fault> {
    postcard::from_bytes(bytes).map_err(|error| Fault::internal(error.to_string()))
}

impl RowSource for Memory {
    fn row(&self, key: &RowKey) -> Result<Option<Row>, Fault> {
        self.rows.get(key).map(|bytes| read(bytes)).transpose()
    }

    fn rows(&self, scope: &Scope, rung: Rung, range: TimeRange) -> Result<Vec<(Timestamp, Row)>, Fault> {
        let key = |start| RowKey {
            scope: scope.clone(),
            rung,
            start,
        };
        let rows = self.rows.range(key(range.start)..key(range.end));
        rows.map(|(key, bytes)| Ok((key.start, read(bytes)?))).collect()
    }
}

/// Resident memory of this process in bytes; 0 where the kernel does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok())
        .map_or(0, |kib| kib * 1_024)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("w5", String::as_str);
    let number = |at: usize, usual: usize| {
        let given = arguments.get(at).map(|text| text.parse());
        given.unwrap_or(Ok(usual))
    };
    let (events, cameras) = (number(1, 10_000_000)?, u32::try_from(number(2, 1_000)?)?);
    let (workload, site) = match name {
        "w5" => (Workload::w5(events, cameras), apart(cameras)),
        "w-all" => (Workload::w_all(events, cameras), built(cameras)),
        "steady" => (Workload::steady(events, cameras), apart(cameras)),
        other => return Err(format!("workload {other:?} is unknown: w5, w-all or steady").into()),
    };
    let (crossings, reporter) = (workload.crossings(), Reporter::new(cameras)?);
    let mut lot: Vec<(Event, Timestamp)> = Vec::with_capacity(LOT);
    let before = resident();
    let mut engine = Engine::new(&site?, Rules::default());
    let mut memory = Memory::default();
    let (mut flushed, mut folding, mut flushing, mut keeping) =
        (None, Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for (number, part) in crossings.chunks(LOT).enumerate() {
        lot.clear();
        lot.extend(part.iter().enumerate().filter_map(|(offset, crossing)| {
            let event = reporter.event(crossing, (number * LOT + offset) as u64)?;
            Some((event, crossing.received()))
        }));
        let started = Instant::now();
        for (event, received) in &lot {
            engine.fold(event, *received);
        }
        let folded = Instant::now();
        folding += folded - started;
        let minute = part.last().map(|crossing| crossing.received().0 / MINUTE);
        if minute != flushed {
            flushed = minute;
            let rows = engine.flush(&memory)?;
            flushing += folded.elapsed();
            let started = Instant::now();
            memory.keep(rows)?;
            keeping += started.elapsed();
        }
    }
    let started = Instant::now();
    let rows = engine.flush(&memory)?;
    flushing += started.elapsed();
    memory.keep(rows)?;
    println!(
        "{{\"events\":{},\"cameras\":{cameras},\"seconds\":{:.3},\"fold_seconds\":{:.3},\"keep_seconds\":{:.3},\"rows\":{},\"state_bytes\":{},\"resident_bytes\":{}}}",
        crossings.len(),
        (folding + flushing).as_secs_f64(),
        folding.as_secs_f64(),
        keeping.as_secs_f64(),
        memory.handed,
        engine.save()?.len(),
        resident().saturating_sub(before)
    );
    Ok(())
}
