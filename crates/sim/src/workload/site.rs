//! Where the cameras of a workload hang.

use throng_model::camera::{Camera, Membership};
use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::{CameraId, Fault, PlaceId};

/// Zones in an area, areas in a building, and cameras in a zone that grows.
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
    let zone_of = |number: u32| number / TENTH % TENTH * TENTH + number % TENTH;
    among(cameras, TENTH * TENTH, zone_of)
}

/// Ten cameras a zone, ten zones an area, ten areas a building, as many as that takes: what counts for the places above a
/// camera is as much with few cameras as with many.
pub fn grown(cameras: u32) -> Result<Site, Fault> {
    among(cameras, cameras.div_ceil(TENTH), |number| number / TENTH)
}

/// An organisation of so many zones, ten in an area, ten areas in a building, and its cameras where they are said to hang.
fn among(cameras: u32, zones: u32, zone_of: impl Fn(u32) -> u32) -> Result<Site, Fault> {
    let mut places = vec![place("organisation", PlaceKind::Organisation, None)?];
    for zone in 0..zones {
        let (area, building) = (zone / TENTH, zone / TENTH / TENTH);
        let above = (format!("area-{area}"), format!("building-{building}"));
        if zone % (TENTH * TENTH) == 0 {
            places.push(place(&above.1, PlaceKind::Building, Some("organisation"))?);
        }
        if zone % TENTH == 0 {
            places.push(place(&above.0, PlaceKind::Area, Some(&above.1))?);
        }
        places.push(place(&zone_name(zone), PlaceKind::Zone, Some(&above.0))?);
    }
    let cameras = (0..cameras).map(|number| {
        let membership = Membership {
            zone: PlaceId::new(zone_name(zone_of(number)))?,
            boundary: PlaceKind::Organisation,
            since: None,
            until: None,
        };
        camera(number, vec![membership])
    });
    Site::new(places, cameras.collect::<Result<_, _>>()?)
}

fn zone_name(zone: u32) -> String {
    format!("zone-{zone}")
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
