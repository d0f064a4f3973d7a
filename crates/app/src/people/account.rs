//! What an account must be like, whoever makes it.

use super::password;
use throng_model::time::SECOND;
use throng_model::user::{Role, User};
use throng_model::{Fault, PlaceId, Reason, Timestamp};

/// The longest name, characters.
pub(super) const NAME_LENGTH_MAX: usize = 64;

/// A person who has no way in yet. A session of somebody who had the name before is none of his: sessions are counted on from the
/// second of this moment.
pub fn new_person(name: &str, role: Role, places: Vec<PlaceId>, now: Timestamp) -> Result<User, Fault> {
    check_name(name)?;
    let session_epoch = u32::try_from(now.0.div_euclid(SECOND)).unwrap_or(u32::MAX);
    Ok(User {
        places,
        session_epoch,
        ..new_user(name, role, None)
    })
}

/// The same person with another password; every session ends.
pub async fn with_password(user: User, password: String) -> Result<User, Fault> {
    password::check(&password)?;
    Ok(User {
        password_hash: Some(password::hash(password).await?),
        session_epoch: user.session_epoch.wrapping_add(1),
        ..user
    })
}

/// Whether somebody may be called so.
pub(super) fn check_name(name: &str) -> Result<(), Fault> {
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
