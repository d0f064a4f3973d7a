//! Which places and cameras the events of a file need.

use super::{Format, counts, tracks};
use std::collections::{BTreeMap, BTreeSet};
use throng_model::camera::{Camera, Membership};
use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::{CameraId, Event, Fault, FaultCode, PlaceId};
use throng_ports::catalog::SiteChange;

/// The most sensors one file may bring: more is a wrong column.
const CAMERAS_MAX: usize = 1_000;

/// Which of these are to be registered: the cameras that are not yet, and of the places around them those that are not there. What
/// is registered keeps its name, place and hours, wherever somebody put it, so around it nothing is needed.
pub fn missing(site: &Site, places: Vec<Place>, cameras: Vec<Camera>) -> (Vec<Place>, Vec<Camera>) {
    let is_new = |camera: &Camera| site.camera(&camera.id).is_none();
    let cameras: Vec<Camera> = cameras.into_iter().filter(is_new).collect();
    let parent_of = |id: &PlaceId| {
        let place = places.iter().find(|place| place.id == *id);
        place.and_then(|place| place.parent.clone())
    };
    let memberships = cameras.iter().flat_map(|camera| &camera.memberships);
    let around = memberships
        .flat_map(|membership| std::iter::successors(Some(membership.zone.clone()), |id| parent_of(id)));
    let needed: BTreeSet<PlaceId> = around.collect();
    let is_missing = |place: &Place| needed.contains(&place.id) && site.place(&place.id).is_none();
    (places.into_iter().filter(is_missing).collect(), cameras)
}

/// What takes away again what was registered for a file of which nothing counts. What somebody has changed meanwhile is his, and so
/// is the ground it stands on.
pub fn without(site: &Site, places: &[Place], cameras: &[Camera]) -> SiteChange {
    let goes = |camera: &&Camera| cameras.contains(camera);
    let stays = site.cameras().iter().filter(|camera| !goes(camera));
    let mut stood_on: BTreeSet<&PlaceId> = stays
        .flat_map(|camera| &camera.memberships)
        .map(|membership| &membership.zone)
        .collect();
    let mut places_gone = Vec::new();
    // From the inside out: a place goes where all in it goes.
    for place in site.places().iter().rev() {
        if places.contains(place) && !stood_on.contains(&place.id) {
            places_gone.push(place.id.clone());
        } else {
            stood_on.extend(&place.parent);
        }
    }
    let cameras_gone = site.cameras().iter().filter(goes);
    SiteChange {
        cameras_gone: cameras_gone.map(|camera| camera.id.clone()).collect(),
        places_gone,
        ..SiteChange::default()
    }
}

/// The places and cameras to be registered before these events are handed in. Reads the events once.
pub fn cameras_needed(
    events: impl Iterator<Item = Result<Event, Fault>>,
    format: Format,
    options: &tracks::Options,
) -> Result<(Vec<Place>, Vec<Camera>), Fault> {
    let mut ids: BTreeMap<CameraId, ()> = BTreeMap::new();
    for event in events {
        ids.insert(event?.camera, ());
        if ids.len() > CAMERAS_MAX {
            return Err(Fault::new(
                FaultCode::InvalidFile,
                format!("more than {CAMERAS_MAX} sensors"),
            ));
        }
    }
    // A street sensor sees people pass and is nobody's door; the others are doors to the street. An hourly file is not
    // silent between its rows: the promise is as long as a slot.
    let (root, zone, boundary, heartbeat_s) = match format {
        Format::Calit2 => (
            "calit2",
            counts::CALIT2.local.unwrap_or("UTC"),
            PlaceKind::Organisation,
            1_800,
        ),
        Format::Melbourne => ("melbourne", "Australia/Melbourne", PlaceKind::Zone, 3_600),
        Format::Mot | Format::Obsmat => {
            ids.insert(options.camera.clone(), ());
            (options.camera.as_str(), "UTC", PlaceKind::Organisation, 30)
        }
    };
    let place = |suffix: &str, kind, parent: Option<&PlaceId>| -> Result<Place, Fault> {
        Ok(Place {
            id: PlaceId::new(format!("{root}.{suffix}"))?,
            kind,
            name: format!("{root} {suffix}"),
            parent: parent.cloned(),
            time_zone: zone.to_owned(),
            capacity: None,
            resets_at: 240,
            calendar: None,
            counting: Default::default(),
        })
    };
    let organisation = place("organisation", PlaceKind::Organisation, None)?;
    let building = place("building", PlaceKind::Building, Some(&organisation.id))?;
    let area = place("area", PlaceKind::Area, Some(&building.id))?;
    let mut places = vec![organisation, building];
    let mut cameras = Vec::new();
    let mut zones = Vec::new();
    for id in ids.into_keys() {
        let mut around = place("zone", PlaceKind::Zone, Some(&area.id))?;
        around.id = PlaceId::new(format!("z.{id}"))?;
        around.name = id.to_string();
        cameras.push(Camera {
            name: id.to_string(),
            id,
            lines: Vec::new(),
            memberships: vec![Membership {
                zone: around.id.clone(),
                boundary,
                since: None,
                until: None,
            }],
            heartbeat_s,
            // It is there since its file begins.
            registered: None,
        });
        zones.push(around);
    }
    places.push(area);
    places.extend(zones);
    Ok((places, cameras))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::import::tracks::Options;
    use throng_engine::track::Steady;
    use throng_model::Timestamp;

    /// What a file of tracks needs that are counted for this camera.
    fn needed(camera: &str) -> (Vec<Place>, Vec<Camera>) {
        let options = Options {
            camera: CameraId::new(camera).unwrap(),
            start: Timestamp(0),
            fps: 30.0,
            lines: Vec::new(),
            negative_is_in: false,
            steady: Steady { hold: 0.0, band: 0.0 },
        };
        cameras_needed(std::iter::empty(), Format::Mot, &options).unwrap()
    }

    #[test]
    fn a_camera_that_is_registered_elsewhere_brings_no_empty_places() {
        let (places, mut cameras) = needed("elsewhere");
        cameras.extend(cameras.clone().into_iter().map(|camera| Camera {
            id: CameraId::new("video").unwrap(),
            ..camera
        }));
        let site = Site::new(places, cameras).unwrap();
        let (places, cameras) = needed("video");
        assert_eq!(missing(&site, places, cameras), (Vec::new(), Vec::new()));
        let (places, cameras) = needed("new");
        assert_eq!(
            missing(&site, places.clone(), cameras.clone()),
            (places, cameras),
            "a new one comes with all that is around it"
        );
    }

    #[test]
    fn what_was_made_for_nothing_goes_again_but_not_what_somebody_took_up_meanwhile() {
        let (places, cameras) = needed("video");
        let gone = |places_now: &[Place], cameras_now: &[Camera]| {
            let site = Site::new(places_now.to_vec(), cameras_now.to_vec()).unwrap();
            let change = without(&site, &places, &cameras);
            let ids = change.places_gone.iter().map(ToString::to_string);
            let gone: Vec<String> = ids
                .chain(change.cameras_gone.iter().map(ToString::to_string))
                .collect();
            let left = places_now
                .iter()
                .filter(|place| !change.places_gone.contains(&place.id));
            let is_left = |camera: &&Camera| !change.cameras_gone.contains(&camera.id);
            let cameras_left = cameras_now.iter().filter(is_left);
            Site::new(left.cloned().collect(), cameras_left.cloned().collect()).unwrap();
            gone
        };
        let all = [
            "z.video",
            "video.area",
            "video.building",
            "video.organisation",
            "video",
        ];
        assert_eq!(gone(&places, &cameras), all);
        let mut named = cameras.clone();
        named[0].name = "Gate".to_owned();
        assert_eq!(gone(&places, &named), [""; 0], "and it stands on all of them");
        let other = Camera {
            id: CameraId::new("other").unwrap(),
            ..cameras[0].clone()
        };
        assert_eq!(gone(&places, &[cameras[0].clone(), other]), ["video"]);
        let mut open = places.clone();
        let building = open.iter_mut().find(|place| place.kind == PlaceKind::Building);
        building.unwrap().capacity = Some(9);
        assert_eq!(gone(&open, &cameras), ["z.video", "video.area", "video"]);
    }
}
