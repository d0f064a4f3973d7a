//! Which places there are.

use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(list))
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
