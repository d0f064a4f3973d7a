//! Accounts and sessions.

mod account;
mod lockout;
mod password;
mod session;
mod sign_in;

pub use account::{new_person, with_password};
pub(crate) use lockout::Lockouts;
pub use session::Session;
pub(crate) use session::Tokens;
