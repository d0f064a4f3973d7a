//! What the tests of commands stand on: a folder, and a mall in it.

#![allow(clippy::unwrap_used, reason = "tests")]

use crate::config::Config;
use std::path::Path;
use throng_model::camera::{Camera, Membership};
use throng_model::place::{Place, PlaceKind};

/// The defaults, with this data folder.
pub fn config(folder: &Path) -> Config {
    let mut config = Config::load(None).unwrap();
    config.data.folder = folder.to_owned();
    config
}

/// A place of which nothing is said but where it lies.
pub fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
    Place {
        id: id.parse().unwrap(),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| parent.parse().unwrap()),
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 240,
        calendar: None,
        counting: Default::default(),
    }
}

/// `org` > `mall` > `floor`, with two zones on it.
pub fn mall(zones: [&str; 2]) -> Vec<Place> {
    let mut places = vec![
        place("org", PlaceKind::Organisation, None),
        place("mall", PlaceKind::Building, Some("org")),
        place("floor", PlaceKind::Area, Some("mall")),
    ];
    places.extend(zones.map(|zone| place(zone, PlaceKind::Zone, Some("floor"))));
    places
}

/// A camera that counts for this zone, since ever.
pub fn camera(id: &str, zone: &str, boundary: PlaceKind) -> Camera {
    Camera {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        lines: Vec::new(),
        memberships: vec![Membership {
            zone: zone.parse().unwrap(),
            boundary,
            since: None,
            until: None,
        }],
        registered: None,
        heartbeat_s: 30,
    }
}
