//! The audit trail: every access decision, written in batches so that reading does not wait for the disk.
//!
//! Entries are never dropped: when the disk is slower than the questions, the questions wait. When it takes none (it is full,
//! another process holds the file), the entries are kept and tried again until it does; questions that come meanwhile wait for
//! that, and are refused when it takes too long. So nothing is answered behind a log that is known to be broken, and nobody
//! has to start the server again when the disk has room.

use std::sync::Arc;
use std::time::Duration;
use throng_model::{Fault, FaultCode};
use throng_ports::Accounts;
use throng_ports::accounts::AuditEntry;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};

/// Entries on their way to disk at most.
const WAITING_MAX: usize = 4_096;

/// How long after a failure the log is tried again: soon first, because most of what fails is a file that another process
/// holds for a moment.
const RETRY_FIRST: Duration = Duration::from_millis(100);
/// The longest pause between two tries; each is an error line of SQLite's at most, and nobody waits longer for room that is
/// there.
const RETRY_MAX: Duration = Duration::from_secs(5);

/// How long a question waits for a log that is broken, or slow. People have asked again by then.
const NOTE_TIME_MAX: Duration = Duration::from_secs(5);
/// How long a server that ends waits for its last entries.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(10);

/// What the writer is told, in order.
enum Message {
    Entry(AuditEntry),
    /// Somebody wants to know when everything before is on disk.
    Settle(oneshot::Sender<()>),
}

/// The way to the audit log.
pub(crate) struct AuditTrail {
    sender: mpsc::Sender<Message>,
    failing: watch::Receiver<bool>,
}

impl AuditTrail {
    /// Starts the writer. It ends after the last entry when the trail is dropped.
    pub fn start(accounts: Arc<dyn Accounts>) -> Self {
        let (sender, messages) = mpsc::channel(WAITING_MAX);
        let (tell, failing) = watch::channel(false);
        let writer = Writer {
            accounts,
            messages,
            failing: tell,
        };
        tokio::spawn(writer.run());
        Self { sender, failing }
    }

    /// Hands an entry over. Fails when the log takes none for too long: nothing is answered that leaves no trace.
    pub async fn note(&self, entry: AuditEntry) -> Result<(), Fault> {
        let noted = async {
            let mut failing = self.failing.clone();
            failing.wait_for(|failing| !failing).await.map_err(drop)?;
            self.sender.send(Message::Entry(entry)).await.map_err(drop)
        };
        let noted = timeout(NOTE_TIME_MAX, noted).await;
        noted.unwrap_or(Err(())).map_err(|()| cannot_be_written())
    }

    /// Resolves when every entry noted so far is on disk; fails when that takes too long.
    pub async fn settle(&self) -> Result<(), Fault> {
        let settled = async {
            let (settled, wait) = oneshot::channel();
            let sent = self.sender.send(Message::Settle(settled)).await;
            sent.map_err(drop)?;
            wait.await.map_err(drop)
        };
        let settled = timeout(SETTLE_TIME_MAX, settled).await;
        settled.unwrap_or(Err(())).map_err(|()| cannot_be_written())
    }

    /// Whether the log takes entries, as far as was tried.
    pub fn is_written(&self) -> bool {
        !*self.failing.borrow()
    }
}

struct Writer {
    accounts: Arc<dyn Accounts>,
    messages: mpsc::Receiver<Message>,
    failing: watch::Sender<bool>,
}

impl Writer {
    async fn run(mut self) {
        let mut batch = Vec::new();
        while self.messages.recv_many(&mut batch, WAITING_MAX).await > 0 {
            let (mut entries, mut waiting) = (Vec::new(), Vec::new());
            for message in batch.drain(..) {
                match message {
                    Message::Entry(entry) => entries.push(entry),
                    Message::Settle(settled) => waiting.push(settled),
                }
            }
            if !self.write(entries).await {
                return;
            }
            for settled in waiting {
                // Whoever asked may have stopped waiting.
                let _ = settled.send(());
            }
        }
    }

    /// Writes until it is written; gives up only when there is nobody left who could wait for it. A commit that failed in the
    /// store's eyes and had reached the disk is written twice: better than not at all.
    async fn write(&self, entries: Vec<AuditEntry>) -> bool {
        let mut pause = RETRY_FIRST;
        while let Err(fault) = self.accounts.audit(entries.clone()).await {
            if self.messages.is_closed() {
                tracing::error!(%fault, lost = entries.len(), "the last audit entries could not be written");
                return false;
            }
            // Once for all tries: a full disk should not be filled further with lines about it.
            if !self.failing.send_replace(true) {
                tracing::error!(%fault, "the audit log cannot be written; people are refused until it can");
            }
            sleep(pause).await;
            pause = (pause * 2).min(RETRY_MAX);
        }
        if self.failing.send_replace(false) {
            tracing::warn!("the audit log is written again; nothing of it was lost");
        }
        true
    }
}

fn cannot_be_written() -> Fault {
    Fault::new(FaultCode::Unavailable, "the audit log cannot be written").retry_after(RETRY_MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
