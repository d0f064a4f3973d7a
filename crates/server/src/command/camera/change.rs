//! `throng camera set`, `retire` and `restore`.
//!
//! Whether a camera was heard of, and how far, only a running server knows: here every camera may have been, and its clock
//! may be as far ahead as events are believed (`ingest.future_s`). So a change of where it counts waits that long.

use super::say;
use crate::clock::SystemClock;
use crate::config::Config;
use throng_app::cameras::end_keys;
use throng_model::camera::Camera;
use throng_model::change::{CameraChange, change_from};
use throng_model::place::PlaceKind;
use throng_model::{CameraId, Fault, PlaceId, Timestamp};
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

/// Brings a retired camera into use again.
pub fn put_back() -> CameraChange {
    CameraChange {
        retired: Some(false),
        ..CameraChange::default()
    }
}

/// Changes a camera and says from when on, where that is not at once.
pub async fn save(
    catalog: &dyn Catalog,
    id: &CameraId,
    change: CameraChange,
    config: &Config,
) -> Result<(), Fault> {
    let ahead = config.ingest_rules().future;
    let from: Timestamp = change_from(SystemClock.now().plus(ahead));
    let changed = catalog.site().change_camera(id, &change, Some(from))?;
    let begins = |camera: &Camera| {
        camera
            .last_membership()
            .is_some_and(|last| last.since == Some(from))
    };
    if changed.retired() == Some(from) {
        say(format_args!("retired: from {from} on"));
    } else if let Some(last) = changed.last_membership().filter(|_| begins(&changed)) {
        say(format_args!("zone: {} from {from} on", last.zone));
    }
    catalog.save_camera(changed).await
}

/// Takes a camera out of use.
pub async fn retire(catalog: &dyn Catalog, id: &CameraId, config: &Config) -> Result<(), Fault> {
    let retire = CameraChange {
        retired: Some(true),
        ..CameraChange::default()
    };
    save(catalog, id, retire, config).await?;
    end_keys(catalog, id).await
}
