//! Cameras: which there are, how they are, new ones, changed and retired ones, and their keys.

use crate::{Action, Actor, App, Secret};
use throng_model::camera::Camera;
use throng_model::change::{CameraChange, change_from, check_name};
use throng_model::counter::CountersNow;
use throng_model::live::{CameraStatus, ClockReading, Now, camera_of};
use throng_model::time::SECOND;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, FaultCode, Scope, Timestamp};
use throng_ports::Catalog;

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
        let state = |camera: &Camera| self.state_among(camera, &present);
        let site = self.parts.catalog.site();
        let shown = site
            .cameras()
            .iter()
            .filter(|camera| view.shows(&Scope::Camera(camera.id.clone())));
        Ok(shown.map(state).collect())
    }

    fn state_of(&self, camera: &Camera) -> CameraState {
        self.state_among(camera, &self.parts.feed.snapshot().1)
    }

    fn state_among(&self, camera: &Camera, present: &[Now]) -> CameraState {
        let heard = present
            .iter()
            .find(|entry| camera_of(&entry.scope) == Some(&camera.id));
        let last_seen = heard.and_then(|entry| entry.last_heard);
        let device = heard.and_then(|entry| entry.device);
        CameraState {
            camera: camera.clone(),
            status: CameraStatus::judge(camera, last_seen, device, self.parts.clock.now()),
            last_seen,
            clock: self.parts.intake.clock(&camera.id),
        }
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
        check_name(&camera.name)?;
        let _turn = self.changing.lock().await;
        if self.parts.catalog.site().camera(&camera.id).is_some() {
            return Err(Fault::new(
                FaultCode::AlreadyExists,
                format!("camera {:?} exists already", camera.id.as_str()),
            ));
        }
        self.parts.catalog.save_camera(camera).await
    }

    /// Changes a camera. Where it counts changes from the next minute on, so that what was counted stays where it was; at once
    /// where nothing was counted yet.
    pub async fn change_camera(
        &self,
        actor: &Actor,
        id: &CameraId,
        change: &CameraChange,
    ) -> Result<CameraState, Fault> {
        self.require_camera(actor, Action::ManageCameras, id).await?;
        let _turn = self.changing.lock().await;
        let from = self.next_change_of(id).await?;
        let camera = self.parts.catalog.site().change_camera(id, change, from)?;
        self.parts.catalog.save_camera(camera.clone()).await?;
        Ok(self.state_of(&camera))
    }

    /// Takes a camera out of use: its keys end, what it says of later is refused, and what it counted stays. A camera that
    /// was never heard of is removed, and its id is free again.
    pub async fn retire_camera(&self, actor: &Actor, id: &CameraId) -> Result<(), Fault> {
        self.require_camera(actor, Action::ManageCameras, id).await?;
        let _turn = self.changing.lock().await;
        // First: who asks again after a failure finds the camera still there, and never a key without it.
        end_keys(&*self.parts.catalog, id).await?;
        match self.next_change_of(id).await? {
            None => self.parts.catalog.remove_camera(id.clone()).await,
            from => {
                let retire = CameraChange {
                    retired: Some(true),
                    ..CameraChange::default()
                };
                let camera = self.parts.catalog.site().change_camera(id, &retire, from)?;
                self.parts.catalog.save_camera(camera).await
            }
        }
    }

    /// From when on a camera can count for other places; none where nothing was counted of it.
    async fn next_change_of(&self, id: &CameraId) -> Result<Option<Timestamp>, Fault> {
        let scope = Scope::Camera(id.clone());
        if self.first_counted(vec![scope.clone()]).await?.is_none() {
            return Ok(None);
        }
        // Its clock may be ahead of ours.
        let now = self.parts.clock.now();
        let latest = self.as_of(&scope).map_or(now, |as_of| as_of.max(now));
        Ok(Some(change_from(latest.plus(TAKEN_UP))))
    }

    /// Makes a key that speaks for one camera. The secret is given once.
    pub async fn create_key(&self, actor: &Actor, camera: &CameraId) -> Result<(String, Secret), Fault> {
        self.require_camera(actor, Action::ManageCameras, camera).await?;
        // A camera that is retired meanwhile must not be left with a key.
        let _turn = self.changing.lock().await;
        let site = self.parts.catalog.site();
        if let Some(retired) = site.camera(camera).and_then(Camera::retired) {
            let detail = format!("camera {:?} is retired since {retired}", camera.as_str());
            return Err(Fault::new(FaultCode::RetiredCamera, detail));
        }
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

/// A changed hierarchy is followed within so long: until then events are counted as before.
const TAKEN_UP: i64 = 5 * SECOND;

/// Ends the keys that speak for this camera only. A gateway's go on for the other ones.
pub async fn end_keys(catalog: &dyn Catalog, camera: &CameraId) -> Result<(), Fault> {
    for key in catalog.keys(Some(camera.clone())).await? {
        if key.cameras.iter().all(|one| one == camera) && !key.cameras.is_empty() {
            catalog.remove_key(key.id).await?;
        }
    }
    Ok(())
}

/// A new key for these cameras, and its secret.
pub fn new_key(cameras: Vec<CameraId>) -> Result<(CameraKey, Secret), Fault> {
    let secret = Secret::random("thr_")?;
    let digest = secret.digest();
    // The name of a key is part of its digest: it tells keys apart and gives nothing away.
    let id = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok((CameraKey { id, digest, cameras }, secret))
}
