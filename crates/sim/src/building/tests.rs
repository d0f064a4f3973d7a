use super::*;
use std::collections::{BTreeMap, BTreeSet};
use throng_model::site::Site;

/// A Monday, 00:00 UTC.
const MIDNIGHT: Timestamp = Timestamp(1_795_392_000_000_000);

fn day(options: Options) -> (Building, Vec<Emission>) {
    let mut building = Building::new(7, MIDNIGHT, options);
    let emissions = building.advance(MIDNIGHT.plus(24 * HOUR));
    (building, emissions)
}

fn perfect() -> Options {
    Options {
        imperfections: Imperfections::NONE,
        ..Options::default()
    }
}

fn inside(building: &Building, emissions: &[Emission], until: Timestamp) -> BTreeMap<String, i64> {
    let (places, cameras) = building.site();
    let site = Site::new(places, cameras).expect("the plan is whole");
    let mut inside = BTreeMap::new();
    for emission in emissions.iter().filter(|emission| emission.event.at <= until) {
        let EventBody::Line { dir, n, .. } = emission.event.body else {
            continue;
        };
        let camera = site.camera(&emission.event.camera).expect("known");
        for place in site.fed_by(camera, emission.event.at) {
            *inside.entry(place.id.to_string()).or_insert(0) += if dir == Direction::In {
                i64::from(n)
            } else {
                -i64::from(n)
            };
        }
    }
    inside
}

#[test]
fn there_are_a_hundred_cameras_and_the_hierarchy_is_whole() {
    let building = Building::new(1, MIDNIGHT, Options::default());
    let (places, cameras) = building.site();
    assert_eq!(cameras.len(), 100);
    assert!(Site::new(places, cameras).is_ok());
}

#[test]
fn people_balance_at_every_hour_and_everybody_leaves() {
    let (building, emissions) = day(perfect());
    for hour in 0..=24 {
        let inside = inside(&building, &emissions, MIDNIGHT.plus(hour * HOUR));
        assert!(
            inside.values().all(|people| *people >= 0),
            "hour {hour}: {inside:?}"
        );
    }
    let noon = inside(&building, &emissions, MIDNIGHT.plus(13 * HOUR));
    assert!((100..900).contains(&noon["riverside"]), "{noon:?}");
    let floors: i64 = ["ground", "level-1", "level-2", "level-3"]
        .iter()
        .map(|floor| noon[*floor])
        .sum();
    // On the escalators nobody is on a floor.
    assert!((noon["riverside"] - floors).abs() <= 20, "{noon:?}");
    let night = inside(&building, &emissions, MIDNIGHT.plus(24 * HOUR));
    assert!(night.values().all(|people| *people == 0), "{night:?}");
}

#[test]
fn the_same_seed_is_the_same_day_however_it_is_cut() {
    let (_, whole) = day(Options::default());
    let mut building = Building::new(7, MIDNIGHT, Options::default());
    let mut parts = Vec::new();
    for quarter in 1..=96 {
        parts.extend(building.advance(MIDNIGHT.plus(quarter * 15 * MINUTE)));
    }
    assert_eq!(whole.len(), parts.len());
    assert!(whole == parts);
    let mut other = Building::new(8, MIDNIGHT, Options::default());
    assert!(other.advance(MIDNIGHT.plus(24 * HOUR)) != whole);
}

#[test]
fn cameras_fail_as_promised() {
    let (_, emissions) = day(Options::default());
    let ids: BTreeSet<_> = emissions.iter().map(|emission| emission.event.id).collect();
    assert!(ids.len() < emissions.len(), "some events are sent twice");
    assert!(
        emissions
            .iter()
            .any(|emission| emission.send_at.since(emission.event.at) > 30 * SECOND),
        "some come late"
    );
    assert!(
        emissions
            .windows(2)
            .all(|pair| pair[0].send_at <= pair[1].send_at)
    );
    let mut heard: BTreeMap<_, Timestamp> = BTreeMap::new();
    let mut silences = 0;
    let mut by_time: Vec<_> = emissions.iter().map(|emission| &emission.event).collect();
    by_time.sort_by_key(|event| event.at);
    for event in by_time {
        if let Some(before) = heard.insert(event.camera.clone(), event.at) {
            silences += usize::from(event.at.since(before) > 2 * MINUTE);
        }
    }
    assert!(silences > 10, "some go dark: {silences}");
}

#[test]
fn a_shift_moves_the_day() {
    let building = Building::new(
        1,
        MIDNIGHT,
        Options {
            shift: 9 * HOUR,
            ..Options::default()
        },
    );
    assert_eq!(building.opened(MIDNIGHT.plus(HOUR)), MIDNIGHT);
}
