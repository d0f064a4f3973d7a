//! Who may do what.

use crate::id::{CameraId, PlaceId};
use serde::{Deserialize, Serialize};

/// The four roles. What each may do is decided in `app::access`, nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Views reports and basic analytics of the places granted to him.
    User,
    /// Advanced analytics and custom reports, all data.
    Analyst,
    /// Everything.
    Admin,
    /// Automated processing, all data; never signs in.
    System,
}

impl Role {
    /// The word used in code, SQL, API and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::User => "user",
            Role::Analyst => "analyst",
            Role::Admin => "admin",
            Role::System => "system",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = crate::Fault;
    fn from_str(text: &str) -> Result<Self, crate::Fault> {
        [Role::User, Role::Analyst, Role::Admin, Role::System]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| {
                crate::Fault::new(
                    crate::FaultCode::InvalidRequest,
                    format!("role {text:?} is unknown"),
                )
            })
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name he signs in with, unique.
    pub name: String,
    /// What he may do.
    pub role: Role,
    /// `en` or `vi`.
    pub language: String,
    /// Argon2id in PHC form; none while the account was only opened by a one-time link.
    pub password_hash: Option<String>,
    /// The places a [`Role::User`] may see, with everything inside them. Other roles see all.
    pub places: Vec<PlaceId>,
    /// Another one, which nobody had before, when every session of this user must end (another password, another person of
    /// that name).
    pub session_epoch: u64,
}

/// A key for a door. It speaks only for its cameras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraKey {
    /// Names the key in lists and logs; not secret.
    pub id: String,
    /// SHA-256 of the secret: a stolen catalogue opens no door.
    pub digest: [u8; 32],
    /// The cameras it speaks for; empty means every camera (a gateway's key, made knowingly).
    pub cameras: Vec<CameraId>,
}

impl CameraKey {
    /// Whether the key speaks for this camera.
    pub fn speaks_for(&self, camera: &CameraId) -> bool {
        self.cameras.is_empty() || self.cameras.contains(camera)
    }
}
