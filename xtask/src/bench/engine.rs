//! The engine alone, on one core: beside its peers, in full, and from few cameras to many.

use super::peers::answer;
use super::table::Table;
use super::w5::beside_peers;
use crate::shell::{Failure, command, say, target};

/// Cameras of W5 and W-all.
pub const CAMERAS: u64 = 1_000;

const CAMERAS_NOTE: &str = "The same rate at every camera (10,000 events a day): with the five windows of W5 and no places, and with the \
    whole default table and a zone for every ten cameras, an area for every ten zones, a building for every ten areas and an organisation. \
    State is what a restart needs; resident is all memory the run took.";

/// The variants of one rate at every camera, and what they are called.
const STEADY: [(&str, &str); 2] = [("five", "steady"), ("all", "steady-all")];

/// Runs everything with so many events in W5 and W-all.
pub fn run(events: u64) -> Result<Vec<Table>, Failure> {
    Ok(vec![beside_peers(events)?, in_full(events)?, by_cameras(events)?])
}

/// One run of one of our examples.
pub struct Run {
    pub events: f64,
    /// What was measured: making the events ready is not in it.
    pub seconds: f64,
    pub rows: f64,
    state: f64,
    resident: f64,
}

/// Runs an example of `sim` in one of its variants.
pub fn example(name: &str, variant: &str, events: u64, cameras: u64) -> Result<Run, Failure> {
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

/// The rows of this share of the events take as long as the windows of all.
const ROWS_OF: u64 = 20;

fn in_full(events: u64) -> Result<Table, Failure> {
    let mut table = Table::new(
        "The engine on workload W-all, one core",
        "W5 with one event of a hundred late by up to an hour; each event counts for its camera and its zone (100), area (10), building and organisation. \
         Windows: the whole default table, turned every minute. Rows: the ladder to the month with occupancy, every row that changed handed out every minute.",
        &["what", "cameras", "events", "handed out", "seconds", "events/s"],
    );
    for (what, name, events) in [
        ("all windows", "windows_bench", events),
        ("rows", "engine_bench", events / ROWS_OF),
    ] {
        say(&format!("bench: the engine on W-all, {what}"));
        let run = example(name, "w-all", events, CAMERAS)?;
        table.row([
            what.to_owned(),
            CAMERAS.to_string(),
            count(run.events),
            count(run.rows),
            format!("{:.2}", run.seconds),
            millions(run.events / run.seconds),
        ]);
    }
    Ok(table)
}

fn by_cameras(events: u64) -> Result<Table, Failure> {
    let mut table = Table::new(
        "The engine from few cameras to many, one core",
        CAMERAS_NOTE,
        &[
            "windows",
            "cameras",
            "events",
            "ns an event",
            "of 100 cameras",
            "state, bytes a camera",
            "resident, bytes a camera",
        ],
    );
    for (windows, variant) in STEADY {
        let mut first = None;
        for cameras in [100, 1_000, 10_000, 100_000] {
            say(&format!(
                "bench: the engine with {cameras} cameras, {windows} windows"
            ));
            // Few events would measure the first touch of each camera and nothing else.
            let events = (events / 5).max(cameras * events / 50_000);
            let run = example("windows_bench", variant, events, cameras)?;
            let each = run.seconds * 1e9 / run.events;
            let few = *first.get_or_insert(each);
            table.row([
                windows.to_owned(),
                cameras.to_string(),
                count(run.events),
                format!("{each:.0}"),
                format!("{:.0} %", each / few * 100.0),
                format!("{:.0}", run.state / cameras as f64),
                format!("{:.0}", run.resident / cameras as f64),
            ]);
        }
    }
    Ok(table)
}

fn count(number: f64) -> String {
    format!("{number:.0}")
}

/// A rate, for people.
pub fn millions(rate: f64) -> String {
    format!("{:.3} M", rate / 1e6)
}
