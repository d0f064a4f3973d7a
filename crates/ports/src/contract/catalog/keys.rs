//! The keys of cameras.

use super::{OpenCatalog, camera, gone, ids, key, places};
use throng_model::{CameraId, FaultCode, Timestamp};

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
