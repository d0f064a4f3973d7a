//! The system clock: the only place in the product where it is read.

use throng_model::Timestamp;
use throng_ports::Clock;

/// The machine's own idea of UTC.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        jiff::Timestamp::now().into()
    }
}
