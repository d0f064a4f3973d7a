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
        .routes(routes!(list_keys))
        .routes(routes!(remove_key))
}

/// A key there is. Its secret is known to nobody but whoever kept it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ListedKey {
    id: String,
    /// The cameras it speaks for; none means every camera: the key of a gateway.
    camera_ids: Vec<String>,
}

/// The keys there are.
#[derive(Serialize, ToSchema)]
struct KeysAnswer {
    keys: Vec<ListedKey>,
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

/// The keys that speak for cameras, in the order of their ids, without their secrets. Administrators only.
#[utoipa::path(get, path = "/api/v1/keys", tag = "hierarchy", responses(
    (status = 200, body = KeysAnswer), (status = 403, body = ProblemDocument)))]
async fn list_keys(face: Shared, signed_in: SignedIn) -> Result<Json<KeysAnswer>, Problem> {
    let keys = face.app.list_keys(signed_in.actor()).await?.into_iter();
    let listed = keys.map(|key| ListedKey {
        id: key.id,
        camera_ids: key.cameras.iter().map(CameraId::to_string).collect(),
    });
    Ok(Json(KeysAnswer {
        keys: listed.collect(),
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
