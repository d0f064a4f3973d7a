//! The suite of [`Catalog`]. Use: `throng_ports::catalog_contract!(my_store);` in a crate with tokio.
//!
//! `my_store()` makes a new, empty store and returns a closure that opens the catalogue in it.

use super::{Open, join_all};
use crate::Pending;
use crate::catalog::{Catalog, MakeChange, SiteChange};
use std::sync::Arc;
use throng_model::calendar::{Calendar, Hours, Week};
use throng_model::camera::{Camera, Line, Membership, Semantics};
use throng_model::counting::{Counting, Sides, Traffic};
use throng_model::place::{Place, PlaceKind};
use throng_model::user::CameraKey;
use throng_model::{CameraId, Fault, FaultCode, LineId, PlaceId, Timestamp};

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

pub async fn a_new_catalogue_is_empty(open: &impl OpenCatalog) {
    let catalog = open().await;
    assert_eq!(contents(&*catalog), (Vec::new(), Vec::new()));
    assert_eq!(ids(&*catalog, None).await, [""; 0]);
    assert_eq!(catalog.key([0; 32]).await.expect("asked"), None);
}

pub async fn what_is_saved_is_seen_at_once_and_after_reopening(open: &impl OpenCatalog) {
    let wanted = sorted(places(), vec![camera("b"), camera("a")]);
    let catalog = open().await;
    catalog
        .save_all(places(), vec![camera("b")])
        .await
        .expect("saved");
    catalog.save_camera(camera("a")).await.expect("saved");
    assert_eq!(contents(&*catalog), wanted);
    catalog.save_key(key("k", 7, &["b", "a"])).await.expect("saved");
    drop(catalog);
    let catalog = open().await;
    assert_eq!(
        contents(&*catalog),
        wanted,
        "lines and memberships in their order too"
    );
    assert_eq!(
        catalog.key([7; 32]).await.expect("asked"),
        Some(key("k", 7, &["b", "a"]))
    );
}

pub async fn a_picture_taken_before_a_change_does_not_change(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog.save_all(places(), Vec::new()).await.expect("saved");
    let before = catalog.site();
    catalog.save_camera(camera("a")).await.expect("saved");
    assert!(before.cameras().is_empty());
    assert_eq!(catalog.site().cameras().len(), 1);
    assert!(
        Arc::ptr_eq(&catalog.site(), &catalog.site()),
        "asking costs no copy"
    );
}

pub async fn saving_again_replaces_as_a_whole(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog
        .save_all(places(), vec![camera("a")])
        .await
        .expect("saved");
    let mut changed = camera("a");
    changed.name = "moved".to_owned();
    changed.lines.remove(0);
    changed.memberships.remove(0);
    changed.heartbeat_s = u32::MAX;
    let mut mall = place("mall", PlaceKind::Building, Some("org"));
    mall.capacity = None;
    mall.time_zone = "Europe/Berlin".to_owned();
    catalog.save_camera(changed.clone()).await.expect("saved");
    catalog.save_place(mall.clone()).await.expect("saved");
    drop(catalog);
    let catalog = open().await;
    let site = catalog.site();
    assert_eq!(site.camera(&changed.id), Some(&changed));
    assert_eq!(site.place(&mall.id), Some(&mall));
    assert_eq!((site.places().len(), site.cameras().len()), (4, 1));
}

pub async fn a_broken_hierarchy_is_refused_and_nothing_changes(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog
        .save_all(places(), vec![camera("a")])
        .await
        .expect("saved");
    let before = contents(&*catalog);
    let mut homeless = camera("b");
    homeless.memberships[0].zone = PlaceId::new("nowhere").expect("id");
    let mut on_a_floor = camera("a");
    on_a_floor.memberships[0].zone = PlaceId::new("floor").expect("id");
    let mut on_mars = place("mall", PlaceKind::Building, Some("org"));
    on_mars.time_zone = "Mars/Olympus".to_owned();
    let refused: Vec<(&str, Pending<'_, Result<(), Fault>>)> = vec![
        (
            "no parent",
            catalog.save_place(place("x", PlaceKind::Zone, Some("nowhere"))),
        ),
        (
            "wrong parent",
            catalog.save_place(place("x", PlaceKind::Zone, Some("mall"))),
        ),
        (
            "no parent at all",
            catalog.save_place(place("x", PlaceKind::Building, None)),
        ),
        (
            "others stand on it",
            catalog.save_place(place("floor", PlaceKind::Building, Some("org"))),
        ),
        ("unknown time zone", catalog.save_place(on_mars)),
        ("unknown zone", catalog.save_camera(homeless)),
        ("not a zone", catalog.save_camera(on_a_floor)),
        (
            "twice in one change",
            catalog.save_all(Vec::new(), vec![camera("c"), camera("c")]),
        ),
    ];
    for (why, save) in refused {
        assert_eq!(
            save.await.expect_err(why).code,
            FaultCode::InvalidRequest,
            "{why}"
        );
        assert_eq!(contents(&*catalog), before, "{why}");
    }
    drop(catalog);
    assert_eq!(contents(&*open().await), before);
}

pub async fn what_is_removed_is_gone(open: &impl OpenCatalog) {
    let catalog = open().await;
    let (yard, stays) = (place("yard", PlaceKind::Zone, Some("floor")), camera("stays"));
    catalog
        .save_all(
            [places(), vec![yard.clone()]].concat(),
            vec![camera("goes"), stays.clone()],
        )
        .await
        .expect("saved");
    for _ in 0..2 {
        let goes = CameraId::new("goes").expect("id");
        catalog
            .change(gone(&[], &[goes]))
            .await
            .expect("removed, or was not there");
        catalog
            .change(gone(std::slice::from_ref(&yard.id), &[]))
            .await
            .expect("removed, or was not there");
        assert_eq!(contents(&*catalog), sorted(places(), vec![stays.clone()]));
    }
    drop(catalog);
    let catalog = open().await;
    assert_eq!(contents(&*catalog), sorted(places(), vec![stays]));
    // Nothing of the old one is in the way of a new one.
    catalog.save_camera(camera("goes")).await.expect("saved");
    catalog.save_place(yard).await.expect("saved");
}

pub async fn what_others_stand_on_is_not_removed(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog
        .save_all(places(), vec![camera("a")])
        .await
        .expect("saved");
    let before = contents(&*catalog);
    for id in ["org", "mall", "floor", "shop"] {
        let id = PlaceId::new(id).expect("id");
        let fault = catalog.change(gone(&[id], &[])).await.expect_err("stood on");
        assert_eq!(fault.code, FaultCode::InvalidRequest);
        assert_eq!(contents(&*catalog), before);
    }
    drop(catalog);
    assert_eq!(contents(&*open().await), before);
}

pub async fn many_are_saved_all_or_none(open: &impl OpenCatalog) {
    let catalog = open().await;
    let mut cameras: Vec<Camera> = (0..500).map(|n| camera(&format!("c{n:03}"))).collect();
    cameras[499].memberships[0].zone = PlaceId::new("nowhere").expect("id");
    catalog
        .save_all(places(), cameras.clone())
        .await
        .expect_err("the last one is wrong");
    assert_eq!(contents(&*catalog), (Vec::new(), Vec::new()));
    cameras[499] = camera("c499");
    catalog.save_all(places(), cameras.clone()).await.expect("saved");
    let wanted = sorted(places(), cameras);
    assert_eq!(contents(&*catalog), wanted);
    drop(catalog);
    assert_eq!(contents(&*open().await), wanted);
}

pub async fn changes_side_by_side_all_take_hold(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog.save_all(places(), Vec::new()).await.expect("saved");
    let saves = (0..16)
        .map(|n| catalog.save_camera(camera(&format!("c{n}"))))
        .collect();
    for saved in join_all(saves).await {
        saved.expect("saved");
    }
    assert_eq!(catalog.site().cameras().len(), 16, "none overwrote another");
    let seen = contents(&*catalog);
    drop(catalog);
    assert_eq!(contents(&*open().await), seen);
}

pub async fn a_change_is_made_from_what_is_there(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog
        .save_all(places(), vec![camera("a")])
        .await
        .expect("saved");
    let longer = || -> MakeChange {
        Box::new(|site| {
            let mut camera = site.cameras()[0].clone();
            camera.name.push('!');
            Ok(SiteChange {
                cameras: vec![camera],
                ..SiteChange::default()
            })
        })
    };
    let changes = (0..16).map(|_| catalog.change(longer())).collect();
    for changed in join_all(changes).await {
        changed.expect("changed");
    }
    let name = catalog.site().cameras()[0].name.clone();
    assert_eq!(name, format!("camera a{}", "!".repeat(16)), "none was undone");
    let before = contents(&*catalog);
    let refuse: MakeChange = Box::new(|_| Err(Fault::new(FaultCode::CountedAlready, "no")));
    let fault = catalog.change(refuse).await.expect_err("refused");
    assert_eq!(fault.code, FaultCode::CountedAlready, "in its own words");
    assert_eq!(contents(&*catalog), before);
    let site = catalog.change(longer()).await.expect("goes on");
    assert_eq!(
        site.cameras(),
        catalog.site().cameras(),
        "what is given is what is"
    );
}

/// A browser that goes away in the middle of a change must not leave memory and disk different.
pub async fn a_change_nobody_waits_for_is_whole(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog.save_all(places(), Vec::new()).await.expect("saved");
    for n in 0..20 {
        let mut given_up = catalog.save_camera(camera(&format!("given-up-{n}")));
        let _ = super::poll_once(&mut given_up);
        drop(given_up);
        // Changes are in order: what was begun before is over when this one is.
        catalog
            .save_camera(camera(&format!("c{n}")))
            .await
            .expect("saved");
    }
    let seen = contents(&*catalog);
    drop(catalog);
    assert_eq!(contents(&*open().await), seen);
}

pub async fn keys_are_found_by_digest_and_by_camera(open: &impl OpenCatalog) {
    let catalog = open().await;
    // A key may be made before its cameras are.
    catalog
        .save_key(key("gate", 1, &["a", "b"]))
        .await
        .expect("saved");
    catalog.save_key(key("all", 2, &[])).await.expect("saved");
    catalog.save_key(key("back", 3, &["b"])).await.expect("saved");
    for _ in 0..2 {
        assert_eq!(
            catalog.key([1; 32]).await.expect("asked"),
            Some(key("gate", 1, &["a", "b"]))
        );
        assert_eq!(
            catalog.key([2; 32]).await.expect("asked"),
            Some(key("all", 2, &[]))
        );
        let mut nearly = [1; 32];
        nearly[31] = 0;
        assert_eq!(catalog.key(nearly).await.expect("asked"), None);
    }
    assert_eq!(ids(&*catalog, None).await, ["all", "back", "gate"]);
    assert_eq!(ids(&*catalog, Some("a")).await, ["all", "gate"]);
    assert_eq!(ids(&*catalog, Some("b")).await, ["all", "back", "gate"]);
    assert_eq!(
        ids(&*catalog, Some("c")).await,
        ["all"],
        "without cameras it speaks for every camera"
    );
}

pub async fn a_key_is_replaced_by_its_id(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog.save_key(key("gate", 1, &["a"])).await.expect("saved");
    catalog
        .save_key(key("gate", 2, &["b", "c"]))
        .await
        .expect("saved");
    drop(catalog);
    let catalog = open().await;
    assert_eq!(
        catalog.key([1; 32]).await.expect("asked"),
        None,
        "the old secret is worth nothing"
    );
    assert_eq!(
        catalog.key([2; 32]).await.expect("asked"),
        Some(key("gate", 2, &["b", "c"]))
    );
    assert_eq!(ids(&*catalog, None).await, ["gate"]);
}

pub async fn a_secret_belongs_to_one_key(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog.save_key(key("narrow", 1, &["a"])).await.expect("saved");
    let fault = catalog
        .save_key(key("wide", 1, &[]))
        .await
        .expect_err("same digest");
    assert_eq!(fault.code, FaultCode::AlreadyExists);
    assert_eq!(
        catalog.key([1; 32]).await.expect("asked"),
        Some(key("narrow", 1, &["a"]))
    );
    drop(catalog);
    assert_eq!(ids(&*open().await, None).await, ["narrow"]);
}

pub async fn a_removed_key_opens_nothing(open: &impl OpenCatalog) {
    let catalog = open().await;
    catalog.save_key(key("gate", 1, &["a"])).await.expect("saved");
    assert!(catalog.remove_key("gate".to_owned()).await.expect("removed"));
    assert!(
        !catalog.remove_key("gate".to_owned()).await.expect("asked"),
        "it is gone already"
    );
    assert_eq!(catalog.key([1; 32]).await.expect("asked"), None);
    drop(catalog);
    let catalog = open().await;
    assert_eq!(catalog.key([1; 32]).await.expect("asked"), None);
    catalog
        .save_key(key("gate", 1, &[]))
        .await
        .expect("the name is free again");
}

pub async fn no_key_speaks_for_nobody(open: &impl OpenCatalog) {
    let catalog = open().await;
    let retired = |id: &str| {
        let mut camera = camera(id);
        camera.memberships[1].until = Some(Timestamp(1_800_000_000_000_000));
        camera
    };
    let cameras = ["a", "b", "c"].map(camera).to_vec();
    catalog.save_all(places(), cameras).await.expect("saved");
    for (number, (id, cameras)) in [
        ("a", &["a"][..]),
        ("ab", &["a", "b"]),
        ("all", &[]),
        ("b", &["b"]),
        ("coming", &["b", "coming"]),
    ]
    .into_iter()
    .enumerate()
    {
        let digest = u8::try_from(number).expect("few");
        catalog.save_key(key(id, digest, cameras)).await.expect("saved");
    }
    catalog.save_camera(retired("a")).await.expect("saved");
    assert_eq!(ids(&*catalog, None).await, ["ab", "all", "b", "coming"]);
    assert_eq!(catalog.key([0; 32]).await.expect("asked"), None);
    for cameras in [&["a"][..], &["b", "a"]] {
        let late = catalog.save_key(key("late", 9, cameras)).await;
        assert_eq!(late.expect_err("retired").code, FaultCode::CameraOutOfUse);
    }
    let b = CameraId::new("b").expect("id");
    catalog.change(gone(&[], &[b])).await.expect("removed");
    assert_eq!(ids(&*catalog, None).await, ["all", "coming"]);
    catalog.save_camera(retired("c")).await.expect("saved");
    catalog.save_camera(camera("a")).await.expect("put back");
    catalog
        .save_key(key("a", 10, &["a"]))
        .await
        .expect("in use again");
    drop(catalog);
    assert_eq!(ids(&*open().await, None).await, ["a", "all", "coming"]);
}
