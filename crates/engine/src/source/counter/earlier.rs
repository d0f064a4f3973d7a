//! Counters as they stood in states of earlier builds: they knew no windows, nor why a counter was reset.

use super::{CounterMemory, Counters, Forgotten, REGISTERS, Sample};
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};
use throng_model::{LineId, Timestamp};

/// In engine states of version 2, and window states of versions 2 and 3.
#[derive(Deserialize)]
pub(crate) struct CountersWithoutWindows {
    totals: BTreeMap<LineId, Memory>,
}

#[derive(Deserialize)]
struct Memory {
    samples: VecDeque<Reading>,
    modulus: Option<u64>,
    forgot: bool,
}

#[derive(Deserialize)]
struct Reading {
    at: Timestamp,
    announced_reset: bool,
    since: Option<Timestamp>,
    registers: [Option<u64>; REGISTERS],
}

impl From<CountersWithoutWindows> for Counters {
    fn from(counters: CountersWithoutWindows) -> Self {
        let memory = |old: Memory| CounterMemory {
            samples: old.samples.into_iter().map(Sample::from).collect(),
            modulus: old.modulus,
            forgotten: match old.forgot {
                true => Forgotten::Readings,
                false => Forgotten::Nothing,
            },
            again: 0,
        };
        let totals = counters.totals.into_iter();
        Counters::of_totals(totals.map(|(counter, old)| (counter, memory(old))).collect())
    }
}

impl From<Reading> for Sample {
    fn from(reading: Reading) -> Self {
        Self {
            at: reading.at,
            announced_reset: reading.announced_reset,
            since: reading.since,
            registers: reading.registers,
            reason: None,
        }
    }
}
