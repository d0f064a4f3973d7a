//! Fifteen weeks of one real door, UCI CalIt2: in minus out ends at +791 and falls below zero on most days.
//!
//! The file is optional, see `throng_sim::recorded`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use throng_engine::occupancy::factor::{NoFactor, Sides};
use throng_engine::occupancy::reset::Reason;
use throng_engine::occupancy::{ClosedDay, Crossings, close};
use throng_model::place::occupancy_day;
use throng_sim::recorded::recorded;

/// Nobody is inside at four in the morning.
const RESETS_AT: u16 = 4 * 60;

fn steps(zone: &TimeZone) -> Option<Vec<Crossings>> {
    let text = std::fs::read_to_string(recorded("calit2/calit2_flows.csv")?).expect("readable");
    let mut steps: Vec<Crossings> = text
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let local: DateTime = fields[0].parse().expect("local time");
            // One number of the file is empty: not known, and nothing to add.
            let number = |field: &str| field.parse().unwrap_or(0);
            Crossings {
                at: zone.to_timestamp(local).expect("a moment").into(),
                people_in: number(fields[1]),
                people_out: number(fields[2]),
            }
        })
        .collect();
    steps.sort_by_key(|step| step.at);
    Some(steps)
}

/// The 105 days, from four to four in the morning. The last one lacks its night.
fn days(steps: &[Crossings], zone: &TimeZone) -> Vec<ClosedDay> {
    let days = steps.chunk_by(|a, b| occupancy_day(a.at, zone, RESETS_AT).contains(b.at));
    let closed = days.map(|day| close(occupancy_day(day[0].at, zone, RESETS_AT), day, &[], Sides::Two));
    // The file begins at midnight: its first four hours belong to a day of which nothing else is known.
    closed.skip(1).collect()
}

#[test]
fn occupancy_is_conserved_on_every_day() {
    let zone = TimeZone::get("America/Los_Angeles").expect("bundled");
    let Some(steps) = steps(&zone) else { return };
    let days = days(&steps, &zone);
    assert_eq!(days.len(), 105);

    let negative = |day: &&ClosedDay| day.series.iter().any(|level| level.raw < 0);
    assert_eq!(
        days.iter().filter(negative).count(),
        63,
        "days on which the raw level is below zero"
    );
    let corrected = days
        .iter()
        .flat_map(|day| &day.series)
        .map(|level| level.corrected);
    assert!(corrected.min().expect("levels") >= 0);

    // Busy days are scaled, and end (nearly) empty.
    let busy: Vec<_> = days.iter().filter(|day| day.factor.is_ok()).collect();
    assert_eq!(busy.len(), 75);
    let mut rests: Vec<i64> = busy.iter().map(|day| day.rest).collect();
    rests.sort_unstable();
    let (median, p90, most) = (rests[37], rests[67], rests[74]);
    println!(
        "rest at night on {} busy days, thousandths: median {median}, p90 {p90}, max {most}",
        busy.len()
    );
    assert!(median <= 3_000 && p90 <= 7_000, "median {median}, p90 {p90}");

    // Days of another door are named and left alone.
    let flagged: Vec<_> = days.iter().filter(|day| day.door_missing()).collect();
    assert_eq!(flagged.len(), 10);
    for day in &days {
        let floors: i64 = floors(day);
        match day.factor {
            Ok(_) => assert_eq!(
                day.rest, floors,
                "in and out are equal but for what was proven missing"
            ),
            Err(_) => assert_eq!(day.rest, day.residual() * 1_000 + floors, "counts are not scaled"),
        }
    }
    let quiet = days
        .iter()
        .filter(|day| day.factor == Err(NoFactor::TooFewEntries));
    assert_eq!(quiet.count(), 20);
}

fn floors(day: &ClosedDay) -> i64 {
    let floors = day.resets.iter().filter(|reset| reset.reason == Reason::Floor);
    floors.map(|reset| reset.new - reset.old).sum()
}
