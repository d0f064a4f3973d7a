//! What the command line changes leaves its trace in the audit log, like what people change through the API.
//!
//! Whoever may write the data folder needs nobody's leave, so there is no decision to note, only who did what: nobody signed in
//! there, so the actor is the command line itself.

use crate::clock::SystemClock;
use throng_app::Action;
use throng_model::Fault;
use throng_ports::accounts::AuditEntry;
use throng_ports::{Accounts, Clock as _};

/// The actor of these entries.
pub const COMMAND_LINE: &str = "command line";

/// Notes that something was changed that people can change as well, with the same word.
pub async fn note(accounts: &dyn Accounts, action: Action, object: &str) -> Result<(), Fault> {
    note_word(accounts, action.as_str(), object).await
}

/// Notes that something was changed that only the command line can.
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
