//! Whether anything was counted: what an operator may still change without making a number wrong depends on it.

use crate::App;
use throng_model::{Fault, FaultCode, Rung, Scope, TimeRange, Timestamp};
use throng_ports::Rollups;

impl App {
    /// The first of these scopes that something was counted for, or heard of.
    pub(crate) async fn first_counted(&self, scopes: Vec<Scope>) -> Result<Option<Scope>, Fault> {
        self.read(move |app| {
            // What was folded a moment ago is not in the store yet.
            let present = app.parts.feed.snapshot().1;
            for scope in scopes {
                let is_heard = |now: &throng_model::live::Now| now.scope == scope && now.as_of.is_some();
                if present.iter().any(is_heard) || has_rows(&*app.parts.rollups, &scope)? {
                    return Ok(Some(scope));
                }
            }
            Ok(None)
        })
        .await
    }
}

/// Whether the store knows anything of a scope: whatever was heard of it is in some month.
pub fn has_rows(rollups: &dyn Rollups, scope: &Scope) -> Result<bool, Fault> {
    let ever = TimeRange {
        start: Timestamp::MIN,
        end: Timestamp::MAX,
    };
    match rollups.rows(scope, Rung::Month, ever, 1) {
        Ok(rows) => Ok(!rows.is_empty()),
        Err(fault) if fault.code == FaultCode::TooManyPoints => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Why the days of a scope cannot be cut otherwise.
pub fn days_are_counted(scope: &Scope) -> Fault {
    let detail = format!(
        "numbers of {scope} stand in the days of its time zone; to have all of them in another one, stop the server and give \
         `throng place set --time-zone --recount`"
    );
    Fault::new(FaultCode::CountedAlready, detail)
}

/// Why a place stays.
pub fn place_is_counted(scope: &Scope) -> Fault {
    let detail = format!(
        "{scope} has numbers, which stay readable; a place that nothing was counted for can be removed"
    );
    Fault::new(FaultCode::CountedAlready, detail)
}
