//! How many cameras feed a scope, bucket after bucket.
//!
//! A camera is expected where its memberships have it, and not before it was there ([`Camera::missed_from`]). Both change a few
//! times a year and a year has 8,760 hours: the moments at which cameras come and go are put in order once, and buckets are cut
//! along them.

use std::collections::HashMap;
use throng_model::camera::Camera;
use throng_model::live::{Now, camera_of};
use throng_model::pane::PANE;
use throng_model::site::Site;
use throng_model::{CameraId, Scope, TimeRange, Timestamp};

/// The first moment each camera told of, where it told of any.
pub(super) struct FirstTold(HashMap<CameraId, Timestamp>);

impl FirstTold {
    /// As the present knows it.
    pub fn of(present: &[Now]) -> Self {
        let told = present.iter();
        let told = told.filter_map(|now| Some((camera_of(&now.scope)?.clone(), now.first_told?)));
        Self(told.collect())
    }

    fn missed_from(&self, camera: &Camera) -> Timestamp {
        camera.missed_from(self.0.get(&camera.id).copied())
    }
}

/// Coverage, the same of every answer about a time: observed panes over the panes in which cameras were expected, 0 to 1, of all
/// cameras together and since each of them is known. None where nobody was expected.
pub(super) fn coverage(observed: u64, expected: i64) -> Option<f64> {
    (expected > 0).then(|| (observed as f64 / expected as f64).min(1.0))
}

/// The cameras of one scope.
pub(super) struct Feeding {
    /// From when on there are how many, ascending.
    steps: Vec<(Timestamp, i64)>,
}

impl Feeding {
    /// A place is fed by the cameras that count for it; a camera feeds itself while it is in use.
    pub fn new(site: &Site, scope: &Scope, told: &FirstTold) -> Self {
        let mut changes = Vec::new();
        match scope {
            Scope::Camera(id) => match site.camera(id) {
                Some(camera) => note(&mut changes, camera, told, |at| camera.in_use_at(at)),
                None => changes.push((Timestamp::MIN, 1)),
            },
            Scope::Place(place) => {
                for camera in cameras_of(site, scope) {
                    let feeds_at = |at| site.fed_by(camera, at).iter().any(|fed| fed.id == *place);
                    note(&mut changes, camera, told, feeds_at);
                }
            }
        }
        changes.sort_unstable();
        let steps = changes.into_iter().scan(0, |cameras, (at, more)| {
            *cameras += more;
            Some((at, *cameras))
        });
        Self {
            steps: steps.collect(),
        }
    }

    /// From when on there are how many cameras, ascending.
    #[cfg(test)]
    pub fn of(steps: &[(Timestamp, i64)]) -> Self {
        Self {
            steps: steps.to_vec(),
        }
    }

    /// The panes in which cameras should have been heard from, of all of them together.
    pub fn panes(&self, over: TimeRange) -> i64 {
        let stretches = self.stretches(over);
        stretches
            .map(|(cameras, micros)| cameras * micros.div_euclid(PANE))
            .sum()
    }

    /// For how long any camera should have been heard from, microseconds.
    pub fn time(&self, over: TimeRange) -> i64 {
        let stretches = self.stretches(over).filter(|(cameras, _)| *cameras > 0);
        stretches.map(|(_, micros)| micros).sum()
    }

    /// The range in pieces between which no camera comes or goes: how many there are, and for how long.
    pub fn stretches(&self, over: TimeRange) -> impl Iterator<Item = (i64, i64)> {
        let mut start = over.start;
        std::iter::from_fn(move || {
            (start < over.end).then(|| {
                let next = self.steps.get(self.passed(start));
                let end = next.map_or(over.end, |(next, _)| over.end.min(*next));
                let stretch = (self.cameras_at(start), end.since(start));
                start = end;
                stretch
            })
        })
    }

    /// The [`coverage`] of a time, up to now.
    pub fn coverage(&self, bucket: TimeRange, observed: u64, now: Timestamp) -> Option<f64> {
        coverage(observed, self.expected(bucket, now))
    }

    /// The panes that should be there up to now.
    pub fn expected(&self, bucket: TimeRange, now: Timestamp) -> i64 {
        self.panes(TimeRange {
            start: bucket.start,
            end: bucket.end.min(now),
        })
    }

    /// The cameras at a moment.
    fn cameras_at(&self, at: Timestamp) -> i64 {
        let last = self.passed(at).checked_sub(1);
        last.and_then(|last| self.steps.get(last))
            .map_or(0, |(_, cameras)| *cameras)
    }

    /// How many steps there are up to a moment.
    fn passed(&self, at: Timestamp) -> usize {
        self.steps.partition_point(|(step, _)| *step <= at)
    }
}

/// The cameras that feed a scope at some time.
pub(super) fn cameras_of<'a>(site: &'a Site, scope: &'a Scope) -> impl Iterator<Item = &'a Camera> {
    // A camera is found by its id: who asks for each of a thousand must not look at all of them every time.
    let candidates = match scope {
        Scope::Camera(id) => site.camera(id).map(std::slice::from_ref).unwrap_or_default(),
        Scope::Place(_) => site.cameras(),
    };
    let feeds = move |camera: &&Camera| match scope {
        Scope::Camera(_) => true,
        Scope::Place(place) => {
            let zones = camera.memberships.iter().map(|membership| &membership.zone);
            zones
                .flat_map(|zone| site.chain(zone))
                .any(|around| around.id == *place)
        }
    };
    candidates.iter().filter(feeds)
}

/// Notes when a camera comes and goes: nothing of that changes but when it begins to be missed, and where memberships do.
fn note(
    changes: &mut Vec<(Timestamp, i64)>,
    camera: &Camera,
    told: &FirstTold,
    feeds_at: impl Fn(Timestamp) -> bool,
) {
    let from = told.missed_from(camera);
    let edges = camera
        .memberships
        .iter()
        .flat_map(|membership| [membership.since, membership.until]);
    let mut moments: Vec<Timestamp> = edges.flatten().filter(|at| *at > from).chain([from]).collect();
    moments.sort_unstable();
    let mut was_there = false;
    for at in moments {
        let is_there = feeds_at(at);
        if is_there != was_there {
            changes.push((at, if is_there { 1 } else { -1 }));
        }
        was_there = is_there;
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
            registered: None,
        }
    }

    #[test]
    fn a_camera_that_left_in_the_middle_of_an_hour_is_missed_until_then() {
        let (ten, twenty) = (Some(10 * PANE), Some(20 * PANE));
        let cameras = vec![door("stays", None, None), door("leaves", ten, twenty)];
        let site = Site::new(places(), cameras).expect("sound");
        let scope = Scope::Place(PlaceId::new("hall").expect("id"));
        let feeding = Feeding::new(&site, &scope, &FirstTold::of(&[]));
        let panes = |start, end| {
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
        let feeding = Feeding::new(&site, &scope, &FirstTold::of(&[]));
        // Also backwards: who asks need not go through time in order.
        let counted = [0, 9, 10, 11, 19, 20, 30, 15, 0].map(|at| feeding.cameras_at(Timestamp(at)));
        assert_eq!(counted, [2, 2, 3, 3, 3, 2, 2, 3, 2]);
        let camera = Scope::Camera(CameraId::new("from-ten").expect("id"));
        assert_eq!(
            Feeding::new(&site, &camera, &FirstTold::of(&[])).cameras_at(Timestamp(0)),
            1
        );
        let camera = Scope::Camera(CameraId::new("until-twenty").expect("id"));
        let counted =
            [19, 20].map(|at| Feeding::new(&site, &camera, &FirstTold::of(&[])).cameras_at(Timestamp(at)));
        assert_eq!(counted, [1, 0], "a retired camera is not missed");
    }

    #[test]
    fn a_camera_that_came_today_is_not_missed_last_month() {
        let came = |id: &str, pane: i64| Camera {
            // In the middle of the pane, all of which it is expected in.
            registered: Some(Timestamp(pane * PANE + 7)),
            ..door(id, None, None)
        };
        let told = |id: &str, pane: i64| Now {
            scope: Scope::Camera(CameraId::new(id).expect("id")),
            raw_occupancy: 0,
            occupancy: 0,
            measures_inside: true,
            in_today: 0,
            out_today: 0,
            pass_today: 0,
            as_of: None,
            latest: None,
            first_told: Some(Timestamp(pane * PANE + 7)),
            last_heard: None,
            latency: None,
            device: None,
        };
        let cameras = vec![
            door("old", None, None),
            came("silent", 100),
            came("heard-later", 100),
            came("sends-what-it-stored", 100),
        ];
        let site = Site::new(places(), cameras).expect("sound");
        let present = [
            told("old", 10),
            told("heard-later", 200),
            told("sends-what-it-stored", 50),
        ];
        let hall = Scope::Place(PlaceId::new("hall").expect("id"));
        let told = FirstTold::of(&present);
        let feeding = Feeding::new(&site, &hall, &told);
        let counted = [9, 10, 49, 50, 99, 100, 300].map(|pane| feeding.cameras_at(Timestamp(pane * PANE)));
        assert_eq!(counted, [0, 1, 1, 2, 2, 4, 4]);
        let over = TimeRange {
            start: Timestamp(0),
            end: Timestamp(100 * PANE),
        };
        assert_eq!(feeding.panes(over), 90 + 50);
        assert_eq!(
            feeding.time(over),
            90 * PANE,
            "nobody was missed before the first one came"
        );
        let own = Scope::Camera(CameraId::new("heard-later").expect("id"));
        let feeding = Feeding::new(&site, &own, &told);
        let counted = [99, 100].map(|pane| feeding.cameras_at(Timestamp(pane * PANE)));
        assert_eq!(counted, [0, 1], "it was missed before it said anything");
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
            let feeding = Feeding::new(&site, &scope, &FirstTold::of(&[]));
            let counted = [9, 10, 29, 30].map(|at| feeding.cameras_at(Timestamp(at)));
            assert_eq!(counted, [1, 0, 0, 1], "{scope}");
        }
    }
}
