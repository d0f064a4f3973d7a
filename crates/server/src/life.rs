//! Signs of life: so that the next server knows since when nobody could deliver anything here, and this one when it was suspended.

use std::sync::Arc;
use std::time::Duration;
use throng_embedded::catalog::SqliteCatalog;
use throng_embedded::catalog::lives::{CLOCK_NOT_SET, Lives};
use throng_model::time::{HOUR, MINUTE};
use throng_model::{Fault, TimeRange, Timestamp};
use throng_ports::Clock;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often the server says that it runs: an outage is told to seem so much longer at most than it was, for one small write.
const EVERY: Duration = Duration::from_secs(10);

/// An outage of two minutes leaves at least one whole minute, the finest bucket there is, without anybody to deliver to. Shorter
/// ones, like a restart, are bridged by cameras that try again and by the silence every camera is allowed.
const SHORTEST: i64 = 2 * MINUTE;

/// A clock behind the last sign of life is waited for so long: a machine without a clock of its own gets the time from the network soon
/// after its start. After that it was the earlier time that was wrong.
const BEHIND_MAX: i64 = HOUR;

/// The signs of life of this server.
pub struct Life {
    catalog: Arc<SqliteCatalog>,
    clock: Arc<dyn Clock>,
    alive: Timestamp,
    /// Since when the clock is behind the last sign.
    behind: Option<Timestamp>,
    outages: watch::Sender<Arc<[TimeRange]>>,
}

impl Life {
    /// Notes that a server runs from now on.
    pub async fn begin(catalog: Arc<SqliteCatalog>, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let Lives { alive, outages } = catalog.begin_life(clock.now(), SHORTEST).await?;
        Ok(Self {
            catalog,
            clock,
            alive,
            behind: None,
            outages: watch::Sender::new(outages.into()),
        })
    }

    /// When no server ran, ascending, as it is known at each moment.
    pub fn outages(&self) -> watch::Receiver<Arc<[TimeRange]>> {
        self.outages.subscribe()
    }

    /// Says that the server runs, until it is dropped.
    pub async fn go_on(&mut self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            self.beat().await;
        }
    }

    /// Says that the server ran until now. Two signs far apart are an outage as well: the process was stopped, or the whole machine
    /// was, and a clock that was set forward by so much looks the same.
    pub async fn beat(&mut self) {
        let now = self.clock.now();
        if now < self.alive {
            let since = self.behind.map_or(now, |since| since.min(now));
            self.behind = Some(since);
            if now < CLOCK_NOT_SET || now.since(since) < BEHIND_MAX {
                return;
            }
        }
        let is_known = now.since(self.alive) < SHORTEST && self.behind.is_none();
        (self.alive, self.behind) = (now, None);
        // No fault of whoever delivers: at worst the next outage seems to have begun too early.
        if let Err(fault) = self.note(now, is_known).await {
            tracing::warn!(code = %fault.code, "a later outage may seem longer than it was: {fault}");
        }
    }

    async fn note(&self, now: Timestamp, is_known: bool) -> Result<(), Fault> {
        if is_known {
            return self.catalog.note_alive(now).await;
        }
        let lives = self.catalog.begin_life(now, SHORTEST).await?;
        self.outages.send_replace(lives.outages.into());
        // What it has kept may be ahead of a clock that is believed now.
        self.catalog.note_alive(now).await
    }
}

#[cfg(test)]
mod tests;
