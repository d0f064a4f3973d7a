//! The engine alone, on one core: beside its peers, in full, and from few cameras to many.

use super::peers::{Scratch, answer};
use super::table::Table;
use super::{duckdb, flink};
use crate::shell::{Failure, command, say, target};
use std::path::Path;

/// Cameras of W5 and W-all.
const CAMERAS: u64 = 1_000;

/// How often what takes seconds is run; the best counts, for a neighbour on the machine can only slow it down.
const ROUNDS: usize = 3;

const W5_NOTE: &str = "W5: one day of line crossings, two peaks, up to three seconds out of order. Five windows a camera: 1 min, 5 min, 1 h; \
    1 min by 10 s, 5 min by 1 min. Everybody has count, sum, mean, least, most and deviation; who has more says so. The \
    bare loop is what one core can do with no product around it. Throng is measured with everything its engine does, \
    rows and revisions included. DuckDB has all data at once and keeps no state; Flink reads a file (how long that takes alone is \
    beside it). Bare loop and Throng: best of three rounds, turn by turn.";

const CAMERAS_NOTE: &str = "The same rate at every camera (10,000 events a day), windows a camera as the engine ships. \
    State is what a checkpoint holds; resident is all memory the run took, its rows included.";

/// Runs everything with so many events in W5 and W-all.
pub fn run(events: u64) -> Result<Vec<Table>, Failure> {
    Ok(vec![beside_peers(events)?, in_full(events)?, by_cameras(events)?])
}

/// One run of one of our examples.
struct Run {
    events: f64,
    seconds: f64,
    rows: f64,
    state: f64,
    resident: f64,
}

fn example(name: &str, variant: &str, events: u64, cameras: u64) -> Result<Run, Failure> {
    let binary = target().join("release/examples").join(name);
    let mut run = command(&binary.display().to_string(), &[variant], "");
    run.args([events.to_string(), cameras.to_string()]);
    let said = answer(run)?;
    let json: serde_json::Value =
        serde_json::from_str(&said).map_err(|error| format!("{name}: {error}: {said}"))?;
    let of = |field: &str| {
        json.get(field)
            .and_then(serde_json::Value::as_f64)
            .unwrap_or(f64::NAN)
    };
    Ok(Run {
        events: of("events"),
        seconds: of("seconds"),
        rows: of("rows"),
        state: of("state_bytes"),
        resident: of("resident_bytes"),
    })
}

fn beside_peers(events: u64) -> Result<Table, Failure> {
    let scratch = Scratch::new("engine")?;
    let file = scratch.0.join("w5.csv");
    write_events(&file, events)?;
    let mut best: [Option<Run>; 3] = [None, None, None];
    for round in 1..=ROUNDS {
        say(&format!("bench: bare loop and engine, round {round} of {ROUNDS}"));
        let cases = [
            ("bare_loop", "percentile"),
            ("bare_loop", "plain"),
            ("engine_bench", "w5"),
        ];
        for (best, (name, variant)) in best.iter_mut().zip(cases) {
            let run = example(name, variant, events, CAMERAS)?;
            if best.as_ref().is_none_or(|best| run.seconds < best.seconds) {
                *best = Some(run);
            }
        }
    }
    let [Some(bound), Some(plain), Some(ours)] = best else {
        return Err("nothing was run".to_owned());
    };
    let mut table = Table::new(
        "The engine on workload W5, one core",
        W5_NOTE,
        &[
            "who",
            "more than the common measures",
            "rows",
            "seconds",
            "events/s",
            "of the bare loop",
            "ours / its",
        ],
    );
    let rate = events as f64 / ours.seconds;
    let bare = events as f64 / bound.seconds;
    let mut row = |who: &str, more: &str, rows: String, seconds: f64| {
        let its = events as f64 / seconds;
        table.row([
            who.to_owned(),
            more.to_owned(),
            rows,
            format!("{seconds:.2}"),
            millions(its),
            format!("{:.1} %", its / bare * 100.0),
            format!("{:.2}", rate / its),
        ]);
    };
    row(
        "Throng",
        "the whole summary, percentile sketch, third moment, coverage, latency; ladder to the month",
        count(ours.rows),
        ours.seconds,
    );
    row(
        "bare loop with a percentile",
        "third moment, p95",
        count(bound.rows),
        bound.seconds,
    );
    row("bare loop", "third moment", count(plain.rows), plain.seconds);
    say("bench: DuckDB");
    let batch = duckdb::run(&file);
    say("bench: Apache Flink, some minutes");
    let job = flink::run(&file);
    if let Ok(batch) = &batch {
        row(
            "DuckDB, batch, 1 thread",
            "-",
            batch.rows.to_string(),
            batch.plain,
        );
        row(
            "DuckDB, batch, 1 thread, with a percentile",
            "approx. p95",
            batch.rows.to_string(),
            batch.percentile,
        );
    }
    if let Ok(job) = &job {
        let reading = format!("- (reading alone {:.1} s)", job.reading);
        row(
            "Apache Flink, parallelism 1",
            &reading,
            "-".to_owned(),
            job.windows,
        );
    }
    for (peer, failure) in [("DuckDB", batch.err()), ("Apache Flink", job.err())] {
        if let Some(failure) = failure {
            say(&format!("bench: {peer} was NOT MEASURED: {failure}"));
            table.row([peer, &format!("not measured: {failure}"), "-", "-", "-", "-", "-"]);
        }
    }
    Ok(table)
}

fn write_events(file: &Path, events: u64) -> Result<(), Failure> {
    say("bench: writing the events for the peers");
    let to = std::fs::File::create(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let binary = target().join("release/examples/workload_csv");
    let mut write = command(&binary.display().to_string(), &[], "");
    write.args([events.to_string(), CAMERAS.to_string()]).stdout(to);
    crate::shell::run(write)
}

fn in_full(events: u64) -> Result<Table, Failure> {
    say("bench: the engine on W-all");
    let run = example("engine_bench", "w-all", events, CAMERAS)?;
    let mut table = Table::new(
        "The engine on workload W-all, one core",
        "W5 with one event of a hundred late by up to an hour; each event counts for its camera and its zone (100), area (10), building and organisation.",
        &["cameras", "events", "rows", "seconds", "events/s"],
    );
    table.row([
        CAMERAS.to_string(),
        count(run.events),
        count(run.rows),
        format!("{:.2}", run.seconds),
        millions(run.events / run.seconds),
    ]);
    Ok(table)
}

fn by_cameras(events: u64) -> Result<Table, Failure> {
    let mut table = Table::new(
        "The engine from few cameras to many, one core",
        CAMERAS_NOTE,
        &[
            "cameras",
            "events",
            "ns an event",
            "of 100 cameras",
            "state, bytes a camera",
            "resident, bytes a camera",
        ],
    );
    let mut first = None;
    for cameras in [100, 1_000, 10_000, 100_000] {
        say(&format!("bench: the engine with {cameras} cameras"));
        // Few events would measure the first touch of each camera and nothing else.
        let events = (events / 5).max(cameras * events / 50_000);
        let run = example("engine_bench", "steady", events, cameras)?;
        let each = run.seconds * 1e9 / run.events;
        let few = *first.get_or_insert(each);
        table.row([
            cameras.to_string(),
            count(run.events),
            format!("{each:.0}"),
            format!("{:.0} %", each / few * 100.0),
            format!("{:.0}", run.state / cameras as f64),
            format!("{:.0}", run.resident / cameras as f64),
        ]);
    }
    Ok(table)
}

fn count(number: f64) -> String {
    format!("{number:.0}")
}

fn millions(rate: f64) -> String {
    format!("{:.3} M", rate / 1e6)
}
