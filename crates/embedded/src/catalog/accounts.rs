//! People, one-time links, ended sessions and the secret that signs sessions.

use super::fault::failed;
use super::rows::{number, position, word};
use super::{SqliteCatalog, commit, damaged};
use sqlx::SqliteConnection;
use throng_model::user::User;
use throng_model::{Fault, Timestamp};
use throng_ports::Pending;
use throng_ports::accounts::{Accounts, AuditEntry, LinkPurpose, TakenLink};

impl Accounts for SqliteCatalog {
    fn user(&self, name: String) -> Pending<'_, Result<Option<User>, Fault>> {
        Box::pin(async move {
            // One transaction, so that role and places are of the same moment.
            let mut reading = self
                .inner
                .readers
                .begin()
                .await
                .map_err(|error| failed("reading a user", error))?;
            read_user(&mut reading, name).await
        })
    }

    fn save_user(&self, user: User) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async move {
            const DOING: &str = "saving a user";
            let mut transaction = self.inner.begin(DOING).await?;
            write_user(&mut transaction, &user).await?;
            commit(transaction, DOING).await
        })
    }

    fn users(&self) -> Pending<'_, Result<Vec<User>, Fault>> {
        Box::pin(async move {
            const DOING: &str = "reading users";
            let mut reading = self
                .inner
                .readers
                .begin()
                .await
                .map_err(|error| failed(DOING, error))?;
            let names: Vec<String> = sqlx::query_scalar("SELECT name FROM account ORDER BY name")
                .fetch_all(&mut *reading)
                .await
                .map_err(|error| failed(DOING, error))?;
            let mut users = Vec::with_capacity(names.len());
            for name in names {
                users.extend(read_user(&mut reading, name).await?);
            }
            Ok(users)
        })
    }

    fn remove_user(&self, name: String) -> Pending<'_, Result<bool, Fault>> {
        Box::pin(async move {
            const DOING: &str = "removing a user";
            let mut transaction = self.inner.begin(DOING).await?;
            for statement in [
                "DELETE FROM sign_in_link WHERE account = $1",
                "DELETE FROM account_place WHERE account = $1",
            ] {
                sqlx::query(statement)
                    .bind(&name)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|error| failed(DOING, error))?;
            }
            let removed = sqlx::query("DELETE FROM account WHERE name = $1")
                .bind(&name)
                .execute(&mut *transaction)
                .await
                .map_err(|error| failed(DOING, error))?;
            commit(transaction, DOING).await?;
            Ok(removed.rows_affected() > 0)
        })
    }

    fn user_count(&self) -> Pending<'_, Result<u64, Fault>> {
        Box::pin(async move {
            // The system role never signs in.
            let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM account WHERE role <> 'system'")
                .fetch_one(&self.inner.readers)
                .await
                .map_err(|error| failed("counting users", error))?;
            number("number of users", count)
        })
    }

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

    fn take_link(&self, digest: [u8; 32], now: Timestamp) -> Pending<'_, Result<TakenLink, Fault>> {
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
            let taken: Option<(String, Option<String>)> = sqlx::query_as(
                "DELETE FROM sign_in_link WHERE digest = $1 AND replaced = 0 RETURNING purpose, account",
            )
            .bind(digest.as_slice())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            let replaced: Option<i64> =
                sqlx::query_scalar("SELECT replaced FROM sign_in_link WHERE digest = $1")
                    .bind(digest.as_slice())
                    .fetch_optional(&mut *transaction)
                    .await
                    .map_err(|error| failed(DOING, error))?;
            commit(transaction, DOING).await?;
            match taken {
                None if replaced.is_some() => Ok(TakenLink::Replaced),
                None => Ok(TakenLink::Nothing),
                Some((purpose, None)) if purpose == "setup" => Ok(TakenLink::Opens(LinkPurpose::Setup)),
                Some((purpose, Some(user))) if purpose == "sign_in" => {
                    Ok(TakenLink::Opens(LinkPurpose::SignIn { user }))
                }
                Some((purpose, _)) => Err(damaged(format_args!("stored link: {purpose:?} without its user"))),
            }
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

    fn audit(&self, entries: Vec<AuditEntry>) -> Pending<'_, Result<(), Fault>> {
        Box::pin(super::audit::append(&self.inner, entries))
    }

    fn audit_log(&self, limit: usize) -> Pending<'_, Result<Vec<AuditEntry>, Fault>> {
        Box::pin(super::audit::latest(&self.inner, limit))
    }
}

async fn read_user(connection: &mut SqliteConnection, name: String) -> Result<Option<User>, Fault> {
    let failed = |error| failed(format_args!("reading user {name:?}"), error);
    type Stored = (String, String, Option<String>, i64);
    let stored: Option<Stored> =
        sqlx::query_as("SELECT role, language, password_hash, session_epoch FROM account WHERE name = $1")
            .bind(&name)
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed)?;
    let Some((role, language, password_hash, session_epoch)) = stored else {
        return Ok(None);
    };
    let places: Vec<String> =
        sqlx::query_scalar("SELECT place FROM account_place WHERE account = $1 ORDER BY position")
            .bind(&name)
            .fetch_all(connection)
            .await
            .map_err(failed)?;
    let of = format!("user {name:?}");
    Ok(Some(User {
        role: word(&of, &role)?,
        language,
        password_hash,
        places: places
            .iter()
            .map(|place| word(&of, place))
            .collect::<Result<_, _>>()?,
        session_epoch: number(&of, session_epoch)?,
        name,
    }))
}

async fn write_user(connection: &mut SqliteConnection, user: &User) -> Result<(), Fault> {
    let failed = |error| failed(format_args!("saving user {:?}", user.name), error);
    sqlx::query(
        "INSERT INTO account (name, role, language, password_hash, session_epoch) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, language = excluded.language,
             password_hash = excluded.password_hash, session_epoch = excluded.session_epoch",
    )
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(&user.language)
    .bind(user.password_hash.as_deref())
    .bind(i64::from(user.session_epoch))
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    sqlx::query("DELETE FROM account_place WHERE account = $1")
        .bind(&user.name)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    for (index, place) in user.places.iter().enumerate() {
        sqlx::query("INSERT INTO account_place (account, position, place) VALUES ($1, $2, $3)")
            .bind(&user.name)
            .bind(position(index))
            .bind(place.as_str())
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    Ok(())
}
