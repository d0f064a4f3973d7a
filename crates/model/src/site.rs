//! The whole hierarchy as one consistent picture, with the one question the engine asks of it answered quickly:
//! which places does this camera count for?

use crate::calendar::Calendar;
use crate::camera::Camera;
use crate::fault::{Fault, FaultCode};
use crate::id::{CameraId, PlaceId};
use crate::place::{Place, PlaceKind};
use crate::time::{TimeRange, Timestamp};
use std::collections::{HashMap, HashSet};

/// Places and cameras, checked: every parent exists and is of the right kind, every membership names a zone.
#[derive(Clone, Debug, Default)]
pub struct Site {
    places: Vec<Place>,
    cameras: Vec<Camera>,
    place_index: HashMap<PlaceId, usize>,
    camera_index: HashMap<CameraId, usize>,
}

impl Site {
    /// Checks and indexes.
    pub fn new(mut places: Vec<Place>, mut cameras: Vec<Camera>) -> Result<Self, Fault> {
        places.sort_by(|a, b| b.kind.cmp(&a.kind).then_with(|| a.id.cmp(&b.id)));
        cameras.sort_by(|a, b| a.id.cmp(&b.id));
        let wrong = |detail: String| Err(Fault::new(FaultCode::InvalidRequest, detail));
        let mut site = Self::default();
        for place in &places {
            if jiff::tz::TimeZone::get(&place.time_zone).is_err() {
                return wrong(format!(
                    "time zone {:?} of place {:?} is unknown",
                    place.time_zone,
                    place.id.as_str()
                ));
            }
            if let Some(calendar) = &place.calendar {
                calendar.check().map_err(|fault| {
                    fault.context(format_args!("calendar of place {:?}", place.id.as_str()))
                })?;
            }
            if site
                .place_index
                .insert(place.id.clone(), site.place_index.len())
                .is_some()
            {
                return wrong(format!("place {:?} exists twice", place.id.as_str()));
            }
        }
        site.places = places;
        for place in &site.places {
            let parent_kind = place
                .parent
                .as_ref()
                .and_then(|parent| site.place(parent))
                .map(|parent| parent.kind);
            if parent_kind != place.kind.parent() {
                return wrong(format!(
                    "{} {:?} must lie in {}",
                    place.kind,
                    place.id.as_str(),
                    place.kind.parent().map_or("nothing", PlaceKind::as_str)
                ));
            }
        }
        for camera in &cameras {
            if site
                .camera_index
                .insert(camera.id.clone(), site.camera_index.len())
                .is_some()
            {
                return wrong(format!("camera {:?} exists twice", camera.id.as_str()));
            }
            let mut lines = HashSet::new();
            for line in &camera.lines {
                line.check()?;
                if !lines.insert(&line.id) {
                    let (camera, line) = (camera.id.as_str(), line.id.as_str());
                    return wrong(format!("camera {camera:?} has the line {line:?} twice"));
                }
            }
            for membership in &camera.memberships {
                if site.place(&membership.zone).map(|place| place.kind) != Some(PlaceKind::Zone) {
                    return wrong(format!(
                        "camera {:?} counts for {:?}, which is not a zone",
                        camera.id.as_str(),
                        membership.zone.as_str()
                    ));
                }
            }
        }
        site.cameras = cameras;
        Ok(site)
    }

    /// All places, the organisation first, then buildings, areas, zones; by id within a kind.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// All cameras, by id.
    pub fn cameras(&self) -> &[Camera] {
        &self.cameras
    }

    /// One place.
    pub fn place(&self, id: &PlaceId) -> Option<&Place> {
        self.places.get(*self.place_index.get(id)?)
    }

    /// One camera.
    pub fn camera(&self, id: &CameraId) -> Option<&Camera> {
        self.cameras.get(*self.camera_index.get(id)?)
    }

    /// The place itself and everything around it, from the inside out.
    pub fn chain(&self, id: &PlaceId) -> impl Iterator<Item = &Place> {
        let mut next = self.place(id);
        std::iter::from_fn(move || {
            let place = next?;
            next = place.parent.as_ref().and_then(|parent| self.place(parent));
            Some(place)
        })
    }

    /// The places a camera counts for at this moment, each once.
    pub fn fed_by(&self, camera: &Camera, at: Timestamp) -> Vec<&Place> {
        let mut fed: Vec<&Place> = Vec::new();
        for membership in camera
            .memberships
            .iter()
            .filter(|membership| membership.holds_at(at))
        {
            for place in self
                .chain(&membership.zone)
                .filter(|place| place.kind <= membership.boundary)
            {
                if !fed.iter().any(|known| known.id == place.id) {
                    fed.push(place);
                }
            }
        }
        fed
    }

    /// The cameras that count for a place at this moment.
    pub fn feeding(&self, place: &PlaceId, at: Timestamp) -> impl Iterator<Item = &Camera> {
        self.cameras
            .iter()
            .filter(move |camera| self.fed_by(camera, at).iter().any(|fed| fed.id == *place))
    }

    /// The calendar that holds for a place: its own, or that of the nearest place around it that has one. None: the place
    /// is always open. Its hours are those of the clock on the place's own wall.
    pub fn calendar(&self, id: &PlaceId) -> Option<&Calendar> {
        self.chain(id).find_map(|place| place.calendar.as_ref())
    }

    /// The parts of the range in which a place is open, in order.
    pub fn open(&self, place: &Place, range: TimeRange) -> Vec<TimeRange> {
        self.calendar(&place.id)
            .map_or_else(|| vec![range], |calendar| calendar.open(range, &place.zone()))
    }

    /// The place whose zone and hours a camera's own days are cut by: its first zone.
    pub fn home(&self, camera: &Camera) -> Option<&Place> {
        camera
            .memberships
            .first()
            .and_then(|membership| self.place(&membership.zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::{Line, Membership, Semantics};

    fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
        Place {
            id: PlaceId::new(id).expect("id"),
            kind,
            name: id.to_owned(),
            parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
            time_zone: "Europe/Berlin".to_owned(),
            capacity: None,
            resets_at: 240,
            calendar: None,
            counting: Default::default(),
        }
    }

    fn places() -> Vec<Place> {
        vec![
            place("shop", PlaceKind::Zone, Some("floor")),
            place("floor", PlaceKind::Area, Some("mall")),
            place("mall", PlaceKind::Building, Some("org")),
            place("org", PlaceKind::Organisation, None),
        ]
    }

    fn camera(id: &str, boundary: PlaceKind, until: Option<Timestamp>) -> Camera {
        let zone = PlaceId::new("shop").expect("id");
        let memberships = vec![Membership {
            zone,
            boundary,
            since: None,
            until,
        }];
        Camera {
            id: CameraId::new(id).expect("id"),
            name: id.to_owned(),
            lines: Vec::new(),
            memberships,
            heartbeat_s: 30,
            registered: None,
        }
    }

    #[test]
    fn a_street_door_counts_for_everything_and_a_shop_door_for_the_shop() {
        let cameras = vec![
            camera("street", PlaceKind::Organisation, None),
            camera("inner", PlaceKind::Zone, Some(Timestamp(100))),
        ];
        let site = Site::new(places(), cameras).expect("valid");
        let fed = |id: &str, at| {
            let camera = site.camera(&CameraId::new(id).expect("id")).expect("known");
            site.fed_by(camera, Timestamp(at))
                .iter()
                .map(|place| place.id.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(fed("street", 1), ["shop", "floor", "mall", "org"]);
        assert_eq!(fed("inner", 99), ["shop"]);
        assert!(fed("inner", 100).is_empty(), "memberships end");
        assert_eq!(
            site.feeding(&PlaceId::new("shop").expect("id"), Timestamp(1))
                .count(),
            2
        );
    }

    #[test]
    fn a_place_without_hours_is_open_as_the_one_around_it() {
        let day = crate::TimeRange {
            start: Timestamp::parse("2026-06-01T00:00:00Z").expect("time"),
            end: Timestamp::parse("2026-06-02T00:00:00Z").expect("time"),
        };
        let mut places = places();
        let hours = |opens, closes| Calendar {
            week: crate::calendar::Week {
                monday: vec![crate::calendar::Hours::new(opens, closes).expect("hours")],
                ..Default::default()
            },
            ..Default::default()
        };
        places[2].calendar = Some(hours(540, 600));
        places[0].time_zone = "Asia/Ho_Chi_Minh".to_owned();
        let site = Site::new(places.clone(), Vec::new()).expect("valid");
        let open = |id: &str| {
            let place = site.place(&PlaceId::new(id).expect("id")).expect("known");
            site.open(place, day)[0].start.to_string()
        };
        assert_eq!(open("floor"), "2026-06-01T07:00:00.000Z", "as the mall");
        assert_eq!(
            open("shop"),
            "2026-06-01T02:00:00.000Z",
            "as the mall, by its own clock"
        );
        assert_eq!(open("org"), "2026-06-01T00:00:00.000Z", "always");
        let wrong = vec![crate::calendar::Hours::new(540, 600).expect("hours"); 2];
        places[2].calendar.as_mut().expect("has one").week.sunday = wrong;
        let fault = Site::new(places, Vec::new()).expect_err("the same hours twice");
        assert!(
            fault.detail.starts_with("calendar of place \"mall\""),
            "{}",
            fault.detail
        );
    }

    #[test]
    fn registers_that_cannot_be_are_refused() {
        let site = |semantics, wraps_at| {
            let mut camera = camera("door", PlaceKind::Organisation, None);
            camera.lines = vec![Line {
                semantics,
                wraps_at,
                ..Line::new("main".parse().expect("id"), "Main")
            }];
            Site::new(places(), vec![camera])
        };
        site(Some(Semantics::Cumulative), Some(1 << 16)).expect("a register of 16 bits");
        site(Some(Semantics::Window), None).expect("no register");
        for (semantics, wraps_at) in [
            (None, Some(1 << 16)),
            (Some(Semantics::Window), Some(1 << 16)),
            (Some(Semantics::Cumulative), Some(0)),
            (Some(Semantics::Cumulative), Some(u64::MAX)),
        ] {
            assert!(site(semantics, wraps_at).is_err(), "{semantics:?} {wraps_at:?}");
        }
    }

    #[test]
    fn broken_hierarchies_are_refused() {
        let mut orphan = places();
        orphan.remove(1);
        assert!(Site::new(orphan, Vec::new()).is_err());
        let mut zone = places();
        zone[0].time_zone = "Mars/Olympus".to_owned();
        assert!(Site::new(zone, Vec::new()).is_err());
        assert!(Site::new(Vec::new(), vec![camera("a", PlaceKind::Zone, None)]).is_err());
    }
}
