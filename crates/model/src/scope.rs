//! What a number belongs to: a camera or a place.

use crate::id::{CameraId, PlaceId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A camera or a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One camera.
    Camera(CameraId),
    /// A zone, area, building or organisation.
    Place(PlaceId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Camera(id) => write!(f, "camera {id}"),
            Scope::Place(id) => write!(f, "place {id}"),
        }
    }
}
