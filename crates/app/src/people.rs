//! Accounts and sessions.

mod account;
mod lockout;
mod own_password;
mod password;
mod session;
mod sign_in;

pub use account::{COMMAND_LINE, new_password, new_person};
pub(crate) use lockout::Lockouts;
pub use session::Session;
pub(crate) use session::Tokens;
