//! How many events a second the main door makes durable.
//!
//! Connections are kept and requests written by hand: a client library would be measured along.

use super::server::Server;
use crate::shell::Failure;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Sends batches on so many connections for so long; each waits for its answer before it sends again. Gives the accepted
/// events a second.
pub fn flood(server: &Server, connections: usize, batch: usize, lasts: Duration) -> Result<f64, Failure> {
    let (accepted, requests) = (AtomicU64::new(0), AtomicU64::new(0));
    let started = Instant::now();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..connections)
            .map(|number| {
                let (accepted, requests) = (&accepted, &requests);
                scope.spawn(move || -> Result<(), Failure> {
                    let mut door = Door::open(server)?;
                    let mut text = String::new();
                    while started.elapsed() < lasts {
                        let first = requests.fetch_add(1, Ordering::Relaxed) * batch as u64;
                        text.clear();
                        text.push('[');
                        for event in 0..batch as u64 {
                            text.push_str(if event == 0 { "" } else { "," });
                            write_event(
                                &mut text,
                                ((number as u64) << 40) | (first + event),
                                (first + event) % 1_000,
                            );
                        }
                        text.push(']');
                        accepted.fetch_add(door.send(text.as_bytes())?, Ordering::Relaxed);
                    }
                    Ok(())
                })
            })
            .collect();
        senders
            .into_iter()
            .try_for_each(|sender| sender.join().map_err(|_| "a sender broke off".to_owned())?)
    })?;
    Ok(accepted.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64())
}

/// A kept connection to the main door.
pub struct Door {
    stream: TcpStream,
    head: String,
    answer: Vec<u8>,
}

impl Door {
    /// Connects.
    pub fn open(server: &Server) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&server.address).map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let head = format!(
            "POST /api/v1/events?answer=summary HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: ",
            server.address, server.key
        );
        Ok(Self {
            stream,
            head,
            answer: vec![0; 1 << 16],
        })
    }

    /// Sends a body and gives how many events were accepted.
    pub fn send(&mut self, body: &[u8]) -> Result<u64, Failure> {
        let mut request = format!("{}{}\r\n\r\n", self.head, body.len()).into_bytes();
        request.extend_from_slice(body);
        self.stream
            .write_all(&request)
            .map_err(|error| error.to_string())?;
        let mut length = 0;
        loop {
            let room = self.answer.get_mut(length..).ok_or("the answer is too long")?;
            let read = self.stream.read(room).map_err(|error| error.to_string())?;
            length += read;
            let text = String::from_utf8_lossy(self.answer.get(..length).unwrap_or_default()).into_owned();
            if let Some((head, rest)) = text.split_once("\r\n\r\n") {
                let wanted = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .and_then(|length| length.trim().parse::<usize>().ok());
                if wanted.is_some_and(|wanted| rest.len() >= wanted) {
                    let accepted = rest
                        .split_once("\"accepted\":")
                        .and_then(|(_, rest)| rest.split([',', '}']).next()?.parse().ok());
                    return accepted.ok_or_else(|| format!("unexpected answer: {text}"));
                }
            }
            if read == 0 {
                return Err(format!("the server closed the connection: {text}"));
            }
        }
    }
}

/// One crossing at this camera, now.
pub fn write_event(text: &mut String, number: u64, camera: u64) {
    use std::fmt::Write as _;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = now.as_millis() as u64;
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        r#"{{"v":1,"id":"{:08x}-{:04x}-7000-8{:03x}-{:012x}","type":"line","cam":"camera-{camera}","t":"{}","t_src":"frame","q":{{"conf":0.93}},"data":{{"line":"main","dir":"in","track":"{number}","class":"person","n":1}}}}"#,
        (millis >> 16) as u32,
        millis as u16,
        (number >> 48) & 0xfff,
        number & 0xffff_ffff_ffff,
        time(now)
    );
}

/// RFC 3339, milliseconds.
pub fn time(since: Duration) -> String {
    let (year, month, day) = crate::crash_loop::civil((since.as_secs() / 86_400) as i64);
    let second = since.as_secs() % 86_400;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        second / 3_600,
        second / 60 % 60,
        second % 60,
        since.subsec_millis()
    )
}
