//! Secrets: made here, shown once, never printed by accident.

use sha2::{Digest, Sha256};
use std::fmt;
use throng_model::Fault;

/// Text that must not end up in a log. It is shown only by [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// 256 random bits behind a prefix that tells what it opens, as hexadecimal.
    pub fn random(prefix: &str) -> Result<Self, Fault> {
        let bytes = random_bytes()?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(format!("{prefix}{hex}")))
    }

    /// The text itself, for the one place it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// 256 bits from the operating system.
pub(crate) fn random_bytes() -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Fault::internal(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}
