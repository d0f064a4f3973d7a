//! WebSockets: the live feed, and the door for cameras that keep a connection.

mod ingest;
mod live;

use crate::Face;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().merge(live::routes()).merge(ingest::routes())
}
