//! Small logs on a faulty disk, and what must be true of them after anything that may happen.

use std::sync::Arc;
use throng_embedded::log::{Options, Recovery, SegmentedLog};
use throng_model::{Fault, FaultCode};
use throng_ports::{
    EventLog, Position, Record,
    contract::{block_on, event_log::read_all, poll_once},
};
use throng_sim::disk::FaultyDisk;

/// Everything so small that a few dozen records meet every border.
pub fn tiny() -> Options {
    Options {
        segment_bytes: 4_096,
        claim_bytes: 1_024,
        group_bytes_max: 2_048,
        record_bytes_max: 1 << 20,
        queue_bytes_max: 1 << 20,
        tail_bytes_max: 700,
        mark_when_idle: None,
        salt: Some(7),
    }
}

pub fn open_with(disk: &FaultyDisk, options: Options) -> Result<(SegmentedLog, Recovery), Fault> {
    SegmentedLog::open(Arc::new(disk.clone()), options, Box::new(|_| {}))
}

pub fn open(disk: &FaultyDisk) -> Result<(SegmentedLog, Recovery), Fault> {
    open_with(disk, tiny())
}

/// A payload that says which record it is, of a size that lines up with nothing.
pub fn payload(n: usize) -> Vec<u8> {
    let mut bytes = format!("record {n} ").into_bytes();
    bytes.resize(20 + n * 53 % 331, n as u8 | 1);
    bytes
}

/// What became of records, in the order of the calls.
#[derive(Debug, Default)]
pub struct Ledger {
    sent: Vec<(Vec<u8>, Result<Position, Fault>)>,
    /// Numbers the payloads, so that no two are the same.
    calls: usize,
}

impl Ledger {
    fn next(&mut self) -> Vec<u8> {
        self.calls += 1;
        payload(self.calls)
    }

    pub fn append(&mut self, log: &SegmentedLog) -> bool {
        let payload = self.next();
        let result = block_on(log.append(payload.clone()));
        let done = result.is_ok();
        self.sent.push((payload, result));
        done
    }

    /// Appends so many records that meet in one group: the writer stands still with the first while the others come.
    pub fn append_group(&mut self, disk: &FaultyDisk, log: &SegmentedLog, count: usize) -> bool {
        disk.hold();
        let payloads: Vec<_> = (0..count).map(|_| self.next()).collect();
        let mut first = log.append(payloads[0].clone());
        let early = poll_once(&mut first);
        if early.is_none() {
            disk.wait_until_held();
        }
        let waiting: Vec<_> = payloads[1..]
            .iter()
            .map(|payload| log.append(payload.clone()))
            .collect();
        disk.release();
        let first = early.unwrap_or_else(|| block_on(first));
        let results = std::iter::once(first).chain(waiting.into_iter().map(block_on));
        self.sent.extend(payloads.into_iter().zip(results));
        self.sent[self.sent.len() - count..]
            .iter()
            .all(|(_, result)| result.is_ok())
    }

    pub fn acknowledged(&self) -> usize {
        self.sent.iter().filter(|(_, result)| result.is_ok()).count()
    }

    /// I-2 for the log: every acknowledged record is there exactly once, at its position, in order; one refused for a full
    /// disk is not there; one whose fate was not told may or may not be.
    pub fn check(&self, log: &SegmentedLog, when: &str) {
        let records = read_all(log, log.start(), 500);
        assert_eq!(
            records.len() as u64,
            log.end().0 - log.start().0,
            "{when}: `end` counts what is there"
        );
        for (n, record) in records.iter().enumerate() {
            assert_eq!(record.position.0, log.start().0 + n as u64, "{when}: no gaps");
        }
        self.check_records(&records, log.start(), when);
    }

    pub fn check_records(&self, records: &[Record], start: Position, when: &str) {
        let mut records = records.iter().peekable();
        for (n, (payload, result)) in self.sent.iter().enumerate() {
            if matches!(result, Ok(position) if *position < start) {
                continue;
            }
            let found = records.next_if(|record| record.payload[..] == payload[..]);
            match (result, found) {
                (Ok(position), Some(record)) => assert_eq!(record.position, *position, "{when}: record {n}"),
                (Ok(position), None) => panic!("{when}: acknowledged record {n} at {position} is lost"),
                (Err(fault), Some(_)) if fault.code == FaultCode::LogFull => {
                    panic!("{when}: record {n} was refused and is there all the same")
                }
                (Err(_), _) => {}
            }
        }
        assert!(
            records.next().is_none(),
            "{when}: a record that nobody sent, twice, or out of order"
        );
    }

    /// What was found after a crash has been served, and so must stay: from now on it counts as acknowledged.
    pub fn adopt(&mut self, log: &SegmentedLog) {
        let mut records = read_all(log, log.start(), 1 << 20).into_iter().peekable();
        let start = log.start();
        self.sent.retain_mut(|(payload, result)| {
            match records.next_if(|record| record.payload[..] == payload[..]) {
                Some(record) => {
                    *result = Ok(record.position);
                    true
                }
                None => matches!(result, Ok(position) if *position < start),
            }
        });
    }
}

impl Ledger {
    /// These records are the first ones acknowledged, and right.
    pub fn check_prefix(&self, records: &[Record], when: &str) {
        let acknowledged = self.sent.iter().filter(|(_, result)| result.is_ok());
        for (n, (record, (payload, _))) in records.iter().zip(acknowledged).enumerate() {
            assert_eq!(record.position, Position(n as u64), "{when}");
            assert_eq!(record.payload[..], payload[..], "{when}: record {n}");
        }
        assert!(records.len() <= self.acknowledged(), "{when}");
    }
}
