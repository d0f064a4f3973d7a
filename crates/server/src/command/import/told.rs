//! Which time a recording covers, and for whom it was counted, in words: what one needs to find its numbers.

use std::collections::BTreeMap;
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::time::HOUR;
use throng_model::{CameraId, Event, EventBody, TimeRange, Timestamp};

/// Places told by their names where there are more; a city has thousands of sensors, each in a zone of its own.
const PLACES_NAMED: usize = 3;

/// The first and the last moment of what counts of a recording, by camera.
#[derive(Debug, Default)]
pub struct Covered(BTreeMap<CameraId, TimeRange>);

impl Covered {
    /// An event of it counts. A counted window covers all of its time.
    pub fn note(&mut self, event: &Event) {
        let over = match &event.body {
            EventBody::Count { over, .. } => *over,
            _ => TimeRange {
                start: event.at,
                end: event.at,
            },
        };
        let known = self.0.entry(event.camera.clone()).or_insert(over);
        known.start = known.start.min(over.start);
        known.end = known.end.max(over.end);
    }

    /// One sentence for each time zone its places have: from when to when, by whose clock, and for which places.
    pub fn told(&self, site: &Site) -> Vec<String> {
        let mut by_zone: BTreeMap<&str, (TimeRange, BTreeMap<&str, &Place>)> = BTreeMap::new();
        for (place, over) in self
            .0
            .iter()
            .flat_map(|(camera, over)| counted_for(site, camera, *over))
        {
            let (all, places) = by_zone
                .entry(place.time_zone.as_str())
                .or_insert((over, BTreeMap::new()));
            all.start = all.start.min(over.start);
            all.end = all.end.max(over.end);
            places.insert(place.id.as_str(), place);
        }
        let sentences = by_zone.into_iter().map(|(zone, (over, places))| {
            let is_short = over.end.since(over.start) < HOUR;
            let format = if is_short { "%F %T" } else { "%F %H:%M" };
            let at = |at: Timestamp| match places.values().next() {
                Some(place) => at.to_jiff().to_zoned(place.zone()).strftime(format).to_string(),
                None => at.to_string(),
            };
            // The last one's name is no longer than that there is one more.
            let named = match places.len() > PLACES_NAMED + 1 {
                true => PLACES_NAMED,
                false => places.len(),
            };
            let names: Vec<String> = places
                .values()
                .take(named)
                .map(|place| format!("{:?} ({})", place.name, place.id))
                .collect();
            let more = match places.len() - named {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "from {} to {} ({zone}), counted for {}{more}",
                at(over.start),
                at(over.end),
                names.join(", ")
            )
        });
        sentences.collect()
    }
}

/// The zones a camera counted for in this time, and when: it may have been moved in between.
fn counted_for<'a>(
    site: &'a Site,
    camera: &CameraId,
    over: TimeRange,
) -> impl Iterator<Item = (&'a Place, TimeRange)> {
    let memberships = site
        .camera(camera)
        .into_iter()
        .flat_map(|camera| &camera.memberships);
    memberships.filter_map(move |membership| {
        let within = TimeRange {
            start: membership.since.map_or(over.start, |since| since.max(over.start)),
            end: membership.until.map_or(over.end, |until| until.min(over.end)),
        };
        let is_there = within.start <= within.end && membership.holds_at(within.start);
        Some((site.place(&membership.zone).filter(|_| is_there)?, within))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::tracks::Options;
    use crate::import::{Format, cameras_needed};
    use throng_engine::track::Steady;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a moment")
    }

    fn beat(camera: &str, time: &str) -> Event {
        Event {
            id: throng_model::EventId::nil(),
            camera: CameraId::new(camera).expect("id"),
            boot: None,
            seq: None,
            at: at(time),
            sent: None,
            confidence: None,
            body: EventBody::Beat,
            rest: "".into(),
        }
    }

    /// Sensors of a city, each in a zone of its own.
    fn city(sensors: &[&str]) -> Site {
        let options = Options {
            camera: CameraId::new("video").expect("id"),
            start: Timestamp(0),
            fps: 30.0,
            lines: Vec::new(),
            negative_is_in: false,
            steady: Steady { hold: 0.0, band: 0.0 },
        };
        let events = sensors
            .iter()
            .map(|sensor| Ok(beat(sensor, "2024-01-01T00:00:00Z")));
        let (places, cameras) = cameras_needed(events, Format::Melbourne, &options).expect("few");
        Site::new(places, cameras).expect("whole")
    }

    fn covered(events: &[Event]) -> Covered {
        let mut covered = Covered::default();
        events.iter().for_each(|event| covered.note(event));
        covered
    }

    #[test]
    fn many_places_are_told_by_the_first_and_how_many_more() {
        let covered = covered(&[
            beat("d", "2024-01-02T00:00:00Z"),
            beat("a", "2024-01-01T00:00:00Z"),
            beat("b", "2024-01-01T12:00:00Z"),
            beat("c", "2024-01-01T12:00:00Z"),
            beat("e", "2024-01-01T12:00:00Z"),
        ]);
        assert_eq!(
            covered.told(&city(&["a", "b", "c", "d", "e"])),
            [
                "from 2024-01-01 11:00 to 2024-01-02 11:00 (Australia/Melbourne), counted for \"a\" (z.a), \"b\" (z.b), \"c\" (z.c) \
                 and 2 more"
            ]
        );
    }

    #[test]
    fn seconds_are_told_of_a_short_recording_and_no_single_place_is_left_out() {
        let covered = covered(&[
            beat("a", "2024-01-01T00:00:05Z"),
            beat("b", "2024-01-01T00:00:25Z"),
            beat("c", "2024-01-01T00:00:25Z"),
            beat("d", "2024-01-01T00:00:25Z"),
        ]);
        assert_eq!(
            covered.told(&city(&["a", "b", "c", "d"])),
            [
                "from 2024-01-01 11:00:05 to 2024-01-01 11:00:25 (Australia/Melbourne), counted for \"a\" (z.a), \"b\" (z.b), \"c\" \
                 (z.c), \"d\" (z.d)"
            ]
        );
    }

    #[test]
    fn a_camera_that_was_moved_counted_for_where_it_stood() {
        let site = city(&["a", "b"]);
        let (mut places, mut cameras) = (site.places().to_vec(), site.cameras().to_vec());
        let moved = at("2024-01-01T12:00:00Z");
        let mut after = cameras[0].memberships[0].clone();
        cameras[0].memberships[0].until = Some(moved);
        (after.zone, after.since) = (cameras[1].memberships[0].zone.clone(), Some(moved));
        cameras[0].memberships.push(after);
        let elsewhere = places.iter_mut().find(|place| place.id.as_str() == "z.b");
        elsewhere.expect("is there").time_zone = "UTC".to_owned();
        let site = Site::new(places, cameras).expect("whole");
        let told = |from, to| covered(&[beat("a", from), beat("a", to)]).told(&site);
        let before =
            "from 2024-01-01 11:00 to 2024-01-01 12:00 (Australia/Melbourne), counted for \"a\" (z.a)";
        assert_eq!(told("2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"), [before]);
        assert_eq!(
            told("2024-01-01T11:00:00Z", "2024-01-01T13:00:00Z"),
            [
                "from 2024-01-01 22:00 to 2024-01-01 23:00 (Australia/Melbourne), counted for \"a\" (z.a)",
                "from 2024-01-01 12:00 to 2024-01-01 13:00 (UTC), counted for \"b\" (z.b)",
            ]
        );
    }
}
