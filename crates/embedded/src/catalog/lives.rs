//! When servers ran on this data folder, and when none did.
//!
//! A process that is killed says nothing, so a running one says every few seconds that it still is. What is missing between the last
//! of these signs and the next one is an outage: the next server's, or that of one that was suspended. Files that are imported meanwhile are no sign of a server: nobody could have
//! delivered anything to them.

use super::fault::failed;
use super::{SqliteCatalog, commit};
use throng_model::{Fault, TimeRange, Timestamp};

/// 1 January 2025, before there was anything to run: an earlier time is that of a machine whose clock was not set yet, which must not
/// make an outage of the years since.
pub const CLOCK_NOT_SET: Timestamp = Timestamp(1_735_689_600_000_000);

/// What is known of earlier servers, and of this one, once it runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Lives {
    /// The last sign of life, at the earliest the start of this one where its clock was set.
    pub alive: Timestamp,
    /// When no server ran, ascending.
    pub outages: Vec<TimeRange>,
}

/// Outages that are kept at most, the latest ones: a server that was down every night for ten years has 3,650. Older ones are forgotten
/// as one is noted, so that the file does not grow where a server is restarted over and over.
const OUTAGES_MAX: i64 = 10_000;

impl SqliteCatalog {
    /// A server begins to run, or goes on after a pause. Notes that nobody did since the last sign of one, where that is at least
    /// `shortest` microseconds ago. A clock that was set back, or was not set yet, shows no outage and takes back no sign of life: when
    /// it is set, the time since the last one is told. An outage that ends later than now was noted by a clock that was ahead.
    pub async fn begin_life(&self, now: Timestamp, shortest: i64) -> Result<Lives, Fault> {
        const DOING: &str = "noting when no server ran";
        let mut transaction = self.inner.begin(DOING).await?;
        let alive_at: i64 = sqlx::query_scalar("SELECT value FROM counter WHERE name = 'alive_at'")
            .fetch_one(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
        let alive = Timestamp(alive_at);
        if alive >= CLOCK_NOT_SET && now.since(alive) >= shortest.max(1) {
            sqlx::query("INSERT INTO outage (down, up) VALUES ($1, $2) ON CONFLICT (down) DO NOTHING")
                .bind(alive_at)
                .bind(now.0)
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
            sqlx::query(
                "DELETE FROM outage WHERE down < \
                 (SELECT MIN(down) FROM (SELECT down FROM outage ORDER BY down DESC LIMIT $1) AS latest)",
            )
            .bind(OUTAGES_MAX)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
        }
        let alive = alive.max(now);
        sqlx::query("UPDATE counter SET value = $1 WHERE name = 'alive_at'")
            .bind(alive.0)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
        let known: Vec<(i64, i64)> =
            sqlx::query_as("SELECT down, up FROM outage WHERE up <= $2 ORDER BY down DESC LIMIT $1")
                .bind(OUTAGES_MAX)
                .bind(now.0)
                .fetch_all(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
        commit(transaction, DOING).await?;
        let outage = |(down, up)| TimeRange {
            start: Timestamp(down),
            end: Timestamp(up),
        };
        Ok(Lives {
            alive,
            outages: known.into_iter().rev().map(outage).collect(),
        })
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
            let lives = catalog.begin_life(at(minute), 2 * MINUTE).await.unwrap();
            (catalog, lives.outages)
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
        let (fifth, outages) = begin(16).await;
        assert_eq!(
            outages,
            [outage(5, 15)],
            "what ends later was noted by a clock ahead"
        );
        fifth.close().await;
        let (_, outages) = begin(25).await;
        let known = [outage(5, 15), outage(16, 18), outage(18, 25)];
        assert_eq!(
            outages, known,
            "since the last sign of life, not since the clock was back"
        );
    }

    #[tokio::test]
    async fn the_latest_outages_are_kept_and_older_ones_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
            .await
            .unwrap();
        let at = |minute: i64| Timestamp(1_774_785_600_000_000 + minute * MINUTE);
        catalog.begin_life(at(0), 2 * MINUTE).await.unwrap();
        // As many as are kept, all of them before.
        sqlx::query(
            "WITH RECURSIVE outages (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM outages WHERE number < $1) \
             INSERT INTO outage (down, up) SELECT number * 10, number * 10 + 5 FROM outages",
        )
        .bind(OUTAGES_MAX)
        .execute(&catalog.inner.writer)
        .await
        .unwrap();
        let kept = async || -> (i64, i64) {
            sqlx::query_as("SELECT COUNT(*), MIN(down) FROM outage")
                .fetch_one(&catalog.inner.writer)
                .await
                .unwrap()
        };
        assert_eq!(kept().await, (OUTAGES_MAX, 10));
        let lives = catalog.begin_life(at(10), 2 * MINUTE).await.unwrap();
        assert_eq!(kept().await, (OUTAGES_MAX, 20), "the oldest makes room");
        let latest = TimeRange {
            start: at(0),
            end: at(10),
        };
        assert_eq!(lives.outages.last(), Some(&latest));
        assert_eq!(lives.outages.len() as i64, OUTAGES_MAX);
    }

    #[tokio::test]
    async fn a_clock_that_was_not_set_yet_makes_no_outage() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"))
            .await
            .unwrap();
        let set = Timestamp(1_774_785_600_000_000);
        let begin = async |at: Timestamp| catalog.begin_life(at, 2 * MINUTE).await.unwrap().outages;
        let powered = Timestamp(40_000_000);
        assert_eq!(begin(powered).await, []);
        assert_eq!(begin(set).await, [], "the years since 1970 are none");
        assert_eq!(begin(powered).await, []);
        let outage = TimeRange {
            start: set,
            end: set.plus(10 * MINUTE),
        };
        assert_eq!(
            begin(outage.end).await,
            [outage],
            "nothing is lost of what was known"
        );
    }
}
