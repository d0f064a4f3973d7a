//! Refused events: looked at, downloaded, corrected, replayed.

use crate::{Action, Actor, App};
use std::sync::Arc;
use throng_model::{EventId, Fault, FaultCode};
use throng_ports::{Outcome, Quarantine, QuarantinedEvent};

/// Entries in one page at most.
pub const PAGE_MAX: usize = 1_000;

/// Entries read at once for a download. An entry may hold 64 KiB, and somebody who downloads slowly keeps one page.
const DOWNLOAD_PAGE: usize = 64;

/// Which entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Entries after this one.
    pub after: u64,
    /// Of this code only.
    pub code: Option<FaultCode>,
    /// Also those that were replayed.
    pub with_replayed: bool,
}

/// All entries that pass a filter, a page at a time, oldest first.
pub struct Download {
    quarantine: Arc<dyn Quarantine>,
    filter: Filter,
}

impl Download {
    /// The next entries; empty at the end.
    pub async fn next(&mut self) -> Result<Vec<QuarantinedEvent>, Fault> {
        let Filter {
            after,
            code,
            with_replayed,
        } = self.filter;
        let page = self
            .quarantine
            .list(after, code, with_replayed, DOWNLOAD_PAGE)
            .await?;
        if let Some(last) = page.last() {
            self.filter.after = last.entry;
        }
        Ok(page)
    }
}

impl App {
    /// Entries that pass a filter, oldest first.
    pub async fn list_quarantine(
        &self,
        actor: &Actor,
        filter: Filter,
        limit: usize,
    ) -> Result<Vec<QuarantinedEvent>, Fault> {
        self.require(actor, Action::ReadQuarantine, "quarantine").await?;
        let limit = limit.clamp(1, PAGE_MAX);
        self.parts
            .quarantine
            .list(filter.after, filter.code, filter.with_replayed, limit)
            .await
    }

    /// All entries that pass a filter, without a limit: one decision, then page after page.
    pub async fn download_quarantine(&self, actor: &Actor, filter: Filter) -> Result<Download, Fault> {
        self.require(actor, Action::ReadQuarantine, "quarantine download")
            .await?;
        Ok(Download {
            quarantine: Arc::clone(&self.parts.quarantine),
            filter,
        })
    }

    /// One entry, replayed or not.
    pub async fn quarantined(&self, actor: &Actor, entry: u64) -> Result<QuarantinedEvent, Fault> {
        self.entry(actor, Action::ReadQuarantine, entry).await
    }

    async fn entry(&self, actor: &Actor, action: Action, entry: u64) -> Result<QuarantinedEvent, Fault> {
        let object = format!("quarantine entry {entry}");
        self.require(actor, action, &object).await?;
        let kept = self.parts.quarantine.get(entry).await?;
        kept.ok_or_else(|| Fault::new(FaultCode::NotFound, format!("{object} does not exist")))
    }

    /// Hands an entry in again, as it was or corrected. It speaks with the operator's word: whoever may do this may
    /// speak for every camera. Refused again, it stays this entry. Gives the event's id, where one could be read, with what became of it.
    pub async fn replay(
        &self,
        actor: &Actor,
        entry: u64,
        corrected: Option<Vec<u8>>,
    ) -> Result<(Option<EventId>, Outcome), Fault> {
        let kept = self.entry(actor, Action::ReplayQuarantined, entry).await?;
        if kept.replayed.is_some() {
            return Err(Fault::new(
                FaultCode::AlreadyExists,
                format!("quarantine entry {entry} was replayed before"),
            ));
        }
        let body = corrected.unwrap_or(kept.body);
        let (id, outcome) = self.parts.intake.submit_again(entry, &body).await?;
        if !matches!(outcome, Outcome::Quarantined { .. }) {
            self.parts
                .quarantine
                .mark_replayed(entry, self.parts.clock.now())
                .await?;
        }
        Ok((id, outcome))
    }
}
