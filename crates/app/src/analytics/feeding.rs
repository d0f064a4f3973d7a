//! How many cameras feed a scope, bucket after bucket.
//!
//! Memberships change a few times a year and a year has 8,760 hours: cameras are counted anew only behind a moment at which a
//! membership begins or ends.

use throng_model::camera::Camera;
use throng_model::pane::PANE;
use throng_model::site::Site;
use throng_model::{Scope, TimeRange, Timestamp};

/// The cameras of one scope.
pub(super) struct Feeding<'a> {
    site: &'a Site,
    scope: &'a Scope,
    /// When any membership begins or ends, ascending.
    changes: Vec<Timestamp>,
    /// The cameras there were, and how many changes before.
    last: Option<(usize, i64)>,
}

impl<'a> Feeding<'a> {
    /// Nothing is counted yet.
    pub fn new(site: &'a Site, scope: &'a Scope) -> Self {
        let concerns = |camera: &&Camera| match scope {
            Scope::Camera(id) => camera.id == *id,
            Scope::Place(_) => true,
        };
        let cameras = site.cameras().iter().filter(concerns);
        let memberships = cameras.flat_map(|camera| &camera.memberships);
        let mut changes: Vec<_> = memberships
            .flat_map(|membership| [membership.since, membership.until])
            .flatten()
            .collect();
        changes.sort_unstable();
        Self {
            site,
            scope,
            changes,
            last: None,
        }
    }

    /// The panes in which cameras should have been heard from, of all of them together.
    pub fn panes(&mut self, over: TimeRange) -> i64 {
        let (mut panes, mut start) = (0, over.start);
        while start < over.end {
            let passed = self.changes.partition_point(|change| *change <= start);
            let end = self
                .changes
                .get(passed)
                .map_or(over.end, |next| over.end.min(*next));
            panes += self.cameras_at(start) * end.since(start).div_euclid(PANE);
            start = end;
        }
        panes
    }

    /// The cameras at a moment. A camera feeds itself while it is in use.
    fn cameras_at(&mut self, at: Timestamp) -> i64 {
        let place = match self.scope {
            Scope::Place(place) => place,
            Scope::Camera(camera) => {
                let camera = self.site.camera(camera);
                return i64::from(camera.is_none_or(|camera| camera.in_use_at(at)));
            }
        };
        let before = self.changes.partition_point(|change| *change <= at);
        match self.last {
            Some((changes, cameras)) if changes == before => cameras,
            _ => {
                let cameras = self.site.feeding(place, at).count() as i64;
                self.last = Some((before, cameras));
                cameras
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests")]

    use super::*;
    use throng_model::camera::Membership;
    use throng_model::place::{Place, PlaceKind};
    use throng_model::{CameraId, PlaceId};

    fn place(id: &str, kind: PlaceKind, parent: Option<&str>) -> Place {
        Place {
            id: PlaceId::new(id).expect("id"),
            kind,
            name: id.to_owned(),
            parent: parent.map(|parent| PlaceId::new(parent).expect("id")),
            time_zone: "UTC".to_owned(),
            capacity: None,
            resets_at: 240,
            calendar: None,
            counting: Default::default(),
        }
    }

    fn places() -> Vec<Place> {
        vec![
            place("org", PlaceKind::Organisation, None),
            place("house", PlaceKind::Building, Some("org")),
            place("floor", PlaceKind::Area, Some("house")),
            place("hall", PlaceKind::Zone, Some("floor")),
        ]
    }

    /// A street door that feeds the hall from one moment to another.
    fn door(id: &str, since: Option<i64>, until: Option<i64>) -> Camera {
        Camera {
            id: CameraId::new(id).expect("id"),
            name: id.to_owned(),
            lines: Vec::new(),
            memberships: vec![Membership {
                zone: PlaceId::new("hall").expect("id"),
                boundary: PlaceKind::Organisation,
                since: since.map(Timestamp),
                until: until.map(Timestamp),
            }],
            heartbeat_s: 30,
        }
    }

    #[test]
    fn a_camera_that_left_in_the_middle_of_an_hour_is_missed_until_then() {
        let (ten, twenty) = (Some(10 * PANE), Some(20 * PANE));
        let cameras = vec![door("stays", None, None), door("leaves", ten, twenty)];
        let site = Site::new(places(), cameras).expect("sound");
        let scope = Scope::Place(PlaceId::new("hall").expect("id"));
        let mut feeding = Feeding::new(&site, &scope);
        let mut panes = |start, end| {
            feeding.panes(TimeRange {
                start: Timestamp(start * PANE),
                end: Timestamp(end * PANE),
            })
        };
        assert_eq!(panes(0, 30), 40);
        assert_eq!((panes(0, 10), panes(10, 20), panes(20, 30)), (10, 20, 10));
        assert_eq!((panes(15, 25), panes(5, 5), panes(9, 3)), (15, 0, 0));
    }

    #[test]
    fn cameras_are_counted_as_they_come_and_go() {
        let cameras = vec![
            door("always", None, None),
            door("from-ten", Some(10), None),
            door("until-twenty", None, Some(20)),
        ];
        let site = Site::new(places(), cameras).expect("sound");
        let scope = Scope::Place(PlaceId::new("house").expect("id"));
        let mut feeding = Feeding::new(&site, &scope);
        // Also backwards: who asks need not go through time in order.
        let counted = [0, 9, 10, 11, 19, 20, 30, 15, 0].map(|at| feeding.cameras_at(Timestamp(at)));
        assert_eq!(counted, [2, 2, 3, 3, 3, 2, 2, 3, 2]);
        let camera = Scope::Camera(CameraId::new("from-ten").expect("id"));
        assert_eq!(Feeding::new(&site, &camera).cameras_at(Timestamp(0)), 1);
        let camera = Scope::Camera(CameraId::new("until-twenty").expect("id"));
        let counted = [19, 20].map(|at| Feeding::new(&site, &camera).cameras_at(Timestamp(at)));
        assert_eq!(counted, [1, 0], "a retired camera is not missed");
    }

    #[test]
    fn a_camera_that_was_put_back_is_not_missed_in_between() {
        let mut camera = door("back", None, Some(10));
        camera
            .memberships
            .extend(door("back", Some(30), None).memberships);
        let site = Site::new(places(), vec![camera]).expect("sound");
        let own = Scope::Camera(CameraId::new("back").expect("id"));
        for scope in [Scope::Place(PlaceId::new("hall").expect("id")), own] {
            let mut feeding = Feeding::new(&site, &scope);
            let counted = [9, 10, 29, 30].map(|at| feeding.cameras_at(Timestamp(at)));
            assert_eq!(counted, [1, 0, 0, 1], "{scope}");
        }
    }
}
