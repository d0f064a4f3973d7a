//! How many events a second are acknowledged, beside Apache Kafka on the same disk in the same run.

use super::peers::Scratch;
use super::server::Server;
use super::table::Table;
use super::{doors, kafka};
use crate::shell::{Failure, say};
use std::path::Path;
use std::time::Duration;

/// Connections, events of a request, and what people call it.
const SHAPES: [(usize, usize, &str); 3] = [
    (4, 1_000, "batches of 1,000, 4 connections"),
    (1, 1, "one by one, 1 connection"),
    (64, 1, "one by one, 64 connections"),
];

const NOTE: &str = "Throng answers after fsync; each of its events is JSON of about 230 bytes that is checked, compared with \
    what was seen before, and counted. Kafka takes 150 bytes a message unread: one broker, one partition, acks=all, as it ships \
    (acknowledged from the page cache) and with `flush.messages=1` (after fsync, as we do). Each connection waits for its answer \
    before it sends again. Server and load share the cores.";

/// Measures ours, then Kafka.
pub fn run(lasts: Duration) -> Result<Table, Failure> {
    let scratch = Scratch::new("ingest")?;
    let ours = ours(&scratch.0.join("throng"), lasts)?;
    say("bench: Apache Kafka, about three minutes");
    let names = SHAPES.map(|(connections, batch, _)| format!("{connections}x{batch}"));
    let kafka = kafka::rates(&scratch.0.join("kafka"), &names, lasts);
    if let Err(failure) = &kafka {
        say(&format!("bench: Apache Kafka was NOT MEASURED: {failure}"));
    }
    let mut table = Table::new(
        "Durable ingest, events a second",
        NOTE,
        &[
            "how",
            "Throng",
            "Kafka with fsync",
            "ours / its",
            "Kafka as it ships",
            "ours / its",
        ],
    );
    for ((shape, ours), name) in SHAPES.iter().zip(ours).zip(names) {
        let mut row = vec![shape.2.to_owned(), format!("{ours:.0}")];
        for topic in ["synced", "paged"] {
            let rate = kafka.as_ref().map_err(Clone::clone).and_then(|rates| {
                rates
                    .get(&(topic.to_owned(), name.clone()))
                    .copied()
                    .ok_or("no answer".to_owned())
            });
            match rate {
                Ok(rate) => row.extend([format!("{rate:.0}"), format!("{:.2}", ours / rate)]),
                Err(failure) => row.extend([format!("not measured: {failure}"), "-".to_owned()]),
            }
        }
        table.row(row);
    }
    Ok(table)
}

fn ours(folder: &Path, lasts: Duration) -> Result<Vec<f64>, Failure> {
    say("bench: durable ingest, a server with 1,000 cameras");
    let mut server = Server::start_new(folder)?;
    let session = server.set_up()?;
    server.register(1_000, &session)?;
    let flood =
        |(connections, batch, _): &(usize, usize, &str)| doors::flood(&server, *connections, *batch, lasts);
    let rates = SHAPES.iter().map(flood).collect::<Result<_, _>>()?;
    server.stop();
    Ok(rates)
}
