//! `throng camera set`, `retire` and `restore`.
//!
//! Whether a camera was heard of, and how far, only a running server knows: here every camera may have been, and its clock
//! may be as far ahead as events are believed (`ingest.future_s`). So a change of where it counts waits that long.

use super::say;
use crate::clock::SystemClock;
use crate::config::Config;
use throng_model::camera::Camera;
use throng_model::change::{CameraChange, ChangeTime, change_from};
use throng_model::place::PlaceKind;
use throng_model::site::Site;
use throng_model::{CameraId, Fault, PlaceId};
use throng_ports::catalog::SiteChange;
use throng_ports::{Catalog, Clock as _};

/// What is to change.
#[derive(Debug, clap::Args)]
#[group(id = "said", required = true, multiple = true)]
pub struct Change {
    /// What people call it.
    #[arg(long)]
    name: Option<String>,
    /// How often it promises to say something, seconds.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    heartbeat: Option<u32>,
    /// The zone its lines lead into; it must exist.
    #[arg(long)]
    zone: Option<String>,
    /// The outermost kind of place whose edge its lines are.
    #[arg(long)]
    boundary: Option<PlaceKind>,
}

impl Change {
    /// The same in the words of the model.
    pub fn wish(self) -> Result<CameraChange, Fault> {
        Ok(CameraChange {
            name: self.name.map(Some),
            heartbeat_s: self.heartbeat,
            zone: self.zone.map(PlaceId::new).transpose()?,
            boundary: self.boundary,
            retired: None,
        })
    }
}

/// Changes a camera and says from when on, where that is not at once.
pub async fn save(
    catalog: &dyn Catalog,
    id: &CameraId,
    change: CameraChange,
    config: &Config,
) -> Result<(), Fault> {
    let now = SystemClock.now();
    let from = change_from(now.plus(config.ingest_rules().future));
    let time = ChangeTime {
        now,
        from: Some(from),
    };
    let before = catalog.site().camera(id).and_then(Camera::retired);
    let camera = id.clone();
    let make = move |site: &Site| {
        Ok(SiteChange {
            cameras: vec![site.change_camera(&camera, &change, time)?],
            ..SiteChange::default()
        })
    };
    let site = catalog.change(Box::new(make)).await?;
    let Some(camera) = site.camera(id) else {
        return Err(Fault::internal(format!("camera {id} went while it was saved")));
    };
    match (before, camera.retired(), camera.last_membership()) {
        (_, Some(retired), _) => say(format_args!("retired: from {retired} on")),
        (_, None, Some(last)) if last.since == Some(from) => {
            say(format_args!("zone: {} from {from} on", last.zone));
        }
        (Some(_), None, _) => say("in use again: it was not gone yet"),
        _ => say("saved"),
    }
    Ok(())
}
