//! Refused events: looked at, corrected, replayed.

use crate::{Action, Actor, App};
use throng_model::{Fault, FaultCode};
use throng_ports::{Outcome, QuarantinedEvent, Sender};

/// Entries in one page at most.
pub const PAGE_MAX: usize = 1_000;

impl App {
    /// Entries after `after`, oldest first.
    pub async fn list_quarantine(
        &self,
        actor: &Actor,
        after: u64,
        code: Option<FaultCode>,
        limit: usize,
    ) -> Result<Vec<QuarantinedEvent>, Fault> {
        self.require(actor, Action::ManageQuarantine, "quarantine")
            .await?;
        self.parts
            .quarantine
            .list(after, code, false, limit.clamp(1, PAGE_MAX))
            .await
    }

    /// Hands an entry in again, as it was or corrected. It speaks with the operator's word: whoever may do this may
    /// speak for every camera.
    pub async fn replay(
        &self,
        actor: &Actor,
        entry: u64,
        corrected: Option<Vec<u8>>,
    ) -> Result<Outcome, Fault> {
        self.require(
            actor,
            Action::ManageQuarantine,
            &format!("quarantine entry {entry}"),
        )
        .await?;
        let kept = self.parts.quarantine.get(entry).await?;
        let kept = kept.ok_or_else(|| {
            Fault::new(
                FaultCode::NotFound,
                format!("quarantine entry {entry} does not exist"),
            )
        })?;
        if kept.replayed.is_some() {
            return Err(Fault::new(
                FaultCode::AlreadyExists,
                format!("quarantine entry {entry} was replayed before"),
            ));
        }
        let body = corrected.unwrap_or(kept.body);
        let receipt = self.parts.intake.submit(&Sender::Operator, vec![&body]).await?;
        let (_, outcome) = receipt
            .events
            .into_iter()
            .next()
            .ok_or_else(|| Fault::internal("the intake gave no outcome"))?;
        if matches!(outcome, Outcome::Accepted | Outcome::Duplicate) {
            self.parts
                .quarantine
                .mark_replayed(entry, self.parts.clock.now())
                .await?;
        }
        Ok(outcome)
    }
}
