//! Names: what places and cameras are called, and therefore the order they are numbered and shared out in, changes nothing.

use super::law::holds;
use super::rows::rows;
use super::trial::Trial;
use super::windows::{self, ledger};
use throng_model::event::{OccTarget, ResetTarget};
use throng_model::row::RowKey;
use throng_model::site::Site;
use throng_model::{CameraId, Event, EventBody, PlaceId, Scope, Timestamp};
use throng_sim::random::Random;

/// New names, drawn at random, so that any order can become any other.
struct Names {
    cameras: Vec<(CameraId, CameraId)>,
    places: Vec<(PlaceId, PlaceId)>,
}

fn drawn(random: &mut Random) -> String {
    format!("n{:016x}", random.bits())
}

fn new_of<T: PartialEq + Clone>(names: &[(T, T)], old: &T) -> T {
    let found = names.iter().find(|(known, _)| known == old);
    found.map_or_else(|| old.clone(), |(_, new)| new.clone())
}

fn old_of<T: PartialEq + Clone>(names: &[(T, T)], new: &T) -> T {
    let found = names.iter().find(|(_, known)| known == new);
    found.unwrap().0.clone()
}

impl Names {
    fn new(site: &Site, random: &mut Random) -> Self {
        let mut camera = |id: &CameraId| (id.clone(), CameraId::new(drawn(random)).unwrap());
        let cameras = site.cameras().iter().map(|known| camera(&known.id)).collect();
        let mut place = |id: &PlaceId| (id.clone(), PlaceId::new(drawn(random)).unwrap());
        let places = site.places().iter().map(|known| place(&known.id)).collect();
        Self { cameras, places }
    }

    fn site(&self, site: &Site) -> Site {
        let (mut places, mut cameras) = (site.places().to_vec(), site.cameras().to_vec());
        for place in &mut places {
            place.id = new_of(&self.places, &place.id);
            place.parent = place.parent.as_ref().map(|parent| new_of(&self.places, parent));
        }
        for camera in &mut cameras {
            camera.id = new_of(&self.cameras, &camera.id);
            for membership in &mut camera.memberships {
                membership.zone = new_of(&self.places, &membership.zone);
            }
        }
        Site::new(places, cameras).unwrap()
    }

    fn log(&self, log: &[(Event, Timestamp)]) -> Vec<(Event, Timestamp)> {
        let renamed = |event: &Event| {
            let mut event = event.clone();
            event.camera = new_of(&self.cameras, &event.camera);
            match &mut event.body {
                EventBody::Occ {
                    of: OccTarget::Zone(place) | OccTarget::Place(place),
                    ..
                }
                | EventBody::Reset {
                    target: ResetTarget::Place(place),
                    ..
                } => *place = new_of(&self.places, place),
                _ => {}
            }
            event
        };
        log.iter()
            .map(|(event, received)| (renamed(event), *received))
            .collect()
    }

    fn trial(&self, trial: &Trial) -> Trial {
        Trial {
            site: self.site(&trial.site),
            rules: trial.rules,
            table: trial.table.clone(),
            log: self.log(&trial.log),
            pace: trial.pace,
            random: trial.random.clone(),
        }
    }

    fn old(&self, scope: &Scope) -> Scope {
        match scope {
            Scope::Camera(id) => Scope::Camera(old_of(&self.cameras, id)),
            Scope::Place(id) => Scope::Place(old_of(&self.places, id)),
        }
    }
}

#[test]
fn names_do_not_matter_to_rows() {
    holds(|mut trial| {
        let names = Names::new(&trial.site, &mut trial.random);
        let other = names.trial(&trial);
        let given = rows(&trial, &trial.log, trial.pace);
        let renamed = rows(&other, &other.log, other.pace);
        let old = |key: &RowKey| RowKey {
            scope: names.old(&key.scope),
            ..key.clone()
        };
        for (key, row) in &renamed.0 {
            assert_eq!(given.0.get(&old(key)), Some(row), "{:?}", old(key));
        }
        assert_eq!(given.0.len(), renamed.0.len());
    });
}

#[test]
fn names_do_not_matter_to_windows() {
    holds(|mut trial| {
        let names = Names::new(&trial.site, &mut trial.random);
        let other = names.trial(&trial);
        let given = ledger(&trial, &trial.log, trial.pace);
        let mut renamed = ledger(&other, &other.log, other.pace);
        let windows = std::mem::take(&mut renamed.0).into_iter();
        renamed.0 = windows
            .map(|(((scope, window, start), end), held)| (((names.old(&scope), window, start), end), held))
            .collect();
        windows::assert_same(&renamed, &given);
    });
}
