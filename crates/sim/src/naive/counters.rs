//! What cumulative counters count, said as plainly as possible: all readings of a counter in the order of their time, and who
//! came between each two that follow each other.

use std::collections::{BTreeMap, BTreeSet};
use throng_model::event::ResetTarget;
use throng_model::site::Site;
use throng_model::time::{HOUR, MINUTE, SECOND};
use throng_model::{CameraId, Event, EventBody, LineId, Timestamp};

/// In, out, direction unknown.
pub type People = [u64; 3];

/// A reading, or the announcement of a reset: (when, whether announced, since when it counts, its registers).
pub type Said = (Timestamp, bool, Option<Timestamp>, [Option<u64>; 3]);

/// People who came after one moment and up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// The reading before.
    pub after: Timestamp,
    /// The reading that tells of them.
    pub at: Timestamp,
    /// How many.
    pub people: People,
}

impl Counted {
    /// Whether it is known when they came.
    pub fn is_fine(&self) -> bool {
        self.at.since(self.after) <= HOUR || self.people.iter().sum::<u64>() == 1
    }
}

/// What an event says about a counter of its camera.
pub fn said(event: &Event) -> Option<(&LineId, Said)> {
    match &event.body {
        EventBody::Total {
            counter,
            since,
            people_in,
            people_out,
            value,
        } => Some((
            counter,
            (event.at, false, *since, [*people_in, *people_out, *value]),
        )),
        EventBody::Reset {
            target: ResetTarget::Counter(counter),
            to,
            ..
        } => Some((counter, (event.at, true, None, [Some(u64::from(*to)); 3]))),
        _ => None,
    }
}

/// How many values a register of this line has; none where there is no such line.
pub fn register(site: &Site, camera: &CameraId, line: &LineId) -> Option<Option<u64>> {
    let lines = &site.camera(camera)?.lines;
    lines
        .iter()
        .find(|known| known.id == *line)
        .map(|line| line.wraps_at)
}

/// Everybody the counters of all cameras count.
pub fn all<'a>(site: &Site, events: impl Iterator<Item = &'a Event>) -> Vec<(CameraId, Counted)> {
    let mut readings: BTreeMap<(&CameraId, &LineId), BTreeSet<Said>> = BTreeMap::new();
    for event in events {
        if let Some((line, said)) = said(event) {
            readings.entry((&event.camera, line)).or_default().insert(said);
        }
    }
    let mut all = Vec::new();
    for ((camera, line), readings) in readings {
        if let Some(modulus) = register(site, camera, line) {
            let counted = counted(&readings, modulus).into_iter();
            all.extend(counted.map(|counted| (camera.clone(), counted)));
        }
    }
    all
}

/// Everybody these readings of one counter count.
pub fn counted(readings: &BTreeSet<Said>, modulus: Option<u64>) -> Vec<Counted> {
    let pairs = readings.iter().zip(readings.iter().skip(1));
    pairs
        .map(|(before, after)| Counted {
            after: before.0,
            at: after.0,
            people: between(before, after, modulus),
        })
        .filter(|counted| counted.people != [0; 3])
        .collect()
}

/// Who came between two readings.
fn between(before: &Said, after: &Said, modulus: Option<u64>) -> People {
    const NOBODY: People = [0; 3];
    let &(then, was_reset, since_then, from) = before;
    let &(now, is_reset, since_now, to) = after;
    if is_reset {
        return NOBODY;
    }
    let mut steps = Vec::new();
    for (from, to) in from.into_iter().zip(to) {
        match (from, to) {
            (Some(from), Some(to)) => steps.push((from, to)),
            (None, None) => steps.push((0, 0)),
            // A reset speaks of registers the counter does not have.
            (Some(_), None) if was_reset => steps.push((0, 0)),
            // Two kinds of counter under one name.
            _ => return NOBODY,
        }
    }
    let each = |people: fn(u64, u64, Option<u64>) -> Option<u64>| -> Option<People> {
        let people: Option<Vec<u64>> = steps
            .iter()
            .map(|(from, to)| people(*from, *to, modulus))
            .collect();
        people?.try_into().ok()
    };
    // Twenty a second through one door, and a group at the end of a second.
    let seconds = now.since(then) / SECOND + 1;
    let possible = |people: &People| people.iter().all(|n| *n <= 20 + 20 * seconds as u64);

    let newly_begun = since_then.is_some() && since_now.is_some() && since_then != since_now;
    if newly_begun {
        return each(|_, to, _| Some(to)).filter(possible).unwrap_or(NOBODY);
    }
    if let Some(went) = each(|from, to, _| to.checked_sub(from)) {
        return if possible(&went) { went } else { NOBODY };
    }
    let wrapped = each(|from, to, modulus| match to.checked_sub(from) {
        Some(went) => Some(went),
        None => Some(modulus?.checked_sub(from)? + to),
    });
    let wrapped = wrapped.filter(possible);
    let fell_far = steps.iter().all(|(from, to)| to >= from || *to <= from / 2);
    let long_ago = now.since(then) >= 10 * MINUTE;
    let counts_on = since_then.is_some() && since_now.is_some();
    let anew = each(|_, to, _| Some(to)).filter(possible);
    let anew = anew.filter(|_| !counts_on && (fell_far || long_ago));
    let from_the_top = steps
        .iter()
        .filter(|(from, to)| to < from)
        .all(|(from, _)| modulus.is_some_and(|modulus| modulus.saturating_sub(*from) <= modulus / 64));
    match (wrapped, anew) {
        (Some(wrapped), Some(_)) if from_the_top => wrapped,
        (_, Some(anew)) => anew,
        (Some(wrapped), None) => wrapped,
        (None, None) => NOBODY,
    }
}
