//! From the moment an event is posted to the moment a watcher has it.
//!
//! A camera's count of today tells which of its events a message contains, so every event is matched to the first message
//! that shows it.

use super::doors::{Door, write_event};
use super::percentile;
use super::server::Server;
use crate::shell::Failure;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Requests a second: each carries a hundredth of the rate.
const REQUESTS: u32 = 100;

type Sent = Arc<Mutex<HashMap<String, Vec<(u64, Instant)>>>>;

/// Posts at a steady rate and watches.
pub fn latency(server: &Server, session: &str, rate: u32, lasts: Duration) -> Result<String, Failure> {
    let before = server.call("GET", "/api/v1/live/snapshot", session, "")?;
    let mut counts: HashMap<String, u64> = cameras(&before)
        .map(|(camera, count)| (camera.to_owned(), count))
        .collect();
    let ticket = server.call("POST", "/api/v1/live/ticket", session, "")?;
    let ticket = ticket
        .get("ticket")
        .and_then(Value::as_str)
        .ok_or("no ticket")?
        .to_owned();
    let (mut socket, _) = tungstenite::connect(format!(
        "ws://{}/api/v1/live?ticket={ticket}&every=0",
        server.address
    ))
    .map_err(|error| error.to_string())?;
    let (sent, done): (Sent, _) = (Sent::default(), Arc::new(AtomicBool::new(false)));
    let watcher = std::thread::spawn({
        let (sent, done) = (Arc::clone(&sent), Arc::clone(&done));
        move || {
            let mut waits = Vec::new();
            while !done.load(Ordering::Relaxed) {
                let Ok(message) = socket.read() else { break };
                let now = Instant::now();
                let Ok(text) = message.into_text() else { continue };
                let Ok(update) = serde_json::from_str::<Value>(&text) else {
                    continue;
                };
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                for (camera, count) in cameras(&update) {
                    if let Some(waiting) = sent.get_mut(camera) {
                        waits.extend(
                            waiting
                                .extract_if(.., |(number, _)| *number <= count)
                                .map(|(_, at)| now - at),
                        );
                    }
                }
            }
            waits
        }
    });
    let mut door = Door::open(server)?;
    let (started, mut number, mut text) = (Instant::now(), u64::from(rate) << 32, String::new());
    for request in 0..REQUESTS * lasts.as_secs() as u32 {
        let due = started + Duration::from_secs(1) / REQUESTS * request;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        text.clear();
        let at = Instant::now();
        for event in 0..rate / REQUESTS {
            text.push(if event == 0 { '[' } else { ',' });
            let camera = number % 1_000;
            write_event(&mut text, number | (1 << 60), camera);
            let name = format!("camera-{camera}");
            let count = counts.entry(name.clone()).or_insert(0);
            *count += 1;
            sent.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(name)
                .or_default()
                .push((*count, at));
            number += 1;
        }
        text.push(']');
        door.send(text.as_bytes())?;
    }
    std::thread::sleep(Duration::from_secs(1));
    done.store(true, Ordering::Relaxed);
    // One more event so that the watcher wakes up and sees that it is over.
    text.clear();
    write_event(&mut text, number | (1 << 60), 0);
    door.send(text.as_bytes())?;
    let mut waits = watcher.join().map_err(|_| "the watcher broke off")?;
    waits.sort_unstable();
    let missing: usize = sent
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .values()
        .map(Vec::len)
        .sum();
    let of = |share| percentile(&waits, share).as_secs_f64() * 1e3;
    Ok(format!(
        "p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms ({} events, {missing} not seen)",
        of(0.5),
        of(0.99),
        of(1.0),
        waits.len()
    ))
}

/// Each camera of a message and its count of today.
fn cameras(message: &Value) -> impl Iterator<Item = (&str, u64)> {
    let cameras = message
        .get("cameras")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    cameras.filter_map(|camera| {
        Some((
            camera.get("cameraId")?.as_str()?,
            camera.get("inToday")?.as_u64()?,
        ))
    })
}
