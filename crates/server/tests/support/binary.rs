//! The real binary on a folder of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "tests; each of them uses a part of it"
)]

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub struct Server {
    child: Child,
    pub url: String,
    pub setup: String,
    pub keys: [String; 2],
    folder: tempfile::TempDir,
}

impl Server {
    /// A server with the cameras `north` and `south`, each with a key of its own.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = ["north", "south"].map(|camera| {
            let added = Command::new(env!("CARGO_BIN_EXE_throng"))
                .args(["camera", "add", camera, "--data"])
                .arg(folder.path())
                .output()
                .unwrap();
            let text = String::from_utf8(added.stdout).unwrap();
            text.lines()
                .find_map(|line| line.strip_prefix("key:"))
                .expect("a key")
                .trim()
                .to_owned()
        });
        let (child, url, setup) = serve(&folder);
        Self {
            child,
            url,
            setup: setup.expect("a first-start link"),
            keys,
            folder,
        }
    }

    /// One on a folder that another one left. Nobody is asked to be its administrator, and it knows no keys to tell.
    pub fn start_in(folder: tempfile::TempDir) -> Self {
        let (child, url, _) = serve(&folder);
        Self {
            child,
            url,
            setup: String::new(),
            keys: Default::default(),
            folder,
        }
    }

    pub fn post(
        &self,
        path: &str,
        key: &str,
        kind: &str,
        encoding: Option<&str>,
        body: &[u8],
    ) -> (u16, Value) {
        let mut request = agent()
            .post(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {key}"))
            .content_type(kind);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        let mut response = request.send(body).unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_json().unwrap(),
        )
    }

    pub fn get(&self, path: &str, session: &str) -> (u16, Value) {
        let mut response = agent()
            .get(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {session}"))
            .call()
            .unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_json().unwrap(),
        )
    }

    /// The first administrator's session.
    pub fn administrator(&self) -> String {
        let body =
            json!({"token": self.setup, "name": "ann", "password": "correct horse battery"}).to_string();
        let mut response = agent()
            .post(format!("{}/api/v1/setup", self.url))
            .content_type("application/json")
            .send(body)
            .unwrap();
        let answer: Value = response.body_mut().read_json().unwrap();
        answer["token"].as_str().expect("signed in").to_owned()
    }

    /// Ends the process the hard way and leaves the folder.
    pub fn kill(mut self) -> tempfile::TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// Ends the process in good order and leaves the folder.
    pub fn stop(mut self) -> tempfile::TempDir {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.unwrap().success());
        assert!(self.child.wait().unwrap().success());
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Runs the server on a folder until it is ready; its address, and the first-start link where it prints one.
fn serve(folder: &tempfile::TempDir) -> (Child, String, Option<String>) {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_throng"));
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = serve.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut setup = None;
    for line in lines.map(Result::unwrap) {
        if let Some((_, rest)) = line.split_once("token=") {
            setup = rest.split(' ').next().map(str::to_owned);
        }
        if let Some(url) = line.strip_prefix("ready ") {
            return (child, url.to_owned(), setup);
        }
    }
    let ended = child.wait().unwrap();
    panic!("it ended before it was ready: {ended}")
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that was ended before cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into()
}

/// A good event of camera `north`, at a time the server calls past.
pub fn event(number: u32) -> Value {
    json!({"v": 1, "id": format!("019d371a-d328-7abc-8def-{number:012}"), "type": "line", "cam": "north", "boot": "b", "seq": number,
           "t": format!("2026-03-29T00:{:02}:{:02}.000Z", number / 60, number % 60), "data": {"line": "main", "dir": "in", "n": 1}})
}
