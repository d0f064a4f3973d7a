//! Whether the process is alive, and whether it takes events.

use crate::Face;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// Answers as long as the process does.
#[utoipa::path(get, path = "/healthz", tag = "status", responses((status = 200, description = "Alive")))]
async fn alive() -> &'static str {
    "alive\n"
}

/// Answers once recovery is done: the address is not served before.
#[utoipa::path(get, path = "/readyz", tag = "status", responses((status = 200, description = "Takes events")))]
async fn ready() -> &'static str {
    "ready\n"
}
