//! Places and cameras: whole in memory, whole on disk, changed together or not at all.

mod stored;

use super::memory::count_change;
use super::{Inner, SqliteCatalog, commit, keys};
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;
use throng_model::site::Site;
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, PlaceId};
use throng_ports::catalog::{MakeChange, SiteChange};
use throng_ports::{Catalog, Pending};

pub(super) use stored::load;

impl Catalog for SqliteCatalog {
    fn site(&self) -> Arc<Site> {
        self.inner.remembered(|memory| Arc::clone(&memory.site))
    }

    fn change(&self, make: MakeChange) -> Pending<'_, Result<Arc<Site>, Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { inner.change(make).await }))
    }

    fn save_key(&self, key: CameraKey) -> Pending<'_, Result<(), Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { keys::save(&inner, key).await }))
    }

    fn key(&self, digest: [u8; 32]) -> Pending<'_, Result<Option<CameraKey>, Fault>> {
        Box::pin(async move {
            let found = keys::find(&self.inner, &digest);
            if found.is_none() {
                // It may have been made by another process a moment ago.
                self.refresh_for_miss().await?;
                return Ok(keys::find(&self.inner, &digest));
            }
            Ok(found)
        })
    }

    fn keys(&self, camera: Option<CameraId>) -> Pending<'_, Result<Vec<CameraKey>, Fault>> {
        Box::pin(async move { Ok(keys::list(&self.inner, camera.as_ref())) })
    }

    fn remove_key(&self, id: String) -> Pending<'_, Result<bool, Fault>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(self.in_turn(async move { keys::remove(&inner, &id).await }))
    }
}

impl Inner {
    async fn change(&self, make: MakeChange) -> Result<Arc<Site>, Fault> {
        const DOING: &str = "changing places and cameras";
        let mut transaction = self.begin(DOING).await?;
        self.catch_up(&mut transaction).await?;
        let now = self.remembered(|memory| Arc::clone(&memory.site));
        let change = make(&now)?;
        let site = Arc::new(changed(&now, &change)?);
        for place in &change.places {
            stored::write_place(&mut transaction, place).await?;
        }
        for camera in &change.cameras {
            stored::write_camera(&mut transaction, camera).await?;
        }
        // Whatever stands or lies in a place before the place itself, in whatever order they were named.
        for id in &change.cameras_gone {
            stored::delete_camera(&mut transaction, id).await?;
        }
        let mut places_gone: Vec<&PlaceId> = change.places_gone.iter().collect();
        places_gone.sort_by_key(|id| now.place(id).map(|place| place.kind));
        for id in places_gone {
            stored::delete_place(&mut transaction, id).await?;
        }
        let ended = self.keys_ended_by(&change, &site);
        for key in &ended {
            keys::delete(&mut transaction, key).await?;
        }
        let revision = count_change(&mut transaction).await?;
        commit(transaction, DOING).await?;
        self.remember(|memory| {
            memory.site = Arc::clone(&site);
            memory.keys.retain(|_, key| !ended.contains(&key.id));
            memory.revision = revision;
        });
        Ok(site)
    }

    /// The keys that would speak for nobody after a change. One whose cameras are not registered yet waits for them; a
    /// gateway's goes on for the other ones.
    fn keys_ended_by(&self, change: &SiteChange, site: &Site) -> Vec<String> {
        let retired = |id: &CameraId| site.camera(id).is_some_and(|camera| camera.retired().is_some());
        let silenced = |id: &CameraId| change.cameras_gone.contains(id) || retired(id);
        let touched = |id: &CameraId| {
            change.cameras_gone.contains(id) || change.cameras.iter().any(|camera| camera.id == *id)
        };
        let ends = |key: &&CameraKey| key.cameras.iter().any(touched) && key.cameras.iter().all(silenced);
        self.remembered(|memory| {
            let ended = memory.keys.values().filter(ends);
            ended.map(|key| key.id.clone()).collect()
        })
    }
}

/// The hierarchy after a change, if it is whole.
fn changed(now: &Site, change: &SiteChange) -> Result<Site, Fault> {
    let mut places = replaced(now.places(), &change.places, |place| &place.id);
    let mut cameras = replaced(now.cameras(), &change.cameras, |camera| &camera.id);
    places.retain(|place| !change.places_gone.contains(&place.id));
    cameras.retain(|camera| !change.cameras_gone.contains(&camera.id));
    Site::new(places, cameras)
}

/// The old list with the new entries in place of those of the same id. An id that is twice among the new ones stays
/// twice, so that the site refuses it.
fn replaced<T: Clone, I: Eq + Hash>(old: &[T], new: &[T], id: impl Fn(&T) -> &I) -> Vec<T> {
    let ids: HashSet<&I> = new.iter().map(&id).collect();
    old.iter()
        .filter(|entry| !ids.contains(id(entry)))
        .chain(new)
        .cloned()
        .collect()
}
