use super::*;
use crate::camera::Line;
use crate::flaw::FlawPlace;

const ZONE: &str = "Europe/Berlin";

fn place(id: &str, kind: PlaceKind, parent: Option<&str>, time_zone: &str) -> Place {
    Place {
        id: id.parse().unwrap(),
        kind,
        name: id.to_owned(),
        parent: parent.map(|parent| parent.parse().unwrap()),
        time_zone: time_zone.to_owned(),
        capacity: None,
        resets_at: 240,
        calendar: None,
        counting: crate::counting::Counting::default(),
    }
}

/// Two buildings: `mall` with the zones `shop` and `yard`, `tower` elsewhere in the world with the zone `lobby`. The camera
/// `door` counts for the shop.
fn site() -> Site {
    let places = vec![
        place("org", PlaceKind::Organisation, None, ZONE),
        place("mall", PlaceKind::Building, Some("org"), ZONE),
        place("floor", PlaceKind::Area, Some("mall"), ZONE),
        place("shop", PlaceKind::Zone, Some("floor"), ZONE),
        place("yard", PlaceKind::Zone, Some("floor"), ZONE),
        place("tower", PlaceKind::Building, Some("org"), "Asia/Ho_Chi_Minh"),
        place("upstairs", PlaceKind::Area, Some("tower"), "Asia/Ho_Chi_Minh"),
        place("lobby", PlaceKind::Zone, Some("upstairs"), "Asia/Ho_Chi_Minh"),
    ];
    let door = Camera {
        id: "door".parse().unwrap(),
        name: "Door".to_owned(),
        lines: Vec::new(),
        memberships: vec![Membership {
            zone: "shop".parse().unwrap(),
            boundary: PlaceKind::Organisation,
            since: None,
            until: None,
        }],
        heartbeat_s: 30,
        registered: None,
    };
    Site::new(places, vec![door]).unwrap()
}

fn with(site: &Site, camera: Camera) -> Site {
    Site::new(site.places().to_vec(), vec![camera]).unwrap()
}

fn to_zone(zone: &str) -> CameraChange {
    CameraChange {
        zone: Some(zone.parse().unwrap()),
        ..CameraChange::default()
    }
}

fn said_at(now: Timestamp, from: Option<Timestamp>) -> ChangeTime {
    ChangeTime { now, from }
}

/// The door after changes, each from a minute on.
fn door(changes: &[(CameraChange, i64)]) -> Result<Camera, Fault> {
    let id = "door".parse().unwrap();
    let mut site = site();
    for (change, minute) in changes {
        let from = Timestamp(minute * MINUTE);
        let camera = site.change_camera(&id, change, said_at(from.plus(-MINUTE), Some(from)))?;
        site = with(&site, camera);
    }
    Ok(site.camera(&id).unwrap().clone())
}

/// Zone, since and until in minutes.
fn memberships(camera: &Camera) -> Vec<(&str, Option<i64>, Option<i64>)> {
    let minute = |at: Option<Timestamp>| at.map(|at| at.0 / MINUTE);
    let told = |one: &Membership| (minute(one.since), minute(one.until));
    camera
        .memberships
        .iter()
        .map(|one| (one.zone.as_str(), told(one).0, told(one).1))
        .collect()
}

#[test]
fn a_place_is_renamed_and_its_capacity_set_and_forgotten() {
    let (site, id) = (site(), "shop".parse().unwrap());
    let set = PlaceChange {
        name: Some(Some(" Shop of Ann ".to_owned())),
        capacity: Some(Some(80)),
        time_zone: None,
    };
    let changed = site.change_place(&id, &set).unwrap();
    assert!(changed.recut.is_empty());
    let [shop] = changed.places.as_slice() else {
        panic!("one place: {changed:?}")
    };
    assert_eq!((shop.name.as_str(), shop.capacity), ("Shop of Ann", Some(80)));
    let forget = PlaceChange {
        name: Some(None),
        capacity: Some(None),
        time_zone: None,
    };
    let shop = site.change_place(&id, &forget).unwrap().places.remove(0);
    assert_eq!((shop.name.as_str(), shop.capacity), ("shop", None));
    let nothing = site.change_place(&id, &PlaceChange::default()).unwrap();
    assert_eq!(nothing.places, [site.place(&id).unwrap().clone()]);
}

#[test]
fn impossible_words_are_refused_by_name() {
    let (site, id) = (site(), "shop".parse().unwrap());
    let name = |name: &str| PlaceChange {
        name: Some(Some(name.to_owned())),
        ..PlaceChange::default()
    };
    let capacity = |people| PlaceChange {
        capacity: Some(Some(people)),
        ..PlaceChange::default()
    };
    let zone = |zone: &str| PlaceChange {
        time_zone: Some(zone.to_owned()),
        ..PlaceChange::default()
    };
    site.change_place(&id, &name(&"ă".repeat(200))).unwrap();
    for (change, says) in [
        (name(" "), "name is empty"),
        (name(&"a".repeat(201)), "name is longer than 200"),
        (name("a\nb"), "name has the unreadable character U+000A"),
        (name("a\u{202e}b"), "U+202E"),
        (capacity(0), "capacity 0 is not from 1"),
        (capacity(PEOPLE_MAX + 1), "capacity 1000001"),
        (zone("Mars/Olympus"), "time zone \"Mars/Olympus\" is unknown"),
        (zone(""), "time zone \"\" is unknown"),
        (zone("UTC"), "that of building \"mall\"; change it there"),
    ] {
        let fault = site.change_place(&id, &change).unwrap_err();
        assert_eq!(fault.code, FaultCode::InvalidRequest);
        assert!(fault.detail.contains(says), "{}", fault.detail);
    }
    let nowhere = "nowhere".parse().unwrap();
    let fault = site.change_place(&nowhere, &capacity(1)).unwrap_err();
    assert_eq!(fault.code, FaultCode::NotFound);
}

#[test]
fn a_time_zone_is_that_of_the_whole_building() {
    let site = site();
    let to = |zone: &str| PlaceChange {
        time_zone: Some(zone.to_owned()),
        capacity: Some(Some(7)),
        name: None,
    };
    let changed = site
        .change_place(&"mall".parse().unwrap(), &to("Asia/Tokyo"))
        .unwrap();
    let mut ids: Vec<_> = changed.places.iter().map(|place| place.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["floor", "mall", "shop", "yard"]);
    assert!(changed.places.iter().all(|place| place.time_zone == "Asia/Tokyo"));
    let held: Vec<_> = changed.places.iter().filter_map(|place| place.capacity).collect();
    assert_eq!(held, [7], "of the building only");
    let mut recut: Vec<_> = changed.recut.iter().map(ToString::to_string).collect();
    recut.sort_unstable();
    assert_eq!(recut.len(), 5, "the camera of the shop has its days: {recut:?}");
    let organisation = site.change_place(&"org".parse().unwrap(), &to("UTC")).unwrap();
    assert_eq!((organisation.places.len(), organisation.recut.len()), (1, 1));
    let same = site.change_place(&"mall".parse().unwrap(), &to(ZONE)).unwrap();
    assert!(same.recut.is_empty(), "{same:?}");
}

#[test]
fn a_place_that_others_stand_on_stays() {
    let check = |id: &str| site().check_removal(&id.parse().unwrap());
    check("yard").unwrap();
    let fault = check("floor").unwrap_err();
    assert_eq!(
        fault.detail,
        "zone \"shop\" lies in place \"floor\"; remove it first"
    );
    let fault = check("shop").unwrap_err();
    assert_eq!(fault.code, FaultCode::CountedAlready);
    assert!(fault.detail.contains("camera \"door\""), "{}", fault.detail);
}

#[test]
fn a_camera_moves_by_dates() {
    let moved = door(&[(to_zone("yard"), 10)]).unwrap();
    assert_eq!(
        memberships(&moved),
        [("shop", None, Some(10)), ("yard", Some(10), None)]
    );
    assert_eq!(moved.last_membership().unwrap().zone.as_str(), "yard");
    assert_eq!(moved.retired(), None);
    let again = door(&[(to_zone("yard"), 10), (to_zone("shop"), 12)]).unwrap();
    let three = [
        ("shop", None, Some(10)),
        ("yard", Some(10), Some(12)),
        ("shop", Some(12), None),
    ];
    assert_eq!(memberships(&again), three);
    let back = door(&[(to_zone("yard"), 10), (to_zone("shop"), 10)]).unwrap();
    assert_eq!(memberships(&back), [("shop", None, None)], "it had not gone yet");
    let stays = door(&[(to_zone("shop"), 10)]).unwrap();
    assert_eq!(memberships(&stays), [("shop", None, None)]);
    let inner = CameraChange {
        boundary: Some(PlaceKind::Zone),
        ..CameraChange::default()
    };
    let inner = door(&[(inner, 10)]).unwrap();
    assert_eq!(
        memberships(&inner),
        [("shop", None, Some(10)), ("shop", Some(10), None)]
    );
    assert_eq!(inner.memberships[1].boundary, PlaceKind::Zone);
}

#[test]
fn a_camera_is_retired_and_put_back() {
    let gone = door(&[(CameraChange::retire(), 10)]).unwrap();
    assert_eq!(memberships(&gone), [("shop", None, Some(10))]);
    assert_eq!(gone.retired(), Some(Timestamp(10 * MINUTE)));
    assert_eq!(gone.last_membership().unwrap().zone.as_str(), "shop");
    let twice = door(&[(CameraChange::retire(), 10), (CameraChange::retire(), 20)]).unwrap();
    assert_eq!(
        memberships(&twice),
        [("shop", None, Some(10))],
        "once and for all"
    );
    let back = door(&[(CameraChange::retire(), 10), (CameraChange::restore(), 20)]).unwrap();
    assert_eq!(
        memberships(&back),
        [("shop", None, Some(10)), ("shop", Some(20), None)]
    );
    let at_once = door(&[(CameraChange::retire(), 10), (CameraChange::restore(), 10)]).unwrap();
    assert_eq!(memberships(&at_once), [("shop", None, None)]);
    let elsewhere = CameraChange {
        retired: Some(false),
        ..to_zone("yard")
    };
    let elsewhere = door(&[(CameraChange::retire(), 10), (elsewhere, 20)]).unwrap();
    assert_eq!(
        memberships(&elsewhere),
        [("shop", None, Some(10)), ("yard", Some(20), None)]
    );
    let fault = door(&[(CameraChange::retire(), 10), (to_zone("yard"), 20)]).unwrap_err();
    assert!(fault.detail.contains("put it back"), "{}", fault.detail);
}

#[test]
fn a_camera_that_counted_keeps_its_days() {
    let fault = door(&[(to_zone("lobby"), 10)]).unwrap_err();
    assert_eq!(fault.code, FaultCode::CountedAlready);
    for says in [ZONE, "Asia/Ho_Chi_Minh", "retire the camera"] {
        assert!(fault.detail.contains(says), "{}", fault.detail);
    }
    let id = "door".parse().unwrap();
    let fresh = site()
        .change_camera(&id, &to_zone("lobby"), said_at(Timestamp(0), None))
        .unwrap();
    assert_eq!(
        memberships(&fresh),
        [("lobby", None, None)],
        "nothing has to be kept"
    );
    for (zone, says) in [
        ("floor", "zone \"floor\" does not exist"),
        ("nowhere", "zone \"nowhere\""),
    ] {
        let fault = door(&[(to_zone(zone), 10)]).unwrap_err();
        assert!(fault.detail.contains(says), "{}", fault.detail);
    }
}

#[test]
fn a_heartbeat_has_limits() {
    let every = |seconds| CameraChange {
        heartbeat_s: Some(seconds),
        ..CameraChange::default()
    };
    assert_eq!(door(&[(every(3_600), 10)]).unwrap().heartbeat_s, 3_600);
    for seconds in [0, 3_601] {
        let fault = door(&[(every(seconds), 10)]).unwrap_err();
        assert!(fault.detail.contains("heartbeat"), "{}", fault.detail);
    }
}

#[test]
fn changes_begin_with_the_next_minute() {
    assert_eq!(change_from(Timestamp(0)), Timestamp(MINUTE));
    assert_eq!(change_from(Timestamp(MINUTE - 1)), Timestamp(MINUTE));
    assert_eq!(change_from(Timestamp(MINUTE)), Timestamp(2 * MINUTE));
}

#[test]
fn who_is_put_back_before_he_was_gone_was_never_gone() {
    let (id, minute) = ("door".parse().unwrap(), |minute: i64| Timestamp(minute * MINUTE));
    let retire = said_at(minute(1), Some(minute(6)));
    let door = site()
        .change_camera(&id, &CameraChange::retire(), retire)
        .unwrap();
    assert_eq!(door.retired(), Some(minute(6)));
    let site = with(&site(), door);
    let back = |now, from| {
        let back = said_at(now, Some(minute(from)));
        site.change_camera(&id, &CameraChange::restore(), back).unwrap()
    };
    let in_time = back(Timestamp(minute(6).0 - 1), 11);
    assert_eq!(memberships(&in_time), [("shop", None, None)]);
    let too_late = back(minute(6), 11);
    assert_eq!(
        memberships(&too_late),
        [("shop", None, Some(6)), ("shop", Some(11), None)]
    );
}

#[test]
fn a_new_camera_is_refused_by_the_field_that_is_wrong() {
    let (site, good) = (site(), || {
        let mut camera = site().cameras()[0].clone();
        camera.id = "side-door".parse().unwrap();
        camera.lines = vec![Line::new("main".parse().unwrap(), "Main")];
        camera
    });
    site.check_new_camera(&good()).unwrap();
    let line = |number: usize| Line::new(format!("l{number}").parse().unwrap(), "l");
    type Spoil = fn(&mut Camera);
    let wrong: [(&str, Spoil); 6] = [
        ("/id", |camera| camera.id = OPERATOR.parse().unwrap()),
        ("/name", |camera| camera.name = "a\nb".to_owned()),
        ("/heartbeatSeconds", |camera| camera.heartbeat_s = 3_601),
        ("/lines/0/name", |camera| camera.lines[0].name = String::new()),
        ("/lines/0/wrapsAt", |camera| camera.lines[0].wraps_at = Some(3)),
        ("/zoneId", |camera| {
            camera.memberships[0].zone = "floor".parse().unwrap();
        }),
    ];
    for (pointer, spoil) in wrong {
        let mut camera = good();
        spoil(&mut camera);
        let fault = site.check_new_camera(&camera).expect_err(pointer);
        let place = Some(FlawPlace::Field(pointer.to_owned()));
        assert_eq!(fault.flaws[0].place, place, "{fault}");
    }
    let mut many = good();
    many.lines = (0..64).map(line).collect();
    site.check_new_camera(&many).unwrap();
    many.lines.push(line(64));
    let fault = site.check_new_camera(&many).unwrap_err();
    assert!(fault.detail.contains("65 lines are more than 64"), "{fault}");
    let known = site.check_new_camera(&site.cameras()[0]).unwrap_err();
    assert_eq!(known.code, FaultCode::AlreadyExists);
}
