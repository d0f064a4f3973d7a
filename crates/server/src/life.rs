//! Signs of life: so that the next server knows since when nobody could deliver anything here.

use std::sync::Arc;
use std::time::Duration;
use throng_embedded::catalog::SqliteCatalog;
use throng_model::time::MINUTE;
use throng_model::{Fault, TimeRange};
use throng_ports::Clock;
use tokio::time::MissedTickBehavior;

/// How often the server says that it runs: an outage is told to seem so much longer at most than it was, for one small write.
const EVERY: Duration = Duration::from_secs(10);

/// An outage of two minutes leaves at least one whole minute, the finest bucket there is, without anybody to deliver to. Shorter
/// ones, like a restart, are bridged by cameras that try again and by the silence every camera is allowed.
const SHORTEST: i64 = 2 * MINUTE;

/// Notes that a server runs from now on; when none did before, ascending.
pub async fn begin(catalog: &SqliteCatalog, clock: &dyn Clock) -> Result<Arc<[TimeRange]>, Fault> {
    let outages = catalog.begin_life(clock.now(), SHORTEST).await?;
    Ok(outages.into())
}

/// Says that the server runs, until it is dropped.
pub async fn go_on(catalog: Arc<SqliteCatalog>, clock: Arc<dyn Clock>) {
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        end(&catalog, &*clock).await;
    }
}

/// Says that the server ran until now.
pub async fn end(catalog: &SqliteCatalog, clock: &dyn Clock) {
    // No fault of whoever delivers: at worst the next outage seems to have begun too early.
    if let Err(fault) = catalog.note_alive(clock.now()).await {
        tracing::warn!(code = %fault.code, "a later outage may seem longer than it was: {fault}");
    }
}
