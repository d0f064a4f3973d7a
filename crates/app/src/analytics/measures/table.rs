//! The one table of measures: name, unit, formula, source, hours, and how each is made.
//!
//! The arithmetic is the engine's (`throng_engine::measure`); here is only what it is taken of.

use super::{Basis, Hours, PlaceMeasure, Unknown};
use Hours::{All, Open};
use How::{Never, Seen, Stands};
use throng_engine::measure::consistency::{Consistency, imbalance, mean_stay};
use throng_engine::measure::dwell::Dwell;
use throng_engine::measure::flow::flow_rate;
use throng_engine::measure::queue::wait;
use throng_engine::measure::traffic;
use throng_engine::measure::utilisation::{TimeUse, share_at_least, time_use, utilisation};
use throng_model::pane::PANE;
use throng_model::place::PlaceKind;
use throng_model::{Measure, Summary, Timestamp};

/// A value, or why there is none.
pub(super) type Told = Result<f64, Unknown>;

/// How a measure is made.
pub(super) enum How {
    /// True of what was seen, however little that was: counts, and numbers of single events.
    Seen(fn(&Basis) -> Told),
    /// Stands for the whole time, and therefore is told only where enough of it was observed: rates, means, shares.
    Stands(fn(&Basis) -> Told),
    /// Needs something that is not kept.
    Never(Unknown),
}

/// One line of the table.
pub(super) struct Definition {
    name: &'static str,
    unit: &'static str,
    hours: Hours,
    how: How,
    formula: &'static str,
    source: &'static str,
}

/// The least coverage of a number that stands for the whole time. Below it most of the number would be a guess.
const COVERAGE_MIN: f64 = 0.5;

impl Definition {
    /// The measure of a place.
    pub fn tell(&self, basis: &Basis) -> PlaceMeasure {
        let stretch = match self.hours {
            All => &basis.all,
            Open => &basis.open,
        };
        let coverage = stretch.coverage();
        let observed = || match (stretch.length, stretch.elapsed, stretch.observed) {
            (0, ..) => Err(Unknown::NeverOpen),
            (_, 0, _) => Err(Unknown::NotBegun),
            (_, _, 0) if stretch.may_be_observed() => Err(Unknown::TooCoarse),
            (_, _, 0) => Err(Unknown::NothingObserved),
            _ => Ok(()),
        };
        let enough = || match coverage {
            Some(coverage) if coverage >= COVERAGE_MIN && !stretch.is_mostly_placed() => {
                Err(Unknown::TooCoarse)
            }
            Some(coverage) if coverage >= COVERAGE_MIN => Ok(()),
            _ => Err(Unknown::TooLittleCoverage),
        };
        let value = match self.how {
            Never(why) => Err(why),
            Seen(of) => observed().and_then(|()| of(basis)),
            Stands(of) => observed().and_then(|()| enough()).and_then(|()| of(basis)),
        };
        let at = basis.peak.filter(|_| self.name == PEAK_HOUR && value.is_ok());
        PlaceMeasure {
            name: self.name,
            unit: self.unit,
            formula: self.formula,
            source: self.source,
            hours: self.hours,
            coverage,
            value,
            at: at.map(|(start, ..)| start),
        }
    }
}

const PEAK_HOUR: &str = "peak_hour";
const LITTLE: &str = "Little 1961";
const OURS: &str = "counted";

const fn line(
    name: &'static str,
    unit: &'static str,
    hours: Hours,
    how: How,
    formula: &'static str,
    source: &'static str,
) -> Definition {
    Definition {
        name,
        unit,
        hours,
        how,
        formula,
        source,
    }
}

/// All measures of a place.
#[rustfmt::skip]
pub(super) const MEASURES: &[Definition] = &[
    line("in", "people", All, Seen(|basis| people(basis, Measure::In)),
        "people who crossed inwards", OURS),
    line("out", "people", All, Seen(|basis| people(basis, Measure::Out)),
        "people who crossed outwards", OURS),
    line("pass", "people", All, Seen(|basis| people(basis, Measure::Pass)),
        "people who passed a counter that knows no direction", OURS),
    line("net", "people", All, Seen(net),
        "in - out", OURS),
    line("visitors", "people", All, Seen(visitors),
        "(in + out) / 2, as the errors of the two directions partly cancel; in or out alone where the traffic of the place is said to be that", "SenSource, counting guidelines"),
    line("flow_in", "people/min", Open, Stands(|basis| flow(basis, Measure::In)),
        "people in / observed minutes; of several cameras the mean of their observed minutes", "Fruin 1971"),
    line("flow_out", "people/min", Open, Stands(|basis| flow(basis, Measure::Out)),
        "people out / observed minutes; of several cameras the mean of their observed minutes", "Fruin 1971"),
    line("flow_per_metre", "people/min/m", Open, Never(Unknown::NoWidth),
        "people / (observed minutes * width of the doors)", "Fruin 1971; Weidmann 1993"),
    line(PEAK_HOUR, "people", All, Seen(|basis| peak(basis).map(|(_, people, _)| people as f64)),
        "largest count (in + pass) in a clock hour or, in ranges up to eight days, in any 60 minutes from a quarter hour on of which every quarter is known", "Highway Capacity Manual"),
    line("peak_hour_factor", "ratio", All, Seen(peak_factor),
        "people of the peak hour / (4 * people of its busiest quarter): 1 when its quarters were alike, 0.25 when all came in one", "Highway Capacity Manual"),
    line("occupancy", "people", All, Stands(inside),
        "mean of the people inside over observed time", "time-weighted mean"),
    line("stay", "s", All, Stands(stay),
        "W = L / lambda: mean occupancy / (people in / observed seconds); exact where the place is empty at both ends of the time", LITTLE),
    line("utilisation", "ratio", Open, Stands(used_capacity),
        "mean over days of (mean over the day's open hours of occupancy / capacity); may pass 1", "Density, metric definitions"),
    line("time_at_capacity", "ratio", Open, Stands(at_capacity),
        "observed 10-second panes with a mean occupancy >= capacity / all of them; a level up to a 64th below the capacity may count as reaching it", "share of time"),
    line("time_used", "ratio", Open, Stands(used_time),
        "open time with at least one person inside / open time that has passed, where the occupancy is known for half of it", "Density, metric definitions"),
    line("up_time", "ratio", Open, Seen(|basis| Ok(use_of_time(basis)?.up_time)),
        "open time in which the occupancy is known / open time that has passed", "Density, metric definitions"),
    line("dwell", "s", All, Seen(|basis| mean(basis.all.values(Measure::Dwell))),
        DWELL_MEAN, "counted"),
    line("dwell_p50", "s", All, Seen(|basis| dwell(basis)?.percentile(0.5).ok_or(Unknown::TooManyCut)),
        DWELL, KAPLAN_MEIER),
    line("dwell_p90", "s", All, Seen(|basis| dwell(basis)?.percentile(0.9).ok_or(Unknown::TooManyCut)),
        DWELL, KAPLAN_MEIER),
    line("dwell_p95", "s", All, Seen(|basis| dwell(basis)?.percentile(0.95).ok_or(Unknown::TooManyCut)),
        DWELL, KAPLAN_MEIER),
    line("dwell_censored_share", "ratio", All, Seen(|basis| dwell(basis)?.censored_share.ok_or(Unknown::NotMeasured)),
        "stays that were cut (lost track, time-out) / all stays", KAPLAN_MEIER),
    line("queue", "people", All, Seen(|basis| mean(basis.all.values(Measure::Queue))),
        "mean of the lengths that cameras sent", OURS),
    line("queue_max", "people", All, Seen(|basis| basis.all.values(Measure::Queue).and_then(Summary::maximum).ok_or(Unknown::NotMeasured)),
        "largest of the lengths that cameras sent", OURS),
    line("queue_wait", "s", All, Stands(queue_wait),
        "mean queue length / (people out of the zone / observed seconds); who leaves unserved counts as served", LITTLE),
    line("imbalance", "ratio", All, Stands(|basis| imbalance(basis.all.people(Measure::In)?, basis.all.people(Measure::Out)?).ok_or(Unknown::NobodyCame)),
        "(in - out) / ((in + out) / 2): 0 when as many left as came; a fault of the counting where the place is empty at both ends of the time", "net error of two directions"),
    line("little_difference", "ratio", All, Stands(little_difference),
        "(L - lambda W) / their mean: how far the mean occupancy lies above inflow * mean dwell; 0 when they agree", LITTLE),
    line("confidence", "ratio", All, Seen(|basis| mean(basis.all.values(Measure::Confidence))),
        "mean of the detectors' own confidence of each event", OURS),
    line("latency", "ms", All, Seen(|basis| mean(basis.all.values(Measure::Latency))),
        "mean time from event to arrival", OURS),
    line("latency_p95", "ms", All, Seen(|basis| percentile(basis, Measure::Latency, 0.95)),
        "95 of 100 events arrived at least this soon after they happened, to 1 %", NEAREST_RANK),
    line("throughput", "events/min", All, Stands(|basis| flow_rate(basis.all.sent(), basis.all.observed).ok_or(Unknown::NothingObserved)),
        "crossings, counts, stays and queue lengths that were counted / observed minutes", OURS),
    line("accuracy", "ratio", All, Never(Unknown::NotValidated),
        "1 - |counted - true| / true, against a count by hand", "field practice of validation"),
    line("visitors_by_staff_hour", "people/h", Open, Never(Unknown::NoRota),
        "visitors / hours of work", "shopper-to-associate ratio"),
];

const NEAREST_RANK: &str = "nearest rank, from a sketch, to 1 % of the value";
const DWELL: &str = "the smallest length t at which S(t) = product over lengths up to t of (1 - stays that ended / stays still going on) is no more than the share that stays longer; cut stays are going on until they were cut";
const DWELL_MEAN: &str = "mean length of the stays whose end was seen; where dwell_censored_share is not 0, it comes out too short";
const KAPLAN_MEIER: &str = "Kaplan and Meier 1958";

/// Time of which the occupancy is not known is not unused time.
fn used_time(basis: &Basis) -> Told {
    let time = use_of_time(basis)?;
    let is_known = time.up_time >= COVERAGE_MIN;
    is_known.then_some(time.used).ok_or(Unknown::TooCoarse)
}

fn people(basis: &Basis, measure: Measure) -> Told {
    Ok(basis.all.people(measure)? as f64)
}

/// The mean number of people inside.
fn inside(basis: &Basis) -> Told {
    mean(Some(basis.all.occupancy()?))
}

fn net(basis: &Basis) -> Told {
    Ok(people(basis, Measure::In)? - people(basis, Measure::Out)?)
}

fn visitors(basis: &Basis) -> Told {
    let people = |measure| basis.all.people(measure).map(|people| people as i64);
    let (people_in, people_out) = (people(Measure::In)?, people(Measure::Out)?);
    Ok(traffic::visitors(basis.traffic, people_in, people_out))
}

fn flow(basis: &Basis, measure: Measure) -> Told {
    flow_rate(basis.open.people(measure)?, basis.open.observed).ok_or(Unknown::NothingObserved)
}

/// The peak hour. Where everybody came in windows that cross an hour, there is one, but nobody knows when.
fn peak(basis: &Basis) -> Result<(Timestamp, i64, Option<f64>), Unknown> {
    let none = match basis.all.has_people_beyond_hours() {
        true => Unknown::TooCoarse,
        false => Unknown::NobodyCame,
    };
    basis.peak.ok_or(none)
}

fn peak_factor(basis: &Basis) -> Told {
    let (_, _, factor) = peak(basis)?;
    factor.ok_or(Unknown::TooCoarse)
}

fn mean(values: Option<&Summary>) -> Told {
    values.and_then(Summary::mean).ok_or(Unknown::NotMeasured)
}

fn percentile(basis: &Basis, measure: Measure, q: f64) -> Told {
    let values = basis.all.values(measure);
    values
        .and_then(|values| values.percentile(q))
        .ok_or(Unknown::NotMeasured)
}

fn dwell(basis: &Basis) -> Result<Dwell, Unknown> {
    let (ended, cut) = (
        basis.all.values(Measure::Dwell),
        basis.all.values(Measure::DwellCut),
    );
    let dwell = Dwell::of_summaries(ended, cut);
    (dwell.stays > 0).then_some(dwell).ok_or(Unknown::NotMeasured)
}

fn stay(basis: &Basis) -> Told {
    let stay = mean_stay(inside(basis)?, basis.all.people(Measure::In)?, basis.all.observed);
    let stay = stay.ok_or(Unknown::NobodyCame)?;
    // Nobody was seen to stay that long: people who were inside before, or whose exits were missed.
    if stay * throng_model::time::SECOND as f64 > basis.all.observed as f64 {
        return Err(Unknown::StayTooLong);
    }
    Ok(stay)
}

fn used_capacity(basis: &Basis) -> Told {
    let capacity = basis.capacity.ok_or(Unknown::NoCapacity)?;
    basis.open.occupancy()?;
    utilisation(&basis.open_hours, Some(capacity)).ok_or(Unknown::NotMeasured)
}

fn at_capacity(basis: &Basis) -> Told {
    let capacity = i64::from(basis.capacity.ok_or(Unknown::NoCapacity)?);
    let levels = basis.open.occupancy()?;
    share_at_least(levels, capacity.saturating_mul(Measure::SCALE)).ok_or(Unknown::NotMeasured)
}

fn use_of_time(basis: &Basis) -> Result<TimeUse, Unknown> {
    let levels = basis.open.occupancy()?;
    let known = (levels.count as i64).saturating_mul(PANE).min(basis.open.elapsed);
    let used =
        share_at_least(levels, Measure::SCALE).map_or(0, |share| (share * known as f64).round() as i64);
    let open = [
        (used, Some(1)),
        (known - used, Some(0)),
        (basis.open.elapsed - known, None),
    ];
    time_use(&open).ok_or(Unknown::NeverOpen)
}

fn queue_wait(basis: &Basis) -> Told {
    let waiting = mean(basis.all.values(Measure::Queue))?;
    if basis.kind != PlaceKind::Zone {
        return Err(Unknown::NotAZone);
    }
    wait(waiting, basis.all.people(Measure::Out)?, basis.all.observed).ok_or(Unknown::NobodyLeft)
}

fn little_difference(basis: &Basis) -> Told {
    let inside = inside(basis)?;
    let dwell = mean(basis.all.values(Measure::Dwell))?;
    let people_in = basis.all.people(Measure::In)?;
    let law = Consistency::of(inside, people_in, basis.all.observed, dwell);
    Ok(law.ok_or(Unknown::NothingObserved)?.difference())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_measure_has_a_name_of_its_own() {
        let names: BTreeSet<_> = MEASURES.iter().map(|measure| measure.name).collect();
        assert_eq!(names.len(), MEASURES.len());
        assert!(names.contains(PEAK_HOUR));
    }
}
