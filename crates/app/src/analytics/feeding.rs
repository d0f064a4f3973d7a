//! How many cameras feed a scope, bucket after bucket.
//!
//! Memberships change a few times a year and a year has 8,760 hours: cameras are counted anew only behind a moment at which a
//! membership begins or ends.

use throng_model::site::Site;
use throng_model::{Scope, Timestamp};

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
        let memberships = match scope {
            Scope::Camera(_) => None,
            Scope::Place(_) => Some(site.cameras().iter().flat_map(|camera| &camera.memberships)),
        };
        let mut changes: Vec<_> = memberships
            .into_iter()
            .flatten()
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

    /// The cameras at a moment. A camera feeds itself.
    pub fn cameras_at(&mut self, at: Timestamp) -> i64 {
        let Scope::Place(place) = self.scope else { return 1 };
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
    use throng_model::camera::{Camera, Membership};
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
        }
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
    fn cameras_are_counted_as_they_come_and_go() {
        let places = vec![
            place("org", PlaceKind::Organisation, None),
            place("house", PlaceKind::Building, Some("org")),
            place("floor", PlaceKind::Area, Some("house")),
            place("hall", PlaceKind::Zone, Some("floor")),
        ];
        let cameras = vec![
            door("always", None, None),
            door("from-ten", Some(10), None),
            door("until-twenty", None, Some(20)),
        ];
        let site = Site::new(places, cameras).expect("sound");
        let scope = Scope::Place(PlaceId::new("house").expect("id"));
        let mut feeding = Feeding::new(&site, &scope);
        // Also backwards: who asks need not go through time in order.
        let counted = [0, 9, 10, 11, 19, 20, 30, 15, 0].map(|at| feeding.cameras_at(Timestamp(at)));
        assert_eq!(counted, [2, 2, 3, 3, 3, 2, 2, 3, 2]);
        let camera = Scope::Camera(CameraId::new("from-ten").expect("id"));
        assert_eq!(Feeding::new(&site, &camera).cameras_at(Timestamp(0)), 1);
    }
}
