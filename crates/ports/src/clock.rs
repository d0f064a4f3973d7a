//! The only way to know what time it is.

use throng_model::Timestamp;

/// Server time. Nothing outside the binary reads the system clock, so tests and replays decide what time it is.
pub trait Clock: Send + Sync {
    /// Now, in UTC. May jump either way; whoever needs order uses sequence numbers.
    fn now(&self) -> Timestamp;
}
