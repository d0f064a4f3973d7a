//! The keys that speak for cameras.

use crate::asked::Placed;
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use throng_model::CameraId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(create_key))
        .routes(routes!(remove_key))
}

/// A new key. The secret is shown this once.
#[derive(Serialize, ToSchema)]
struct KeyAnswer {
    id: String,
    secret: String,
}

/// Makes a key that speaks for this camera only. Administrators only.
///
/// The code is `camera_out_of_use` where the camera is retired.
#[utoipa::path(post, path = "/api/v1/cameras/{cameraId}/keys", tag = "hierarchy", params(("cameraId" = String, Path)), responses(
    (status = 200, body = KeyAnswer), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn create_key(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
) -> Result<Json<KeyAnswer>, Problem> {
    let (id, secret) = face
        .app
        .create_key(signed_in.actor(), &CameraId::new(camera).parameter("cameraId")?)
        .await?;
    Ok(Json(KeyAnswer {
        id,
        secret: secret.reveal().to_owned(),
    }))
}

/// Ends a key. Administrators only.
#[utoipa::path(delete, path = "/api/v1/keys/{keyId}", tag = "hierarchy", params(("keyId" = String, Path)), responses(
    (status = 204), (status = 403, body = ProblemDocument)))]
async fn remove_key(
    face: Shared,
    signed_in: SignedIn,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    face.app.remove_key(signed_in.actor(), &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
