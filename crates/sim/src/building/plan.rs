//! The floors, shops, doors and cameras of the building.

use crate::random::Random;
use throng_model::camera::{Camera, Line, Membership};
use throng_model::place::{Place, PlaceKind};
use throng_model::{CameraId, LineId, PlaceId};

const FLOORS: [(&str, &str); 4] = [
    ("ground", "Ground floor"),
    ("level-1", "Level 1"),
    ("level-2", "Level 2"),
    ("level-3", "Level 3"),
];
const SHOPS: [[&str; 6]; 4] = [
    ["Bakery", "Pharmacy", "Supermarket", "Flowers", "Coffee", "Bank"],
    [
        "Shoes",
        "Books",
        "Fashion North",
        "Fashion South",
        "Toys",
        "Optician",
    ],
    ["Electronics", "Sports", "Kitchen", "Music", "Travel", "Barber"],
    ["Food court", "Cinema", "Gym", "Library", "Play area", "Terrace"],
];
const STREET_DOORS: usize = 12;
const ESCALATORS: usize = 4;
/// Each shop has three cameras over its door.
const SHOP_CAMERAS: usize = 3;

/// Everything by number: cameras in the order street doors, escalators by floor, shop doors by shop.
#[derive(Debug)]
pub struct Plan {
    pub places: Vec<Place>,
    pub cameras: Vec<Camera>,
    pub building: PlaceId,
}

/// The one line every camera of the building has.
pub fn line() -> LineId {
    id(LineId::new("main"))
}

/// The ids of the plan are written in this file and valid; a wrong one is a defect that the first test run shows.
#[expect(clippy::expect_used, reason = "constants of this file")]
fn id<T>(id: Result<T, throng_model::Fault>) -> T {
    id.expect("the plan's own ids are valid")
}

impl Plan {
    pub fn new(time_zone: &str) -> Self {
        let place = |text: &str, kind, name: &str, parent: Option<&str>, capacity| Place {
            id: id(PlaceId::new(text)),
            kind,
            name: name.to_owned(),
            parent: parent.map(|parent| id(PlaceId::new(parent))),
            time_zone: time_zone.to_owned(),
            capacity: Some(capacity),
            resets_at: 4 * 60,
            calendar: None,
            counting: Default::default(),
        };
        let mut places = vec![
            place(
                "riverside-group",
                PlaceKind::Organisation,
                "Riverside Group",
                None,
                1_000,
            ),
            place(
                "riverside",
                PlaceKind::Building,
                "Riverside Centre",
                Some("riverside-group"),
                1_000,
            ),
        ];
        for (floor, (floor_id, name)) in FLOORS.iter().enumerate() {
            places.push(place(floor_id, PlaceKind::Area, name, Some("riverside"), 400));
            // The public part of a floor: where street doors and escalators lead.
            places.push(place(
                &format!("{floor_id}-concourse"),
                PlaceKind::Zone,
                &format!("{name}, concourse and shops"),
                Some(floor_id),
                400,
            ));
            for shop in SHOPS.iter().skip(floor).take(1).flatten() {
                let name = if *shop == "Bank" { "Bank branch" } else { shop };
                places.push(place(&shop_id(shop), PlaceKind::Zone, name, Some(floor_id), 60));
            }
        }
        Self {
            places,
            cameras: cameras(),
            building: id(PlaceId::new("riverside")),
        }
    }

    /// A street door.
    pub fn street_door(&self, random: &mut Random) -> usize {
        random.below(STREET_DOORS as u64) as usize
    }

    /// Whether a camera is one.
    pub fn is_street_door(&self, camera: usize) -> bool {
        camera < STREET_DOORS
    }

    /// A camera at the escalators of a floor.
    pub fn escalator(&self, floor: usize, random: &mut Random) -> usize {
        STREET_DOORS + floor * ESCALATORS + random.below(ESCALATORS as u64) as usize
    }

    /// A shop and the floor it is on. The ground floor and the food court draw most.
    pub fn shop(&self, random: &mut Random) -> (usize, usize) {
        let floor = if random.happens(0.45) {
            0
        } else {
            random.below(FLOORS.len() as u64) as usize
        };
        let within = if floor == 3 && random.happens(0.5) {
            0
        } else {
            random.below(6) as usize
        };
        (floor, floor * 6 + within)
    }

    /// A camera over a shop's door.
    pub fn shop_door(&self, shop: usize, random: &mut Random) -> usize {
        STREET_DOORS
            + FLOORS.len() * ESCALATORS
            + shop * SHOP_CAMERAS
            + random.below(SHOP_CAMERAS as u64) as usize
    }
}

fn shop_id(shop: &str) -> String {
    shop.to_lowercase().replace(' ', "-")
}

fn cameras() -> Vec<Camera> {
    let camera = |text: String, name: String, zone: &str, boundary| Camera {
        id: id(CameraId::new(text)),
        name,
        lines: vec![Line::new(line(), "Door")],
        memberships: vec![Membership {
            zone: id(PlaceId::new(zone)),
            boundary,
            since: None,
            until: None,
        }],
        heartbeat_s: 10,
        registered: None,
    };
    let mut cameras = Vec::new();
    for door in 1..=STREET_DOORS {
        cameras.push(camera(
            format!("street-door-{door:02}"),
            format!("Street door {door}"),
            "ground-concourse",
            PlaceKind::Organisation,
        ));
    }
    for (floor_id, name) in FLOORS {
        for number in 1..=ESCALATORS {
            let zone = format!("{floor_id}-concourse");
            cameras.push(camera(
                format!("{floor_id}-escalator-{number}"),
                format!("{name}, escalator {number}"),
                &zone,
                PlaceKind::Area,
            ));
        }
    }
    for shop in SHOPS.iter().flatten() {
        for number in 1..=SHOP_CAMERAS {
            cameras.push(camera(
                format!("{}-door-{number}", shop_id(shop)),
                format!("{shop}, door {number}"),
                &shop_id(shop),
                PlaceKind::Zone,
            ));
        }
    }
    cameras
}
