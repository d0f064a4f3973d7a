//! What an adapter must do to be one: a suite of the same name for each port.
//!
//! A suite is a macro that writes one `#[test]` per promise, so that a broken promise is named by the failing test. It
//! uses only the port; what an adapter promises beyond it (crash safety, limits) is tested beside the adapter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "suites are test code that lives in a library so that every adapter can run them"
)]

pub mod accounts;
pub mod catalog;
pub mod checkpoint;
pub mod counter_board;
pub mod event_log;
pub mod live_feed;
pub mod quarantine;
pub mod rollups;
pub mod ways_in;
pub mod window_board;

use crate::Pending;
use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs one future on this thread. Ports promise futures that need no particular runtime; the suites hold them to it.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls once and lets go: `None` when the future is not ready.
pub fn poll_once<T>(future: &mut Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Opens the adapter of one store. A suite opens it again only after it dropped the one of before.
pub trait Open<P: ?Sized>: Fn() -> Pending<'static, Arc<P>> {}
impl<P: ?Sized, F: Fn() -> Pending<'static, Arc<P>>> Open<P> for F {}

/// Runs futures side by side on this task, polling each whenever any can go on; gives what they gave, in their order.
pub async fn join_all<T>(mut futures: Vec<Pending<'_, T>>) -> Vec<T> {
    let mut done: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, done) in futures
            .iter_mut()
            .zip(&mut done)
            .filter(|(_, done)| done.is_none())
        {
            match future.as_mut().poll(context) {
                Poll::Ready(value) => *done = Some(value),
                Poll::Pending => waiting = true,
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// The two faces of one state store: what the pipeline writes, everybody else reads.
pub struct State {
    /// The pipeline's side.
    pub checkpoints: Arc<dyn crate::CheckpointStore>,
    /// The readers' side.
    pub rollups: Arc<dyn crate::Rollups>,
}

impl State {
    /// Of a store that is both.
    pub fn of<S: crate::CheckpointStore + crate::Rollups + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self {
            checkpoints: Arc::clone(&store) as Arc<dyn crate::CheckpointStore>,
            rollups: store,
        }
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

/// Opens the state of one store. A suite opens it again only after it dropped the one of before.
pub trait OpenState: Fn() -> State {}
impl<F: Fn() -> State> OpenState for F {}
