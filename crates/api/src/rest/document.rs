//! The description of the API by itself.

use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(document))
}

/// This document, generated from the handlers of the running build.
#[utoipa::path(get, operation_id = "openapi", path = "/api/v1/openapi.json", tag = "status", responses(
    (status = 200, description = "OpenAPI 3.1", body = Object)))]
async fn document(face: Shared, _: SignedIn) -> Result<Json<utoipa::openapi::OpenApi>, Problem> {
    Ok(Json(face.document.clone()))
}
