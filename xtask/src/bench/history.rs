//! Questions over thirteen months at a hundred cameras.

use super::doors::{Door, time};
use super::percentile;
use super::server::Server;
use crate::shell::Failure;
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const CAMERAS: u64 = 100;
const HOURS: u64 = 396 * 24;
/// Hours before now at which the history ends: the last ones belong to the loads before.
const AGO: u64 = 48;

/// Hands in hourly counts, then asks for each camera.
pub fn run(server: &Server, session: &str) -> Result<Vec<(String, String)>, Failure> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
        / 3_600;
    let first = now - AGO - HOURS;
    for camera in 0..CAMERAS {
        server.register_one(&format!("past-{camera}"), "zone", 3_600, session)?;
    }
    let started = Instant::now();
    let mut door = Door::open(server)?;
    for camera in 0..CAMERAS {
        for part in (0..HOURS).collect::<Vec<_>>().chunks(5_000) {
            let events: Vec<String> = part
                .iter()
                .map(|hour| count(camera, first + hour, *hour))
                .collect();
            door.send(format!("[{}]", events.join(",")).as_bytes())?;
        }
    }
    let import = format!(
        "{} events in {:.1} s",
        CAMERAS * HOURS,
        started.elapsed().as_secs_f64()
    );
    let at = |hour: u64| time(Duration::from_secs(hour * 3_600));
    let (start, end) = (at(first), at(first + HOURS));
    wait_until_folded(server, session, &start, &end)?;
    let mut table = vec![(
        "13 months x 100 cameras of hourly counts, handed in over HTTP".to_owned(),
        import,
    )];
    for interval in ["day", "week", "month"] {
        let paths: Vec<String> = (0..CAMERAS)
            .map(|camera| {
                format!(
                    "/api/v1/analytics/historical/past-{camera}?start={start}&end={end}&interval={interval}"
                )
            })
            .collect();
        table.push((
            format!("query, 13 months of one camera by {interval}"),
            ask(server, session, &paths)?,
        ));
    }
    let sideways = vec![format!("/api/v1/analytics/aggregated?groupBy=camera&start={start}&end={end}"); 10];
    table.push((
        "query, 13 months of all cameras side by side".to_owned(),
        ask(server, session, &sideways)?,
    ));
    Ok(table)
}

fn ask(server: &Server, session: &str, paths: &[String]) -> Result<String, Failure> {
    let mut waits = Vec::new();
    for path in paths {
        let before = Instant::now();
        let answer = server.call("GET", path, session, "")?;
        waits.push(before.elapsed());
        if answer.get("data").is_none() {
            return Err(format!("{path}: {answer}"));
        }
    }
    waits.sort_unstable();
    let of = |share| percentile(&waits, share).as_secs_f64() * 1e3;
    Ok(format!(
        "p50 {:.1} ms, p95 {:.1} ms, max {:.1} ms",
        of(0.5),
        of(0.95),
        of(1.0)
    ))
}

/// Until the last camera's last day is there.
fn wait_until_folded(server: &Server, session: &str, start: &str, end: &str) -> Result<(), Failure> {
    for _ in 0..120 {
        std::thread::sleep(Duration::from_secs(1));
        let answer = server.call(
            "GET",
            &format!(
                "/api/v1/analytics/historical/past-{}?start={start}&end={end}&interval=month&metrics=in",
                CAMERAS - 1
            ),
            session,
            "",
        )?;
        let data = answer
            .get("data")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let people: f64 = data
            .iter()
            .filter_map(|bucket| bucket.pointer("/metrics/in").and_then(Value::as_f64))
            .sum();
        if people as u64 >= (0..HOURS).map(people_in).sum() {
            return Ok(());
        }
    }
    Err("the history was not folded within two minutes".to_owned())
}

fn people_in(hour: u64) -> u64 {
    hour % 24 * 3
}

fn count(camera: u64, hour: u64, number: u64) -> String {
    let at = |hour: u64| time(Duration::from_secs(hour * 3_600));
    let millis = hour * 3_600_000;
    format!(
        r#"{{"v":1,"id":"{:08x}-{:04x}-8001-8{camera:03x}-{number:012x}","type":"count","cam":"past-{camera}","t":"{}","data":{{"counter":"main","from":"{}","to":"{}","in":{},"out":{}}}}}"#,
        (millis >> 16) as u32,
        millis as u16,
        at(hour + 1),
        at(hour),
        at(hour + 1),
        people_in(number),
        people_in(number)
    )
}
