//! The limits of the face, each with its reason.

use std::time::Duration;

/// Limits. The defaults are those of the requirements.
#[derive(Clone, Copy, Debug)]
pub struct ApiSettings {
    /// The largest request with events, before and after decompression (ING-1): 10 MiB.
    pub body_bytes_max: usize,
    /// The most events in one request (ING-1): 10,000.
    pub events_max: usize,
    /// How long a client may take to send a request's body: a slow one must not hold a place for ever.
    pub body_time_max: Duration,
    /// Requests with events worked on at once. Each may hold `body_bytes_max`; more are asked to come back, so that
    /// memory stays bounded (I-10).
    pub event_requests_max: usize,
    /// The largest request of any other kind.
    pub small_body_bytes_max: usize,
    /// How long a live socket may take to accept a message before it is let go.
    pub socket_write_time_max: Duration,
    /// How often a live socket asks whether its user may still watch.
    pub reauthorise_every: Duration,
    /// How long a ticket for a live socket is good.
    pub ticket_lasts: Duration,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            body_bytes_max: 10 << 20,
            events_max: 10_000,
            body_time_max: Duration::from_secs(30),
            event_requests_max: 64,
            small_body_bytes_max: 256 << 10,
            socket_write_time_max: Duration::from_secs(10),
            reauthorise_every: Duration::from_secs(60),
            ticket_lasts: Duration::from_secs(30),
        }
    }
}
