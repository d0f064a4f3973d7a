//! The limits of the face, each with its reason, and whom it believes.

use std::time::Duration;

/// Limits. The defaults are those of the requirements.
#[derive(Clone, Copy, Debug)]
pub struct ApiSettings {
    /// A proxy of ours stands in front: `X-Forwarded-For` and `X-Forwarded-Proto` are its words. Without one they are
    /// the client's own, and believed by nobody.
    pub behind_proxy: bool,
    /// The session cookie is for TLS only, whatever a proxy says or leaves out.
    pub secure_cookie: bool,
    /// Connections open at once; who comes beyond it waits. More than there are files the process may open only means
    /// that the operating system says no first.
    pub connections_max: usize,
    /// How long a client may take to begin its next request and send the head of it.
    pub head_time_max: Duration,
    /// How long a client may take nothing of an answer before its connection ends. Longer than a socket has to take a message,
    /// which can then still be told why it is closed.
    pub write_time_max: Duration,
    /// What a connection may hold of what was read or is to be written, beside bodies and frames; a longer head is refused.
    /// With `connections_max` it is what strangers can make the process hold by being there: 64 KiB each, for a moment twice that,
    /// because hyper reads once more before it looks.
    pub connection_bytes_max: usize,
    /// The largest request with events, before and after decompression (ING-1): 10 MiB.
    pub body_bytes_max: usize,
    /// The most events in one request (ING-1): 10,000.
    pub events_max: usize,
    /// How far the body of a request may be behind the slowest rate there may be, and how long nothing may come of it: a slow client
    /// must not hold a place for ever.
    pub body_time_max: Duration,
    /// The slowest rate at which a long body may come, bytes a second: 32 KiB, a quarter of a megabit. So the largest one has
    /// 350 seconds, and a byte now and then gains 30 microseconds each.
    pub body_rate_min: u32,
    /// Bytes of bodies with events held at once, packed and unpacked, by all senders together; who comes beyond it is
    /// asked to come back, so that memory stays bounded (I-10): 128 MiB.
    pub bodies_bytes_max: usize,
    /// Requests and batches with events handed to the intake at once; others wait, the body in hand. It bounds what the
    /// intake holds beside the bodies.
    pub event_requests_max: usize,
    /// The largest request of any other kind; `body_time_max` is its time, too.
    pub small_body_bytes_max: usize,
    /// The same of those who are not signed in, whose bodies nobody answers for: 8 KiB hold the longest name and password,
    /// each character of them escaped.
    pub stranger_body_bytes_max: usize,
    /// The largest frame of an ingestion socket: 1 MiB, some thousand events. Less than a request, because a socket's
    /// half-read frame is held outside of `bodies_bytes_max`.
    pub socket_frame_bytes_max: usize,
    /// Ingestion sockets open at once.
    pub ingest_sockets_max: usize,
    /// Of these, sockets that have not shown a key yet.
    pub strangers_max: usize,
    /// How long a socket may be open without showing a key.
    pub socket_key_time_max: Duration,
    /// How long nothing may come from an ingestion socket, not even the answer to a ping, before it is taken for dead.
    /// It is pinged after half of it.
    pub socket_idle_time_max: Duration,
    /// Live sockets open at once.
    pub live_sockets_max: usize,
    /// How long a socket may take to accept a message before it is let go.
    pub socket_write_time_max: Duration,
    /// How often a live socket asks whether its user may still watch.
    pub reauthorise_every: Duration,
    /// How long a ticket for a live socket is good.
    pub ticket_lasts: Duration,
}

impl ApiSettings {
    /// How long so many bytes of a body take at the slowest rate there may be.
    pub(crate) fn body_time_for(&self, bytes: usize) -> Duration {
        Duration::from_secs_f64(bytes as f64 / f64::from(self.body_rate_min.max(1)))
    }
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            behind_proxy: false,
            secure_cookie: false,
            connections_max: 16_384,
            head_time_max: Duration::from_secs(30),
            write_time_max: Duration::from_secs(30),
            connection_bytes_max: 64 << 10,
            body_bytes_max: 10 << 20,
            events_max: 10_000,
            body_time_max: Duration::from_secs(30),
            body_rate_min: 32 << 10,
            bodies_bytes_max: 128 << 20,
            event_requests_max: 64,
            small_body_bytes_max: 256 << 10,
            stranger_body_bytes_max: 8 << 10,
            socket_frame_bytes_max: 1 << 20,
            ingest_sockets_max: 16_384,
            strangers_max: 64,
            socket_key_time_max: Duration::from_secs(10),
            socket_idle_time_max: Duration::from_secs(120),
            live_sockets_max: 4_096,
            socket_write_time_max: Duration::from_secs(10),
            reauthorise_every: Duration::from_secs(60),
            ticket_lasts: Duration::from_secs(30),
        }
    }
}
