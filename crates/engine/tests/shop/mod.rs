//! A shop and who watches its doors.

use throng_model::camera::{Camera, Line, Membership};
use throng_model::place::{Place, PlaceKind};
use throng_model::{CameraId, PlaceId};

/// The shop and the places around it; occupancy starts anew at that many minutes after midnight.
pub fn places(time_zone: &str, resets_at: u16) -> Vec<Place> {
    let place = |(id, kind, parent): (&str, PlaceKind, Option<&str>)| Place {
        id: PlaceId::new(id).expect("id"),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
        time_zone: time_zone.to_owned(),
        capacity: None,
        resets_at,
        calendar: None,
        counting: Default::default(),
    };
    let kinds = [
        ("org", PlaceKind::Organisation, None),
        ("house", PlaceKind::Building, Some("org")),
        ("floor", PlaceKind::Area, Some("house")),
        ("shop", PlaceKind::Zone, Some("floor")),
    ];
    kinds.map(place).into()
}

/// A camera at a door between the shop and the street.
pub fn camera(id: &str, lines: Vec<Line>, heartbeat_s: u32) -> Camera {
    Camera {
        id: CameraId::new(id).expect("id"),
        name: id.to_owned(),
        lines,
        memberships: vec![Membership {
            zone: PlaceId::new("shop").expect("id"),
            boundary: PlaceKind::Organisation,
            since: None,
            until: None,
        }],
        heartbeat_s,
        registered: None,
    }
}
