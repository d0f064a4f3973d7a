//! People. What many may do at once is one transaction that writes from its first statement on.

use super::fault::failed;
use super::rows::{number, position, word};
use super::{SqliteCatalog, commit};
use sqlx::SqliteConnection;
use throng_model::Fault;
use throng_model::user::{Role, User};
use throng_ports::Pending;
use throng_ports::accounts::{Accounts, AuditEntry, Removed};

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

    fn add_user(&self, user: User) -> Pending<'_, Result<Option<User>, Fault>> {
        Box::pin(async move {
            const DOING: &str = "adding a user";
            let mut transaction = self.inner.begin(DOING).await?;
            let added = insert_user(&mut transaction, user).await?;
            commit(transaction, DOING).await?;
            Ok(added)
        })
    }

    fn set_password(
        &self,
        name: String,
        password_hash: String,
        epoch: Option<u64>,
    ) -> Pending<'_, Result<Option<u64>, Fault>> {
        Box::pin(async move {
            const DOING: &str = "setting a password";
            // Above what any account can have: nobody's.
            let expected = epoch.map(|epoch| i64::try_from(epoch).unwrap_or(i64::MAX));
            let mut transaction = self.inner.begin(DOING).await?;
            let session_epoch = next_session_epoch(&mut transaction, DOING).await?;
            let set = sqlx::query(
                "UPDATE account SET password_hash = $2, session_epoch = $3
                 WHERE name = $1 AND session_epoch = COALESCE($4, session_epoch)",
            )
            .bind(name)
            .bind(password_hash)
            .bind(session_epoch)
            .bind(expected)
            .execute(&mut *transaction)
            .await
            .map_err(|error| failed(DOING, error))?;
            if set.rows_affected() == 0 {
                return Ok(None);
            }
            commit(transaction, DOING).await?;
            number(DOING, session_epoch).map(Some)
        })
    }

    fn remove_user(&self, name: String) -> Pending<'_, Result<Removed, Fault>> {
        Box::pin(async move {
            const DOING: &str = "removing a user";
            // Begun as one that writes, so nobody else removes between the question and the answer.
            let mut transaction = self.inner.begin(DOING).await?;
            let failed = |error| failed(DOING, error);
            let role: Option<String> = sqlx::query_scalar("SELECT role FROM account WHERE name = $1")
                .bind(&name)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
            let Some(role) = role else {
                return Ok(Removed::Nobody);
            };
            for statement in [
                "DELETE FROM sign_in_link WHERE account = $1",
                "DELETE FROM account_place WHERE account = $1",
                "DELETE FROM account WHERE name = $1",
            ] {
                sqlx::query(statement)
                    .bind(&name)
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
            }
            // Whoever would go as the last one stays: nothing is committed.
            if role == Role::Admin.as_str() && !has_administrator(&mut transaction, DOING).await? {
                return Ok(Removed::LastAdministrator);
            }
            commit(transaction, DOING).await?;
            Ok(Removed::Gone)
        })
    }

    fn has_administrator(&self) -> Pending<'_, Result<bool, Fault>> {
        Box::pin(async move {
            const DOING: &str = "looking for an administrator";
            let mut connection = self
                .inner
                .readers
                .acquire()
                .await
                .map_err(|error| failed(DOING, error))?;
            has_administrator(&mut connection, DOING).await
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

/// Adds a user where the name is free, and gives him as he is kept.
pub(super) async fn insert_user(
    connection: &mut SqliteConnection,
    mut user: User,
) -> Result<Option<User>, Fault> {
    let doing = format!("adding user {:?}", user.name);
    let session_epoch = next_session_epoch(&mut *connection, &doing).await?;
    let failed = |error| failed(&doing, error);
    let added = sqlx::query(
        "INSERT INTO account (name, role, language, password_hash, session_epoch) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(&user.language)
    .bind(user.password_hash.as_deref())
    .bind(session_epoch)
    .execute(&mut *connection)
    .await
    .map_err(failed)?;
    if added.rows_affected() == 0 {
        return Ok(None);
    }
    for (index, place) in user.places.iter().enumerate() {
        sqlx::query("INSERT INTO account_place (account, position, place) VALUES ($1, $2, $3)")
            .bind(&user.name)
            .bind(position(index))
            .bind(place.as_str())
            .execute(&mut *connection)
            .await
            .map_err(failed)?;
    }
    user.session_epoch = number(&doing, session_epoch)?;
    Ok(Some(user))
}

/// A session epoch that nobody ever had. Neither the clock nor what an account had before would do: two changes in one second, or
/// an account of the same name that was removed, would let an older session go on.
async fn next_session_epoch(connection: &mut SqliteConnection, doing: &str) -> Result<i64, Fault> {
    sqlx::query_scalar("UPDATE counter SET value = value + 1 WHERE name = 'session_epochs' RETURNING value")
        .fetch_one(connection)
        .await
        .map_err(|error| failed(doing, error))
}

pub(super) async fn has_administrator(connection: &mut SqliteConnection, doing: &str) -> Result<bool, Fault> {
    let administrator: Option<i64> = sqlx::query_scalar("SELECT 1 FROM account WHERE role = 'admin' LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(|error| failed(doing, error))?;
    Ok(administrator.is_some())
}
