//! Keeps the stream going until it is told to stop.

use crate::stream::{Stream, StreamStatus};
use std::sync::Arc;
use std::time::Duration;
use throng_model::Fault;
use throng_ports::EventLog;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often checkpoints are made.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Rows become visible to queries this often.
    pub commit: Duration,
    /// And survive a power cut this often. The log survives one at any time; this only bounds how much of it is folded
    /// again.
    pub sync: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            commit: Duration::from_secs(1),
            sync: Duration::from_secs(60),
        }
    }
}

/// Runs until `stop` turns true, then makes a last checkpoint. A fault ends it: the process must end too and recover.
///
/// Folding and flushing block; give it a thread of its own.
pub async fn run(
    mut stream: Stream,
    log: Arc<dyn EventLog>,
    pace: Pace,
    mut stop: watch::Receiver<bool>,
    status: watch::Sender<StreamStatus>,
) -> Result<(), Fault> {
    let mut commit = tokio::time::interval(pace.commit);
    let mut sync = tokio::time::interval(pace.sync);
    // A flush that takes longer than the pace must not be followed by another one at once.
    commit.set_missed_tick_behavior(MissedTickBehavior::Delay);
    sync.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // Time before work: under full load the log never runs dry, and rows must become visible all the same.
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            _ = sync.tick() => stream.sync_when_free(),
            _ = commit.tick() => {
                // Also when nothing came in: a changed hierarchy is followed here.
                stream.advance()?;
                stream.checkpoint_if_free()?;
                stream.publish();
                status.send_replace(stream.status());
            }
            work = log.beyond(stream.position()) => {
                work?;
                stream.advance()?;
            }
        }
    }
    stream.finish()
}
