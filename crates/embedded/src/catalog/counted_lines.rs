//! How lines were counted in recordings that were imported, so that the same recording is not counted in two ways.
//!
//! A line is remembered before its crossings are handed in and settled when they were: as counted, or forgotten where nobody was. So
//! a line drawn where nobody walks can be drawn elsewhere, and an import that broke off holds its lines until the same one is through.

use super::fault::failed;
use super::{SqliteCatalog, commit};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use throng_model::{CameraId, Fault, LineId, Timestamp};

/// A line, and how it was counted, in words that are the same only where the crossings are.
pub type CountedLine = (LineId, String);

impl SqliteCatalog {
    /// The first of these lines that was counted otherwise in the camera's recording that begins at `start`, as it was then.
    pub async fn counted_otherwise(
        &self,
        camera: &CameraId,
        start: Timestamp,
        lines: &[CountedLine],
    ) -> Result<Option<CountedLine>, Fault> {
        const DOING: &str = "looking up how lines were counted";
        let mut reading = self
            .inner
            .readers
            .begin()
            .await
            .map_err(|error| failed(DOING, error))?;
        otherwise(&mut reading, camera, start, lines, DOING).await
    }

    /// Remembers how these lines are about to be counted. Nothing is remembered, and the first of them is given, where one was counted
    /// otherwise.
    pub async fn remember_counted(
        &self,
        camera: &CameraId,
        start: Timestamp,
        lines: &[CountedLine],
    ) -> Result<Option<CountedLine>, Fault> {
        const DOING: &str = "remembering how lines are counted";
        let mut transaction = self.inner.begin(DOING).await?;
        let before = otherwise(&mut transaction, camera, start, lines, DOING).await?;
        if before.is_some() {
            return Ok(before);
        }
        for (line, how) in lines {
            sqlx::query(
                "INSERT INTO counted_line (camera, line, start, how, counted) VALUES ($1, $2, $3, $4, 0)
                 ON CONFLICT (camera, line, start) DO NOTHING",
            )
            .bind(camera.as_str())
            .bind(line.as_str())
            .bind(start.0)
            .bind(how)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
        }
        commit(transaction, DOING).await?;
        Ok(None)
    }

    /// Keeps of the lines remembered for this recording those at which somebody was counted, now or before, and forgets the others.
    pub async fn settle_counted(
        &self,
        camera: &CameraId,
        start: Timestamp,
        counted: &BTreeSet<LineId>,
    ) -> Result<(), Fault> {
        const DOING: &str = "settling how lines were counted";
        let failed = |error| failed(DOING, error);
        let mut transaction = self.inner.begin(DOING).await?;
        for line in counted {
            sqlx::query("UPDATE counted_line SET counted = 1 WHERE camera = $1 AND line = $2 AND start = $3")
                .bind(camera.as_str())
                .bind(line.as_str())
                .bind(start.0)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        sqlx::query("DELETE FROM counted_line WHERE camera = $1 AND start = $2 AND counted = 0")
            .bind(camera.as_str())
            .bind(start.0)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        commit(transaction, DOING).await
    }
}

async fn otherwise(
    connection: &mut SqliteConnection,
    camera: &CameraId,
    start: Timestamp,
    lines: &[CountedLine],
    doing: &str,
) -> Result<Option<CountedLine>, Fault> {
    for (line, how) in lines {
        let before: Option<String> =
            sqlx::query_scalar("SELECT how FROM counted_line WHERE camera = $1 AND line = $2 AND start = $3")
                .bind(camera.as_str())
                .bind(line.as_str())
                .bind(start.0)
                .fetch_optional(&mut *connection)
                .await
                .map_err(|error| failed(doing, error))?;
        if let Some(before) = before.filter(|before| before != how) {
            return Ok(Some((line.clone(), before)));
        }
    }
    Ok(None)
}
