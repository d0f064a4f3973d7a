//! People and the audit log.

use crate::Pending;
use throng_model::user::User;
use throng_model::{Fault, Timestamp};

/// One line of the audit log: who did what to what, and was it allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Server time.
    pub at: Timestamp,
    /// User name, key id, or `system`; empty for somebody who named nobody.
    pub actor: String,
    /// The use case, named by its verb: `cameras.retire`. Each that changes something has a word of its own.
    pub action: String,
    /// What it was done to.
    pub object: String,
    /// Whether access was given.
    pub allowed: bool,
}

/// What became of somebody who was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// He is gone.
    Gone,
    /// There is nobody of that name.
    Nobody,
    /// He is the only administrator, and stays.
    LastAdministrator,
}

/// Accounts and their traces. However many change one account at the same time, each change is made of what the account is then.
pub trait Accounts: Send + Sync {
    /// One user.
    fn user(&self, name: String) -> Pending<'_, Result<Option<User>, Fault>>;

    /// All users, in the order of their names.
    fn users(&self) -> Pending<'_, Result<Vec<User>, Fault>>;

    /// Adds a user and gives him as he is kept: with a session epoch that nobody of any name ever had, whatever he brings. None, and
    /// nothing is changed, where the name is taken.
    fn add_user(&self, user: User) -> Pending<'_, Result<Option<User>, Fault>>;

    /// Gives a user another password and, as [`Accounts::add_user`], another session epoch, which is the answer. None, and nothing is
    /// changed, where there is no such user, or where he has another epoch than the one he must have: somebody else gave him a
    /// password meanwhile. Without such an epoch it holds whatever he has.
    fn set_password(
        &self,
        name: String,
        password_hash: String,
        epoch: Option<u64>,
    ) -> Pending<'_, Result<Option<u64>, Fault>>;

    /// Removes a user, and the links that would sign him in. One administrator stays, however many are removed at once.
    fn remove_user(&self, name: String) -> Pending<'_, Result<Removed, Fault>>;

    /// Whether there is an administrator. None means first start.
    fn has_administrator(&self) -> Pending<'_, Result<bool, Fault>>;

    /// Appends to the audit log. Entries are never changed or removed.
    fn audit(&self, entries: Vec<AuditEntry>) -> Pending<'_, Result<(), Fault>>;

    /// The latest entries, newest first.
    fn audit_log(&self, limit: usize) -> Pending<'_, Result<Vec<AuditEntry>, Fault>>;
}
