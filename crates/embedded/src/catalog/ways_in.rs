//! One-time links, the first set-up, ended sessions and the secret that signs sessions.

use super::accounts::{has_administrator, insert_user};
use super::fault::failed;
use super::{SqliteCatalog, commit, damaged};
use sqlx::SqliteConnection;
use throng_model::user::User;
use throng_model::{Fault, Timestamp};
use throng_ports::Pending;
use throng_ports::ways_in::{LinkPurpose, SetUp, SetupLink, WaysIn};

impl WaysIn for SqliteCatalog {
    fn save_link(
        &self,
        digest: [u8; 32],
        purpose: LinkPurpose,
        expires: Timestamp,
    ) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            const DOING: &str = "saving a link";
            let mut transaction = self.inner.begin(DOING).await?;
            if purpose == LinkPurpose::Setup {
                sqlx::query("UPDATE sign_in_link SET replaced = 1 WHERE purpose = 'setup'")
                    .execute(&mut *transaction)
                    .await
                    .map_err(|error| failed(DOING, error))?;
            }
            let (purpose, account) = match purpose {
                LinkPurpose::Setup => ("setup", None),
                LinkPurpose::SignIn { user } => ("sign_in", Some(user)),
            };
            sqlx::query(
                "INSERT INTO sign_in_link (digest, purpose, account, expires) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (digest) DO UPDATE SET purpose = excluded.purpose, account = excluded.account,
                     expires = excluded.expires, replaced = 0",
            )
            .bind(digest.as_slice())
            .bind(purpose)
            .bind(account)
            .bind(expires.0)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            commit(transaction, DOING).await
        })
    }

    fn take_link(&self, digest: [u8; 32], now: Timestamp) -> Pending<'_, Result<Option<String>, Fault>> {
        Box::pin(async move {
            const DOING: &str = "taking a link";
            let mut transaction = self.inner.begin(DOING).await?;
            // Also what nobody ever came for, or the table would only grow.
            sqlx::query("DELETE FROM sign_in_link WHERE expires <= $1")
                .bind(now.0)
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
            // Deleting and reading in one statement: however many try, one gets the row.
            let taken: Option<Option<String>> = sqlx::query_scalar(
                "DELETE FROM sign_in_link WHERE digest = $1 AND purpose = 'sign_in' RETURNING account",
            )
            .bind(digest.as_slice())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            commit(transaction, DOING).await?;
            match taken {
                None => Ok(None),
                Some(Some(user)) => Ok(Some(user)),
                Some(None) => Err(damaged("stored link: it signs in, and nobody in particular")),
            }
        })
    }

    fn setup_link(&self, digest: [u8; 32], now: Timestamp) -> Pending<'_, Result<SetupLink, Fault>> {
        Box::pin(async move {
            const DOING: &str = "looking at a link";
            let mut reading = self
                .inner
                .readers
                .begin()
                .await
                .map_err(|error| failed(DOING, error))?;
            setup_link(&mut reading, digest, now, DOING).await
        })
    }

    fn set_up(
        &self,
        digest: [u8; 32],
        administrator: User,
        now: Timestamp,
    ) -> Pending<'_, Result<SetUp, Fault>> {
        Box::pin(async move {
            const DOING: &str = "setting up";
            let mut transaction = self.inner.begin(DOING).await?;
            match setup_link(&mut transaction, digest, now, DOING).await? {
                SetupLink::Opens => {}
                refused => return Ok(SetUp::Refused(refused)),
            }
            let Some(administrator) = insert_user(&mut transaction, administrator).await? else {
                return Ok(SetUp::NameTaken);
            };
            sqlx::query("DELETE FROM sign_in_link WHERE purpose = 'setup'")
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
            commit(transaction, DOING).await?;
            Ok(SetUp::Done(administrator))
        })
    }

    fn end_session(
        &self,
        session: String,
        expires: Timestamp,
        now: Timestamp,
    ) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            const DOING: &str = "ending a session";
            let mut transaction = self.inner.begin(DOING).await?;
            sqlx::query("DELETE FROM ended_session WHERE expires <= $1")
                .bind(now.0)
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
            sqlx::query(
                "INSERT INTO ended_session (id, expires) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            )
            .bind(session)
            .bind(expires.0)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            commit(transaction, DOING).await
        })
    }

    fn session_ended(&self, session: String) -> Pending<'_, Result<bool, Fault>> {
        Box::pin(async move {
            let ended: Option<i64> = sqlx::query_scalar("SELECT expires FROM ended_session WHERE id = $1")
                .bind(session)
                .fetch_optional(&self.inner.readers)
                .await
                .map_err(|error| failed("looking up a session", error))?;
            Ok(ended.is_some())
        })
    }

    fn signing_secret(&self, fresh: [u8; 32]) -> Pending<'_, Result<[u8; 32], Fault>> {
        Box::pin(async move {
            const DOING: &str = "reading the signing secret";
            sqlx::query(
                "INSERT INTO secret (name, value) VALUES ('session', $1) ON CONFLICT (name) DO NOTHING",
            )
            .bind(fresh.as_slice())
            .execute(&self.inner.writer)
            .await
            .map_err(|error| failed(DOING, error))?;
            let kept: Vec<u8> = sqlx::query_scalar("SELECT value FROM secret WHERE name = 'session'")
                .fetch_one(&self.inner.writer)
                .await
                .map_err(|error| failed(DOING, error))?;
            // The length only: a secret stands in no sentence.
            <[u8; 32]>::try_from(kept.as_slice())
                .map_err(|_| damaged(format_args!("stored signing secret: it has {} bytes", kept.len())))
        })
    }
}

/// What a link is to the setup, in the moment of this transaction.
async fn setup_link(
    connection: &mut SqliteConnection,
    digest: [u8; 32],
    now: Timestamp,
    doing: &str,
) -> Result<SetupLink, Fault> {
    if has_administrator(&mut *connection, doing).await? {
        return Ok(SetupLink::Nothing);
    }
    let replaced: Option<bool> = sqlx::query_scalar(
        "SELECT replaced FROM sign_in_link WHERE digest = $1 AND purpose = 'setup' AND expires > $2",
    )
    .bind(digest.as_slice())
    .bind(now.0)
    .fetch_optional(connection)
    .await
    .map_err(|error| failed(doing, error))?;
    Ok(match replaced {
        None => SetupLink::Nothing,
        Some(true) => SetupLink::Replaced,
        Some(false) => SetupLink::Opens,
    })
}
