//! What every event asks for, kept in memory: the hierarchy and the keys, as of one revision of the catalogue.
//!
//! Each change counts the revision up in its own transaction. So one number, read in a few microseconds, tells whether
//! another process changed something: it is compared before every change (which is then made to what really is), once in
//! [`CatalogOptions::refresh_every`](super::CatalogOptions), and beside that, at most as often, before a key is called unknown.

use super::fault::failed;
use super::{Inner, SqliteCatalog, hierarchy, keys};
use sqlx::SqliteConnection;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use throng_model::Fault;
use throng_model::site::Site;
use throng_model::user::CameraKey;
use tokio::time::Instant;

pub(super) struct Memory {
    pub(super) revision: i64,
    pub(super) site: Arc<Site>,
    pub(super) keys: HashMap<[u8; 32], CameraKey>,
}

impl Memory {
    /// Reads everything. On a connection inside a transaction all of it is of one moment.
    pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Self, Fault> {
        Ok(Self {
            revision: revision(connection).await?,
            site: Arc::new(hierarchy::load(connection).await?),
            keys: keys::load(connection).await?,
        })
    }
}

async fn revision(connection: &mut SqliteConnection) -> Result<i64, Fault> {
    sqlx::query_scalar("SELECT value FROM counter WHERE name = 'catalogue_revision'")
        .fetch_one(connection)
        .await
        .map_err(|error| failed("reading the revision of the catalogue", error))
}

/// Counts a change, inside its transaction.
pub(super) async fn count_change(connection: &mut SqliteConnection) -> Result<i64, Fault> {
    sqlx::query_scalar(
        "UPDATE counter SET value = value + 1 WHERE name = 'catalogue_revision' RETURNING value",
    )
    .fetch_one(connection)
    .await
    .map_err(|error| failed("counting a change of the catalogue", error))
}

impl Inner {
    /// Looks at the memory.
    pub(super) fn remembered<T>(&self, look: impl FnOnce(&Memory) -> T) -> T {
        look(&self.memory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts into memory what was just committed.
    pub(super) fn remember(&self, change: impl FnOnce(&mut Memory)) {
        change(&mut self.memory.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Makes the memory that of the connection's moment. Whether it was another one before. Only in turn.
    pub(super) async fn catch_up(&self, connection: &mut SqliteConnection) -> Result<bool, Fault> {
        let now = revision(connection).await?;
        if self.remembered(|memory| memory.revision) == now {
            return Ok(false);
        }
        let fresh = Memory::load(connection).await?;
        self.remember(|memory| *memory = fresh);
        Ok(true)
    }
}

impl SqliteCatalog {
    /// Looks whether another process changed hierarchy or keys, and takes the change over. Whether there was one.
    pub async fn refresh(&self) -> Result<bool, Fault> {
        const DOING: &str = "looking for changes of the catalogue";
        let mut reading = self
            .inner
            .readers
            .begin()
            .await
            .map_err(|error| failed(DOING, error))?;
        let now = revision(&mut reading).await?;
        drop(reading);
        if self.inner.remembered(|memory| memory.revision) == now {
            return Ok(false);
        }
        let inner = Arc::clone(&self.inner);
        let catching_up = async move {
            // In a transaction, so that places, cameras and keys are of one moment.
            let mut reading = inner
                .readers
                .begin()
                .await
                .map_err(|error| failed(DOING, error))?;
            inner.catch_up(&mut reading).await
        };
        self.in_turn(catching_up).await
    }

    /// Refreshes because a key is not in memory; at most once in `refresh_every`, however many are not. Strangers who try
    /// keys must not each cost a question to the file. Who misses meanwhile waits for the question under way.
    pub(super) async fn refresh_for_miss(&self) -> Result<(), Fault> {
        let mut last = self.inner.missed.lock().await;
        if last.is_some_and(|last| last.elapsed() < self.inner.options.refresh_every) {
            return Ok(());
        }
        self.refresh().await?;
        *last = Some(Instant::now());
        Ok(())
    }
}

/// Refreshes until the last clone of the catalogue is gone.
pub(super) fn keep_fresh(catalog: &SqliteCatalog) {
    let inner = Arc::downgrade(&catalog.inner);
    let every = catalog.inner.options.refresh_every;
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(every).await;
            let Some(inner) = inner.upgrade() else { return };
            if inner.readers.is_closed() {
                return;
            }
            if let Err(fault) = (SqliteCatalog { inner }).refresh().await {
                tracing::warn!(code = %fault.code, "the catalogue in memory may be out of date: {fault}");
            }
        }
    });
}
