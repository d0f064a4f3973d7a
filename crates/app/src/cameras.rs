//! Cameras: which there are, how they are, new ones, changed and retired ones, and their keys.

use crate::{Action, Actor, App, Secret};
use throng_model::camera::Camera;
use throng_model::change::{CameraChange, ChangeTime, change_from};
use throng_model::counter::CountersNow;
use throng_model::live::{CameraStatus, ClockReading, Now, camera_of};
use throng_model::site::Site;
use throng_model::time::SECOND;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, FaultCode, Scope, Timestamp};
use throng_ports::catalog::SiteChange;

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
    /// After so long a silence it is offline, microseconds.
    pub silence_max: i64,
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
        let (missed, now) = (self.parts.heartbeats_missed, self.parts.clock.now());
        CameraState {
            camera: camera.clone(),
            status: CameraStatus::judge(camera, heard, missed, now),
            silence_max: camera.silence_max(missed),
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
        self.require(actor, Action::RegisterCamera, camera.id.as_str())
            .await?;
        let add = |site: &Site| site.check_new_camera(&camera).map(|()| saved(camera));
        self.parts.catalog.change(Box::new(add)).await.map(drop)
    }

    /// Changes a camera. Where it counts changes from the next minute on, so that what was counted stays where it was; at once
    /// where nothing was counted yet.
    pub async fn change_camera(
        &self,
        actor: &Actor,
        id: &CameraId,
        change: &CameraChange,
    ) -> Result<CameraState, Fault> {
        self.require_camera(actor, Action::ChangeCamera, id).await?;
        let time = self.change_time(id).await?;
        let (camera, change) = (id.clone(), change.clone());
        let make = move |site: &Site| site.change_camera(&camera, &change, time).map(saved);
        let site = self.parts.catalog.change(Box::new(make)).await?;
        let gone = || Fault::internal(format!("camera {:?} went while it was saved", id.as_str()));
        Ok(self.state_of(site.camera(id).ok_or_else(gone)?))
    }

    /// Takes a camera out of use: its keys end, what it says of later is refused, and what it counted stays. A camera that
    /// was never heard of is removed, and its id is free again.
    pub async fn retire_camera(&self, actor: &Actor, id: &CameraId) -> Result<(), Fault> {
        self.require_camera(actor, Action::RetireCamera, id).await?;
        let (camera, time) = (id.clone(), self.change_time(id).await?);
        let retire = move |site: &Site| match time.from {
            None => Ok(SiteChange {
                cameras_gone: vec![camera],
                ..SiteChange::default()
            }),
            Some(_) => site
                .change_camera(&camera, &CameraChange::retire(), time)
                .map(saved),
        };
        self.parts.catalog.change(Box::new(retire)).await.map(drop)
    }

    /// When a camera changed now can count for other places.
    async fn change_time(&self, id: &CameraId) -> Result<ChangeTime, Fault> {
        let scope = Scope::Camera(id.clone());
        let is_counted = self.first_counted(vec![scope.clone()]).await?.is_some();
        let now = self.parts.clock.now();
        // Its clock may be ahead of ours: what it said of minutes to come is counted already.
        let latest = self.present_of(&scope).and_then(|present| present.latest);
        let latest = latest.map_or(now, |latest| latest.max(now));
        let from = is_counted.then(|| change_from(latest.plus(TAKEN_UP)));
        Ok(ChangeTime { now, from })
    }

    /// Makes a key that speaks for one camera. The secret is given once.
    pub async fn create_key(&self, actor: &Actor, camera: &CameraId) -> Result<(String, Secret), Fault> {
        self.require_camera(actor, Action::CreateKey, camera).await?;
        let (key, secret) = new_key(vec![camera.clone()])?;
        let id = key.id.clone();
        self.parts.catalog.save_key(key).await?;
        Ok((id, secret))
    }

    /// The keys there are, in the order of their ids.
    pub async fn list_keys(&self, actor: &Actor) -> Result<Vec<CameraKey>, Fault> {
        self.require(actor, Action::ListKeys, "keys").await?;
        self.parts.catalog.keys(None).await
    }

    /// Ends a key.
    pub async fn remove_key(&self, actor: &Actor, id: &str) -> Result<(), Fault> {
        self.require(actor, Action::EndKey, id).await?;
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

/// This camera as it is now, and nothing else.
fn saved(camera: Camera) -> SiteChange {
    SiteChange {
        cameras: vec![camera],
        ..SiteChange::default()
    }
}

/// What every camera key begins with, so that people and programs see what it is.
pub const KEY_PREFIX: &str = "thr_";

/// A new key for these cameras, and its secret.
pub fn new_key(cameras: Vec<CameraId>) -> Result<(CameraKey, Secret), Fault> {
    let secret = Secret::random(KEY_PREFIX)?;
    let digest = secret.digest();
    // The name of a key is part of its digest: it tells keys apart and gives nothing away.
    let id = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Ok((CameraKey { id, digest, cameras }, secret))
}
