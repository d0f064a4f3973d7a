//! Places and cameras: whole, changed together or not at all.

use super::{OpenCatalog, camera, contents, gone, ids, key, place, places, sorted};
use crate::Pending;
use crate::catalog::{MakeChange, SiteChange};
use crate::contract::{join_all, poll_once};
use std::sync::Arc;
use throng_model::camera::Camera;
use throng_model::place::PlaceKind;
use throng_model::{CameraId, Fault, FaultCode, PlaceId};

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

/// In whatever order they are named.
pub async fn what_stands_on_each_other_goes_together(open: &impl OpenCatalog) {
    let catalog = open().await;
    let all = ["org", "mall", "floor", "shop"].map(|id| PlaceId::new(id).expect("id"));
    let backwards: Vec<PlaceId> = all.iter().rev().cloned().collect();
    for named in [all.to_vec(), backwards] {
        let cameras = vec![camera("a")];
        let ids: Vec<CameraId> = cameras.iter().map(|camera| camera.id.clone()).collect();
        catalog.save_all(places(), cameras).await.expect("saved");
        catalog.change(gone(&named, &ids)).await.expect("removed");
        assert_eq!(contents(&*catalog), (Vec::new(), Vec::new()));
    }
    drop(catalog);
    assert_eq!(contents(&*open().await), (Vec::new(), Vec::new()));
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
        let _ = poll_once(&mut given_up);
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
