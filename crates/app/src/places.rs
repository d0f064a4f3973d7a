//! Which places there are.

use crate::{Action, Actor, App};
use throng_model::place::Place;
use throng_model::{Fault, Scope};

impl App {
    /// The places the actor may see, the organisation first.
    pub async fn list_places(&self, actor: &Actor) -> Result<Vec<Place>, Fault> {
        let view = self.require(actor, Action::ListHierarchy, "places").await?;
        let site = self.parts.catalog.site();
        Ok(site
            .places()
            .iter()
            .filter(|place| view.shows(&Scope::Place(place.id.clone())))
            .cloned()
            .collect())
    }
}
