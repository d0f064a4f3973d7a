//! The audit trail: every access decision, written in batches so that reading does not wait for the disk.
//!
//! Entries are never dropped: when the disk is slower than the questions, the questions wait.

use std::sync::Arc;
use throng_model::{Fault, FaultCode};
use throng_ports::Accounts;
use throng_ports::accounts::AuditEntry;
use tokio::sync::{mpsc, oneshot};

/// Entries on their way to disk at most.
const WAITING_MAX: usize = 4_096;

/// What the writer is told, in order.
enum Message {
    Entry(AuditEntry),
    /// Somebody wants to know when everything before is on disk.
    Settle(oneshot::Sender<()>),
}

/// The way to the audit log.
pub(crate) struct AuditTrail {
    sender: mpsc::Sender<Message>,
}

impl AuditTrail {
    /// Starts the writer. It ends after the last entry when the trail is dropped.
    pub fn start(accounts: Arc<dyn Accounts>) -> Self {
        let (sender, mut messages) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while messages.recv_many(&mut batch, WAITING_MAX).await > 0 {
                let (mut entries, mut waiting) = (Vec::new(), Vec::new());
                for message in batch.drain(..) {
                    match message {
                        Message::Entry(entry) => entries.push(entry),
                        Message::Settle(settled) => waiting.push(settled),
                    }
                }
                if let Err(fault) = accounts.audit(entries).await {
                    tracing::error!(%fault, "audit entries could not be written; access is refused from now on");
                    return;
                }
                for settled in waiting {
                    // Whoever asked may have stopped waiting.
                    let _ = settled.send(());
                }
            }
        });
        Self { sender }
    }

    /// Hands an entry over. Fails when the writer has ended: nothing is answered that leaves no trace.
    pub async fn note(&self, entry: AuditEntry) -> Result<(), Fault> {
        let sent = self.sender.send(Message::Entry(entry)).await;
        sent.map_err(|_| cannot_be_written())
    }

    /// Resolves when every entry noted so far is on disk.
    pub async fn settle(&self) -> Result<(), Fault> {
        let (settled, wait) = oneshot::channel();
        let sent = self.sender.send(Message::Settle(settled)).await;
        sent.map_err(|_| cannot_be_written())?;
        wait.await.map_err(|_| cannot_be_written())
    }
}

fn cannot_be_written() -> Fault {
    Fault::new(FaultCode::Unavailable, "the audit log cannot be written")
}
