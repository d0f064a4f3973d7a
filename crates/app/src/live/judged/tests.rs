use super::*;
use throng_embedded::{FeedOptions, InProcessFeed};
use throng_model::Scope;
use throng_model::camera::{Camera, Membership};
use throng_model::place::{Place, PlaceKind};

const AT: Timestamp = Timestamp(1_774_785_600_000_000);

fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
    Place {
        id: PlaceId::new(id).unwrap(),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| PlaceId::new(parent).unwrap()),
        time_zone: "UTC".to_owned(),
        capacity: None,
        resets_at: 240,
        calendar: None,
        counting: Default::default(),
    }
}

/// A mall with ten shops; of each four cameras the first is at the street, and every seventh has left at `AT`.
fn mall() -> Arc<Site> {
    let mut places = vec![
        place("org", PlaceKind::Organisation, None),
        place("mall", PlaceKind::Building, Some("org")),
        place("floor", PlaceKind::Area, Some("mall")),
    ];
    places.extend((0..10).map(|n| place(&format!("shop-{n}"), PlaceKind::Zone, Some("floor"))));
    let cameras = (0..40).map(|n| Camera {
        id: CameraId::new(format!("camera-{n:02}")).unwrap(),
        name: "a door".to_owned(),
        lines: Vec::new(),
        memberships: vec![Membership {
            zone: PlaceId::new(format!("shop-{}", n / 4)).unwrap(),
            boundary: match n % 4 {
                0 => PlaceKind::Organisation,
                _ => PlaceKind::Zone,
            },
            since: None,
            until: (n % 7 == 0).then_some(AT),
        }],
        heartbeat_s: 30,
        registered: None,
    });
    Arc::new(Site::new(places, cameras.collect()).unwrap())
}

fn heard(scope: Scope, last_heard: Timestamp) -> Now {
    Now {
        scope,
        raw_occupancy: 0,
        occupancy: 0,
        measures_inside: true,
        in_today: 0,
        out_today: 0,
        pass_today: 0,
        as_of: None,
        latest: None,
        first_told: None,
        last_heard: Some(last_heard),
        latency: None,
        device: None,
    }
}

/// Every third camera was heard long ago, the others just now.
fn feed(site: &Site) -> InProcessFeed {
    let feed = InProcessFeed::new(1, FeedOptions::default());
    let cameras = site.cameras().iter().enumerate().map(|(n, camera)| {
        let ago = if n % 3 == 0 { 1_000 * SECOND } else { 0 };
        heard(Scope::Camera(camera.id.clone()), AT.plus(-ago))
    });
    let places = site.places().iter();
    let places = places.map(|place| heard(Scope::Place(place.id.clone()), AT));
    feed.publish(AT, cameras.chain(places).collect(), None);
    feed
}

#[test]
fn a_place_is_covered_by_those_of_its_cameras_that_are_online() {
    let site = mall();
    let judged = Judge::default().present(&feed(&site), Arc::clone(&site), 3, AT);
    assert_eq!(judged.live.places.len(), 13);
    for told in &judged.live.places {
        let feeding: Vec<&Camera> = site.feeding(&told.place, AT).collect();
        let is_online = |camera: &&&Camera| judged.status(&camera.id) == CameraStatus::Online;
        let online = feeding.iter().filter(is_online).count();
        let expected = (!feeding.is_empty()).then(|| online as f64 / feeding.len() as f64);
        assert_eq!(told.coverage, expected, "{}", told.place);
    }
    let mall = judged
        .live
        .places
        .iter()
        .find(|told| told.place.as_str() == "mall");
    // Of its ten street doors 0 and 28 have left; 0, 12, 24 and 36 are silent.
    assert_eq!(mall.unwrap().coverage, Some(5.0 / 8.0));
}

#[test]
fn a_recording_beside_cameras_takes_nothing_from_what_is_seen() {
    let site = mall();
    let feed = feed(&site);
    let recorded = |n: usize| Now {
        as_of: Some(AT.plus(-7_000 * 86_400 * SECOND)),
        ..heard(Scope::Camera(site.cameras()[n].id.clone()), AT)
    };
    // One of the ten street doors, and all doors of a shop.
    feed.publish(AT, [12, 8, 9, 10, 11].map(recorded).to_vec(), None);
    let judged = Judge::default().present(&feed, Arc::clone(&site), 3, AT);
    let coverage = |id: &str| judged.coverage(&PlaceId::new(id).unwrap());
    assert_eq!(coverage("mall"), Some(4.0 / 6.0), "of 8 in use, 2 are recordings");
    assert_eq!(coverage("shop-2"), Some(0.0), "nobody is counted there now");
}

#[test]
fn all_who_ask_share_one_judgement_until_something_can_have_changed() {
    let site = mall();
    let (feed, judge) = (feed(&site), Judge::default());
    let ask = |site: &Arc<Site>, at| judge.present(&feed, Arc::clone(site), 3, at);
    let first = ask(&site, AT);
    for _ in 0..100 {
        assert!(Arc::ptr_eq(&first, &ask(&site, AT.plus(SECOND - 1))));
    }
    let next_second = ask(&site, AT.plus(SECOND));
    assert!(!Arc::ptr_eq(&first, &next_second), "one can have fallen silent");
    let silent = site.cameras()[3].id.clone();
    assert_eq!(next_second.status(&silent), CameraStatus::Offline);
    feed.publish(AT, vec![heard(Scope::Camera(silent.clone()), AT)], None);
    let published = ask(&site, AT.plus(SECOND));
    assert_eq!(published.status(&silent), CameraStatus::Online, "told at once");
    let changed = ask(&mall(), AT.plus(SECOND));
    assert!(!Arc::ptr_eq(&published, &changed), "another hierarchy");
}
