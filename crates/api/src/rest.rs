//! REST, one file a resource.

mod analytics;
mod cameras;
mod counters;
mod document;
pub(crate) mod events;
mod ingestion;
mod keys;
pub(crate) mod live;
mod measures;
mod occupancy;
mod places;
mod problems;
mod quarantine;
mod session;
mod statistics;
mod status;
mod windows;

use crate::Face;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use problems::add as add_problems;

pub(crate) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .merge(status::routes())
        .merge(document::routes())
        .merge(session::routes())
        .merge(places::routes())
        .merge(cameras::routes())
        .merge(keys::routes())
        .merge(counters::routes())
        .merge(analytics::routes())
        .merge(occupancy::routes())
        .merge(measures::routes())
        .merge(statistics::routes())
        .merge(windows::routes())
        .merge(live::routes())
        .merge(events::routes())
        .merge(quarantine::routes())
        .merge(ingestion::routes())
}
