//! When servers ran on this data folder, and when none did.
//!
//! A process that is killed says nothing, so a running one says every few seconds that it still is. What is missing between the last
//! of these signs and the next start is an outage. Files that are imported meanwhile are no sign of a server: nobody could have
//! delivered anything to them.

use super::fault::failed;
use super::{SqliteCatalog, commit};
use throng_model::{Fault, TimeRange, Timestamp};

/// Outages that are given out at most, the latest ones: a server that was down every night for ten years has 3,650.
const OUTAGES_MAX: i64 = 10_000;

impl SqliteCatalog {
    /// A server begins to run. Notes that nobody did since the last sign of one, where that is at least `shortest` microseconds ago,
    /// and gives all such outages, ascending. A clock that was set back shows none.
    pub async fn begin_life(&self, now: Timestamp, shortest: i64) -> Result<Vec<TimeRange>, Fault> {
        const DOING: &str = "noting when no server ran";
        let mut transaction = self.inner.begin(DOING).await?;
        let alive_at: i64 = sqlx::query_scalar("SELECT value FROM counter WHERE name = 'alive_at'")
            .fetch_one(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
        if alive_at > 0 && now.since(Timestamp(alive_at)) >= shortest.max(1) {
            sqlx::query("INSERT INTO outage (down, up) VALUES ($1, $2) ON CONFLICT (down) DO NOTHING")
                .bind(alive_at)
                .bind(now.0)
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
        }
        sqlx::query("UPDATE counter SET value = $1 WHERE name = 'alive_at'")
            .bind(now.0)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
        let known: Vec<(i64, i64)> =
            sqlx::query_as("SELECT down, up FROM outage ORDER BY down DESC LIMIT $1")
                .bind(OUTAGES_MAX)
                .fetch_all(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
        commit(transaction, DOING).await?;
        let outage = |(down, up)| TimeRange {
            start: Timestamp(down),
            end: Timestamp(up),
        };
        Ok(known.into_iter().rev().map(outage).collect())
    }

    /// A sign of life of a running server; on the disk when it returns.
    pub async fn note_alive(&self, now: Timestamp) -> Result<(), Fault> {
        sqlx::query("UPDATE counter SET value = $1 WHERE name = 'alive_at'")
            .bind(now.0)
            .execute(&self.inner.writer)
            .await
            .map_err(|error| failed("noting that the server runs", error))?;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use throng_model::time::MINUTE;

    #[tokio::test]
    async fn between_the_last_sign_of_life_and_the_next_start_nobody_ran() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.sqlite");
        let at = |minute: i64| Timestamp(1_774_785_600_000_000 + minute * MINUTE);
        let begin = async |minute| {
            let catalog = SqliteCatalog::open(&file).await.unwrap();
            let outages = catalog.begin_life(at(minute), 2 * MINUTE).await.unwrap();
            (catalog, outages)
        };
        let outage = |down, up| TimeRange {
            start: at(down),
            end: at(up),
        };
        let (first, outages) = begin(0).await;
        assert_eq!(outages, [], "there was none before the first");
        first.note_alive(at(5)).await.unwrap();
        first.close().await;
        let (second, outages) = begin(15).await;
        assert_eq!(outages, [outage(5, 15)]);
        second.close().await;
        let (third, outages) = begin(16).await;
        assert_eq!(outages, [outage(5, 15)], "a short one is none");
        third.close().await;
        let (fourth, outages) = begin(18).await;
        assert_eq!(outages, [outage(5, 15), outage(16, 18)]);
        fourth.close().await;
        let (_, outages) = begin(3).await;
        assert_eq!(outages.len(), 2, "a clock that was set back shows none");
    }
}
