//! The limits of the log, each with its reason.

use std::time::Duration;
use throng_model::{Fault, FaultCode};

/// How a log is kept. [`Options::default`] serves a small server and a large one alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A segment is closed before it grows past this, unless it holds a single group that is larger. Whole segments are
    /// trimmed, and recovery holds one in memory: smaller ones free the disk sooner, larger ones cost fewer files.
    pub segment_bytes: u64,
    /// Room is claimed in steps of this by writing zeros ahead. Records that overwrite zeros need no change of the file's
    /// length or extents, so their sync is one flush without a journal commit (measured: 112 against 202
    /// microseconds for small records, 121 against 384 for 50 KiB); and a full disk shows before a record is accepted.
    pub claim_bytes: u64,
    /// Records of up to this many bytes share one sync. The sync takes longer for more bytes, and so does the wait of the
    /// first record among them.
    pub group_bytes_max: usize,
    /// A larger record is refused: it is held in memory several times on its way.
    pub record_bytes_max: usize,
    /// Payloads waiting for the writer that the log keeps although nobody may be waiting for them any more. Past
    /// this a record waits too, but belongs to its caller: it goes when the caller goes.
    pub queue_bytes_max: usize,
    /// The newest records stay in memory up to this many bytes, so that a pipeline that keeps up never reads the disk.
    pub tail_bytes_max: usize,
    /// After so long without a record the log notes in the segment what is durable, so that a bit flipped in the last
    /// group cannot be taken for a torn tail. One more sync when nothing else happens; `None` leaves it to closing.
    pub mark_when_idle: Option<Duration>,
    /// Begins the checksums of new segments; drawn at random when `None`, as it must be wherever a sender is not trusted.
    pub salt: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            claim_bytes: 1 << 20,
            group_bytes_max: 1 << 20,
            record_bytes_max: 16 << 20,
            queue_bytes_max: 16 << 20,
            tail_bytes_max: 8 << 20,
            mark_when_idle: Some(Duration::from_millis(100)),
            salt: None,
        }
    }
}

impl Options {
    /// Refuses what cannot work.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let refuse = |what: &str| Err(Fault::new(FaultCode::InvalidConfiguration, what));
        if self.segment_bytes < 2_048 || self.segment_bytes > 1 << 30 {
            return refuse("log segments must have between 2 KiB and 1 GiB: recovery holds one in memory");
        }
        if self.claim_bytes < 512 || self.claim_bytes > self.segment_bytes {
            return refuse("log room must be claimed in steps between 512 bytes and a segment");
        }
        if self.record_bytes_max == 0 || self.record_bytes_max > 1 << 28 {
            return refuse(
                "log records must be allowed between 1 byte and 256 MiB: recovery holds one in memory",
            );
        }
        Ok(())
    }
}
