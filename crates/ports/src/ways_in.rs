//! One-time links, the first set-up, sessions that were ended, and the secret that signs sessions.

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

/// What a link is to the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupLink {
    /// It opens it: there is no administrator yet.
    Opens,
    /// A newer one took its place.
    Replaced,
    /// It is unknown, expired or was used before, or there is an administrator.
    Nothing,
}

/// What became of a set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// The administrator, as he is kept.
    Done(User),
    /// Somebody who is no administrator has the name. The link is kept.
    NameTaken,
    /// The link opens nothing.
    Refused(SetupLink),
}

/// What lets people in, and what shows them out.
pub trait WaysIn: Send + Sync {
    /// Keeps the digest of a one-time link until it expires. A link for the setup takes the place of those before: of these only
    /// one opens anything.
    fn save_link(
        &self,
        digest: [u8; 32],
        purpose: LinkPurpose,
        expires: Timestamp,
    ) -> Pending<'_, Result<(), Fault>>;

    /// Takes a link that signs somebody in and gives his name: the first caller gets it, everybody after that gets nothing. Expired
    /// links are nothing, and so are those for the setup, which stay.
    fn take_link(&self, digest: [u8; 32], now: Timestamp) -> Pending<'_, Result<Option<String>, Fault>>;

    /// What this link is to the setup. It is only looked at.
    fn setup_link(&self, digest: [u8; 32], now: Timestamp) -> Pending<'_, Result<SetupLink, Fault>>;

    /// Takes a link for the setup and adds the first administrator, or does neither.
    fn set_up(
        &self,
        digest: [u8; 32],
        administrator: User,
        now: Timestamp,
    ) -> Pending<'_, Result<SetUp, Fault>>;

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
}
