//! The audit trail: every access decision, written in batches so that reading does not wait for the disk.
//!
//! Entries are never dropped: when the disk is slower than the questions, the questions wait.

use std::sync::Arc;
use throng_model::{Fault, FaultCode};
use throng_ports::Accounts;
use throng_ports::accounts::AuditEntry;
use tokio::sync::mpsc;

/// Entries on their way to disk at most.
const WAITING_MAX: usize = 4_096;

/// The way to the audit log.
pub(crate) struct AuditTrail {
    sender: mpsc::Sender<AuditEntry>,
}

impl AuditTrail {
    /// Starts the writer. It ends after the last entry when the trail is dropped.
    pub fn start(accounts: Arc<dyn Accounts>) -> Self {
        let (sender, mut entries) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while entries.recv_many(&mut batch, WAITING_MAX).await > 0 {
                if let Err(fault) = accounts.audit(std::mem::take(&mut batch)).await {
                    tracing::error!(%fault, "audit entries could not be written; access is refused from now on");
                    return;
                }
            }
        });
        Self { sender }
    }

    /// Hands an entry over. Fails when the writer has ended: nothing is answered that leaves no trace.
    pub async fn note(&self, entry: AuditEntry) -> Result<(), Fault> {
        let sent = self.sender.send(entry).await;
        sent.map_err(|_| Fault::new(FaultCode::Unavailable, "the audit log cannot be written"))
    }
}
