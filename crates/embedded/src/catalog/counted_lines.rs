//! How lines were counted in recordings that were imported, so that the same recording is not counted in two ways.

use super::fault::failed;
use super::{SqliteCatalog, commit};
use throng_model::{CameraId, Fault, LineId, Timestamp};

/// A line, and how it was counted, in words that are the same only where the crossings are.
pub type CountedLine = (LineId, String);

impl SqliteCatalog {
    /// Remembers how these lines are counted in the camera's recording that begins at `start`. Gives the first of them that was
    /// counted otherwise before, as it was then; nothing is remembered where there is one.
    pub async fn remember_counted(
        &self,
        camera: &CameraId,
        start: Timestamp,
        lines: &[CountedLine],
    ) -> Result<Option<CountedLine>, Fault> {
        const DOING: &str = "remembering how lines were counted";
        let failed = |error| failed(DOING, error);
        let mut transaction = self.inner.begin(DOING).await?;
        for (line, how) in lines {
            sqlx::query(
                "INSERT INTO counted_line (camera, line, start, how) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (camera, line, start) DO NOTHING",
            )
            .bind(camera.as_str())
            .bind(line.as_str())
            .bind(start.0)
            .bind(how)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            let before: String = sqlx::query_scalar(
                "SELECT how FROM counted_line WHERE camera = $1 AND line = $2 AND start = $3",
            )
            .bind(camera.as_str())
            .bind(line.as_str())
            .bind(start.0)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
            if before != *how {
                return Ok(Some((line.clone(), before)));
            }
        }
        commit(transaction, DOING).await?;
        Ok(None)
    }
}
