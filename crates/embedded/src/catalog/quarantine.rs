//! Events that could not be counted. Entries are numbered from 1 without gaps, in the order they came.

use super::fault::failed;
use super::rows::{fault_code, number, position};
use super::{CatalogOptions, SqliteCatalog, commit};
use sqlx::SqliteConnection;
use throng_model::{Fault, FaultCode, Timestamp};
use throng_ports::quarantine::BODY_BYTES_MAX;
use throng_ports::{Pending, Quarantine, QuarantinedEvent, Refused};

type Stored = (
    i64,
    i64,
    Option<String>,
    String,
    String,
    Vec<u8>,
    Option<i64>,
    i64,
    Option<i64>,
    Option<String>,
    Option<String>,
);

impl Quarantine for SqliteCatalog {
    fn put(&self, events: Vec<QuarantinedEvent>) -> Pending<'_, Result<Vec<u64>, Fault>> {
        Box::pin(async move {
            const DOING: &str = "putting events into quarantine";
            if events.is_empty() {
                return Ok(Vec::new());
            }
            let mut transaction = self.inner.begin(DOING).await?;
            let last = count_up(&mut transaction, "quarantine_entries", position(events.len())).await?;
            let first = last - position(events.len()) + 1;
            for (entry, event) in (first..).zip(&events) {
                write(&mut transaction, entry, event).await?;
            }
            let more = events.iter().map(bytes).sum();
            let bytes = count_up(&mut transaction, "quarantine_bytes", position(more)).await?;
            make_room(&mut transaction, last, bytes, &self.inner.options).await?;
            commit(transaction, DOING).await?;
            (first..=last)
                .map(|entry| number("quarantine entry", entry))
                .collect()
        })
    }

    fn list(
        &self,
        after: u64,
        code: Option<FaultCode>,
        with_replayed: bool,
        limit: usize,
    ) -> Pending<'_, Result<Vec<QuarantinedEvent>, Fault>> {
        Box::pin(async move {
            // Four statements rather than one with conditions in it: each has an index that gives its order.
            let statement = match (code.is_some(), with_replayed) {
                (false, false) => {
                    "SELECT entry, received, camera, code, detail, body, replayed,
                        attempts, refused_again, again_code, again_detail FROM quarantine
                     WHERE entry > $1 AND replayed IS NULL ORDER BY entry LIMIT $2"
                }
                (false, true) => {
                    "SELECT entry, received, camera, code, detail, body, replayed,
                        attempts, refused_again, again_code, again_detail FROM quarantine
                     WHERE entry > $1 ORDER BY entry LIMIT $2"
                }
                (true, false) => {
                    "SELECT entry, received, camera, code, detail, body, replayed,
                        attempts, refused_again, again_code, again_detail FROM quarantine
                     WHERE entry > $1 AND code = $3 AND replayed IS NULL ORDER BY entry LIMIT $2"
                }
                (true, true) => {
                    "SELECT entry, received, camera, code, detail, body, replayed,
                        attempts, refused_again, again_code, again_detail FROM quarantine
                     WHERE entry > $1 AND code = $3 ORDER BY entry LIMIT $2"
                }
            };
            let mut query = sqlx::query_as(statement)
                .bind(i64::try_from(after).unwrap_or(i64::MAX))
                .bind(position(limit));
            if let Some(code) = code {
                query = query.bind(code.as_str());
            }
            let rows: Vec<Stored> = query
                .fetch_all(&self.inner.readers)
                .await
                .map_err(|error| failed("listing the quarantine", error))?;
            rows.into_iter().map(read).collect()
        })
    }

    fn get(&self, entry: u64) -> Pending<'_, Result<Option<QuarantinedEvent>, Fault>> {
        Box::pin(async move {
            let row: Option<Stored> = sqlx::query_as(
                "SELECT entry, received, camera, code, detail, body, replayed, attempts, refused_again,
                        again_code, again_detail FROM quarantine WHERE entry = $1",
            )
            .bind(i64::try_from(entry).unwrap_or(i64::MAX))
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(|error| failed(format_args!("reading quarantine entry {entry}"), error))?;
            row.map(read).transpose()
        })
    }

    fn mark_replayed(&self, entry: u64, at: Timestamp) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            let marked = sqlx::query("UPDATE quarantine SET replayed = $1 WHERE entry = $2")
                .bind(at.0)
                .bind(i64::try_from(entry).unwrap_or(i64::MAX))
                .execute(&self.inner.writer)
                .await
                .map_err(|error| failed(format_args!("marking quarantine entry {entry}"), error))?;
            if marked.rows_affected() == 0 {
                return Err(Fault::new(
                    FaultCode::NotFound,
                    format!("quarantine entry {entry} does not exist"),
                ));
            }
            Ok(())
        })
    }

    fn note_refused_again(&self, entry: u64, refused: Refused) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            const DOING: &str = "noting that a replay was refused";
            let mut transaction = self.inner.begin(DOING).await?;
            let entry_there = i64::try_from(entry).unwrap_or(i64::MAX);
            let before: Option<i64> = sqlx::query_scalar(
                "SELECT OCTET_LENGTH(COALESCE(again_detail, '')) FROM quarantine WHERE entry = $1",
            )
            .bind(entry_there)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            let Some(before) = before else {
                return Err(Fault::new(
                    FaultCode::NotFound,
                    format!("quarantine entry {entry} does not exist"),
                ));
            };
            sqlx::query(
                "UPDATE quarantine SET attempts = attempts + 1, refused_again = $1, again_code = $2, again_detail = $3
                 WHERE entry = $4",
            )
            .bind(refused.at.0)
            .bind(refused.code.as_str())
            .bind(&refused.detail)
            .bind(entry_there)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            let more = position(refused.detail.len()) - before;
            count_up(&mut transaction, "quarantine_bytes", more).await?;
            commit(transaction, DOING).await
        })
    }

    fn count(&self) -> Pending<'_, Result<u64, Fault>> {
        Box::pin(self.counter("quarantine_entries"))
    }
}

impl SqliteCatalog {
    /// How many entries were removed to keep the quarantine within its limit.
    pub async fn quarantine_removed(&self) -> Result<u64, Fault> {
        self.counter("quarantine_removed").await
    }

    async fn counter(&self, name: &'static str) -> Result<u64, Fault> {
        let value: i64 = sqlx::query_scalar("SELECT value FROM counter WHERE name = $1")
            .bind(name)
            .fetch_one(&self.inner.readers)
            .await
            .map_err(|error| failed(format_args!("reading the counter {name}"), error))?;
        number(name, value)
    }
}

async fn count_up(connection: &mut SqliteConnection, name: &str, by: i64) -> Result<i64, Fault> {
    sqlx::query_scalar("UPDATE counter SET value = value + $1 WHERE name = $2 RETURNING value")
        .bind(by)
        .bind(name)
        .fetch_one(connection)
        .await
        .map_err(|error| failed(format_args!("counting {name}"), error))
}

async fn write(connection: &mut SqliteConnection, entry: i64, event: &QuarantinedEvent) -> Result<(), Fault> {
    let body = event.body.get(..BODY_BYTES_MAX).unwrap_or(&event.body);
    sqlx::query(
        "INSERT INTO quarantine (entry, received, camera, code, detail, body, replayed)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(entry)
    .bind(event.received.0)
    .bind(event.camera.as_deref())
    .bind(event.code.as_str())
    .bind(&event.detail)
    .bind(body)
    .bind(event.replayed.map(|at| at.0))
    .execute(connection)
    .await
    .map_err(|error| failed("putting an event into quarantine", error))?;
    Ok(())
}

/// What an entry takes: it is counted as it is written, and taken off as it goes.
fn bytes(event: &QuarantinedEvent) -> usize {
    event.body.len().min(BODY_BYTES_MAX) + event.detail.len()
}

/// How many entries are looked at together when some have to go.
const LEAVING_TOGETHER: i64 = 1_000;

/// What is in the quarantine and does not fit any more.
struct Beyond {
    entries: i64,
    bytes: i64,
}

impl Beyond {
    fn is_nothing(&self) -> bool {
        self.entries <= 0 && self.bytes <= 0
    }
}

/// Removes what is beyond the limits: first what was replayed and is of use to nobody, then what waited longest.
async fn make_room(
    connection: &mut SqliteConnection,
    ever: i64,
    bytes: i64,
    options: &CatalogOptions,
) -> Result<(), Fault> {
    let removed = count_up(connection, "quarantine_removed", 0).await?;
    let mut beyond = Beyond {
        entries: (ever - removed).saturating_sub_unsigned(options.quarantine_entries_max),
        bytes: bytes.saturating_sub_unsigned(options.quarantine_bytes_max),
    };
    for (oldest, delete) in [
        (
            "SELECT entry, OCTET_LENGTH(body) + OCTET_LENGTH(detail) + OCTET_LENGTH(COALESCE(again_detail, '')) FROM quarantine
             WHERE replayed IS NOT NULL ORDER BY entry LIMIT $1",
            "DELETE FROM quarantine WHERE replayed IS NOT NULL AND entry <= $1",
        ),
        (
            "SELECT entry, OCTET_LENGTH(body) + OCTET_LENGTH(detail) + OCTET_LENGTH(COALESCE(again_detail, '')) FROM quarantine ORDER BY entry LIMIT $1",
            "DELETE FROM quarantine WHERE entry <= $1",
        ),
    ] {
        while !beyond.is_nothing() {
            let candidates: Vec<(i64, i64)> = sqlx::query_as(oldest)
                .bind(LEAVING_TOGETHER)
                .fetch_all(&mut *connection)
                .await
                .map_err(|error| failed("making room in the quarantine", error))?;
            let (mut last, mut entries, mut bytes) = (None, 0, 0);
            for (entry, size) in candidates {
                if beyond.is_nothing() {
                    break;
                }
                (last, entries, bytes) = (Some(entry), entries + 1, bytes + size);
                beyond.entries -= 1;
                beyond.bytes -= size;
            }
            let Some(last) = last else { break };
            sqlx::query(delete)
                .bind(last)
                .execute(&mut *connection)
                .await
                .map_err(|error| failed("making room in the quarantine", error))?;
            count_up(connection, "quarantine_removed", entries).await?;
            count_up(connection, "quarantine_bytes", -bytes).await?;
        }
    }
    Ok(())
}

fn read(stored: Stored) -> Result<QuarantinedEvent, Fault> {
    let (entry, received, camera, code, detail, body, replayed, attempts, again_at, again_code, again_detail) =
        stored;
    let refused_again = match (again_at, again_code, again_detail) {
        (Some(at), Some(code), Some(detail)) => Some(Refused {
            at: Timestamp(at),
            code: fault_code(format_args!("quarantine entry {entry}"), &code)?,
            detail,
        }),
        _ => None,
    };
    Ok(QuarantinedEvent {
        entry: number("quarantine entry", entry)?,
        received: Timestamp(received),
        camera,
        code: fault_code(format_args!("quarantine entry {entry}"), &code)?,
        detail,
        body,
        replayed: replayed.map(Timestamp),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        refused_again,
    })
}
