//! What came in at the doors.

use crate::{Action, Actor, App};
use throng_model::Fault;
use throng_ports::Counters;

impl App {
    /// The counts since the data folder was made.
    pub async fn ingestion(&self, actor: &Actor) -> Result<Counters, Fault> {
        self.require(actor, Action::ReadIngestion, "ingestion").await?;
        Ok(self.parts.intake.counters())
    }
}
