//! What an operator may change about a place or a camera that is there, so that no number counted before becomes wrong.
//!
//! Pure: a site and a wish in, what to save out, or why not. Rows are filed by the days of their place and by the cameras
//! that fed it; neither is written again when the hierarchy changes. So a camera moves by dates, from a moment on behind
//! which nothing was counted yet, and what would cut days anew is told to the caller, who knows whether anything was counted.

use crate::camera::{Camera, Membership, OPERATOR};
use crate::event::PEOPLE_MAX;
use crate::fault::{Fault, FaultCode};
use crate::flaw::Reason;
use crate::id::{CameraId, PlaceId};
use crate::place::{Place, PlaceKind};
use crate::scope::Scope;
use crate::site::Site;
use crate::time::{MINUTE, Timestamp};
use jiff::tz::TimeZone;

/// The longest name, characters.
const NAME_MAX: usize = 200;

/// What is to change about a place; none leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceChange {
    /// What people call it; none inside: its id.
    pub name: Option<Option<String>>,
    /// How many people may be inside; none inside: nobody says.
    pub capacity: Option<Option<u32>>,
    /// The IANA zone its days are cut in, and those of the places inside of it.
    pub time_zone: Option<String>,
}

/// A place as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedPlace {
    /// It, and the places inside of it that change with it. To be saved together.
    pub places: Vec<Place>,
    /// Whose days would be cut otherwise: what was counted for them would stand in the old days beside new ones, so nothing
    /// may have been.
    pub recut: Vec<Scope>,
}

/// What is to change about a camera; none leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameraChange {
    /// What people call it; none inside: its id.
    pub name: Option<Option<String>>,
    /// How often it promises to say something, seconds.
    pub heartbeat_s: Option<u32>,
    /// The zone its lines lead into. It counts for this one only, from the change on.
    pub zone: Option<PlaceId>,
    /// The outermost kind of place whose edge its lines are.
    pub boundary: Option<PlaceKind>,
    /// False puts a retired camera back; true retires it.
    pub retired: Option<bool>,
}

impl CameraChange {
    /// Takes a camera out of use.
    pub fn retire() -> Self {
        Self {
            retired: Some(true),
            ..Self::default()
        }
    }

    /// Brings a retired camera into use again.
    pub fn restore() -> Self {
        Self {
            retired: Some(false),
            ..Self::default()
        }
    }
}

/// When a change of a camera is made, and when it can take hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeTime {
    /// The server's time.
    pub now: Timestamp,
    /// When the camera begins or stops to count where that changes ([`change_from`]); none where it never counted, so that
    /// there is no before.
    pub from: Option<Timestamp>,
}

/// Refuses a name that cannot be read on a screen or in a list of lines.
pub fn check_name(name: &str) -> Result<(), Fault> {
    // The last ones turn the writing direction around, so that a name reads as another one.
    let unreadable =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if name.trim().is_empty() {
        return Err(Fault::invalid(Reason::TooShort, "name is empty"));
    }
    if name.chars().count() > NAME_MAX {
        let detail = format!("name is longer than {NAME_MAX} characters");
        return Err(Fault::invalid(Reason::TooLong, detail));
    }
    if let Some(found) = name.chars().find(|c| unreadable(*c)) {
        let detail = format!("name has the unreadable character U+{:04X}", u32::from(found));
        return Err(Fault::invalid(Reason::Malformed, detail));
    }
    Ok(())
}

/// The moment a camera can begin or stop to count for a place, where no event of it was counted later than `latest`: whole
/// minutes, because rows have no smaller ones.
pub fn change_from(latest: Timestamp) -> Timestamp {
    Timestamp((latest.0.div_euclid(MINUTE) + 1) * MINUTE)
}

impl Site {
    /// A place as it will be after a change.
    pub fn change_place(&self, id: &PlaceId, change: &PlaceChange) -> Result<ChangedPlace, Fault> {
        let now = self.place(id).ok_or_else(|| {
            let detail = format!("place {:?} does not exist", id.as_str());
            Fault::new(FaultCode::NotFound, detail)
        })?;
        let mut place = now.clone();
        if let Some(name) = &change.name {
            place.name = named(name.as_deref(), id.as_str())?;
        }
        if let Some(capacity) = change.capacity {
            if let Some(people) = capacity.filter(|people| !(1..=PEOPLE_MAX).contains(people)) {
                let detail = format!("capacity {people} is not from 1 to {PEOPLE_MAX}");
                return Err(Fault::invalid(Reason::OutOfRange, detail).in_field("/capacity"));
            }
            place.capacity = capacity;
        }
        let mut changed = ChangedPlace {
            places: Vec::new(),
            recut: Vec::new(),
        };
        if let Some(zone) = &change.time_zone {
            self.check_zone(now, zone)
                .map_err(|fault| fault.in_field("/timeZone"))?;
            place.time_zone.clone_from(zone);
            for inner in self.sharing_days(now).filter(|inner| inner.time_zone != *zone) {
                changed.recut.push(Scope::Place(inner.id.clone()));
                changed.recut.extend(self.at_home_in(inner));
                if inner.id != *id {
                    changed.places.push(Place {
                        time_zone: zone.clone(),
                        ..inner.clone()
                    });
                }
            }
        }
        changed.places.push(place);
        Ok(changed)
    }

    /// Refuses to remove a place that others stand on, or that cameras count or counted for.
    pub fn check_removal(&self, id: &PlaceId) -> Result<(), Fault> {
        if let Some(inner) = self
            .places()
            .iter()
            .find(|place| place.parent.as_ref() == Some(id))
        {
            return refused(format!(
                "{} {:?} lies in place {:?}; remove it first",
                inner.kind,
                inner.id.as_str(),
                id.as_str()
            ));
        }
        let counts = |camera: &&Camera| camera.memberships.iter().any(|membership| membership.zone == *id);
        match self.cameras().iter().find(counts) {
            None => Ok(()),
            Some(camera) => Err(Fault::new(
                FaultCode::CountedAlready,
                format!(
                    "camera {:?} counts or counted for place {:?}",
                    camera.id.as_str(),
                    id.as_str()
                ),
            )),
        }
    }

    /// Within a building there is one zone, so that a camera can move there and an hour is the same hour on every floor.
    fn check_zone(&self, place: &Place, zone: &str) -> Result<(), Fault> {
        if TimeZone::get(zone).is_err() {
            return refused(format!(
                "time zone {zone:?} is unknown; give the name of an IANA zone, Europe/Berlin for example"
            ));
        }
        let building = self
            .chain(&place.id)
            .find(|around| around.kind == PlaceKind::Building);
        match building.filter(|building| building.id != place.id && building.time_zone != zone) {
            None => Ok(()),
            Some(building) => refused(format!(
                "the time zone of {} {:?} is that of building {:?}; change it there",
                place.kind,
                place.id.as_str(),
                building.id.as_str()
            )),
        }
    }

    /// The places whose days are those of this one. Buildings of one organisation may lie in several zones.
    fn sharing_days<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = &'a Place> {
        let inside = |inner: &Place| self.chain(&inner.id).any(|around| around.id == place.id);
        let shares = move |inner: &&Place| {
            inner.id == place.id || place.kind != PlaceKind::Organisation && inside(inner)
        };
        self.places().iter().filter(shares)
    }

    /// The cameras whose own days are cut as those of this place.
    fn at_home_in<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = Scope> + 'a {
        let here = |camera: &&Camera| self.home(camera).is_some_and(|home| home.id == place.id);
        let cameras = self.cameras().iter().filter(here);
        cameras.map(|camera| Scope::Camera(camera.id.clone()))
    }

    /// Refuses a camera that cannot be added, and says which field of it is wrong.
    pub fn check_new_camera(&self, camera: &Camera) -> Result<(), Fault> {
        if self.camera(&camera.id).is_some() {
            let detail = format!("camera {:?} exists already", camera.id.as_str());
            return Err(Fault::new(FaultCode::AlreadyExists, detail));
        }
        if camera.id.as_str() == OPERATOR {
            let detail = format!("a camera must not be called {OPERATOR:?}: that is who people speak as");
            return Err(Fault::invalid(Reason::Other, detail).in_field("/id"));
        }
        check_name(&camera.name).map_err(|fault| fault.in_field("/name"))?;
        check_heartbeat(camera.heartbeat_s)?;
        if camera.lines.len() > LINES_MAX {
            let detail = format!("{} lines are more than {LINES_MAX}", camera.lines.len());
            return Err(Fault::invalid(Reason::TooLong, detail).in_field("/lines"));
        }
        for (number, line) in camera.lines.iter().enumerate() {
            check_name(&line.name).map_err(|fault| fault.in_field(&format!("/lines/{number}/name")))?;
            line.check()
                .map_err(|fault| fault.in_field(&format!("/lines/{number}/wrapsAt")))?;
        }
        for membership in &camera.memberships {
            self.zone(&membership.zone)?;
        }
        Ok(())
    }

    /// A camera as it will be after a change.
    pub fn change_camera(
        &self,
        id: &CameraId,
        change: &CameraChange,
        time: ChangeTime,
    ) -> Result<Camera, Fault> {
        let from = time.from;
        let mut camera = self.camera(id).cloned().ok_or_else(|| {
            let detail = format!("camera {:?} does not exist", id.as_str());
            Fault::new(FaultCode::NotFound, detail)
        })?;
        if let Some(name) = &change.name {
            camera.name = named(name.as_deref(), id.as_str())?;
        }
        if let Some(seconds) = change.heartbeat_s {
            check_heartbeat(seconds)?;
            camera.heartbeat_s = seconds;
        }
        let Some(last) = camera.last_membership().cloned() else {
            return refused(format!("camera {:?} counts for no place", id.as_str()));
        };
        let was_retired = camera.retired().is_some();
        let retired = change.retired.unwrap_or(was_retired);
        let next = Membership {
            zone: change.zone.clone().unwrap_or(last.zone.clone()),
            boundary: change.boundary.unwrap_or(last.boundary),
            since: from,
            until: None,
        };
        let moved = (&next.zone, next.boundary) != (&last.zone, last.boundary);
        if retired && moved {
            return refused(format!(
                "camera {:?} is retired; put it back before it counts elsewhere",
                id.as_str()
            ));
        }
        if retired == was_retired && !moved {
            return Ok(camera);
        }
        if retired && from.is_none() {
            return refused(format!(
                "camera {:?} never counted anything; remove it",
                id.as_str()
            ));
        }
        self.check_move(&camera, &next, from)?;
        match from {
            None => camera.memberships.clear(),
            Some(from) => end_at(&mut camera.memberships, from),
        }
        match camera.memberships.last_mut() {
            _ if retired => {}
            // Put back, or moved back, before it was gone: no moment may be left for which it counts nowhere.
            Some(last)
                if last.until.is_some_and(|until| time.now < until)
                    && (&last.zone, last.boundary) == (&next.zone, next.boundary) =>
            {
                last.until = None;
            }
            _ => camera.memberships.push(next),
        }
        Ok(camera)
    }

    /// A zone that a camera can count for.
    fn zone(&self, id: &PlaceId) -> Result<&Place, Fault> {
        let zone = self.place(id).filter(|place| place.kind == PlaceKind::Zone);
        zone.ok_or_else(|| {
            let detail = format!(
                "zone {:?} does not exist; a zone is made with a camera: `throng camera add ID --zone {id}`",
                id.as_str()
            );
            Fault::invalid(Reason::NotListed, detail).in_field("/zoneId")
        })
    }

    /// A camera's own days are those of its first zone, for good.
    fn check_move(&self, camera: &Camera, next: &Membership, from: Option<Timestamp>) -> Result<(), Fault> {
        let (name, zone) = (camera.id.as_str(), next.zone.as_str());
        let there = self.zone(&next.zone)?;
        match self.home(camera).filter(|home| home.time_zone != there.time_zone) {
            Some(home) if from.is_some() => Err(Fault::new(
                FaultCode::CountedAlready,
                format!(
                    "the days of camera {name:?} are cut in {}, those of zone {zone:?} in {}; retire the camera and register \
                     it there under another id",
                    home.time_zone, there.time_zone
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// The most lines of a camera.
const LINES_MAX: usize = 64;

/// How often a camera can promise to say something, seconds.
const HEARTBEATS: std::ops::RangeInclusive<u32> = 1..=3_600;

fn check_heartbeat(seconds: u32) -> Result<(), Fault> {
    if HEARTBEATS.contains(&seconds) {
        return Ok(());
    }
    let detail = format!("a heartbeat each {seconds} seconds is not from 1 to 3600");
    Err(Fault::invalid(Reason::OutOfRange, detail).in_field("/heartbeatSeconds"))
}

/// Nothing is counted for these memberships from then on.
fn end_at(memberships: &mut Vec<Membership>, from: Timestamp) {
    memberships.retain(|membership| membership.since.is_none_or(|since| since < from));
    for membership in memberships {
        membership.until = Some(membership.until.map_or(from, |until| until.min(from)));
    }
}

fn named(name: Option<&str>, id: &str) -> Result<String, Fault> {
    match name {
        None => Ok(id.to_owned()),
        Some(name) => {
            check_name(name).map_err(|fault| fault.in_field("/name"))?;
            Ok(name.trim().to_owned())
        }
    }
}

fn refused<T>(detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::invalid(Reason::Other, detail))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
mod tests;
