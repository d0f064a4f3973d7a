//! People, one-time links, sessions that were ended, the signing secret, and the audit log.

use crate::Pending;
use throng_model::user::User;
use throng_model::{Fault, Timestamp};

/// What a one-time link opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Choose the first administrator's name and password.
    Setup,
    /// Sign in as this user without a password.
    SignIn {
        /// The user's name.
        user: String,
    },
}

/// What a one-time link turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenLink {
    /// It opens this, once.
    Opens(LinkPurpose),
    /// It was a link for the setup; a newer one took its place.
    Replaced,
    /// It is unknown, expired or was used before.
    Nothing,
}

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

/// Accounts and their traces.
pub trait Accounts: Send + Sync {
    /// One user.
    fn user(&self, name: String) -> Pending<'_, Result<Option<User>, Fault>>;

    /// Adds or replaces a user.
    fn save_user(&self, user: User) -> Pending<'_, Result<(), Fault>>;

    /// All users, in the order of their names.
    fn users(&self) -> Pending<'_, Result<Vec<User>, Fault>>;

    /// Removes a user, and the links that would sign him in. False when there was none.
    fn remove_user(&self, name: String) -> Pending<'_, Result<bool, Fault>>;

    /// How many users can sign in. Zero means first start.
    fn user_count(&self) -> Pending<'_, Result<u64, Fault>>;

    /// Keeps the digest of a one-time link until it expires. A link for the setup takes the place of those before: of these only
    /// one opens anything.
    fn save_link(
        &self,
        digest: [u8; 32],
        purpose: LinkPurpose,
        expires: Timestamp,
    ) -> Pending<'_, Result<(), Fault>>;

    /// Takes a link: the first caller gets it, everybody after that gets nothing. Expired links are nothing.
    fn take_link(&self, digest: [u8; 32], now: Timestamp) -> Pending<'_, Result<TakenLink, Fault>>;

    /// Remembers that a session has ended, until its token expires by itself. Ended twice is ended.
    fn end_session(
        &self,
        session: String,
        expires: Timestamp,
        now: Timestamp,
    ) -> Pending<'_, Result<(), Fault>>;

    /// Whether a session was ended before its token expires.
    fn session_ended(&self, session: String) -> Pending<'_, Result<bool, Fault>>;

    /// The secret that signs sessions, made by `fresh` on first use and kept.
    fn signing_secret(&self, fresh: [u8; 32]) -> Pending<'_, Result<[u8; 32], Fault>>;

    /// Appends to the audit log. Entries are never changed or removed.
    fn audit(&self, entries: Vec<AuditEntry>) -> Pending<'_, Result<(), Fault>>;

    /// The latest entries, newest first.
    fn audit_log(&self, limit: usize) -> Pending<'_, Result<Vec<AuditEntry>, Fault>>;
}
