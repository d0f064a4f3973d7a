//! Which places there are, what they are like, and how many people are inside where somebody has counted.

use crate::asked::{Asked, Placed};
use crate::caller::SignedIn;
use crate::patch::{Patch, said};
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_model::PlaceId;
use throng_model::change::PlaceChange;
use throng_model::place::Place;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(change, remove))
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

fn answer(place: Place) -> PlaceAnswer {
    PlaceAnswer {
        id: place.id.to_string(),
        kind: place.kind.as_str().to_owned(),
        name: place.name,
        parent_id: place.parent.map(|parent| parent.to_string()),
        capacity: place.capacity,
        time_zone: place.time_zone,
    }
}

/// The places you may see, the organisation first.
#[utoipa::path(get, operation_id = "list_places", path = "/api/v1/places", tag = "hierarchy", responses((status = 200, body = PlacesAnswer)))]
async fn list(face: Shared, signed_in: SignedIn) -> Result<Json<PlacesAnswer>, Problem> {
    let places = face.app.list_places(signed_in.actor()).await?;
    Ok(Json(PlacesAnswer {
        places: places.into_iter().map(answer).collect(),
    }))
}

/// What is to change about a place. What is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlacePatch {
    /// What people call it, up to 200 characters; null: its id.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// How many people may be inside, 1 to 1000000; null: nobody says.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u32>)]
    capacity: Option<Option<u32>>,
    /// The IANA zone its days are cut in, and those of the places inside of it. Within a building there is one. It can be
    /// changed until something was counted there.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = String, required = false)]
    time_zone: Option<String>,
}

/// Changes a place, by a JSON merge patch; answers with the place as it is now. Administrators only.
#[utoipa::path(patch, operation_id = "change_place", path = "/api/v1/places/{placeId}", tag = "hierarchy", params(("placeId" = String, Path)), request_body(content = PlacePatch, content_type = "application/merge-patch+json"), responses(
    (status = 200, body = PlaceAnswer), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn change(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Patch(patch): Patch<PlacePatch>,
) -> Result<Json<PlaceAnswer>, Problem> {
    let place = PlaceId::new(place).parameter("placeId")?;
    let change = PlaceChange {
        name: patch.name,
        capacity: patch.capacity,
        time_zone: patch.time_zone,
    };
    let changed = face.app.change_place(signed_in.actor(), &place, &change).await?;
    Ok(Json(answer(changed)))
}

/// Removes a place that no other place lies in and that nothing was counted for. Numbers stay readable, so a place that has
/// some is not removed. Administrators only.
#[utoipa::path(delete, operation_id = "remove_place", path = "/api/v1/places/{placeId}", tag = "hierarchy", params(("placeId" = String, Path)), responses(
    (status = 204), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn remove(face: Shared, signed_in: SignedIn, Path(place): Path<String>) -> Result<StatusCode, Problem> {
    face.app
        .remove_place(signed_in.actor(), &PlaceId::new(place).parameter("placeId")?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
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
    (status = 204), (status = 403, body = ProblemDocument)))]
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
