//! What an account must be like, whoever makes it.

use super::password;
use throng_model::user::{Role, User};
use throng_model::{Fault, PlaceId, Reason};

/// The longest name, characters.
pub(super) const NAME_LENGTH_MAX: usize = 64;

/// In the audit log, the actor of what was changed in the data folder itself, where nobody signs in. No account has this name.
pub const COMMAND_LINE: &str = "command line";

/// A person who has no way in yet.
pub fn new_person(name: &str, role: Role, places: Vec<PlaceId>) -> Result<User, Fault> {
    check_name(name)?;
    Ok(User {
        places,
        ..new_user(name, role, None)
    })
}

/// What is kept of a new password.
pub async fn new_password(password: String) -> Result<String, Fault> {
    password::check(&password)?;
    password::hash(password).await
}

/// Whether somebody may be called so.
pub(super) fn check_name(name: &str) -> Result<(), Fault> {
    // In any case of its letters: whoever reads the log must not take one for the other.
    if name.eq_ignore_ascii_case(COMMAND_LINE) {
        let detail = format!("nobody can be called {name:?}: the audit log calls the command line so");
        return Err(Fault::invalid(Reason::Other, detail));
    }
    let reason = match name.chars().count() {
        0 => Reason::TooShort,
        length if length > NAME_LENGTH_MAX => Reason::TooLong,
        _ if name.chars().any(char::is_control) || name.trim() != name => Reason::Malformed,
        _ => return Ok(()),
    };
    Err(Fault::invalid(
        reason,
        format!("name must have 1 to {NAME_LENGTH_MAX} visible characters, and no blank at its ends"),
    ))
}

pub(super) fn new_user(name: &str, role: Role, password_hash: Option<String>) -> User {
    User {
        name: name.to_owned(),
        role,
        language: "en".to_owned(),
        password_hash,
        places: Vec::new(),
        session_epoch: 0,
    }
}
