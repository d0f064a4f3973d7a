//! API-2: how it was, bucket by bucket.

use super::POINTS_MAX;
use super::answer::Point;
use super::outages::Outage;
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
    /// When no server ran and what happened then is not known, ascending.
    pub outages: Vec<Outage>,
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
        let read = self.read(move |app| {
            let heard = app.heard();
            let rows = app.rows_of(&scope, &heard);
            Ok((
                rows.points(rung, range, POINTS_MAX)?,
                app.outages_of(&scope, &heard, range)?,
            ))
        });
        let (points, outages) = read.await?;
        Ok(Historical {
            range,
            rung,
            points,
            outages,
        })
    }
}
