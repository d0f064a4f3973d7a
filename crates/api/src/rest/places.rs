//! Which places there are, and how many people are inside where somebody has counted.

use crate::asked::{Asked, Placed};
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_model::PlaceId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(set_occupancy))
}

/// A place.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceAnswer {
    id: String,
    /// organisation, building, area or zone.
    kind: String,
    name: String,
    #[schema(required)]
    parent_id: Option<String>,
    /// How many people may be inside.
    #[schema(required)]
    capacity: Option<u32>,
    /// The IANA zone its days are cut in.
    time_zone: String,
}

/// Places.
#[derive(Serialize, ToSchema)]
struct PlacesAnswer {
    places: Vec<PlaceAnswer>,
}

/// The places you may see, the organisation first.
#[utoipa::path(get, operation_id = "list_places", path = "/api/v1/places", tag = "hierarchy", responses((status = 200, body = PlacesAnswer), (status = 401, body = ProblemDocument)))]
async fn list(face: Shared, signed_in: SignedIn) -> Result<Json<PlacesAnswer>, Problem> {
    let places = face.app.list_places(signed_in.actor()).await?;
    let answer = |place: throng_model::place::Place| PlaceAnswer {
        id: place.id.to_string(),
        kind: place.kind.as_str().to_owned(),
        name: place.name,
        parent_id: place.parent.map(|parent| parent.to_string()),
        capacity: place.capacity,
        time_zone: place.time_zone,
    };
    Ok(Json(PlacesAnswer {
        places: places.into_iter().map(answer).collect(),
    }))
}

/// How many people are inside of a place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OccupancySetting {
    /// People.
    people: u32,
}

/// Says how many people are inside of a place now, because somebody has counted them: its occupancy goes on from there, and its
/// closed day tells of the jump with the reason operator. Other places, and the counts of people in and out, stay as they
/// are. Administrators only.
#[utoipa::path(post, path = "/api/v1/places/{placeId}/occupancy", tag = "hierarchy", params(("placeId" = String, Path)), request_body = OccupancySetting, responses(
    (status = 204), (status = 400, body = ProblemDocument), (status = 401, body = ProblemDocument), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
async fn set_occupancy(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Asked(setting): Asked<OccupancySetting>,
) -> Result<StatusCode, Problem> {
    face.app
        .set_occupancy(
            signed_in.actor(),
            &PlaceId::new(place).parameter("placeId")?,
            setting.people,
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
