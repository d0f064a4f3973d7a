//! Places, cameras and the keys of cameras.

use crate::Pending;
use std::sync::Arc;
use throng_model::camera::Camera;
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, PlaceId};

/// The hierarchy. [`Self::site`] is in memory and cheap; changes are durable when they return.
pub trait Catalog: Send + Sync {
    /// The current picture.
    fn site(&self) -> Arc<Site>;

    /// Adds or replaces a place. Refused when the hierarchy would no longer be whole.
    fn save_place(&self, place: Place) -> Pending<'_, Result<(), Fault>>;

    /// Adds or replaces a camera.
    fn save_camera(&self, camera: Camera) -> Pending<'_, Result<(), Fault>>;

    /// Adds many at once, all or none.
    fn save_all(&self, places: Vec<Place>, cameras: Vec<Camera>) -> Pending<'_, Result<(), Fault>>;

    /// Removes a place that nothing lies in and no camera counts or counted for, and who was granted it. Nothing happens when
    /// there is none.
    fn remove_place(&self, id: PlaceId) -> Pending<'_, Result<(), Fault>>;

    /// Removes a camera. Its keys stay, and speak for nothing. Nothing happens when there is none.
    fn remove_camera(&self, id: CameraId) -> Pending<'_, Result<(), Fault>>;

    /// Keeps a key (its digest, never the secret).
    fn save_key(&self, key: CameraKey) -> Pending<'_, Result<(), Fault>>;

    /// The key with this digest.
    fn key(&self, digest: [u8; 32]) -> Pending<'_, Result<Option<CameraKey>, Fault>>;

    /// The keys that speak for a camera; without one, all keys.
    fn keys(&self, camera: Option<CameraId>) -> Pending<'_, Result<Vec<CameraKey>, Fault>>;

    /// Ends a key. False when there was none.
    fn remove_key(&self, id: String) -> Pending<'_, Result<bool, Fault>>;
}
