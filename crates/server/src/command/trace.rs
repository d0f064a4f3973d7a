//! What the command line changes leaves its trace in the audit log, like what people change through the API.
//!
//! Whoever may write the data folder needs nobody's leave, so there is no decision to note, only who did what: nobody signed in
//! there, so the actor is the command line itself.
//!
//! An entry is on the disk before what it tells of is changed: a process that ends between the two leaves an entry too many,
//! never a change that nobody noted. What can be seen to be impossible before is refused without one.

use crate::clock::SystemClock;
use std::sync::Arc;
use throng_app::Action;
use throng_app::people::COMMAND_LINE;
use throng_embedded::catalog::SqliteCatalog;
use throng_model::Fault;
use throng_model::site::Site;
use throng_ports::accounts::AuditEntry;
use throng_ports::catalog::SiteChange;
use throng_ports::{Accounts, Catalog as _, Clock as _};

/// Changes the hierarchy, noted before. `make` is asked twice: whether it can be done as things are, and for what is done.
pub async fn change(
    catalog: &SqliteCatalog,
    action: Action,
    object: &str,
    make: impl Fn(&Site) -> Result<SiteChange, Fault> + Send + 'static,
) -> Result<Arc<Site>, Fault> {
    make(&catalog.site())?;
    note(catalog, action, object).await?;
    catalog.change(Box::new(make)).await
}

/// Notes that something is about to be changed that people can change as well, with the same word.
pub async fn note(accounts: &dyn Accounts, action: Action, object: &str) -> Result<(), Fault> {
    note_word(accounts, action.as_str(), object).await
}

/// Notes that something is about to be changed that only the command line can.
pub async fn note_word(accounts: &dyn Accounts, action: &str, object: &str) -> Result<(), Fault> {
    let entry = AuditEntry {
        at: SystemClock.now(),
        actor: COMMAND_LINE.to_owned(),
        action: action.to_owned(),
        object: object.to_owned(),
        allowed: true,
    };
    accounts.audit(vec![entry]).await
}

#[cfg(test)]
mod tests;
