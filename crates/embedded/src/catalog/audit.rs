//! The audit log as a chain: who changes an entry has to change every later one, and the last digest was seen.
//!
//! The digest of an entry is SHA-256 over: the digest of the entry before (32 zero bytes for the first), its number and
//! its time (8 bytes big-endian each), one byte for `allowed`, then actor, action and object, each after its length in
//! bytes (4 bytes big-endian). Whoever noted number and digest of the last entry can prove later, from a copy of the
//! table alone, that nothing up to there was changed, removed or put in between.

use super::fault::failed;
use super::rows::{digest, number};
use super::{Inner, SqliteCatalog, commit, damaged};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use throng_model::{Fault, Timestamp};
use throng_ports::accounts::AuditEntry;

/// What stands before the first entry.
const BEGINNING: [u8; 32] = [0; 32];

/// Entries read at a time when the chain is checked.
const PAGE: i64 = 1_000;

/// The chain was whole up to here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditProof {
    /// How many entries there are.
    pub entries: u64,
    /// The digest of the last one; zeros when there is none. Note it somewhere else: a log that was cut short is whole
    /// as well, only shorter.
    pub head: [u8; 32],
}

type Stored = (i64, i64, String, String, String, bool, Vec<u8>);

const COLUMNS_FROM: &str = "SELECT entry, at, actor, action, object, allowed, digest FROM audit WHERE entry > $1 ORDER BY entry LIMIT $2";
const COLUMNS_LATEST: &str =
    "SELECT entry, at, actor, action, object, allowed, digest FROM audit ORDER BY entry DESC LIMIT $1";

fn chained(previous: &[u8; 32], number: i64, entry: &AuditEntry) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(number.to_be_bytes());
    hash.update(entry.at.0.to_be_bytes());
    hash.update([u8::from(entry.allowed)]);
    for text in [&entry.actor, &entry.action, &entry.object] {
        // Longer texts do not fit into a database row, so no two lengths are taken for one.
        hash.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

async fn head(connection: &mut SqliteConnection) -> Result<(i64, [u8; 32]), Fault> {
    let last: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT entry, digest FROM audit ORDER BY entry DESC LIMIT 1")
            .fetch_optional(connection)
            .await
            .map_err(|error| failed("reading the end of the audit log", error))?;
    match last {
        None => Ok((0, BEGINNING)),
        Some((entry, bytes)) => Ok((entry, digest(format_args!("audit entry {entry}"), &bytes)?)),
    }
}

pub(super) async fn append(inner: &Inner, entries: Vec<AuditEntry>) -> Result<(), Fault> {
    const DOING: &str = "writing the audit log";
    if entries.is_empty() {
        return Ok(());
    }
    let mut transaction = inner.begin(DOING).await?;
    let (mut number, mut digest) = head(&mut transaction).await?;
    for entry in &entries {
        number += 1;
        digest = chained(&digest, number, entry);
        sqlx::query(
            "INSERT INTO audit (entry, at, actor, action, object, allowed, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(number)
        .bind(entry.at.0)
        .bind(&entry.actor)
        .bind(&entry.action)
        .bind(&entry.object)
        .bind(entry.allowed)
        .bind(digest.as_slice())
        .execute(&mut *transaction)
        .await
        .map_err(|error| failed(DOING, error))?;
    }
    commit(transaction, DOING).await
}

fn entry(stored: &Stored) -> AuditEntry {
    let (_, at, actor, action, object, allowed, _) = stored;
    AuditEntry {
        at: Timestamp(*at),
        actor: actor.clone(),
        action: action.clone(),
        object: object.clone(),
        allowed: *allowed,
    }
}

pub(super) async fn latest(inner: &Inner, limit: usize) -> Result<Vec<AuditEntry>, Fault> {
    let rows: Vec<Stored> = sqlx::query_as(COLUMNS_LATEST)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&inner.readers)
        .await
        .map_err(|error| failed("reading the audit log", error))?;
    Ok(rows.iter().map(entry).collect())
}

impl SqliteCatalog {
    /// Reads the whole audit log and checks every link of the chain. The fault names the first entry that is not what
    /// was written.
    pub async fn verify_audit(&self) -> Result<AuditProof, Fault> {
        let (mut number, mut head) = (0_i64, BEGINNING);
        loop {
            let page: Vec<Stored> = sqlx::query_as(COLUMNS_FROM)
                .bind(number)
                .bind(PAGE)
                .fetch_all(&self.inner.readers)
                .await
                .map_err(|error| failed("checking the audit log", error))?;
            for stored in &page {
                number += 1;
                if stored.0 != number {
                    return Err(damaged(format_args!("audit entry {number} is missing")));
                }
                head = chained(&head, number, &entry(stored));
                if head.as_slice() != stored.6 {
                    return Err(damaged(format_args!(
                        "audit entry {number} is not what was written"
                    )));
                }
            }
            if page.is_empty() {
                let entries = self::number("number of audit entries", number)?;
                return Ok(AuditProof { entries, head });
            }
        }
    }
}
