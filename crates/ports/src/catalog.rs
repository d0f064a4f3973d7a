//! Places, cameras and the keys of cameras.

use crate::Pending;
use std::sync::Arc;
use throng_model::camera::Camera;
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, PlaceId};

/// What becomes of the hierarchy.
#[derive(Clone, Debug, Default)]
pub struct SiteChange {
    /// Places that are added, or take the place of those with the same ids.
    pub places: Vec<Place>,
    /// Cameras that are added, or take the place of those with the same ids.
    pub cameras: Vec<Camera>,
    /// Places that go, and with them who was granted them. Nothing may lie in them, no camera count or have counted for
    /// them. An unknown one is gone already.
    pub places_gone: Vec<PlaceId>,
    /// Cameras that go. An unknown one is gone already.
    pub cameras_gone: Vec<CameraId>,
}

/// Makes a change out of the hierarchy as it is, or says why not.
pub type MakeChange = Box<dyn FnOnce(&Site) -> Result<SiteChange, Fault> + Send>;

/// The hierarchy. [`Self::site`] is in memory and cheap; changes are durable when they return.
///
/// No key speaks for nobody: when a camera goes or is retired, the keys end whose cameras are all gone or retired by then.
pub trait Catalog: Send + Sync {
    /// The current picture. What another process changed is in it a moment later.
    fn site(&self) -> Arc<Site>;

    /// Changes places and cameras together, or not at all; gives the hierarchy as it is then. `make` is shown what really is,
    /// whoever changed it last, and nobody else changes anything until its change is made: so of two changes side by side
    /// none undoes the other. Refused when the hierarchy would no longer be whole.
    fn change(&self, make: MakeChange) -> Pending<'_, Result<Arc<Site>, Fault>>;

    /// Adds or replaces many, whatever was there.
    fn save_all(&self, places: Vec<Place>, cameras: Vec<Camera>) -> Pending<'_, Result<(), Fault>> {
        let change = SiteChange {
            places,
            cameras,
            ..SiteChange::default()
        };
        let changing = self.change(Box::new(|_| Ok(change)));
        Box::pin(async move { changing.await.map(drop) })
    }

    /// Adds or replaces a place, whatever was there.
    fn save_place(&self, place: Place) -> Pending<'_, Result<(), Fault>> {
        self.save_all(vec![place], Vec::new())
    }

    /// Adds or replaces a camera, whatever was there.
    fn save_camera(&self, camera: Camera) -> Pending<'_, Result<(), Fault>> {
        self.save_all(Vec::new(), vec![camera])
    }

    /// Keeps a key (its digest, never the secret). Refused where one of its cameras is retired; a key may be made before its
    /// cameras are.
    fn save_key(&self, key: CameraKey) -> Pending<'_, Result<(), Fault>>;

    /// The key with this digest.
    fn key(&self, digest: [u8; 32]) -> Pending<'_, Result<Option<CameraKey>, Fault>>;

    /// The keys that speak for a camera; without one, all keys.
    fn keys(&self, camera: Option<CameraId>) -> Pending<'_, Result<Vec<CameraKey>, Fault>>;

    /// Ends a key. False when there was none.
    fn remove_key(&self, id: String) -> Pending<'_, Result<bool, Fault>>;
}
