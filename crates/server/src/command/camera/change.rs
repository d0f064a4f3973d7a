//! `throng camera set`, `retire` and `restore`.
//!
//! Whether a camera was heard of, and how far, only a running server knows: here every camera may have been, and its clock
//! may be as far ahead as events are believed (`ingest.future_s`). So a change of where it counts waits that long.

use super::say;
use crate::clock::SystemClock;
use crate::command::trace;
use crate::config::Config;
use throng_app::Action;
use throng_embedded::catalog::SqliteCatalog;
use throng_model::camera::Camera;
use throng_model::change::{CameraChange, ChangeTime, change_from};
use throng_model::place::PlaceKind;
use throng_model::site::Site;
use throng_model::{CameraId, Fault, PlaceId};
use throng_ports::catalog::SiteChange;
use throng_ports::{Catalog as _, Clock as _};

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
    catalog: &SqliteCatalog,
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
    let action = match change.retired {
        Some(true) => Action::RetireCamera,
        _ => Action::ChangeCamera,
    };
    let before = catalog.site().camera(id).cloned();
    let camera = id.clone();
    let make = move |site: &Site| {
        Ok(SiteChange {
            cameras: vec![site.change_camera(&camera, &change, time)?],
            ..SiteChange::default()
        })
    };
    let site = trace::change(catalog, action, id.as_str(), make).await?;
    let Some(camera) = site.camera(id) else {
        return Err(Fault::internal(format!("camera {id} went while it was saved")));
    };
    say(told(before.as_ref(), camera, time));
    Ok(())
}

/// What became of a camera, in a line.
fn told(before: Option<&Camera>, camera: &Camera, time: ChangeTime) -> String {
    let was_retired = before.and_then(Camera::retired).is_some();
    match (camera.retired(), camera.last_membership()) {
        (Some(retired), Some(last)) => match before.and_then(|before| given_up(before, camera, time)) {
            Some(move_to) => format!(
                "retired: from {retired} on; its move to zone {move_to} is given up, put back it counts for zone {} again",
                last.zone
            ),
            None => format!("retired: from {retired} on"),
        },
        (None, Some(last)) if last.since.is_some() && last.since == time.from => {
            format!("zone: {} from {} on", last.zone, time.from.unwrap_or(time.now))
        }
        (None, Some(last)) if was_retired => {
            format!("in use again in zone {}: it was not gone yet", last.zone)
        }
        _ => "saved".to_owned(),
    }
}

/// Where the camera was to move, had it not been retired before.
fn given_up<'a>(before: &'a Camera, after: &Camera, time: ChangeTime) -> Option<&'a PlaceId> {
    let planned = before
        .memberships
        .iter()
        .filter(|membership| membership.since.is_some_and(|since| since > time.now));
    let is_kept = |zone: &PlaceId| after.memberships.iter().any(|kept| kept.zone == *zone);
    planned
        .map(|membership| &membership.zone)
        .find(|zone| !is_kept(zone))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::command::examples::{camera, mall};
    use throng_model::Timestamp;
    use throng_model::time::MINUTE;

    fn site() -> Site {
        let mover = camera("mover", "lobby", PlaceKind::Organisation);
        Site::new(mall(["lobby", "hall"]), vec![mover]).unwrap()
    }

    /// What is said of each change, made at its minute and good from six minutes later on.
    fn say_of(changes: &[(i64, CameraChange)]) -> Vec<String> {
        let (mut site, id) = (site(), "mover".parse().unwrap());
        let mut told_of_all = Vec::new();
        for (minute, change) in changes {
            let now = Timestamp(minute * MINUTE);
            let time = ChangeTime {
                now,
                from: Some(now.plus(6 * MINUTE)),
            };
            let camera = site.change_camera(&id, change, time).unwrap();
            told_of_all.push(told(site.camera(&id), &camera, time));
            site = Site::new(site.places().to_vec(), vec![camera]).unwrap();
        }
        told_of_all
    }

    #[test]
    fn a_planned_move_stays_or_is_said_to_be_given_up() {
        let to_hall = || CameraChange {
            zone: Some("hall".parse().unwrap()),
            ..CameraChange::default()
        };
        let (retire, restore) = (CameraChange::retire, CameraChange::restore);
        let from = |minute: i64| Timestamp(minute * MINUTE);
        assert_eq!(
            say_of(&[(0, to_hall()), (0, retire()), (0, restore())]),
            [
                format!("zone: hall from {} on", from(6)),
                format!(
                    "retired: from {} on; its move to zone hall is given up, put back it counts for zone lobby again",
                    from(6)
                ),
                "in use again in zone lobby: it was not gone yet".to_owned(),
            ]
        );
        assert_eq!(
            say_of(&[(0, to_hall()), (1, retire()), (2, restore())]),
            [
                format!("zone: hall from {} on", from(6)),
                format!("retired: from {} on", from(7)),
                "in use again in zone hall: it was not gone yet".to_owned(),
            ]
        );
    }
}
