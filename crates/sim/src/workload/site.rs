//! Where the cameras of a workload hang.

use throng_model::camera::{Camera, Membership};
use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::{CameraId, Fault, PlaceId};

/// Zones in an area, and areas in the building.
const TENTH: u32 = 10;

pub(super) fn camera_id(number: u32) -> Result<CameraId, Fault> {
    CameraId::new(format!("camera-{number}"))
}

/// W5: cameras that count for no place, as the peers see them.
pub fn apart(cameras: u32) -> Result<Site, Fault> {
    let cameras = (0..cameras).map(|number| camera(number, Vec::new()));
    Site::new(Vec::new(), cameras.collect::<Result<_, _>>()?)
}

/// W-all: one building of ten areas of ten zones each, the cameras dealt out to the zones. Every line is a street door, so
/// an event counts for five scopes: camera, zone, area, building and organisation.
pub fn built(cameras: u32) -> Result<Site, Fault> {
    let mut places = vec![
        place("organisation", PlaceKind::Organisation, None)?,
        place("building", PlaceKind::Building, Some("organisation"))?,
    ];
    for area in 0..TENTH {
        let name = format!("area-{area}");
        places.push(place(&name, PlaceKind::Area, Some("building"))?);
        for zone in 0..TENTH {
            places.push(place(&zone_name(area, zone), PlaceKind::Zone, Some(&name))?);
        }
    }
    let cameras = (0..cameras).map(|number| {
        let zone = zone_name(number / TENTH % TENTH, number % TENTH);
        let membership = Membership {
            zone: PlaceId::new(zone)?,
            boundary: PlaceKind::Organisation,
            since: None,
            until: None,
        };
        camera(number, vec![membership])
    });
    Site::new(places, cameras.collect::<Result<_, _>>()?)
}

fn zone_name(area: u32, zone: u32) -> String {
    format!("zone-{area}-{zone}")
}

fn camera(number: u32, memberships: Vec<Membership>) -> Result<Camera, Fault> {
    Ok(Camera {
        id: camera_id(number)?,
        name: String::new(),
        lines: Vec::new(),
        memberships,
        heartbeat_s: 30,
        registered: None,
    })
}

fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Result<Place, Fault> {
    Ok(Place {
        id: PlaceId::new(id)?,
        kind,
        name: id.to_owned(),
        parent: parent.map(PlaceId::new).transpose()?,
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 0,
        calendar: None,
        counting: Default::default(),
    })
}
