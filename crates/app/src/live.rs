//! The present, as far as somebody may see it.

use crate::access::View;
use crate::{Action, Actor, App};
use std::sync::Arc;
use throng_model::live::{CameraStatus, Now, camera_of, place_of};
use throng_model::site::Site;
use throng_model::{CameraId, Fault, PlaceId, Timestamp};
use throng_ports::LiveSubscription;

/// The present of a place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceNow {
    /// Which place.
    pub place: PlaceId,
    /// Its numbers.
    pub now: Now,
    /// How many people may be inside.
    pub capacity: Option<u32>,
    /// The share of its cameras that are online; none without cameras.
    pub coverage: Option<f64>,
}

/// The present of a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraNow {
    /// Which camera.
    pub camera: CameraId,
    /// Its numbers.
    pub now: Now,
    /// Whether it is there.
    pub status: CameraStatus,
}

/// The present of many scopes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveView {
    /// The update these numbers are true for.
    pub seq: u64,
    /// Server time.
    pub at: Timestamp,
    /// Places.
    pub places: Vec<PlaceNow>,
    /// Cameras.
    pub cameras: Vec<CameraNow>,
    /// Events folded per second.
    pub throughput: u64,
}

/// Somebody who watches.
pub struct Watcher {
    /// What he may see.
    view: View,
    feed: Box<dyn LiveSubscription>,
}

/// What a watcher is told.
pub enum Watched {
    /// Some numbers changed.
    Changed {
        /// The update.
        seq: u64,
        /// What changed.
        changed: Vec<Now>,
        /// Events folded per second.
        throughput: u64,
    },
    /// Updates were missed: take a snapshot.
    Missed,
}

impl App {
    /// Begins to watch; from after `since` where that is still kept.
    pub async fn watch(&self, actor: &Actor, since: Option<u64>) -> Result<Watcher, Fault> {
        let view = self.require(actor, Action::ReadAnalytics, "live").await?;
        Ok(Watcher {
            view,
            feed: self.parts.feed.subscribe(since),
        })
    }

    /// The present of everything the actor may see.
    pub async fn present(&self, actor: &Actor) -> Result<LiveView, Fault> {
        let view = self.require(actor, Action::ReadAnalytics, "live").await?;
        Ok(self.snapshot(&view))
    }

    /// Follows changes of what a watcher may see: places granted or taken away, cameras that moved. True when it changed.
    ///
    /// No decision of its own: whoever may watch may go on, only the view is made anew.
    pub fn look_again(&self, watcher: &mut Watcher, actor: &Actor) -> bool {
        let view = View::of(actor, &self.parts.catalog.site());
        let changed = view != watcher.view;
        watcher.view = view;
        changed
    }

    /// The present of everything a watcher may see.
    pub fn snapshot_for(&self, watcher: &Watcher) -> LiveView {
        self.snapshot(&watcher.view)
    }

    fn snapshot(&self, view: &View) -> LiveView {
        let (seq, present, throughput) = self.parts.feed.snapshot();
        let shown = present.into_iter().filter(|now| view.shows(&now.scope)).collect();
        let mut live = self.describe(shown);
        (live.seq, live.throughput) = (seq, throughput);
        live
    }

    /// Numbers with what is known of their places and cameras now.
    pub fn describe(&self, present: Vec<Now>) -> LiveView {
        let (site, at) = (self.parts.catalog.site(), self.parts.clock.now());
        let statuses = Statuses::new(&site, &self.parts.feed.snapshot().1, at);
        let mut live = LiveView {
            at,
            ..LiveView::default()
        };
        for now in present {
            if let Some(id) = place_of(&now.scope) {
                let capacity = site.place(id).and_then(|place| place.capacity);
                let coverage = statuses.coverage(&site, id, at);
                live.places.push(PlaceNow {
                    place: id.clone(),
                    now,
                    capacity,
                    coverage,
                });
            } else if let Some(id) = camera_of(&now.scope) {
                live.cameras.push(CameraNow {
                    camera: id.clone(),
                    status: statuses.of(id),
                    now,
                });
            }
        }
        live
    }
}

impl Watcher {
    /// The next thing to tell.
    pub async fn next(&mut self) -> Result<Watched, Fault> {
        Ok(match self.feed.next().await? {
            None => Watched::Missed,
            Some(update) => {
                let update: Arc<_> = update;
                let changed = update
                    .changed
                    .iter()
                    .filter(|now| self.view.shows(&now.scope))
                    .cloned()
                    .collect();
                Watched::Changed {
                    seq: update.seq,
                    changed,
                    throughput: update.throughput,
                }
            }
        })
    }
}

/// The status of every camera at one moment.
struct Statuses(std::collections::HashMap<CameraId, CameraStatus>);

impl Statuses {
    fn new(site: &Site, present: &[Now], at: Timestamp) -> Self {
        let cameras = present
            .iter()
            .filter_map(|now| Some((camera_of(&now.scope)?, now)));
        Self(
            cameras
                .filter_map(|(id, now)| {
                    let status = CameraStatus::judge(site.camera(id)?, now.last_heard, now.device, at);
                    Some((id.clone(), status))
                })
                .collect(),
        )
    }

    fn of(&self, id: &CameraId) -> CameraStatus {
        self.0.get(id).copied().unwrap_or(CameraStatus::New)
    }

    fn coverage(&self, site: &Site, place: &PlaceId, at: Timestamp) -> Option<f64> {
        let feeding: Vec<CameraStatus> = site
            .feeding(place, at)
            .map(|camera| self.of(&camera.id))
            .collect();
        let online = feeding
            .iter()
            .filter(|status| **status == CameraStatus::Online)
            .count();
        (!feeding.is_empty()).then(|| online as f64 / feeding.len() as f64)
    }
}
