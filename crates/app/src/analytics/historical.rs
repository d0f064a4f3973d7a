//! API-2: how it was, bucket by bucket.

use super::POINTS_MAX;
use super::answer::Point;
use crate::{Action, Actor, App};
use throng_model::{CameraId, Fault, PlaceId, Rung, Scope, TimeRange};

/// The buckets of a range.
#[derive(Clone, Debug)]
pub struct Historical {
    /// What was asked for.
    pub range: TimeRange,
    /// At this interval.
    pub rung: Rung,
    /// Every bucket that overlaps the range, also those without data.
    pub points: Vec<Point>,
}

impl App {
    /// A camera over time.
    pub async fn camera_historical(
        &self,
        actor: &Actor,
        camera: &CameraId,
        range: TimeRange,
        rung: Rung,
    ) -> Result<Historical, Fault> {
        self.require_camera(actor, Action::ReadAnalytics, camera).await?;
        self.historical(Scope::Camera(camera.clone()), range, rung).await
    }

    /// A place over time.
    pub async fn place_historical(
        &self,
        actor: &Actor,
        place: &PlaceId,
        range: TimeRange,
        rung: Rung,
    ) -> Result<Historical, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        self.historical(Scope::Place(place.clone()), range, rung).await
    }

    async fn historical(&self, scope: Scope, range: TimeRange, rung: Rung) -> Result<Historical, Fault> {
        let points = self.read(move |app| app.points(&scope, rung, range, POINTS_MAX));
        Ok(Historical {
            range,
            rung,
            points: points.await?,
        })
    }
}
