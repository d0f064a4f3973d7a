//! Cameras: which there are, how they are, new ones, and their keys.

use crate::{Action, Actor, App, Secret};
use throng_model::camera::Camera;
use throng_model::counter::CountersNow;
use throng_model::live::{CameraStatus, ClockReading, camera_of};
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, FaultCode, Scope, Timestamp};

/// A camera and how it is.
#[derive(Clone, Debug)]
pub struct CameraState {
    /// The camera.
    pub camera: Camera,
    /// Whether it is there.
    pub status: CameraStatus,
    /// When it was last heard from, server time.
    pub last_seen: Option<Timestamp>,
    /// Its clock against the server's; none before enough was heard from it.
    pub clock: Option<ClockReading>,
}

impl App {
    /// The cameras the actor may see.
    pub async fn list_cameras(&self, actor: &Actor) -> Result<Vec<CameraState>, Fault> {
        let view = self.require(actor, Action::ListHierarchy, "cameras").await?;
        let (_, present, _) = self.parts.feed.snapshot();
        let now = self.parts.clock.now();
        let state = |camera: &Camera| {
            let heard = present
                .iter()
                .find(|entry| camera_of(&entry.scope) == Some(&camera.id));
            let last_seen = heard.and_then(|entry| entry.last_heard);
            let device = heard.and_then(|entry| entry.device);
            let status = CameraStatus::judge(last_seen, device, camera.heartbeat_s, now);
            CameraState {
                camera: camera.clone(),
                status,
                last_seen,
                clock: self.parts.intake.clock(&camera.id),
            }
        };
        let site = self.parts.catalog.site();
        let shown = site
            .cameras()
            .iter()
            .filter(|camera| view.shows(&Scope::Camera(camera.id.clone())));
        Ok(shown.map(state).collect())
    }

    /// What a camera's counters did that was not plain counting.
    pub async fn camera_counters(&self, actor: &Actor, camera: &CameraId) -> Result<CountersNow, Fault> {
        self.require_camera(actor, Action::ReadAnalytics, camera).await?;
        Ok(self.parts.counters.of(camera))
    }

    /// Registers a camera. An existing one is not overwritten.
    pub async fn register_camera(&self, actor: &Actor, camera: Camera) -> Result<(), Fault> {
        self.require(actor, Action::ManageCameras, camera.id.as_str())
            .await?;
        if self.parts.catalog.site().camera(&camera.id).is_some() {
            return Err(Fault::new(
                FaultCode::AlreadyExists,
                format!("camera {:?} exists already", camera.id.as_str()),
            ));
        }
        self.parts.catalog.save_camera(camera).await
    }

    /// Makes a key that speaks for one camera. The secret is given once.
    pub async fn create_key(&self, actor: &Actor, camera: &CameraId) -> Result<(String, Secret), Fault> {
        self.require_camera(actor, Action::ManageCameras, camera).await?;
        let (key, secret) = new_key(vec![camera.clone()])?;
        let id = key.id.clone();
        self.parts.catalog.save_key(key).await?;
        Ok((id, secret))
    }

    /// Ends a key.
    pub async fn remove_key(&self, actor: &Actor, id: &str) -> Result<(), Fault> {
        self.require(actor, Action::ManageCameras, id).await?;
        match self.parts.catalog.remove_key(id.to_owned()).await? {
            true => Ok(()),
            false => Err(Fault::new(
                FaultCode::NotFound,
                format!("key {id:?} does not exist"),
            )),
        }
    }

    /// The key a door was opened with.
    pub async fn key_of(&self, secret: &Secret) -> Result<CameraKey, Fault> {
        let key = self.parts.catalog.key(secret.digest()).await?;
        key.ok_or_else(|| Fault::new(FaultCode::UnknownKey, "the camera key is unknown or has ended"))
    }
}

/// A new key for these cameras, and its secret.
pub fn new_key(cameras: Vec<CameraId>) -> Result<(CameraKey, Secret), Fault> {
    let secret = Secret::random("thr_")?;
    let digest = secret.digest();
    // The name of a key is part of its digest: it tells keys apart and gives nothing away.
    let id = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok((CameraKey { id, digest, cameras }, secret))
}
