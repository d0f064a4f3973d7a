//! The present, as far as somebody may see it.

mod judged;

pub(crate) use judged::Judge;

use crate::access::View;
use crate::{Action, Actor, App};
use judged::Judged;
use std::sync::Arc;
use throng_model::live::{CameraStatus, Now};
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
    /// Events folded per second over the last ten seconds; none in the first ten after a start.
    pub throughput: Option<u64>,
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
        /// As in [`LiveView::throughput`].
        throughput: Option<u64>,
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

    /// The same, of such places and cameras only: what a watcher knows already costs him nothing.
    pub fn news_for(
        &self,
        watcher: &Watcher,
        places: impl Fn(&PlaceNow) -> bool,
        cameras: impl Fn(&CameraNow) -> bool,
    ) -> LiveView {
        self.pick(&watcher.view, places, cameras)
    }

    fn snapshot(&self, view: &View) -> LiveView {
        self.pick(view, |_| true, |_| true)
    }

    fn pick(
        &self,
        view: &View,
        places: impl Fn(&PlaceNow) -> bool,
        cameras: impl Fn(&CameraNow) -> bool,
    ) -> LiveView {
        let live = &self.judged().live;
        let (all_places, all_cameras) = (live.places.iter(), live.cameras.iter());
        // The wish first: it leaves little, and asking the view compares ids.
        let places = all_places.filter(|place| places(place) && view.shows(&place.now.scope));
        let cameras = all_cameras.filter(|camera| cameras(camera) && view.shows(&camera.now.scope));
        LiveView {
            seq: live.seq,
            at: self.parts.clock.now(),
            places: places.cloned().collect(),
            cameras: cameras.cloned().collect(),
            throughput: live.throughput,
        }
    }

    /// Numbers with what is known of their places and cameras now.
    pub fn describe(&self, present: Vec<Now>) -> LiveView {
        let described = self.judged().describe(present);
        LiveView {
            at: self.parts.clock.now(),
            ..described
        }
    }

    fn judged(&self) -> Arc<Judged> {
        let (site, at) = (self.parts.catalog.site(), self.parts.clock.now());
        let missed = self.parts.heartbeats_missed;
        self.judge.present(&*self.parts.feed, site, missed, at)
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
