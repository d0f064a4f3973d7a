//! Slows guessing down: after some failures for one name or from one address, the next try waits, longer each time.
//!
//! - Waiting, not closing: an attacker who knows a name must not be able to lock its owner out for good. A name waits a
//!   quarter of a minute at most and an address a whole one, so that whoever guesses from one address leaves most of
//!   each minute to the owner of the name.
//! - A try counts as a failure until it has succeeded: a thousand tries at once are one that may go on and many that may
//!   not, not a thousand that all began before the first one failed.
//! - What is refused meanwhile is told to whoever keeps a record once a wait: nobody may fill the record by asking on.
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

    /// Begins a try, for a name or with a link that names nobody. It counts as a failure from now on.
    pub fn attempt(&self, name: Option<&str>, peer: IpAddr, now: Timestamp) -> Result<(), Refused> {
        let mut tallies = self.tallies();
        let name = name.map(str::to_owned);
        let of_name = name.as_ref().map_or(0, |name| tallies.names.left(name, now));
        let of_peer = tallies.peers.left(&peer, now);
        let left = of_name.max(of_peer);
        if left > 0 {
            // Both are marked: not "or", which would leave the second for the next one who asks.
            let first_of_name = name.is_some_and(|name| of_name > 0 && tallies.names.tell(&name));
            let first_of_peer = of_peer > 0 && tallies.peers.tell(&peer);
            let seconds = (left + SECOND - 1).div_euclid(SECOND);
            let fault = Fault::new(
                FaultCode::RateLimited,
                format!("too many failed sign-ins, wait {seconds} s"),
            );
            return Err(Refused {
                fault: fault.retry_after(Duration::from_micros(left.unsigned_abs())),
                is_first: first_of_name || first_of_peer,
            });
        }
        if let Some(name) = name {
            tallies.names.count(name, now);
        }
        tallies.peers.count(peer, now);
        Ok(())
    }

    /// It was the right password or link: the name starts anew. The address only gets this try back, or an attacker with one
    /// account of his own could try others for ever.
    pub fn succeeded(&self, name: Option<&str>, peer: IpAddr) {
        let mut tallies = self.tallies();
        if let Some(name) = name {
            tallies.names.failures.remove(name);
        }
        if let Some(failures) = tallies.peers.failures.get_mut(&peer) {
            failures.count = failures.count.saturating_sub(1);
        }
    }

    fn tallies(&self) -> MutexGuard<'_, Tallies> {
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A try that has to wait.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What to answer.
    pub fault: Fault,
    /// Whether it is the first one refused since the last that went on.
    pub is_first: bool,
}

#[derive(Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
    /// Whether anybody was refused since.
    told: bool,
}

#[derive(Debug)]
struct Tally<K> {
    failures: HashMap<K, Failures>,
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
        let Some(Failures { count, last, .. }) = self.failures.get(key) else {
            return 0;
        };
        let past = now.since(*last);
        // A clock that was set back must not turn a minute into a day.
        if *count < self.free || !(0..FORGOTTEN_AFTER).contains(&past) {
            return 0;
        }
        let wait = SECOND << (count - self.free).min(6);
        wait.min(self.wait_max) - past
    }

    fn count(&mut self, key: K, now: Timestamp) {
        if self.failures.len() >= self.entries_max && !self.failures.contains_key(&key) {
            let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.last);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.failures.remove(&oldest);
            }
        }
        let failures = self.failures.entry(key).or_insert(Failures {
            count: 0,
            last: now,
            told: false,
        });
        if !(0..FORGOTTEN_AFTER).contains(&now.since(failures.last)) {
            failures.count = 0;
        }
        *failures = Failures {
            count: failures.count.saturating_add(1),
            last: now,
            told: false,
        };
    }

    /// Whether nobody was refused yet because of this one's last failure; from now on somebody was.
    fn tell(&mut self, key: &K) -> bool {
        let failures = self.failures.get_mut(key);
        failures.is_some_and(|failures| !std::mem::replace(&mut failures.told, true))
    }
}

#[cfg(test)]
mod tests;
