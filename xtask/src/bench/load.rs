//! The server as a whole: how fast it starts, what it holds in memory, how long an event takes to a watcher, how long a
//! question about the past takes.

use super::peers::Scratch;
use super::server::Server;
use super::table::Table;
use super::{doors, history, live, millis};
use crate::shell::{Failure, say};
use std::time::Duration;

/// Puts one server under each load in turn.
pub fn run(lasts: Duration) -> Result<Table, Failure> {
    let scratch = Scratch::new("server")?;
    let mut table = Table::new(
        "The server under load",
        "Server and load share the cores.",
        &["what", "measured"],
    );
    say("bench: a server with 1,000 cameras");
    let mut server = Server::start_new(&scratch.0)?;
    table.row(["start to ready, empty folder".to_owned(), millis(server.started)]);
    let session = server.set_up()?;
    server.register(1_000, &session)?;
    table.row([
        "resident memory, 1,000 cameras, idle".to_owned(),
        server.resident(),
    ]);
    doors::flood(&server, 4, 1_000, lasts)?;
    table.row([
        "resident memory after a flood of batches".to_owned(),
        server.resident(),
    ]);
    server.settle()?;
    for rate in [1_000, 10_000] {
        say(&format!("bench: event to WebSocket at {rate} events/s"));
        table.row([
            format!("event posted to WebSocket delivered, {rate} events/s"),
            live::latency(&server, &session, rate, lasts)?,
        ]);
    }
    say("bench: history of 13 months at 100 cameras");
    for (what, value) in history::run(&server, &session)? {
        table.row([what, value]);
    }
    table.row(["resident memory after that".to_owned(), server.resident()]);
    server.stop();
    let server = Server::start(&scratch.0)?;
    table.row([
        "start to ready, same folder after SIGTERM".to_owned(),
        millis(server.started),
    ]);
    Ok(table)
}
