#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use super::*;
use throng_model::FaultCode;
use throng_ports::contract::block_on;

fn group(queue: &Queue, bytes_max: usize) -> Vec<Entry> {
    match queue.take(bytes_max, <[u8]>::len, None) {
        Work::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

fn sizes(group: &[Entry]) -> Vec<usize> {
    group.iter().map(|entry| entry.payload.len()).collect()
}

#[test]
fn groups_are_cut_at_the_limit_and_keep_the_order() {
    let queue = Queue::new(1_000);
    let _waiting: Vec<_> = [10, 20, 30, 500, 1, 0, 2]
        .map(|size| queue.push(vec![1; size]).unwrap())
        .into();
    assert_eq!(sizes(&group(&queue, 60)), [10, 20, 30]);
    assert_eq!(
        sizes(&group(&queue, 60)),
        [500],
        "a single large record is a group"
    );
    assert_eq!(sizes(&group(&queue, 60)), [1, 0, 2], "a barrier takes no room");
}

#[test]
fn dropping_the_future_does_not_take_a_record_back_that_the_queue_owns() {
    let queue = Queue::new(100);
    drop(queue.push(vec![1; 60]));
    drop(queue.push(vec![1; 40]));
    assert_eq!(sizes(&group(&queue, 1_000)), [60, 40]);
}

#[test]
fn past_the_limit_a_record_waits_with_its_caller_and_goes_with_it() {
    let queue = Queue::new(100);
    let first = queue.push(vec![1; 60]).unwrap();
    let second = queue.push(vec![1; 41]).unwrap();
    let third = queue.push(vec![1; 1]).unwrap();
    drop(second);
    assert_eq!(lock(&queue.state).owned_bytes, 60);
    assert_eq!(sizes(&group(&queue, 60)), [60]);
    assert_eq!(
        lock(&queue.state).owned_bytes,
        1,
        "what fits now belongs to the queue"
    );
    drop((first, third));
    assert_eq!(sizes(&group(&queue, 60)), [1]);
}

#[test]
fn what_the_queue_owns_never_passes_the_limit() {
    let queue = Queue::new(100);
    let mut waiting = Vec::new();
    for round in 0..200_usize {
        waiting.push(queue.push(vec![1; round * 7 % 60 + 1]).unwrap());
        if round % 3 == 0 {
            waiting.remove(round % waiting.len());
        }
        if round % 5 == 0 {
            group(&queue, 80);
        }
        let state = lock(&queue.state);
        let owned: usize = state
            .entries
            .iter()
            .take(state.owned)
            .map(|entry| entry.payload.len())
            .sum();
        assert_eq!(owned, state.owned_bytes);
        assert!(owned <= 100);
    }
}

#[test]
fn a_single_record_larger_than_the_limit_is_owned_when_its_turn_comes() {
    let queue = Queue::new(100);
    drop(queue.push(vec![1; 500]));
    assert_eq!(sizes(&group(&queue, 10)), [500]);
}

#[test]
fn an_ended_queue_gives_out_what_it_has_and_takes_nothing() {
    let queue = Queue::new(100);
    let _waiting = queue.push(vec![1; 3]).unwrap();
    queue.end(Fault::new(FaultCode::Unavailable, "the event log is closed"));
    assert_eq!(queue.push(vec![1]).unwrap_err().code, FaultCode::Unavailable);
    assert_eq!(sizes(&group(&queue, 60)), [3]);
    assert!(matches!(queue.take(60, <[u8]>::len, None), Work::Closed));
}

#[test]
fn a_failed_queue_fails_all_who_wait() {
    let queue = Queue::new(10);
    let waiting = [5, 5, 5].map(|size| queue.push(vec![1; size]).unwrap());
    queue.fail(&Fault::new(FaultCode::LogPoisoned, "no more"));
    for waiting in waiting {
        assert_eq!(
            block_on(waiting.answer()).unwrap_err().code,
            FaultCode::LogPoisoned
        );
    }
    assert!(matches!(queue.take(60, <[u8]>::len, None), Work::Closed));
}
