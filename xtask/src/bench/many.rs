//! Ten thousand cameras at one server: what it holds in memory and how busy it is while each is crossed once a minute.

use super::doors::{Door, write_event};
use super::peers::Scratch;
use super::server::Server;
use super::table::Table;
use super::{busy, millis};
use crate::shell::{Failure, say};
use std::time::{Duration, Instant};

const CAMERAS: u64 = 10_000;
/// Each camera is crossed so often.
const MINUTES: u64 = 3;
/// The crossings of a second come in so many requests.
const REQUESTS: u64 = 4;

/// Registers, counts, starts again.
pub fn run() -> Result<Table, Failure> {
    let scratch = Scratch::new("cameras")?;
    let mut table = Table::new(
        "Ten thousand cameras",
        "One server, one zone, every camera crossed once a minute for three minutes. Server and load share the cores.",
        &["what", "measured"],
    );
    say("bench: registering 10,000 cameras");
    let mut server = Server::start_new(&scratch.0)?;
    let session = server.set_up()?;
    let began = Instant::now();
    server.register(CAMERAS as usize, &session)?;
    table.row([
        "registering them one by one".to_owned(),
        format!(
            "{:.1} ms a camera",
            began.elapsed().as_secs_f64() * 1e3 / CAMERAS as f64
        ),
    ]);
    table.row([
        "resident memory, nothing counted yet".to_owned(),
        server.resident(),
    ]);
    say("bench: three minutes of crossings");
    let (began, busy_before) = (Instant::now(), busy(server.id()));
    cross_all(&server)?;
    let busy = busy(server.id()).saturating_sub(busy_before);
    table.row([
        "resident memory after three minutes".to_owned(),
        server.resident(),
    ]);
    table.row([
        "busy meanwhile".to_owned(),
        format!(
            "{:.2} of a core",
            busy.as_secs_f64() / began.elapsed().as_secs_f64()
        ),
    ]);
    server.stop();
    let server = Server::start(&scratch.0)?;
    table.row([
        "start to ready, same folder after SIGTERM".to_owned(),
        millis(server.started),
    ]);
    table.row(["resident memory then".to_owned(), server.resident()]);
    Ok(table)
}

/// Crosses the cameras in turn, evenly over the minutes.
fn cross_all(server: &Server) -> Result<(), Failure> {
    let mut door = Door::open(server)?;
    let (began, requests) = (Instant::now(), MINUTES * 60 * REQUESTS);
    let (mut text, mut number) = (String::new(), 0);
    for request in 0..requests {
        let due = began + Duration::from_secs(1) / REQUESTS as u32 * request as u32;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        text.clear();
        let upto = CAMERAS * MINUTES * (request + 1) / requests;
        while number < upto {
            text.push(if text.is_empty() { '[' } else { ',' });
            write_event(&mut text, number, number % CAMERAS);
            number += 1;
        }
        text.push(']');
        door.send(text.as_bytes())?;
    }
    Ok(())
}
