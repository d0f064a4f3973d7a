//! The present of everything, judged once for all who ask: who is online, and the share of each place's cameras that are.
//!
//! It takes a walk over all cameras. Each watcher asks every second and after each change, so none makes it for himself: what is
//! given out is shared until something was published, the hierarchy changed, or a second has passed, in which a camera can
//! have fallen silent.

use super::{CameraNow, LiveView, PlaceNow};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use throng_model::live::{CameraStatus, Now, camera_of, place_of};
use throng_model::site::Site;
use throng_model::time::SECOND;
use throng_model::{CameraId, PlaceId, Timestamp};
use throng_ports::LiveFeed;

/// Gives out what was judged last as long as it holds.
#[derive(Default)]
pub(crate) struct Judge {
    /// Locked while it is judged anew, about a millisecond with a thousand cameras: the others would do the same work.
    last: Mutex<Option<Arc<Judged>>>,
}

impl Judge {
    /// The present of everything at this time. A camera that missed so many heartbeats is offline.
    pub fn present(&self, feed: &dyn LiveFeed, site: Arc<Site>, missed: i64, at: Timestamp) -> Arc<Judged> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(judged) = &*last
            && judged.holds(feed.seq(), &site, at)
        {
            return Arc::clone(judged);
        }
        let judged = Arc::new(Judged::new(feed, site, missed, at));
        *last = Some(Arc::clone(&judged));
        judged
    }
}

/// The present of everything, for everybody to pick from.
pub(crate) struct Judged {
    site: Arc<Site>,
    /// All places and cameras, whoever may see them.
    pub live: LiveView,
    statuses: HashMap<CameraId, CameraStatus>,
    /// Of each place that cameras count for: how many of them are online, and how many are expected to be. No recording is.
    online: HashMap<PlaceId, (u32, u32)>,
}

impl Judged {
    fn new(feed: &dyn LiveFeed, site: Arc<Site>, missed: i64, at: Timestamp) -> Self {
        let (seq, present, throughput) = feed.snapshot();
        let mut judged = Self {
            statuses: statuses(&site, &present, missed, at),
            online: HashMap::new(),
            site,
            live: LiveView::default(),
        };
        judged.online = judged.online_at(at);
        judged.live = judged.describe(present);
        (judged.live.seq, judged.live.at, judged.live.throughput) = (seq, at, throughput);
        judged
    }

    fn holds(&self, seq: u64, site: &Arc<Site>, at: Timestamp) -> bool {
        let second = |at: Timestamp| at.0.div_euclid(SECOND);
        self.live.seq == seq && second(self.live.at) == second(at) && Arc::ptr_eq(&self.site, site)
    }

    /// Numbers with what is known of their places and cameras now.
    pub fn describe(&self, present: impl IntoIterator<Item = Now>) -> LiveView {
        let mut live = LiveView {
            at: self.live.at,
            ..LiveView::default()
        };
        for now in present {
            if let Some(id) = place_of(&now.scope) {
                live.places.push(PlaceNow {
                    place: id.clone(),
                    capacity: self.site.place(id).and_then(|place| place.capacity),
                    coverage: self.coverage(id),
                    now,
                });
            } else if let Some(id) = camera_of(&now.scope) {
                live.cameras.push(CameraNow {
                    camera: id.clone(),
                    status: self.status(id),
                    now,
                });
            }
        }
        live
    }

    fn status(&self, camera: &CameraId) -> CameraStatus {
        self.statuses.get(camera).copied().unwrap_or(CameraStatus::New)
    }

    /// The share of a place's cameras that are online; none without cameras. Where all there is was recorded, nothing is seen.
    fn coverage(&self, place: &PlaceId) -> Option<f64> {
        let (online, all) = self.online.get(place)?;
        Some(f64::from(*online) / f64::from((*all).max(1)))
    }

    /// One walk over the cameras, each adding itself to the places it counts for.
    fn online_at(&self, at: Timestamp) -> HashMap<PlaceId, (u32, u32)> {
        let mut places: HashMap<PlaceId, (u32, u32)> = HashMap::new();
        for camera in self.site.cameras() {
            let status = self.status(&camera.id);
            for place in self.site.fed_by(camera, at) {
                let (online, all) = places.entry(place.id.clone()).or_default();
                *online += u32::from(status == CameraStatus::Online);
                *all += u32::from(status != CameraStatus::Recording);
            }
        }
        places
    }
}

fn statuses(site: &Site, present: &[Now], missed: i64, at: Timestamp) -> HashMap<CameraId, CameraStatus> {
    let heard = present
        .iter()
        .filter_map(|now| Some((site.camera(camera_of(&now.scope)?)?, now)));
    heard
        .map(|(camera, now)| {
            let status = CameraStatus::judge(camera, Some(now), missed, at);
            (camera.id.clone(), status)
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests;
