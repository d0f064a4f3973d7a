//! Memory for bodies: what all senders together may have on its way (I-10).
//!
//! Charged as bytes arrive, not when a request does: a thousand senders who say "ten megabytes" and send one byte a
//! second hold a thousand bytes, and nobody else waits for them.

use std::sync::Arc;
use std::time::Duration;
use throng_model::{Fault, FaultCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies come and go many times a second: nobody knows better than "soon".
const A_MOMENT: Duration = Duration::from_secs(1);

/// The memory there is.
pub(crate) struct Budget {
    bytes: Arc<Semaphore>,
}

/// What one request holds of it, until it is dropped.
pub(crate) struct Held {
    budget: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Budget {
    /// So many bytes for everybody together.
    pub fn new(bytes: usize) -> Self {
        let bytes = Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)));
        Self { bytes }
    }

    /// Nothing yet.
    pub fn open(&self) -> Held {
        Held {
            budget: Arc::clone(&self.bytes),
            permit: None,
        }
    }
}

impl Held {
    /// Takes more, or says that there is no more now. Never waits: whoever waits with a half-read body in hand could wait
    /// for others who do the same.
    pub fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        let none_left = || {
            Fault::new(
                FaultCode::RateLimited,
                "too many bytes of events are on their way at once",
            )
            .retry_after(A_MOMENT)
        };
        let bytes = u32::try_from(bytes).map_err(|_| none_left())?;
        let more = Arc::clone(&self.budget)
            .try_acquire_many_owned(bytes)
            .map_err(|_| none_left())?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_holds_another_cannot_take_until_it_is_given_back() {
        let budget = Budget::new(10);
        let (mut one, mut other) = (budget.open(), budget.open());
        one.take(4).expect("there is enough");
        one.take(4).expect("there is enough");
        assert_eq!(other.take(3).expect_err("2 left").code, FaultCode::RateLimited);
        other.take(2).expect("there is enough");
        drop(one);
        other.take(8).expect("given back");
    }
}
