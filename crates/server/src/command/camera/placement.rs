//! Where a new camera goes: in which zone, area, building and organisation, and which of these are made for it.
//!
//! What was asked for is done or refused, never half of it: an option that contradicts where an existing place lies is
//! refused with what to do instead. What was not asked for takes its usual name; where a place of that name lies
//! elsewhere, the name of the place around goes in front of it.

use throng_model::place::{Place, PlaceKind};
use throng_model::site::Site;
use throng_model::{Fault, FaultCode, PlaceId};

/// Where the camera is to go. What is not given is chosen.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Wanted {
    /// The zone its lines lead into [default: entrance]. An existing zone stays where it lies.
    #[arg(long)]
    pub zone: Option<String>,
    /// The area around a new zone [default: ground-floor]. Where a default name lies elsewhere already, the name of the
    /// place around goes in front of it: building-2-ground-floor.
    #[arg(long)]
    pub area: Option<String>,
    /// The building around a new area [default: building].
    #[arg(long)]
    pub building: Option<String>,
    /// The organisation around a new building [default: organisation].
    #[arg(long)]
    pub organisation: Option<String>,
    /// The IANA zone in which the days of a new building are cut, Europe/Berlin for example [default: UTC]. New areas and
    /// zones have that of the building they lie in.
    #[arg(long)]
    pub time_zone: Option<String>,
}

/// A kind of place, what it is called where nobody says, and what somebody said.
struct Level<'a> {
    kind: PlaceKind,
    usual: &'static str,
    given: Option<&'a str>,
}

impl Level<'_> {
    fn name(&self) -> &str {
        self.given.unwrap_or(self.usual)
    }
}

/// The places around a camera.
#[derive(Debug)]
pub struct Placement {
    /// Organisation, building, area, zone.
    pub path: Vec<Place>,
    /// Those of them that are to be made.
    pub missing: Vec<Place>,
}

impl Placement {
    /// Finds the place for a camera, or says what contradicts it.
    pub fn find(site: &Site, wanted: &Wanted) -> Result<Self, Fault> {
        let levels = [
            (PlaceKind::Organisation, "organisation", &wanted.organisation),
            (PlaceKind::Building, "building", &wanted.building),
            (PlaceKind::Area, "ground-floor", &wanted.area),
            (PlaceKind::Zone, "entrance", &wanted.zone),
        ]
        .map(|(kind, usual, given)| Level {
            kind,
            usual,
            given: given.as_deref(),
        });
        let mut path = stands(site, &levels)?;
        let mut missing = Vec::new();
        let time_zone = time_zone(wanted.time_zone.as_deref(), &path)?;
        for level in levels.iter().skip(path.len()) {
            let around = path.last().map(|place| &place.id);
            let id = name(site, level, around)?;
            let place = site.place(&id).cloned().unwrap_or_else(|| {
                let new = Place {
                    name: id.to_string(),
                    id,
                    kind: level.kind,
                    parent: around.cloned(),
                    time_zone: time_zone.clone(),
                    capacity: None,
                    resets_at: 240,
                    calendar: None,
                    counting: Default::default(),
                };
                missing.push(new.clone());
                new
            });
            path.push(place);
        }
        Ok(Self { path, missing })
    }
}

/// The existing places around the camera, from the organisation in: the innermost one that is meant, and those it lies in.
fn stands(site: &Site, levels: &[Level<'_>]) -> Result<Vec<Place>, Fault> {
    for (depth, level) in levels.iter().enumerate().rev() {
        let Some(place) = site.place(&PlaceId::new(level.name())?) else {
            continue;
        };
        let mut path: Vec<Place> = site.chain(&place.id).cloned().collect();
        path.reverse();
        let outer = levels.get(..depth).unwrap_or_default();
        let elsewhere = path
            .iter()
            .zip(outer)
            .rev()
            .find(|(at, level)| level.given.is_some_and(|given| given != at.id.as_str()));
        let fits = place.kind == level.kind;
        match (fits, elsewhere) {
            (true, None) => return Ok(path),
            // A usual name that means another place here: a new one is found.
            _ if level.given.is_none() => {}
            (false, _) => return Err(taken(place, level.kind)),
            (true, Some((at, outer))) => {
                let (kind, name, outer) = (level.kind, level.name(), outer.kind);
                let around = at.id.as_str();
                return refused(format!(
                    "{kind} {name:?} belongs to {outer} {around:?}; give --{kind} another name, or leave --{outer} out"
                ));
            }
        }
    }
    Ok(Vec::new())
}

/// What the next place inwards is called: as was said, or its usual name, with the name of the place around in front of it
/// where the usual one means a place elsewhere.
fn name(site: &Site, level: &Level<'_>, around: Option<&PlaceId>) -> Result<PlaceId, Fault> {
    let fits = |id: &PlaceId| {
        site.place(id)
            .is_none_or(|known| known.kind == level.kind && known.parent.as_ref() == around)
    };
    let mut id = PlaceId::new(level.name())?;
    if let Some(around) = around.filter(|_| level.given.is_none() && !fits(&id)) {
        id = PlaceId::new(format!("{around}-{id}"))?;
    }
    match site.place(&id) {
        Some(known) if !fits(&id) => Err(taken(known, level.kind)),
        _ => Ok(id),
    }
}

fn taken(place: &Place, wanted: PlaceKind) -> Fault {
    let (kind, id) = (place.kind, place.id.as_str());
    let detail = format!("a {kind} {id:?} exists already; give --{wanted} another name");
    Fault::new(FaultCode::InvalidRequest, detail)
}

/// The zone in which the days of new places are cut. `path` is what exists around them.
fn time_zone(given: Option<&str>, path: &[Place]) -> Result<String, Fault> {
    if let Some(unknown) = given.filter(|name| jiff::tz::TimeZone::get(name).is_err()) {
        return refused(format!(
            "time zone {unknown:?} is unknown; give the name of an IANA zone, Europe/Berlin for example"
        ));
    }
    // Organisations span zones; within a building there is one.
    let Some(inner) = path.last().filter(|place| place.kind != PlaceKind::Organisation) else {
        return Ok(given.unwrap_or("UTC").to_owned());
    };
    match given.filter(|given| *given != inner.time_zone) {
        None => Ok(inner.time_zone.clone()),
        Some(_) => refused(format!(
            "the days of {} {:?} are cut in {}; leave --time-zone out",
            inner.kind,
            inner.id.as_str(),
            inner.time_zone
        )),
    }
}

fn refused<T>(detail: String) -> Result<T, Fault> {
    Err(Fault::new(FaultCode::InvalidRequest, detail))
}
