//! Slows guessing down: after some failures for one name, the next try waits, longer each time, up to a minute.
//!
//! Waiting, not closing: an attacker who knows a name must not be able to lock its owner out for good.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use throng_model::time::SECOND;
use throng_model::{Fault, FaultCode, Timestamp};

/// Failures that cost nothing: people mistype.
const FREE: u32 = 5;
/// The longest wait.
const WAIT_MAX: i64 = 60 * SECOND;
/// Names remembered at most; guessing random names must not fill the memory.
const NAMES_MAX: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Lockouts {
    failures: Mutex<HashMap<String, (u32, Timestamp)>>,
}

impl Lockouts {
    /// Whether this name may be tried now.
    pub fn check(&self, name: &str, now: Timestamp) -> Result<(), Fault> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((count, last)) = failures.get(name).filter(|(count, _)| *count >= FREE) else {
            return Ok(());
        };
        let wait = (SECOND << (count - FREE).min(6)).min(WAIT_MAX);
        let left = wait - now.since(*last);
        if left <= 0 {
            return Ok(());
        }
        Err(Fault::new(
            FaultCode::RateLimited,
            format!("too many failed sign-ins, wait {} s", left.div_euclid(SECOND) + 1),
        ))
    }

    /// Takes note of a failure.
    pub fn failed(&self, name: &str, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= NAMES_MAX {
            failures.retain(|_, (_, last)| now.since(*last) < WAIT_MAX);
        }
        if failures.len() < NAMES_MAX || failures.contains_key(name) {
            let entry = failures.entry(name.to_owned()).or_insert((0, now));
            *entry = (entry.0.saturating_add(1), now);
        }
    }

    /// Forgets the failures of a name.
    pub fn succeeded(&self, name: &str) {
        self.failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_gets_slower_and_stays_possible() {
        let lockouts = Lockouts::default();
        let at = |s: i64| Timestamp(1_000_000 * s);
        for second in 0..5 {
            assert!(lockouts.check("ann", at(second)).is_ok());
            lockouts.failed("ann", at(second));
        }
        assert_eq!(
            lockouts.check("ann", at(4)).expect_err("wait").code,
            FaultCode::RateLimited
        );
        assert!(lockouts.check("ann", at(5)).is_ok(), "one second later");
        assert!(lockouts.check("bob", at(4)).is_ok());
        (0..20).for_each(|_| lockouts.failed("ann", at(10)));
        assert!(
            lockouts.check("ann", at(10 + 61)).is_ok(),
            "never longer than a minute"
        );
        lockouts.succeeded("ann");
        assert!(lockouts.check("ann", at(10)).is_ok());
    }
}
