//! The suite of [`Catalog`]. Use: `throng_ports::catalog_contract!(my_store);` in a crate with tokio.
//!
//! Here are the promises by name and what they are tried on; [`hierarchy`] and [`keys`] have them.
//!
//! `my_store()` makes a new, empty store and returns a closure that opens the catalogue in it.

mod hierarchy;
mod keys;

pub use hierarchy::*;
pub use keys::*;

use super::Open;
use crate::catalog::{Catalog, MakeChange, SiteChange};
use throng_model::calendar::{Calendar, Hours, Week};
use throng_model::camera::{Camera, Line, Membership, Semantics};
use throng_model::counting::{Counting, Sides, Traffic};
use throng_model::place::{Place, PlaceKind};
use throng_model::user::CameraKey;
use throng_model::{CameraId, LineId, PlaceId, Timestamp};

/// One test for each promise of the port.
#[macro_export]
macro_rules! catalog_contract {
    ($store:expr) => {
        $crate::catalog_contract!($store;
            a_new_catalogue_is_empty
            what_is_saved_is_seen_at_once_and_after_reopening
            a_picture_taken_before_a_change_does_not_change
            saving_again_replaces_as_a_whole
            a_broken_hierarchy_is_refused_and_nothing_changes
            what_is_removed_is_gone
            what_stands_on_each_other_goes_together
            what_others_stand_on_is_not_removed
            many_are_saved_all_or_none
            changes_side_by_side_all_take_hold
            a_change_is_made_from_what_is_there
            a_change_nobody_waits_for_is_whole
            keys_are_found_by_digest_and_by_camera
            a_key_is_replaced_by_its_id
            a_secret_belongs_to_one_key
            a_removed_key_opens_nothing
            no_key_speaks_for_nobody
        );
    };
    ($store:expr; $($promise:ident)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::catalog::$promise(&$store()).await;
            }
        )+
    };
}

/// Opens the catalogue of one store.
pub trait OpenCatalog: Open<dyn Catalog> {}
impl<F: Open<dyn Catalog>> OpenCatalog for F {}

fn calendar() -> Calendar {
    let hours = |opens, closes| vec![Hours::new(opens, closes).expect("hours")];
    Calendar {
        week: Week {
            monday: hours(9 * 60, 18 * 60),
            saturday: hours(18 * 60, 2 * 60),
            ..Week::default()
        },
        exceptions: Vec::new(),
    }
}

fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
    Place {
        id: PlaceId::new(id).expect("id"),
        kind,
        name: format!("\u{c0} {id} 'quoted'; -- 広場"),
        parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
        time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        capacity: Some(u32::MAX),
        resets_at: 240,
        calendar: (kind == PlaceKind::Building).then(calendar),
        counting: match kind {
            PlaceKind::Zone => Counting {
                sides: Sides::One,
                traffic: Traffic::Out,
            },
            PlaceKind::Area => Counting {
                traffic: Traffic::In,
                ..Counting::default()
            },
            _ => Counting::default(),
        },
    }
}

fn places() -> Vec<Place> {
    vec![
        // Inside out: the order of a list says nothing about the order of the hierarchy.
        place("shop", PlaceKind::Zone, Some("floor")),
        place("floor", PlaceKind::Area, Some("mall")),
        place("mall", PlaceKind::Building, Some("org")),
        place("org", PlaceKind::Organisation, None),
    ]
}

fn camera(id: &str) -> Camera {
    let line = |id: &str| Line {
        semantics: Some(Semantics::Cumulative),
        wraps_at: Some(1 << 16),
        ..Line::new(LineId::new(id).expect("id"), format!("line {id}"))
    };
    let membership = |boundary, since, until| Membership {
        zone: PlaceId::new("shop").expect("id"),
        boundary,
        since,
        until,
    };
    Camera {
        id: CameraId::new(id).expect("id"),
        name: format!("camera {id}"),
        lines: vec![line("z"), line("a"), line("m")],
        memberships: vec![
            membership(
                PlaceKind::Organisation,
                None,
                Some(Timestamp(1_700_000_000_000_001)),
            ),
            membership(PlaceKind::Zone, Some(Timestamp(1_700_000_000_000_001)), None),
        ],
        heartbeat_s: 30,
        registered: Some(Timestamp(1_774_778_400_000_000)),
    }
}

fn key(id: &str, digest: u8, cameras: &[&str]) -> CameraKey {
    CameraKey {
        id: id.to_owned(),
        digest: [digest; 32],
        cameras: cameras.iter().map(|id| CameraId::new(id).expect("id")).collect(),
    }
}

/// What the catalogue holds, in an order that does not depend on how it got there.
fn contents(catalog: &dyn Catalog) -> (Vec<Place>, Vec<Camera>) {
    let site = catalog.site();
    (site.places().to_vec(), site.cameras().to_vec())
}

fn sorted(mut places: Vec<Place>, mut cameras: Vec<Camera>) -> (Vec<Place>, Vec<Camera>) {
    places.sort_by(|a, b| b.kind.cmp(&a.kind).then_with(|| a.id.cmp(&b.id)));
    cameras.sort_by(|a, b| a.id.cmp(&b.id));
    (places, cameras)
}

fn gone(places: &[PlaceId], cameras: &[CameraId]) -> MakeChange {
    let change = SiteChange {
        places_gone: places.to_vec(),
        cameras_gone: cameras.to_vec(),
        ..SiteChange::default()
    };
    Box::new(|_| Ok(change))
}

async fn ids(catalog: &dyn Catalog, camera: Option<&str>) -> Vec<String> {
    let camera = camera.map(|id| CameraId::new(id).expect("id"));
    let keys = catalog.keys(camera).await.expect("listed");
    keys.into_iter().map(|key| key.id).collect()
}
