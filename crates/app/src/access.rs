//! Who may do what to which object: the one place where that is decided.
//!
//! What a person may not see does not exist for him: a foreign place or camera is `not_found`, not `forbidden`, so
//! that ids cannot be found out by asking.

use crate::App;
use std::collections::BTreeSet;
use throng_model::site::Site;
use throng_model::user::{Role, User};
use throng_model::{CameraId, Fault, FaultCode, PlaceId, Scope};
use throng_ports::accounts::AuditEntry;

/// Who asks.
#[derive(Clone, Debug)]
pub struct Actor {
    user: User,
}

impl Actor {
    pub(crate) fn new(user: User) -> Self {
        Self { user }
    }

    /// His name.
    pub fn name(&self) -> &str {
        &self.user.name
    }

    /// His role.
    pub fn role(&self) -> Role {
        self.user.role
    }

    /// His language, `en` or `vi`.
    pub fn language(&self) -> &str {
        &self.user.language
    }

    pub(crate) fn session_epoch(&self) -> u64 {
        self.user.session_epoch
    }
}

/// What is asked for. What changes something has an action of its own, so that the audit log tells what was done without a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See live numbers and history.
    ReadAnalytics,
    /// See which places and cameras there are.
    ListHierarchy,
    /// Add a camera.
    RegisterCamera,
    /// Rename or move a camera.
    ChangeCamera,
    /// Take a camera out of use.
    RetireCamera,
    /// Make a key that speaks for a camera.
    CreateKey,
    /// See which keys there are.
    ListKeys,
    /// End a key.
    EndKey,
    /// Change what a place is called, holds, or its time zone.
    ChangePlace,
    /// Remove a place.
    RemovePlace,
    /// See refused events.
    ReadQuarantine,
    /// Hand a refused event in again, as it was or corrected.
    ReplayQuarantined,
    /// See what came in at the doors.
    ReadIngestion,
    /// Say how many people are inside of a place.
    SetOccupancy,
}

impl Action {
    /// The word in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::ReadAnalytics => "analytics.read",
            Action::ListHierarchy => "hierarchy.list",
            Action::RegisterCamera => "cameras.register",
            Action::ChangeCamera => "cameras.change",
            Action::RetireCamera => "cameras.retire",
            Action::CreateKey => "keys.create",
            Action::ListKeys => "keys.list",
            Action::EndKey => "keys.end",
            Action::ChangePlace => "places.change",
            Action::RemovePlace => "places.remove",
            Action::ReadQuarantine => "quarantine.read",
            Action::ReplayQuarantined => "quarantine.replay",
            Action::ReadIngestion => "ingestion.read",
            Action::SetOccupancy => "occupancy.set",
        }
    }

    fn open_to(self, role: Role) -> bool {
        match self {
            Action::ReadAnalytics | Action::ListHierarchy => true,
            Action::ReadIngestion => role != Role::User,
            Action::RegisterCamera
            | Action::ChangeCamera
            | Action::RetireCamera
            | Action::CreateKey
            | Action::ListKeys
            | Action::EndKey
            | Action::ChangePlace
            | Action::RemovePlace
            | Action::ReadQuarantine
            | Action::ReplayQuarantined
            | Action::SetOccupancy => role == Role::Admin,
        }
    }
}

/// The places and cameras somebody may see.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Everything.
    All,
    /// These only.
    Some(BTreeSet<Scope>),
}

impl View {
    pub(crate) fn of(actor: &Actor, site: &Site) -> Self {
        if actor.user.role != Role::User {
            return View::All;
        }
        let granted = |id: &PlaceId| site.chain(id).any(|place| actor.user.places.contains(&place.id));
        let places = site
            .places()
            .iter()
            .filter(|place| granted(&place.id))
            .map(|place| Scope::Place(place.id.clone()));
        // Where it was moved away from it is not seen any more: what it says now is of another place.
        let seen = |camera: &&throng_model::camera::Camera| {
            camera
                .last_memberships()
                .any(|membership| granted(&membership.zone))
        };
        let cameras = site
            .cameras()
            .iter()
            .filter(seen)
            .map(|camera| Scope::Camera(camera.id.clone()));
        View::Some(places.chain(cameras).collect())
    }

    /// Whether a scope is among them.
    pub fn shows(&self, scope: &Scope) -> bool {
        match self {
            View::All => true,
            View::Some(scopes) => scopes.contains(scope),
        }
    }
}

impl App {
    /// Decides about an action as such, and gives what the actor may see of it.
    pub(crate) async fn require(&self, actor: &Actor, action: Action, object: &str) -> Result<View, Fault> {
        let allowed = action.open_to(actor.user.role);
        self.note(actor, action, object.to_owned(), allowed).await?;
        if !allowed {
            let role = actor.user.role.as_str();
            return Err(Fault::new(
                FaultCode::Forbidden,
                format!("{} is not for the role {role}", action.as_str()),
            ));
        }
        Ok(View::of(actor, &self.parts.catalog.site()))
    }

    /// Decides about an action on one camera.
    pub(crate) async fn require_camera(
        &self,
        actor: &Actor,
        action: Action,
        camera: &CameraId,
    ) -> Result<(), Fault> {
        let known = self.parts.catalog.site().camera(camera).is_some();
        self.require_scope(actor, action, &Scope::Camera(camera.clone()), known)
            .await
    }

    /// Decides about an action on one place.
    pub(crate) async fn require_place(
        &self,
        actor: &Actor,
        action: Action,
        place: &PlaceId,
    ) -> Result<(), Fault> {
        let known = self.parts.catalog.site().place(place).is_some();
        self.require_scope(actor, action, &Scope::Place(place.clone()), known)
            .await
    }

    async fn require_scope(
        &self,
        actor: &Actor,
        action: Action,
        scope: &Scope,
        known: bool,
    ) -> Result<(), Fault> {
        let open = action.open_to(actor.user.role);
        let shown = known && View::of(actor, &self.parts.catalog.site()).shows(scope);
        self.note(actor, action, scope.to_string(), open && shown).await?;
        match (open, shown) {
            (true, true) => Ok(()),
            (false, _) => Err(Fault::new(
                FaultCode::Forbidden,
                format!(
                    "{} is not for the role {}",
                    action.as_str(),
                    actor.user.role.as_str()
                ),
            )),
            (true, false) => Err(Fault::new(FaultCode::NotFound, format!("{scope} does not exist"))),
        }
    }

    async fn note(&self, actor: &Actor, action: Action, object: String, allowed: bool) -> Result<(), Fault> {
        let (actor, action) = (actor.user.name.clone(), action.as_str().to_owned());
        self.audit
            .note(AuditEntry {
                at: self.parts.clock.now(),
                actor,
                action,
                object,
                allowed,
            })
            .await
    }
}
