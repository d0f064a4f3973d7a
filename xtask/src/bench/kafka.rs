//! A real Apache Kafka broker on this machine: one process, one partition, acks=all.

use super::peers::{Running, answer, class_path, recipe};
use crate::shell::{Failure, command};
use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A broker needs an id to be set up; any 16 bytes in base64 will do.
const CLUSTER: &str = "dGhyb25nLWJlbmNoLTAwMQ";

/// Messages a second by topic (`paged` as Kafka ships, `synced` with an fsync before every acknowledgement) and shape.
pub type Rates = HashMap<(String, String), f64>;

/// Starts a broker in this folder and measures each shape (`<producers>x<batch>`) for so long.
pub fn rates(folder: &Path, shapes: &[String], lasts: Duration) -> Result<Rates, Failure> {
    let classes = class_path("kafka")?;
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (broker, settings) = settings(folder)?;
    let mut format = java(&classes);
    format.args([
        "kafka.tools.StorageTool",
        "format",
        "-t",
        CLUSTER,
        "-c",
        &settings,
    ]);
    answer(format)?;
    let log = folder.join("broker.log");
    let file = std::fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut serve = java(&classes);
    serve
        .args(["kafka.Kafka", &settings])
        .stdout(Stdio::null())
        .stderr(file);
    let running = Running(serve.spawn().map_err(|error| format!("java: {error}"))?);
    let mut produce = java(&classes);
    produce
        .arg(recipe("kafka").join("Produce.java"))
        .args([&broker, &lasts.as_secs().to_string(), "5"])
        .args(shapes);
    // The client tries until the broker is ready, for a minute.
    let said = answer(produce).map_err(|failure| {
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        format!("{failure}; the broker said: {log}")
    })?;
    drop(running);
    Ok(said.lines().filter_map(rate).collect())
}

fn rate(line: &str) -> Option<((String, String), f64)> {
    let mut words = line.split(' ');
    let case = (words.next()?.to_owned(), words.next()?.to_owned());
    Some((case, words.next()?.parse().ok()?))
}

fn java(classes: &str) -> Command {
    let log = recipe("kafka").join("log4j2.properties");
    let mut java = command("java", &["-Xms512m", "-Xmx512m", "-cp", classes], "");
    java.arg(format!("-Dlog4j2.configurationFile={}", log.display()));
    java
}

/// Writes the broker's settings and gives its address and their file.
fn settings(folder: &Path) -> Result<(String, String), Failure> {
    // Both are held until both are known, else the same port may come twice.
    let free = || TcpListener::bind("127.0.0.1:0").and_then(|held| Ok((held.local_addr()?, held)));
    let (broker, _held) = free().map_err(|error| error.to_string())?;
    let (controller, _held_too) = free().map_err(|error| error.to_string())?;
    let usual = recipe("kafka").join("server.properties");
    let usual = std::fs::read_to_string(&usual).map_err(|error| format!("{}: {error}", usual.display()))?;
    let text = format!(
        "{usual}listeners=PLAINTEXT://{broker},CONTROLLER://{controller}\nadvertised.listeners=PLAINTEXT://{broker}\ncontroller.quorum.voters=1@{controller}\nlog.dirs={}\n",
        folder.join("data").display()
    );
    let file = folder.join("server.properties");
    std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok((broker.to_string(), file.display().to_string()))
}
