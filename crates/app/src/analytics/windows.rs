//! STR-1, STR-2: the window of each kind that ended last, of one camera or place.

use super::answer::ResultState;
use crate::{Action, Actor, App};
use std::sync::Arc;
use throng_model::window::WindowNow;
use throng_model::{CameraId, Fault, PlaceId, Scope};

/// A window and how settled it is.
#[derive(Clone, Debug)]
pub struct WindowAnswer {
    /// The window.
    pub window: Arc<WindowNow>,
    /// Windows are shown when they ended, so never live.
    pub state: ResultState,
}

impl App {
    /// A camera's windows.
    pub async fn camera_windows(&self, actor: &Actor, camera: &CameraId) -> Result<Vec<WindowAnswer>, Fault> {
        self.require_camera(actor, Action::ReadAnalytics, camera).await?;
        self.windows(&Scope::Camera(camera.clone()))
    }

    /// A place's windows.
    pub async fn place_windows(&self, actor: &Actor, place: &PlaceId) -> Result<Vec<WindowAnswer>, Fault> {
        self.require_place(actor, Action::ReadAnalytics, place).await?;
        self.windows(&Scope::Place(place.clone()))
    }

    fn windows(&self, scope: &Scope) -> Result<Vec<WindowAnswer>, Fault> {
        let reached = self.reached(scope);
        let windows = self.parts.board.of(scope)?.into_iter();
        let answers = windows
            .map(|window| WindowAnswer {
                state: ResultState::of(window.range, reached.max(Some(window.range.end))),
                window,
            })
            .collect();
        Ok(answers)
    }
}
