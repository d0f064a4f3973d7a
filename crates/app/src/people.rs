//! Accounts and sessions.

mod lockout;
mod password;
mod session;
mod sign_in;

pub(crate) use lockout::Lockouts;
pub use session::Session;
pub(crate) use session::Tokens;
