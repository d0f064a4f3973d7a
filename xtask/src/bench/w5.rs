//! The engine beside a bare loop, DuckDB, Flink and Bytewax: workload W5, the same events, the same run.

use super::engine::{CAMERAS, Run, example, millions};
use super::peers::Scratch;
use super::table::Table;
use super::{bytewax, duckdb, flink};
use crate::shell::{self, Failure, command, say, target};
use std::path::{Path, PathBuf};

/// How often what takes seconds is run; the best counts, for a neighbour on the machine can only slow it down.
const ROUNDS: usize = 3;

/// Bytewax gets a tenth of the events and of the cameras: the same density, so the same rows an event.
const FEWER: u64 = 10;

const NOTE: &str = "W5: one day of line crossings, two peaks, up to three seconds out of order. Five windows a camera: 1 min, 5 min, 1 h; \
    1 min by 10 s, 5 min by 1 min. Everybody has count, sum, mean, least, most and deviation; who has more says so. The \
    bare loop is what one core can do with no product around it. Throng is measured with the windows it runs. DuckDB has all data at once and keeps no state. Flink reads a file; how long that takes alone is beside \
    it. Bare loop and Throng: best of three rounds, turn by turn.";

const OURS: &str = "percentile sketch, third moment, coverage, late events; in and out apart";

/// A line of the table before it is compared.
struct Line {
    who: &'static str,
    more: String,
    events: u64,
    rows: String,
    seconds: f64,
}

impl Line {
    fn new(
        who: &'static str,
        more: impl Into<String>,
        events: u64,
        rows: impl ToString,
        seconds: f64,
    ) -> Self {
        Self {
            who,
            more: more.into(),
            events,
            rows: rows.to_string(),
            seconds,
        }
    }

    fn rate(&self) -> f64 {
        self.events as f64 / self.seconds
    }
}

/// Runs everybody on so many events.
pub fn beside_peers(events: u64) -> Result<Table, Failure> {
    let [bound, plain, ours] = our_own(events)?;
    let ours = Line::new("Throng", OURS, events, ours.rows, ours.seconds);
    let bound = Line::new(
        "bare loop with a percentile",
        "third moment, p95",
        events,
        bound.rows,
        bound.seconds,
    );
    let (our_rate, bare_rate) = (ours.rate(), bound.rate());
    let plain = Line::new("bare loop", "third moment", events, plain.rows, plain.seconds);
    let mut table = Table::new(
        "The engine on workload W5, one core",
        NOTE,
        &[
            "who",
            "beyond what everybody has",
            "events",
            "rows",
            "seconds",
            "events/s",
            "of the bare loop",
            "ours / its",
        ],
    );
    for line in [ours, bound, plain].into_iter().map(Ok).chain(peers(events)?) {
        match line {
            Ok(line) => table.row([
                line.who.to_owned(),
                line.more.clone(),
                line.events.to_string(),
                line.rows.clone(),
                format!("{:.2}", line.seconds),
                millions(line.rate()),
                format!("{:.1} %", line.rate() / bare_rate * 100.0),
                format!("{:.2}", our_rate / line.rate()),
            ]),
            Err((peer, failure)) => {
                say(&format!("bench: {peer} was NOT MEASURED: {failure}"));
                table.row([
                    peer,
                    &format!("not measured: {failure}"),
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                    "-",
                ]);
            }
        }
    }
    Ok(table)
}

/// The bare loop with a percentile, without, and our engine.
fn our_own(events: u64) -> Result<[Run; 3], Failure> {
    let mut best: [Option<Run>; 3] = [None, None, None];
    for round in 1..=ROUNDS {
        say(&format!("bench: bare loop and engine, round {round} of {ROUNDS}"));
        let cases = [
            ("bare_loop", "percentile"),
            ("bare_loop", "plain"),
            ("windows_bench", "w5"),
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
    Ok([bound, plain, ours])
}

/// A line, or which peer could not be had and why.
type Tried = Result<Line, (&'static str, Failure)>;

fn peers(events: u64) -> Result<Vec<Tried>, Failure> {
    let scratch = Scratch::new("engine")?;
    let all = write_events(&scratch.0, events, CAMERAS)?;
    let fewer = write_events(&scratch.0, events / FEWER, CAMERAS / FEWER)?;
    say("bench: DuckDB");
    let mut lines = Vec::new();
    match duckdb::run(&all) {
        Ok(batch) => {
            let line = |more, seconds| {
                Ok(Line::new(
                    "DuckDB, batch, one thread",
                    more,
                    events,
                    batch.rows,
                    seconds,
                ))
            };
            lines.extend([
                line("nothing", batch.plain),
                line("approximate p95", batch.percentile),
            ]);
        }
        Err(failure) => lines.push(Err(("DuckDB", failure))),
    }
    say("bench: Apache Flink, some minutes");
    lines.push(match flink::run(&all) {
        Ok(job) => {
            let more = format!("nothing (reading alone {:.1} s)", job.reading);
            Ok(Line::new(
                "Apache Flink, parallelism 1",
                more,
                events,
                "not counted",
                job.windows,
            ))
        }
        Err(failure) => Err(("Apache Flink", failure)),
    });
    say("bench: Bytewax");
    lines.push(match bytewax::run(&fewer) {
        Ok(flow) => {
            let more = "nothing; a tenth of the events and of the cameras";
            Ok(Line::new(
                "Bytewax, one worker",
                more,
                events / FEWER,
                flow.rows,
                flow.seconds,
            ))
        }
        Err(failure) => Err(("Bytewax", failure)),
    });
    Ok(lines)
}

fn write_events(folder: &Path, events: u64, cameras: u64) -> Result<PathBuf, Failure> {
    say(&format!("bench: writing {events} events for the peers"));
    let file = folder.join(format!("w5-{events}.csv"));
    let to = std::fs::File::create(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let binary = target().join("release/examples/workload_csv");
    let mut write = command(&binary.display().to_string(), &[], "");
    write.args([events.to_string(), cameras.to_string()]).stdout(to);
    shell::run(write)?;
    Ok(file)
}
