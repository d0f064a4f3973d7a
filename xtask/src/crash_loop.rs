//! Kills the real server on the real disk, again and again, and compares what it acknowledged with what it kept.
//!
//! A ledger outside the server holds every event and whether it was acknowledged. After each kill the next server gets
//! new events and every unacknowledged old one again. In the end every event is sent once more: each must be a
//! duplicate, and the day's count must be the number of events, no more and no less.

use crate::shell::{Failure, command, say, target};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How often the server is killed.
    #[arg(long, default_value_t = 50)]
    pub cycles: u32,
    /// Which moments it is killed at.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

const WRITERS: usize = 4;

/// One event and what is known of it.
#[derive(Clone)]
struct Entry {
    text: String,
    acknowledged: bool,
}

/// Runs the loop.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("throng-crash-loop-{}", std::process::id()));
    let result = cycles(arguments, &folder);
    // Kept when something is wrong: it is the evidence.
    match &result {
        Ok(()) => drop(std::fs::remove_dir_all(&folder)),
        Err(_) => say(&format!(
            "crash-loop: the data folder is kept: {}",
            folder.display()
        )),
    }
    result
}

fn cycles(arguments: &Arguments, folder: &Path) -> Result<(), Failure> {
    let mut random = arguments.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let keys: Vec<String> = (0..WRITERS)
        .map(|writer| add_camera(folder, writer))
        .collect::<Result<_, _>>()?;
    let ledgers: Vec<Mutex<Vec<Entry>>> = (0..WRITERS).map(|_| Mutex::default()).collect();
    let mut restarts = Vec::new();
    for cycle in 0..arguments.cycles {
        let mut server = Server::start(folder)?;
        restarts.push(server.started);
        let life = Duration::from_millis(30 + next(&mut random) % 370);
        let kill_at = Instant::now() + life;
        std::thread::scope(|scope| {
            for (writer, (key, ledger)) in keys.iter().zip(&ledgers).enumerate() {
                let (url, seed) = (server.url.clone(), next(&mut random));
                scope.spawn(move || write(&url, writer, key, ledger, cycle, seed, kill_at));
            }
            std::thread::sleep(life);
            server.kill();
        });
    }
    let server = Server::start(folder)?;
    restarts.push(server.started);
    // Every start replaces the link of the start before, so only the last server's link opens.
    let session = sign_in(&server)?;
    let mut events = 0;
    for (writer, (key, ledger)) in keys.iter().zip(&ledgers).enumerate() {
        let entries = ledger.lock().map_err(|_| "a writer broke off")?.clone();
        events += entries.len();
        settle(&server.url, key, &entries)?;
        let expected = entries.len() as u64;
        let counted = counted(&server.url, &session, writer, expected)?;
        if counted != expected {
            return Err(format!(
                "camera {writer} counts {counted} people for {} events",
                entries.len()
            ));
        }
    }
    restarts.sort_unstable();
    let median = restarts.get(restarts.len() / 2).copied().unwrap_or_default();
    let slowest = restarts.last().copied().unwrap_or_default();
    say(&format!(
        "crash-loop: {} kills, {events} events, none lost, none counted twice; restart to ready median {} ms, slowest {} ms",
        arguments.cycles,
        median.as_millis(),
        slowest.as_millis()
    ));
    Ok(())
}

/// Sends batches until the server dies. Unacknowledged events of earlier lives come first.
fn write(
    url: &str,
    writer: usize,
    key: &str,
    ledger: &Mutex<Vec<Entry>>,
    cycle: u32,
    mut seed: u64,
    kill_at: Instant,
) {
    let agent = agent();
    let mut number = 0;
    while Instant::now() < kill_at {
        let Ok(mut entries) = ledger.lock() else { return };
        let mut batch: Vec<usize> = (0..entries.len())
            .filter(|index| entries.get(*index).is_some_and(|entry| !entry.acknowledged))
            .take(200)
            .collect();
        for _ in 0..1 + next(&mut seed) % 40 {
            batch.push(entries.len());
            entries.push(Entry {
                text: event(writer, cycle, number),
                acknowledged: false,
            });
            number += 1;
        }
        let body: Vec<&str> = batch
            .iter()
            .filter_map(|index| entries.get(*index))
            .map(|entry| entry.text.as_str())
            .collect();
        let Ok(answer) = post(&agent, url, key, &body) else {
            return;
        };
        for (index, outcome) in batch.iter().zip(answer) {
            if let Some(entry) = entries.get_mut(*index) {
                entry.acknowledged = outcome == "accepted" || outcome == "duplicate";
            }
        }
    }
}

/// Sends every event once more: acknowledged ones must be duplicates, the others become accepted or are found.
fn settle(url: &str, key: &str, entries: &[Entry]) -> Result<(), Failure> {
    let agent = agent();
    for part in entries.chunks(1_000) {
        let body: Vec<&str> = part.iter().map(|entry| entry.text.as_str()).collect();
        for (entry, outcome) in part.iter().zip(post(&agent, url, key, &body)?) {
            if entry.acknowledged && outcome != "duplicate" {
                return Err(format!(
                    "an acknowledged event was lost ({outcome}): {}",
                    entry.text
                ));
            }
        }
        let body: Vec<&str> = part.iter().map(|entry| entry.text.as_str()).collect();
        if post(&agent, url, key, &body)?
            .iter()
            .any(|outcome| outcome != "duplicate")
        {
            return Err("an event that was just accepted is not known".to_owned());
        }
    }
    Ok(())
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .http_status_as_error(false)
        .build()
        .into()
}

fn post(agent: &ureq::Agent, url: &str, key: &str, events: &[&str]) -> Result<Vec<String>, Failure> {
    let body = format!("[{}]", events.join(","));
    let request = agent
        .post(format!("{url}/api/v1/events"))
        .header("authorization", format!("Bearer {key}"))
        .content_type("application/json");
    let mut response = request.send(body).map_err(|error| error.to_string())?;
    let answer: Value = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_json()
        .map_err(|error| error.to_string())?;
    let outcomes = answer
        .get("events")
        .and_then(Value::as_array)
        .ok_or_else(|| format!("unexpected answer {answer}"))?;
    Ok(outcomes
        .iter()
        .map(|event| {
            event
                .get("outcome")
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned()
        })
        .collect())
}

/// Chooses the administrator by the link that the server printed: the token of the session.
fn sign_in(server: &Server) -> Result<String, Failure> {
    let token = server
        .setup
        .split_once("token=")
        .and_then(|(_, token)| token.split_whitespace().next())
        .ok_or_else(|| format!("the server printed no sign-in link: \"{}\"", server.setup))?;
    let body = json!({"token": token, "name": "admin", "password": "crash-loop-password"}).to_string();
    let mut response = agent()
        .post(format!("{}/api/v1/setup", server.url))
        .content_type("application/json")
        .send(body)
        .map_err(|error| error.to_string())?;
    let answer: Value = response
        .body_mut()
        .read_json()
        .map_err(|error| error.to_string())?;
    Ok(answer
        .get("token")
        .and_then(Value::as_str)
        .ok_or_else(|| format!("setting up failed: {answer}"))?
        .to_owned())
}

/// How many people the camera counted, by the hour, summed.
fn counted(url: &str, session: &str, writer: usize, expected: u64) -> Result<u64, Failure> {
    let agent = agent();
    settled(expected, || {
        std::thread::sleep(Duration::from_millis(1_200));
        hours(&agent, url, session, writer)
    })
}

/// Reads until twice in a row as many are shown as there should be, or more; of fewer nobody knows, on a machine that is busy,
/// whether the checkpoint with the last ones is still to come. So that is believed after twenty reads only.
fn settled(expected: u64, mut read: impl FnMut() -> Result<u64, Failure>) -> Result<u64, Failure> {
    let mut before = 0;
    for _ in 0..20 {
        let now = read()?;
        if now > expected || now == expected && before == expected {
            return Ok(now);
        }
        before = now;
    }
    Ok(before)
}

fn hours(agent: &ureq::Agent, url: &str, session: &str, writer: usize) -> Result<u64, Failure> {
    let address = format!(
        "{url}/api/v1/analytics/historical/crash-{writer}?start=2026-01-01T00:00:00Z&end=2100-01-01T00:00:00Z&interval=month&metrics=count"
    );
    let mut response = agent
        .get(address)
        .header("authorization", format!("Bearer {session}"))
        .call()
        .map_err(|error| error.to_string())?;
    let answer: Value = response
        .body_mut()
        .read_json()
        .map_err(|error| error.to_string())?;
    let data = answer
        .get("data")
        .and_then(Value::as_array)
        .ok_or_else(|| format!("unexpected answer {answer}"))?;
    Ok(data
        .iter()
        .filter_map(|bucket| bucket.pointer("/metrics/count").and_then(Value::as_f64))
        .sum::<f64>() as u64)
}

fn event(writer: usize, cycle: u32, number: u64) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // The 48 bits of time make it sort like any other event; the rest names it.
    let id = format!(
        "{:08x}-{:04x}-8{:03x}-8{:03x}-{:012x}",
        (since.as_millis() >> 16) as u32,
        since.as_millis() as u16,
        writer,
        cycle & 0xfff,
        number
    );
    let (days, seconds, millis) = (
        since.as_secs() / 86_400,
        since.as_secs() % 86_400,
        since.subsec_millis(),
    );
    let (year, month, day) = civil(days as i64);
    let time = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{millis:03}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    );
    format!(
        r#"{{"v":1,"id":"{id}","type":"line","cam":"crash-{writer}","t":"{time}","data":{{"line":"main","dir":"in"}}}}"#
    )
}

/// The date of a day counted from 1970 (Howard Hinnant, chrono-compatible low-level date algorithms).
pub fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (
        yoe + era * 400 + i64::from(month <= 2),
        month,
        doy - (153 * mp + 2) / 5 + 1,
    )
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn binary() -> PathBuf {
    target().join("debug/throng")
}

fn add_camera(folder: &Path, writer: usize) -> Result<String, Failure> {
    let id = format!("crash-{writer}");
    let mut add = command(
        &binary().display().to_string(),
        &["camera", "add", &id, "--data"],
        "",
    );
    let output = add
        .arg(folder)
        .output()
        .map_err(|error| format!("{}: {error}", binary().display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let key = text
        .lines()
        .find_map(|line| line.strip_prefix("key:"))
        .map(|key| key.trim().to_owned());
    key.ok_or_else(|| {
        format!(
            "throng camera add gave no key: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// A running server.
struct Server {
    child: Child,
    url: String,
    setup: String,
    started: Duration,
}

impl Server {
    fn start(folder: &Path) -> Result<Self, Failure> {
        let before = Instant::now();
        let mut serve = command(
            &binary().display().to_string(),
            &["serve", "--listen", "127.0.0.1:0", "--data"],
            "",
        );
        let mut child = serve
            .arg(folder)
            .env("THRONG__TRACE__FILTER", "error")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut setup = String::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(link) = line.strip_prefix("sign in: ") {
                setup = link.to_owned();
            }
            if let Some(url) = line.strip_prefix("ready ") {
                return Ok(Self {
                    child,
                    url: url.to_owned(),
                    setup,
                    started: before.elapsed(),
                });
            }
        }
        Err(format!("the server did not get ready: {:?}", child.wait()))
    }

    fn kill(&mut self) {
        // SIGKILL; it may have ended by itself, which the next start will find out.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_checkpoint_is_waited_for_and_one_too_many_is_seen() {
        let told = |reads: &[u64]| {
            let mut reads = reads.iter().copied().chain(std::iter::repeat(3));
            let mut read = 0;
            let told = settled(5, || {
                read += 1;
                Ok(reads.next().unwrap_or(0))
            });
            (told, read)
        };
        assert_eq!(told(&[3, 3, 3, 5, 5]), (Ok(5), 5));
        assert_eq!(told(&[5, 6]), (Ok(6), 2));
        assert_eq!(told(&[3]), (Ok(3), 20));
    }
}
