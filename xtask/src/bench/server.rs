//! The server under load.

use crate::shell::{self, Failure, command, target};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A running release build.
pub struct Server {
    child: Child,
    pub address: String,
    pub started: Duration,
    setup: String,
    pub key: String,
}

impl Server {
    /// Starts in a new folder. `camera add` makes the places around its camera; that one stays silent.
    pub fn start_new(folder: &Path) -> Result<Self, Failure> {
        let mut add = command(&binary(), &["camera", "add", "silent", "--data"], "");
        add.arg(folder).stdout(Stdio::null());
        shell::run(add)?;
        Self::start(folder)
    }

    /// Makes a key for a gateway, then starts.
    pub fn start(folder: &Path) -> Result<Self, Failure> {
        let made = command(&binary(), &["camera", "gateway-key", "--data"], "")
            .arg(folder)
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&made.stdout).into_owned();
        let key = text
            .lines()
            .find_map(|line| line.strip_prefix("key:"))
            .ok_or_else(|| format!("no key: {text}"))?
            .trim()
            .to_owned();
        let before = Instant::now();
        let mut serve = command(&binary(), &["serve", "--listen", "127.0.0.1:0", "--data"], "");
        let mut child = serve
            .arg(folder)
            .env("THRONG__TRACE__FILTER", "error")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut setup = String::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some((_, token)) = line.split_once("token=") {
                setup = token.split(' ').next().unwrap_or("").to_owned();
            }
            if let Some(url) = line.strip_prefix("ready http://") {
                return Ok(Self {
                    child,
                    address: url.to_owned(),
                    started: before.elapsed(),
                    setup,
                    key,
                });
            }
        }
        Err(format!("the server did not get ready: {:?}", child.wait()))
    }

    /// The first administrator's session.
    pub fn set_up(&self) -> Result<String, Failure> {
        let body =
            json!({"token": self.setup, "name": "bench", "password": "a password for the bench"}).to_string();
        let answer = self.call("POST", "/api/v1/setup", "", &body)?;
        answer
            .get("token")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("setting up failed: {answer}"))
    }

    /// Registers so many street doors, heard from every half minute.
    pub fn register(&self, cameras: usize, session: &str) -> Result<(), Failure> {
        (0..cameras).try_for_each(|number| {
            self.register_one(&format!("camera-{number}"), "organisation", 30, session)
        })
    }

    /// Registers a camera.
    pub fn register_one(
        &self,
        id: &str,
        boundary: &str,
        heartbeat: u32,
        session: &str,
    ) -> Result<(), Failure> {
        let body = json!({"id": id, "name": "bench", "zoneId": "entrance", "boundary": boundary, "heartbeatSeconds": heartbeat});
        let answer = self.call("POST", "/api/v1/cameras", session, &body.to_string())?;
        match answer.get("code") {
            None => Ok(()),
            Some(_) => Err(format!("registering camera {id:?} failed: {answer}")),
        }
    }

    /// One request for JSON.
    pub fn call(&self, method: &str, path: &str, session: &str, body: &str) -> Result<Value, Failure> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let (url, bearer) = (
            format!("http://{}{path}", self.address),
            format!("Bearer {session}"),
        );
        let sent = match method {
            "GET" => agent.get(url).header("authorization", bearer).call(),
            _ => agent
                .post(url)
                .header("authorization", bearer)
                .content_type("application/json")
                .send(body),
        };
        let mut response = sent.map_err(|error| error.to_string())?;
        let text = response
            .body_mut()
            .with_config()
            .limit(256 << 20)
            .read_to_string()
            .map_err(|error| error.to_string())?;
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Waits until what was sent is folded: nothing is measured while an old backlog is worked off.
    pub fn settle(&self) -> Result<(), Failure> {
        std::thread::sleep(Duration::from_secs(5));
        Ok(())
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory, from the kernel.
    pub fn resident(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
        kib.map_or("not known on this system".to_owned(), |kib| {
            format!("{} MiB", kib / 1_024)
        })
    }

    /// Asks it to end, and waits.
    pub fn stop(&mut self) {
        let asked = command("kill", &["-TERM", &self.child.id().to_string()], "").status();
        if asked.is_ok_and(|status| status.success()) {
            drop(self.child.wait());
        }
    }
}

fn binary() -> String {
    target().join("release/throng").display().to_string()
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
