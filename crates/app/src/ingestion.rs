//! What came in at the doors.

use crate::{Action, Actor, App};
use throng_model::Fault;
use throng_ports::{Counters, TakenUp};

impl App {
    /// The counts since the data folder was made: at the doors, and behind them.
    pub async fn ingestion(&self, actor: &Actor) -> Result<(Counters, TakenUp), Fault> {
        self.require(actor, Action::ReadIngestion, "ingestion").await?;
        Ok((self.parts.intake.counters(), self.parts.intake.taken_up()))
    }
}
