//! The suite of [`EventLog`]. Use: `throng_ports::event_log_contract!(my_store);`
//!
//! `my_store()` makes a new, empty store and returns a closure that opens the log in it. The suite opens it again only
//! after it dropped the log of before.

use super::{block_on, poll_once};
use crate::event_log::{EventLog, Position, Record};
use std::sync::Arc;
use throng_model::FaultCode;

/// Opens the log of one store.
pub trait Open: Fn() -> Arc<dyn EventLog> {}
impl<F: Fn() -> Arc<dyn EventLog>> Open for F {}

/// One `#[test]` for each promise of the port.
#[macro_export]
macro_rules! event_log_contract {
    ($store:expr) => {
        $crate::event_log_contract!($store;
            an_empty_log_has_nothing_to_read
            positions_count_from_zero_in_the_order_of_calls
            order_is_fixed_by_the_call_and_not_by_the_poll
            what_is_acknowledged_can_be_read
            many_threads_get_each_position_once
            a_read_window_is_bounded_but_never_empty
            reading_at_the_end_gives_nothing
            nothing_is_read_before_it_is_counted_by_end
            a_barrier_covers_everything_before_it
            beyond_resolves_at_once_for_the_past
            beyond_wakes_all_who_wait
            an_empty_record_is_refused
            records_of_all_sizes_come_back_byte_for_byte
            a_reopened_log_goes_on_where_it_was
            trim_keeps_everything_from_the_position_on
            a_position_below_the_start_is_a_fault
            trim_survives_reopening
            a_dropped_append_leaves_no_gap
        );
    };
    ($store:expr; $($promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $crate::contract::event_log::$promise(&$store());
            }
        )+
    };
}

/// A payload that says which record it is; sizes vary so that records do not line up with anything.
fn payload(n: u64) -> Vec<u8> {
    let size = 9 + (n * 37 % 211) as usize;
    let mut bytes = n.to_le_bytes().to_vec();
    bytes.resize(size, (n % 251) as u8);
    bytes
}

fn append_all(log: &dyn EventLog, numbers: std::ops::Range<u64>) {
    let waiting: Vec<_> = numbers.clone().map(|n| log.append(payload(n))).collect();
    for (n, append) in numbers.zip(waiting) {
        assert_eq!(block_on(append).expect("appended"), Position(n));
    }
}

/// Everything from `from` on, read in windows of `max_bytes`.
pub fn read_all(log: &dyn EventLog, from: Position, max_bytes: usize) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    let mut next = from;
    loop {
        let window = log.read(next, max_bytes).expect("readable");
        let Some(last) = window.last() else { return all };
        next = last.position.next();
        all.extend(window);
    }
}

fn assert_holds(log: &dyn EventLog, numbers: std::ops::Range<u64>) {
    let records = read_all(log, Position(numbers.start), 700);
    assert_eq!(records.len() as u64, numbers.end - numbers.start);
    for (record, n) in records.iter().zip(numbers) {
        assert_eq!(record.position, Position(n));
        assert_eq!(&record.payload[..], &payload(n)[..], "record {n}");
    }
}

pub fn an_empty_log_has_nothing_to_read(open: &impl Open) {
    let log = open();
    assert_eq!((log.start(), log.end()), (Position(0), Position(0)));
    assert_eq!(log.read(Position(0), 1_000).expect("readable"), []);
}

pub fn positions_count_from_zero_in_the_order_of_calls(open: &impl Open) {
    let log = open();
    for n in 0..20 {
        assert_eq!(block_on(log.append(payload(n))).expect("appended"), Position(n));
    }
}

pub fn order_is_fixed_by_the_call_and_not_by_the_poll(open: &impl Open) {
    let log = open();
    let waiting: Vec<_> = (0..10).map(|n| log.append(payload(n))).collect();
    for (n, append) in waiting.into_iter().enumerate().rev() {
        assert_eq!(block_on(append).expect("appended"), Position(n as u64));
    }
    assert_holds(&*log, 0..10);
}

pub fn what_is_acknowledged_can_be_read(open: &impl Open) {
    let log = open();
    for n in 0..20 {
        let position = block_on(log.append(payload(n))).expect("appended");
        assert!(log.end() > position, "acknowledged, so it counts");
        let read = log.read(position, 1).expect("readable");
        assert_eq!(read[0].position, position);
        assert_eq!(&read[0].payload[..], &payload(n)[..]);
    }
}

pub fn many_threads_get_each_position_once(open: &impl Open) {
    let log = open();
    let mut given: Vec<(Position, Vec<u8>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8_u64)
            .map(|thread| {
                let log = &log;
                scope.spawn(move || {
                    let numbers = thread * 25..(thread + 1) * 25;
                    let append = |n| (block_on(log.append(payload(n))).expect("appended"), payload(n));
                    numbers.map(append).collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    given.sort();
    let records = read_all(&*log, Position(0), 1 << 20);
    assert_eq!(given.len(), 200);
    assert_eq!(records.len(), 200);
    for (n, (record, (position, bytes))) in records.iter().zip(&given).enumerate() {
        assert_eq!(
            (record.position, *position),
            (Position(n as u64), Position(n as u64))
        );
        assert_eq!(
            &record.payload[..],
            &bytes[..],
            "the caller got the position of its own record"
        );
    }
}

pub fn a_read_window_is_bounded_but_never_empty(open: &impl Open) {
    let log = open();
    append_all(&*log, 0..50);
    for from in 0..50 {
        assert_eq!(
            log.read(Position(from), 0).expect("readable").len(),
            1,
            "at least one"
        );
        for max_bytes in [1, 100, 1_000, 100_000] {
            let window = log.read(Position(from), max_bytes).expect("readable");
            let bytes: usize = window.iter().map(|record| record.payload.len()).sum();
            assert_eq!(window[0].position, Position(from));
            assert!(
                window.len() == 1 || bytes <= max_bytes,
                "{bytes} bytes in a window of {max_bytes}"
            );
        }
    }
    assert_eq!(
        log.read(Position(10), 1 << 20).expect("readable").len(),
        40,
        "a wide window has it all"
    );
}

pub fn reading_at_the_end_gives_nothing(open: &impl Open) {
    let log = open();
    append_all(&*log, 0..5);
    assert_eq!(log.read(Position(5), 1_000).expect("readable"), []);
    assert_eq!(log.read(Position(500), 1_000).expect("readable"), []);
}

pub fn nothing_is_read_before_it_is_counted_by_end(open: &impl Open) {
    let log = open();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| append_all(&*log, 0..200));
        let mut seen = 0;
        while seen < 200 {
            block_on(log.beyond(Position(seen))).expect("woken");
            let end = log.end();
            let records = log.read(Position(seen), 1 << 20).expect("readable");
            assert!(records.len() as u64 >= end.0 - seen, "all that `end` counted");
            for record in records {
                assert_eq!(record.position, Position(seen), "in order, without gaps");
                seen += 1;
            }
            assert!(log.end().0 >= seen, "nothing beyond the end was shown");
        }
        writer.join().expect("no panic");
    });
}

pub fn a_barrier_covers_everything_before_it(open: &impl Open) {
    let log = open();
    block_on(log.barrier()).expect("an empty log has nothing to wait for");
    let waiting: Vec<_> = (0..30).map(|n| log.append(payload(n))).collect();
    block_on(log.barrier()).expect("durable");
    assert_eq!(log.end(), Position(30));
    assert_holds(&*log, 0..30);
    drop(waiting);
}

pub fn beyond_resolves_at_once_for_the_past(open: &impl Open) {
    let log = open();
    append_all(&*log, 0..3);
    assert!(poll_once(&mut log.beyond(Position(0))).is_some());
    assert!(poll_once(&mut log.beyond(Position(2))).is_some());
    assert!(
        poll_once(&mut log.beyond(Position(3))).is_none(),
        "position 3 is not there yet"
    );
}

pub fn beyond_wakes_all_who_wait(open: &impl Open) {
    let log = open();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..6_u64)
            .map(|n| {
                let log = &log;
                scope.spawn(move || {
                    block_on(log.beyond(Position(n))).expect("woken");
                    assert!(log.end() > Position(n));
                })
            })
            .collect();
        append_all(&*log, 0..6);
        for thread in waiting {
            thread.join().expect("no panic");
        }
    });
}

pub fn an_empty_record_is_refused(open: &impl Open) {
    let log = open();
    let fault = block_on(log.append(Vec::new())).expect_err("refused");
    assert_eq!(fault.code, FaultCode::InvalidRequest);
    assert_eq!(
        block_on(log.append(payload(0))).expect("appended"),
        Position(0),
        "and takes no position"
    );
}

pub fn records_of_all_sizes_come_back_byte_for_byte(open: &impl Open) {
    let sizes = [1, 2, 23, 24, 25, 511, 512, 513, 4_095, 4_096, 4_097, 50_000];
    let bytes = |n: usize, size: usize| (0..size).map(|i| ((i * 31) ^ n) as u8).collect::<Vec<_>>();
    let log = open();
    for (n, size) in sizes.into_iter().enumerate() {
        block_on(log.append(bytes(n, size))).expect("appended");
    }
    drop(log);
    let records = read_all(&*open(), Position(0), 3_000);
    assert_eq!(records.len(), sizes.len());
    for (n, (record, size)) in records.iter().zip(sizes).enumerate() {
        assert_eq!(&record.payload[..], &bytes(n, size)[..]);
    }
}

pub fn a_reopened_log_goes_on_where_it_was(open: &impl Open) {
    for opening in 0..5 {
        let log = open();
        assert_eq!(log.end(), Position(opening * 20));
        assert_holds(&*log, 0..opening * 20);
        append_all(&*log, opening * 20..(opening + 1) * 20);
    }
    assert_holds(&*open(), 0..100);
}

pub fn trim_keeps_everything_from_the_position_on(open: &impl Open) {
    let log = open();
    append_all(&*log, 0..200);
    let mut start = log.start();
    for position in [0, 1, 50, 150, 120, 200] {
        log.trim(Position(position)).expect("trimmed");
        assert!(log.start() >= start, "the start never goes back");
        assert!(
            log.start() <= Position(position.max(start.0)),
            "nothing asked for is deleted"
        );
        start = log.start();
        assert_holds(&*log, start.0.max(position)..200);
    }
    append_all(&*log, 200..210);
    assert_holds(&*log, 200..210);
}

pub fn a_position_below_the_start_is_a_fault(open: &impl Open) {
    let log = open();
    for n in 0..200 {
        append_all(&*log, n..n + 1);
        log.trim(Position(n + 1)).expect("trimmed");
        for position in log.start().0.saturating_sub(3)..log.start().0 {
            let fault = log.read(Position(position), 100).expect_err("trimmed away");
            assert_eq!(fault.code, FaultCode::NotFound);
        }
    }
}

pub fn trim_survives_reopening(open: &impl Open) {
    let log = open();
    append_all(&*log, 0..400);
    log.trim(Position(300)).expect("trimmed");
    let start = log.start();
    drop(log);
    let log = open();
    assert_eq!((log.start(), log.end()), (start, Position(400)));
    assert_holds(&*log, start.0..400);
}

pub fn a_dropped_append_leaves_no_gap(open: &impl Open) {
    let log = open();
    for n in 0..50 {
        drop(log.append(payload(1_000 + n)));
    }
    let last = block_on(log.append(payload(7))).expect("appended");
    let records = read_all(&*log, Position(0), 500);
    assert_eq!(records.len() as u64, last.0 + 1);
    for (n, record) in records.iter().enumerate() {
        assert_eq!(record.position, Position(n as u64));
    }
}
