//! The control plane: what people and programs may ask of Throng, one use case a file.
//!
//! Every use case begins with [`access`]: one decision for (actor, action, object), one audit entry (I-8). It knows
//! no HTTP, no SQL and no screen; the face decodes, asks here, and encodes.

pub mod access;
pub mod analytics;
mod audit;
pub mod cameras;
pub mod history;
pub mod ingestion;
pub mod live;
pub mod people;
pub mod places;
pub mod quarantine;
mod secret;

pub use access::{Action, Actor};
pub use secret::Secret;

use analytics::{HeardRows, Reading};
use audit::AuditTrail;
use people::{Lockouts, Tokens};
use std::sync::Arc;
use throng_model::{Fault, TimeRange};
use throng_ports::{
    Accounts, Catalog, Clock, CounterBoard, Intake, LiveFeed, Quarantine, Rollups, WaysIn, WindowBoard,
};
use tokio::sync::watch;

/// What the control plane stands on.
#[derive(Clone)]
pub struct Parts {
    /// The hierarchy.
    pub catalog: Arc<dyn Catalog>,
    /// People and their traces.
    pub accounts: Arc<dyn Accounts>,
    /// Links and sessions.
    pub ways_in: Arc<dyn WaysIn>,
    /// Rows.
    pub rollups: Arc<dyn Rollups>,
    /// The present.
    pub feed: Arc<dyn LiveFeed>,
    /// The windows that ended last.
    pub board: Arc<dyn WindowBoard>,
    /// What counters did.
    pub counters: Arc<dyn CounterBoard>,
    /// Refused events.
    pub quarantine: Arc<dyn Quarantine>,
    /// The door behind all doors.
    pub intake: Arc<dyn Intake>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How many heartbeats of a camera may be missed before it is silent: the engine's rule, so that both call the same silence
    /// one.
    pub heartbeats_missed: i64,
    /// When no server ran that anybody could deliver to, ascending; this one may learn that it was suspended.
    pub outages: watch::Receiver<Arc<[TimeRange]>>,
    /// How far behind what a camera said last its watermark is, microseconds: the engine's rule, by which an event is late.
    pub out_of_order: i64,
}

/// The control plane. Clones share it.
#[derive(Clone)]
pub struct App {
    parts: Parts,
    reading: Arc<Reading>,
    audit: Arc<AuditTrail>,
    tokens: Arc<Tokens>,
    lockouts: Arc<Lockouts>,
    judge: Arc<live::Judge>,
}

impl App {
    /// Takes the parts together; makes the secret that signs sessions on first use.
    pub async fn new(mut parts: Parts) -> Result<Self, Fault> {
        // For every answer made of rows alike: what nobody can have heard is not called observed by one and missing by another.
        parts.rollups = Arc::new(HeardRows::of(&parts));
        let secret = parts.ways_in.signing_secret(secret::random_bytes()?).await?;
        let audit = AuditTrail::start(Arc::clone(&parts.accounts));
        Ok(Self {
            parts,
            reading: Arc::default(),
            audit: Arc::new(audit),
            tokens: Arc::new(Tokens::new(&secret)),
            lockouts: Arc::default(),
            judge: Arc::default(),
        })
    }

    /// The time as the product sees it.
    pub fn now(&self) -> throng_model::Timestamp {
        self.parts.clock.now()
    }

    /// When no server ran, as far as is known now. Not borrowed: who reads rows by it takes his time.
    pub(crate) fn outages(&self) -> Arc<[TimeRange]> {
        Arc::clone(&self.parts.outages.borrow())
    }

    /// Resolves when the audit log holds every decision so far: what a server waits for before it ends.
    pub async fn settle(&self) -> Result<(), Fault> {
        self.audit.settle().await
    }

    /// Whether the audit log can be written, as far as was tried. While it cannot, people are refused; events are taken and
    /// counted.
    pub fn audit_is_written(&self) -> bool {
        self.audit.is_written()
    }

    /// The door behind all doors: the face of an ingestion door hands raw events in here.
    pub fn intake(&self) -> &dyn Intake {
        &*self.parts.intake
    }
}
