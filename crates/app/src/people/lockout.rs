//! Slows guessing down: after some failures for one name or from one address, the next try waits, longer each time.
//!
//! - Waiting, not closing: an attacker who knows a name must not be able to lock its owner out for good. A name waits a
//!   quarter of a minute at most and an address a whole one, so that whoever guesses from one address leaves most of
//!   each minute to the owner of the name.
//! - A try counts as a failure until it has succeeded: a thousand tries at once are one that may go on and many that may
//!   not, not a thousand that all began before the first one failed.
//! - Names that do not exist are treated like those that do, and neither they nor addresses fill the memory: the table is
//!   bounded and gives up whoever failed longest ago.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use throng_model::time::{MINUTE, SECOND};
use throng_model::{Fault, FaultCode, Timestamp};

/// Entries of each table at most, about a hundred bytes each.
const ENTRIES_MAX: usize = 10_000;
/// After so long without a failure the earlier ones are forgotten.
const FORGOTTEN_AFTER: i64 = 15 * MINUTE;

/// Failures of names and addresses.
#[derive(Debug)]
pub(crate) struct Lockouts {
    tallies: Mutex<Tallies>,
}

#[derive(Debug)]
struct Tallies {
    names: Tally<String>,
    /// Whole households and offices share one address: it gets more tries.
    peers: Tally<IpAddr>,
}

impl Default for Lockouts {
    fn default() -> Self {
        Self::with_entries(ENTRIES_MAX)
    }
}

impl Lockouts {
    fn with_entries(entries_max: usize) -> Self {
        Self {
            tallies: Mutex::new(Tallies {
                names: Tally::new(5, 15 * SECOND, entries_max),
                peers: Tally::new(20, MINUTE, entries_max),
            }),
        }
    }

    /// Begins a try. It counts as a failure from now on.
    pub fn attempt(&self, name: &str, peer: IpAddr, now: Timestamp) -> Result<(), Fault> {
        let mut tallies = self.tallies();
        let name = name.to_owned();
        let left = tallies.names.left(&name, now).max(tallies.peers.left(&peer, now));
        if left > 0 {
            let seconds = (left + SECOND - 1).div_euclid(SECOND);
            return Err(Fault::new(
                FaultCode::RateLimited,
                format!("too many failed sign-ins, wait {seconds} s"),
            )
            .retry_after(Duration::from_micros(left.unsigned_abs())));
        }
        tallies.names.count(name, now);
        tallies.peers.count(peer, now);
        Ok(())
    }

    /// It was the right password: the name starts anew. The address only gets this try back, or an attacker with one
    /// account of his own could try others for ever.
    pub fn succeeded(&self, name: &str, peer: IpAddr) {
        let mut tallies = self.tallies();
        tallies.names.failures.remove(name);
        if let Some((failures, _)) = tallies.peers.failures.get_mut(&peer) {
            *failures = failures.saturating_sub(1);
        }
    }

    fn tallies(&self) -> MutexGuard<'_, Tallies> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Tally<K> {
    /// How many, and when the last one was.
    failures: HashMap<K, (u32, Timestamp)>,
    /// Failures that cost nothing: people mistype.
    free: u32,
    /// The longest wait.
    wait_max: i64,
    entries_max: usize,
}

impl<K: Eq + Hash + Clone> Tally<K> {
    fn new(free: u32, wait_max: i64, entries_max: usize) -> Self {
        Self {
            failures: HashMap::new(),
            free,
            wait_max,
            entries_max,
        }
    }

    /// How long this one still has to wait.
    fn left(&self, key: &K, now: Timestamp) -> i64 {
        let Some((failures, last)) = self.failures.get(key) else {
            return 0;
        };
        let past = now.since(*last);
        // A clock that was set back must not turn a minute into a day.
        if *failures < self.free || !(0..FORGOTTEN_AFTER).contains(&past) {
            return 0;
        }
        let wait = SECOND << (failures - self.free).min(6);
        wait.min(self.wait_max) - past
    }

    fn count(&mut self, key: K, now: Timestamp) {
        if self.failures.len() >= self.entries_max && !self.failures.contains_key(&key) {
            let oldest = self.failures.iter().min_by_key(|(_, (_, last))| *last);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.failures.remove(&oldest);
            }
        }
        let (failures, last) = self.failures.entry(key).or_insert((0, now));
        if !(0..FORGOTTEN_AFTER).contains(&now.since(*last)) {
            *failures = 0;
        }
        (*failures, *last) = (failures.saturating_add(1), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: u32) -> IpAddr {
        IpAddr::V4(n.into())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp(SECOND * seconds)
    }

    #[test]
    fn guessing_one_name_gets_slower_and_stays_possible_for_its_owner() {
        let lockouts = Lockouts::default();
        let attempt = |from, second| lockouts.attempt("ann", peer(from), at(second));
        for second in 0..5 {
            attempt(1, second).expect("people mistype");
        }
        assert_eq!(attempt(1, 4).expect_err("wait").code, FaultCode::RateLimited);
        assert!(
            attempt(2, 4).is_err(),
            "the name waits, whoever asks: addresses are cheap"
        );
        assert!(lockouts.attempt("bob", peer(1), at(4)).is_ok());
        let refused = lockouts.attempt("ann", peer(1), Timestamp(4 * SECOND + 1));
        let told = refused.expect_err("wait");
        assert_eq!(told.retry_after_s.map(u32::from), Some(1), "{told}");
        attempt(1, 5).expect("one second later");
        for second in (20..400).step_by(20) {
            attempt(3, second).expect("never longer than a quarter of a minute");
        }
        let told = attempt(3, 382).expect_err("the last try was at 380 s");
        assert_eq!(told.retry_after_s.map(u32::from), Some(13), "{told}");
        assert!(told.detail.ends_with("wait 13 s"), "{told}");
        lockouts.succeeded("ann", peer(2));
        assert!(attempt(2, 382).is_ok(), "the owner was let in");
    }

    #[test]
    fn one_address_cannot_try_many_names() {
        let lockouts = Lockouts::default();
        for n in 0..20 {
            lockouts
                .attempt(&format!("name {n}"), peer(1), at(0))
                .expect("free");
        }
        assert!(lockouts.attempt("another", peer(1), at(0)).is_err());
        assert!(lockouts.attempt("another", peer(2), at(0)).is_ok());
        lockouts.succeeded("another", peer(2));
        lockouts.succeeded("name 3", peer(1));
        assert!(
            lockouts.attempt("name 3", peer(1), at(0)).is_ok(),
            "his own try is given back"
        );
        assert!(
            lockouts.attempt("name 4", peer(1), at(0)).is_err(),
            "no more than that"
        );
        assert!(
            lockouts.attempt("name 4", peer(1), at(15 * 60)).is_ok(),
            "forgotten"
        );
    }

    #[test]
    fn tries_that_begin_at_the_same_time_count_at_once() {
        let lockouts = Lockouts::default();
        let begun = (0..1_000).filter(|_| lockouts.attempt("ann", peer(1), at(0)).is_ok());
        assert_eq!(begun.count(), 5);
    }

    #[test]
    fn made_up_names_neither_fill_the_memory_nor_open_the_door() {
        let lockouts = Lockouts::with_entries(50);
        for n in 0..200 {
            lockouts
                .attempt(&format!("made up {n}"), peer(n), at(n.into()))
                .expect("free");
        }
        let tallies = lockouts.tallies();
        assert_eq!(tallies.names.failures.len(), 50);
        assert_eq!(tallies.peers.failures.len(), 50);
        drop(tallies);
        let begun = (0..10).filter(|n| lockouts.attempt("ann", peer(*n), at(200)).is_ok());
        assert_eq!(begun.count(), 5, "a full table still counts");
    }
}
