//! Runs the stories of `spec/vectors` through the naive model and both engines: in one piece, and with a flush, a turn and
//! a restart after every event. `THRONG_WRITE_VECTORS=1` writes what the naive model expects; what a story says is written
//! by hand and never by a program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use throng_engine::Rules;
use throng_model::camera::Camera;
use throng_model::codec::decode_json;
use throng_model::place::Place;
use throng_model::row::RowKey;
use throng_model::site::Site;
use throng_model::window::{Window, WindowKind, WindowTable};
use throng_model::{Event, Measure, Summary, Timestamp};
use throng_sim::naive::windows::{Held, Ledger};
use throng_sim::naive::{self, Expected};
use throng_sim::replay::{self, Memory, Pace};

/// A restart after every single event.
const PIECEMEAL: Pace = Pace {
    step: 1,
    restart: 1,
    threads: 2,
};

#[derive(Deserialize)]
struct Shared {
    places: Vec<Place>,
    cameras: Vec<Camera>,
    windows: Vec<Window>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    story: String,
    scopes: Vec<String>,
    rungs: Vec<String>,
    windows: Vec<String>,
    says: Vec<Says>,
}

/// One number a person has worked out.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Says {
    scope: String,
    rung: Option<String>,
    window: Option<String>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    ordinal: Option<i64>,
    #[serde(default)]
    absent: bool,
    revision: Option<u32>,
    observed: Option<u64>,
    events: Option<u64>,
    measure: Option<Measure>,
    sum: Option<f64>,
    count: Option<u64>,
    min: Option<f64>,
    max: Option<f64>,
}

/// What a program makes of a log.
struct Results {
    rows: BTreeMap<RowKey, Expected>,
    windows: Ledger,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The events of a case as they come behind the door: each id once.
fn log(path: &Path) -> Vec<(Event, Timestamp)> {
    let mut known = HashSet::new();
    let events = read(path)
        .lines()
        .map(|line| {
            let whole: Value = serde_json::from_str(line).unwrap();
            let received = Timestamp::parse(whole["recv"].as_str().expect("recv")).unwrap();
            (decode_json(line).unwrap(), received)
        })
        .collect::<Vec<_>>();
    events
        .into_iter()
        .filter(|(event, _)| known.insert(event.id))
        .collect()
}

fn numbers<'a>(measures: impl Iterator<Item = (Measure, &'a Summary)>) -> Value {
    let form = |summary: &Summary| {
        json!({
            "count": summary.count,
            "sum": summary.sum as i64,
            "min": summary.min,
            "max": summary.max,
            "sumSquares": summary.sum_squares.to_string(),
            "sumCubes": summary.sum_cubes.to_string(),
        })
    };
    let fields = measures.filter(|(_, summary)| !summary.is_empty());
    Value::Object(
        fields
            .map(|(measure, summary)| (measure.to_string(), form(summary)))
            .collect::<Map<_, _>>(),
    )
}

/// The lines of `expected.jsonl`: the rows and windows the case is about.
fn lines(case: &Case, table: &WindowTable, results: &Results) -> String {
    let mut lines = String::new();
    for (key, row) in &results.rows {
        if case.scopes.contains(&key.scope.to_string())
            && case.rungs.iter().any(|rung| rung == key.rung.as_str())
        {
            let measures = numbers(row.measures.iter().map(|(measure, summary)| (*measure, summary)));
            let line = json!({"scope": key.scope.to_string(), "rung": key.rung.as_str(), "start": key.start, "observed": row.observed, "measures": measures});
            lines.push_str(&format!("{line}\n"));
        }
    }
    for (((scope, name, start), end), held) in &results.windows.0 {
        if case.scopes.contains(&scope.to_string()) && case.windows.contains(name) {
            let mut line = json!({"scope": scope.to_string(), "window": name, "events": held.events, "measures": numbers(held.measures.iter())});
            match table
                .iter()
                .find(|window| window.name == *name)
                .expect("in the table")
                .kind
            {
                WindowKind::CountTumbling { .. } | WindowKind::CountSliding { .. } => {
                    line["ordinal"] = json!(start)
                }
                WindowKind::Cumulate { .. } => {
                    line["start"] = json!(Timestamp(*start));
                    line["end"] = json!(end);
                }
                _ => line["start"] = json!(Timestamp(*start)),
            }
            lines.push_str(&format!("{line}\n"));
        }
    }
    lines
}

/// Holds results to the numbers somebody worked out by hand.
fn check(case: &Case, results: &Results, who: &str) {
    for says in &case.says {
        let told = format!("{who}: {}\n{says:?}", case.story);
        let (found, measures, observed, events) = match (&says.rung, &says.window) {
            (Some(rung), None) => {
                let start = says.start.expect("a row has a start");
                let is_it = |key: &RowKey| {
                    key.scope.to_string() == says.scope && key.rung.as_str() == rung && key.start == start
                };
                let row = results
                    .rows
                    .iter()
                    .find(|(key, _)| is_it(key))
                    .map(|(_, row)| row.clone());
                let row_found = row.is_some();
                let row = row.unwrap_or_default();
                (row_found, row.measures, Some(row.observed), None)
            }
            (None, Some(name)) => {
                let start = says
                    .ordinal
                    .or(says.start.map(|start| start.0))
                    .expect("start or ordinal");
                let end = says.end.unwrap_or(Timestamp(0));
                let is_it = |((scope, window, from), to): &((_, String, i64), Timestamp)| {
                    let scope: &throng_model::Scope = scope;
                    scope.to_string() == says.scope && window == name && *from == start && *to == end
                };
                let held = results
                    .windows
                    .0
                    .iter()
                    .find(|(key, _)| is_it(key))
                    .map(|(_, held)| held.clone());
                let was_found = held.is_some();
                let Held { events, measures } = held.unwrap_or_default();
                let measures = measures
                    .iter()
                    .map(|(measure, summary)| (measure, summary.clone()))
                    .collect();
                (was_found, measures, None, Some(events))
            }
            _ => panic!("either a rung or a window: {told}"),
        };
        let summary = says.measure.and_then(|measure| measures.get(&measure).cloned());
        if says.absent {
            assert!(
                summary.is_none() && (says.measure.is_some() || !found),
                "is there: {told}"
            );
            continue;
        }
        assert!(found, "is not there: {told}");
        assert!(
            says.events.is_none() || says.events == events,
            "{events:?} events: {told}"
        );
        assert!(
            says.observed.is_none() || says.observed == observed,
            "{observed:?} panes: {told}"
        );
        if says.measure.is_some() {
            let summary = summary.unwrap_or_else(|| panic!("not measured: {told}"));
            let is = |said: Option<f64>, value: i128| {
                assert!(
                    said.is_none_or(|said| (said * 1_000.0).round() as i128 == value),
                    "{value} thousandths: {told}"
                );
            };
            is(says.sum, summary.sum);
            is(says.min, summary.min.into());
            is(says.max, summary.max.into());
            assert!(
                says.count.is_none_or(|count| count == summary.count),
                "{} values: {told}",
                summary.count
            );
        }
    }
}

fn check_revisions(case: &Case, memory: &Memory) {
    for says in case.says.iter().filter(|says| says.revision.is_some()) {
        let found = memory.0.iter().find(|(key, _)| {
            key.scope.to_string() == says.scope
                && Some(key.rung.as_str()) == says.rung.as_deref()
                && Some(key.start) == says.start
        });
        assert_eq!(
            found.map(|(_, row)| row.revision),
            says.revision,
            "{}: {says:?}",
            case.story
        );
    }
}

fn run(folder: &Path, site: &Site, table: &WindowTable) {
    let case: Case = serde_json::from_str(&read(&folder.join("case.json"))).unwrap();
    let rules = Rules::default();
    let log = log(&folder.join("input.jsonl"));
    let ended = replay::to_the_end(site, log.clone());

    let model = Results {
        rows: naive::rows(site, &rules, &naive::within_allowance(&rules, &log)),
        windows: naive::windows::windows(site, &rules, table, &ended),
    };
    check(&case, &model, "naive model");
    let expected = folder.join("expected.jsonl");
    let lines = lines(&case, table, &model);
    if std::env::var_os("THRONG_WRITE_VECTORS").is_some() {
        std::fs::write(&expected, &lines).unwrap();
    }
    assert_eq!(
        read(&expected),
        lines,
        "{}: expected.jsonl on the left, naive model on the right",
        case.story
    );

    let mut memories = Vec::new();
    for pace in [Pace::WHOLE, PIECEMEAL] {
        let (memory, counts) = replay::rows(site, rules, &log, pace).unwrap();
        assert_eq!(
            counts.late_received,
            counts.late_applied + counts.late_beyond,
            "I-6: {}",
            case.story
        );
        let ledgers = replay::windows(site, rules, table, &ended, pace).unwrap();
        let windows = Ledger(ledgers.into_iter().flat_map(|ledger| ledger.0).collect());
        let engine = Results {
            rows: memory.as_expected(),
            windows,
        };
        check(&case, &engine, "engine");
        check_revisions(&case, &memory);
        // Everything, also what the story is not about.
        assert_eq!(
            engine.rows, model.rows,
            "{} ({pace:?}): engine on the left",
            case.story
        );
        assert_eq!(
            engine.windows, model.windows,
            "{} ({pace:?}): engine on the left",
            case.story
        );
        memories.push(memory);
    }
    assert_eq!(
        memories[0], memories[1],
        "{}: whole on the left, piecemeal on the right",
        case.story
    );
}

#[test]
fn every_story_is_told_by_the_model_and_by_the_engines() {
    let shared: Shared = serde_json::from_str(&read(&folder().join("site.json"))).unwrap();
    let site = Site::new(shared.places, shared.cameras).unwrap();
    let table = WindowTable::new(shared.windows).unwrap();
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() >= 60, "{} stories", cases.len());
    let failed: Vec<_> = cases
        .iter()
        .filter(|case| std::panic::catch_unwind(|| run(case, &site, &table)).is_err())
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} stories: {failed:?}",
        failed.len(),
        cases.len()
    );
}
