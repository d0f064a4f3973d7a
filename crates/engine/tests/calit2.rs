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
use throng_engine::occupancy::live::{PastDay, WEEKS, so_far};
use throng_engine::occupancy::reset::Reason;
use throng_engine::occupancy::{ClosedDay, Crossings, close};
use throng_model::place::occupancy_day;
use throng_model::time::HOUR;
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

    let negative = |day: &&ClosedDay| day.levels(&steps, &[]).iter().any(|level| level.raw < 0);
    assert_eq!(
        days.iter().filter(negative).count(),
        63,
        "days on which the raw level is below zero"
    );
    let corrected = days
        .iter()
        .flat_map(|day| day.levels(&steps, &[]))
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

/// Median, nine of ten and most, thousandths; and the mean.
fn spread(values: &[i64]) -> (i64, i64, i64, f64) {
    let mut values = values.to_vec();
    values.sort_unstable();
    let at = |share: usize| values[values.len() * share / 10];
    let mean = values.iter().sum::<i64>() as f64 / values.len() as f64;
    (at(5), at(9), values[values.len() - 1], mean)
}

/// Walking forward through the busy days, each corrected by what the days before it teach, as somebody would have seen it
/// live: against the floor rule alone, and against the day's own factor once it was closed.
#[test]
fn what_is_learned_live_leaves_less_than_the_floor_alone() {
    let zone = TimeZone::get("America/Los_Angeles").expect("bundled");
    let Some(steps) = steps(&zone) else { return };
    let days = days(&steps, &zone);
    let past_of = |today: &ClosedDay| -> Vec<PastDay> {
        let weekday = |back: i64| {
            let noon = today.day.start.plus((12 - back * 7 * 24) * HOUR);
            let known = days.iter().find(|day| day.day.contains(noon))?;
            Some(PastDay {
                day: known.day,
                people_in: known.people_in,
                people_out: known.people_out,
            })
        };
        (1..=WEEKS).rev().filter_map(weekday).collect()
    };
    let (mut floored, mut live, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut learned, mut worse) = (0, 0);
    // How far both are from the closed day's level through the day, on the days on which something was learned.
    let mut errors = (Vec::new(), Vec::new());
    for day in days.iter().filter(|day| day.factor.is_ok()) {
        let past = past_of(day);
        let at_end = so_far(day.day, &steps, &[], &past, Sides::Two);
        floored.push(at_end.floored);
        live.push(at_end.corrected);
        closed.push(day.rest);
        if at_end.learned.is_err() {
            assert_eq!(at_end.corrected, at_end.floored);
            continue;
        }
        learned += 1;
        worse += usize::from(at_end.corrected > at_end.floored);
        let known = |step: &Crossings| steps.partition_point(|other| other.at <= step.at);
        let (mut of_floor, mut of_live) = (0.0, 0.0);
        let own: Vec<_> = steps.iter().filter(|step| day.day.contains(step.at)).collect();
        for (step, level) in own.iter().zip(day.levels(&steps, &[])) {
            let now = so_far(day.day, &steps[..known(step)], &[], &past, Sides::Two);
            of_floor += ((now.floored - level.corrected) as f64).powi(2);
            of_live += ((now.corrected - level.corrected) as f64).powi(2);
        }
        errors.0.push((of_floor / own.len() as f64).sqrt() as i64);
        errors.1.push((of_live / own.len() as f64).sqrt() as i64);
    }
    println!(
        "{learned} of {} busy days learned, {worse} ended worse",
        live.len()
    );
    println!("rest, floor alone: {:?}", spread(&floored));
    println!("rest, live factor: {:?}", spread(&live));
    println!("rest, closed day: {:?}", spread(&closed));
    println!("through the day, floor alone: {:?}", spread(&errors.0));
    println!("through the day, live factor: {:?}", spread(&errors.1));
    let mean = |values: &[i64]| spread(values).3;
    assert_eq!((live.len(), learned, worse), (75, 58, 0));
    assert!(mean(&live) < mean(&floored) / 2.0);
    assert!(mean(&errors.1) < mean(&errors.0) * 0.55);
    // Days on which little happens or another door is used are left alone.
    for day in days.iter().filter(|day| day.factor.is_err()) {
        let at_end = so_far(day.day, &steps, &[], &past_of(day), Sides::Two);
        assert_eq!(at_end.corrected, at_end.floored, "{:?}", day.day);
    }
}

fn floors(day: &ClosedDay) -> i64 {
    let floors = day.resets.iter().filter(|reset| reset.reason == Reason::Floor);
    floors.map(|reset| reset.new - reset.old).sum()
}
