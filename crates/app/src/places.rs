//! Which places there are, what they are like, and how many people are inside where somebody has counted.

use crate::history::{days_are_counted, place_is_counted};
use crate::{Action, Actor, App};
use throng_model::camera::OPERATOR;
use throng_model::change::PlaceChange;
use throng_model::codec::{derived_id, encode_json};
use throng_model::event::{PEOPLE_MAX, ResetReason, ResetTarget};
use throng_model::place::Place;
use throng_model::site::Site;
use throng_model::{CameraId, Event, EventBody, Fault, FaultCode, PlaceId, Reason, Scope};
use throng_ports::catalog::SiteChange;
use throng_ports::{Outcome, Sender};

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

    /// Changes a place; gives it as it is now. The numbers of a place stand in days of its time zone, so that one changes only
    /// before anything was counted.
    pub async fn change_place(
        &self,
        actor: &Actor,
        id: &PlaceId,
        change: &PlaceChange,
    ) -> Result<Place, Fault> {
        self.require_place(actor, Action::ChangePlace, id).await?;
        let wanted = self.parts.catalog.site().change_place(id, change)?;
        if let Some(counted) = self.first_counted(wanted.recut.clone()).await? {
            return Err(days_are_counted(&counted));
        }
        let (place, change) = (id.clone(), change.clone());
        let make = move |site: &Site| {
            let changed = site.change_place(&place, &change)?;
            // Of scopes that came in between nobody has looked whether they were counted.
            if changed.recut != wanted.recut {
                let detail = format!("what lies in place {:?} changed meanwhile", place.as_str());
                return Err(Fault::new(FaultCode::ChangedMeanwhile, detail));
            }
            Ok(SiteChange {
                places: changed.places,
                ..SiteChange::default()
            })
        };
        let site = self.parts.catalog.change(Box::new(make)).await?;
        let place = site.place(id).cloned();
        place.ok_or_else(|| Fault::internal(format!("place {:?} went while it was saved", id.as_str())))
    }

    /// Removes a place that nothing lies in and nothing was counted for.
    pub async fn remove_place(&self, actor: &Actor, id: &PlaceId) -> Result<(), Fault> {
        self.require_place(actor, Action::RemovePlace, id).await?;
        self.parts.catalog.site().check_removal(id)?;
        if let Some(counted) = self.first_counted(vec![Scope::Place(id.clone())]).await? {
            return Err(place_is_counted(&counted));
        }
        let place = id.clone();
        let make = move |site: &Site| {
            site.check_removal(&place)?;
            Ok(SiteChange {
                places_gone: vec![place],
                ..SiteChange::default()
            })
        };
        self.parts.catalog.change(Box::new(make)).await.map(drop)
    }

    /// Somebody says how many people are inside of a place now. It goes the way of every event, so that it survives what they
    /// survive; the answer comes when it is on disk.
    pub async fn set_occupancy(&self, actor: &Actor, place: &PlaceId, people: u32) -> Result<(), Fault> {
        self.require_place(actor, Action::SetOccupancy, place).await?;
        if people > PEOPLE_MAX {
            return Err(Fault::invalid(
                Reason::OutOfRange,
                format!("{people} people are more than {PEOPLE_MAX}"),
            )
            .in_field("/people"));
        }
        let at = self.parts.clock.now();
        let said = people.to_string();
        let event = Event {
            id: derived_id(at, &[OPERATOR, actor.name(), place.as_str(), &said]),
            camera: CameraId::new(OPERATOR)?,
            boot: None,
            seq: None,
            at,
            sent: None,
            confidence: None,
            body: EventBody::Reset {
                target: ResetTarget::Place(place.clone()),
                to: people,
                reason: ResetReason::Manual,
            },
            rest: Box::default(),
        };
        let text = encode_json(&event);
        let receipt = self
            .parts
            .intake
            .submit(&Sender::Operator, vec![text.as_bytes()])
            .await?;
        match receipt.events.into_iter().next() {
            Some((_, Outcome::Quarantined { code, detail, .. })) => Err(Fault::new(code, detail)),
            Some(_) => Ok(()),
            None => Err(Fault::internal("the intake gave no outcome")),
        }
    }
}
