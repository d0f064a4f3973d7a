//! Whether the process is alive, and whether it takes events.

use crate::{Face, Shared};
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

/// Answers once recovery is done: the address is not served before. A second line says what does not work, while that lasts.
///
/// The status stays 200 then: it is what a balancer sends cameras elsewhere by, and their events are taken.
#[utoipa::path(get, path = "/readyz", tag = "status", responses((status = 200, description = "Takes events")))]
async fn ready(face: Shared) -> &'static str {
    match face.app.audit_is_written() {
        true => "ready\n",
        false => "ready\nthe audit log cannot be written: people are refused until it can\n",
    }
}
