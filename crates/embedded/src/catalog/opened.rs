//! Whether a node ever stood on this catalogue, so that its log and store are missed where they are gone.

use super::SqliteCatalog;
use super::fault::failed;
use throng_model::Fault;

impl SqliteCatalog {
    /// Notes that log and store are there from now on, and may hold events.
    pub async fn note_opened(&self) -> Result<(), Fault> {
        sqlx::query("UPDATE counter SET value = 1 WHERE name = 'node_opened' AND value = 0")
            .execute(&self.inner.writer)
            .await
            .map_err(|error| failed("noting that the log was opened", error))?;
        Ok(())
    }

    /// Whether that was ever noted.
    pub async fn was_opened(&self) -> Result<bool, Fault> {
        sqlx::query_scalar("SELECT value <> 0 FROM counter WHERE name = 'node_opened'")
            .fetch_one(&self.inner.readers)
            .await
            .map_err(|error| failed("asking whether the log was opened", error))
    }
}
