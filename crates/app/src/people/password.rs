//! Passwords: Argon2id with the library's recommended cost, off the async threads, a few at a time.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use throng_model::{Fault, Reason};
use tokio::sync::Semaphore;

/// A hash takes tens of milliseconds and 19 MiB on purpose; more at once would let strangers fill the memory.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The shortest password.
pub const LENGTH_MIN: usize = 12;
/// The longest: hashing a novel is an attack.
pub const LENGTH_MAX: usize = 256;

/// Whether a new password may be used.
pub fn check(password: &str) -> Result<(), Fault> {
    match password.chars().count() {
        length if length < LENGTH_MIN => Err(Fault::invalid(
            Reason::TooShort,
            format!("password must have at least {LENGTH_MIN} characters"),
        )),
        length if length > LENGTH_MAX => Err(Fault::invalid(
            Reason::TooLong,
            format!("password must have at most {LENGTH_MAX} characters"),
        )),
        _ => Ok(()),
    }
}

/// The hash that is kept.
pub async fn hash(password: String) -> Result<String, Fault> {
    off_thread(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string())
            .map_err(|error| Fault::internal(format!("hashing a password: {error}")))
    })
    .await?
}

/// Whether a password is the one of this hash. Without a hash it takes as long and says no, so that nobody can time which
/// names exist.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Fault> {
    if password.chars().count() > LENGTH_MAX {
        return Ok(false);
    }
    off_thread(move || match hash {
        Some(hash) => PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        }),
        None => Argon2::default().hash_password(password.as_bytes()).is_err(),
    })
    .await
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let _turn = AT_ONCE
        .acquire()
        .await
        .map_err(|_| Fault::internal("password hashing has ended"))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Fault::internal(format!("hashing a password: {error}")))
}
