//! What became of the people of each closed day of a place: counts, residual, factor, rest and resets.

mod now;

use super::analytics::{RangeAnswer, range, range_answer};
use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_app::analytics::OccupancyDay;
use throng_model::{Measure, PlaceId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(place_occupancy))
        .merge(now::routes())
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OccupancyQuery {
    /// RFC 3339, inclusive.
    start: String,
    /// RFC 3339, exclusive; at most 31 days later.
    end: String,
}

/// A jump of the level that nobody walked.
#[derive(Serialize, ToSchema)]
struct ResetAnswer {
    #[schema(format = DateTime)]
    at: String,
    /// nightly, operator, device, drift, or floor: a level below zero proves missed entries.
    reason: String,
    /// People inside before, corrected; below zero for floor only.
    old: f64,
    /// People inside after.
    new: f64,
}

/// One closed day, from reset to reset. Null means that nobody looked, or that nothing is measured inside: people passed, and nobody
/// was ever counted in or out of the place, nor was anybody ever said to be inside.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OccupancyDayAnswer {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// People in.
    #[serde(rename = "in")]
    #[schema(required)]
    people_in: Option<u64>,
    /// People out.
    #[serde(rename = "out")]
    #[schema(required)]
    people_out: Option<u64>,
    /// In minus out between two moments at which the place is empty: the net error of its counters.
    #[schema(required)]
    residual: Option<i64>,
    /// The residual over the mean of in and out.
    #[schema(required)]
    relative_residual: Option<f64>,
    /// What each entry counts for in the corrected level; null where nothing was scaled.
    #[schema(required)]
    factor_in: Option<f64>,
    /// What each exit counts for in the corrected level; null where nothing was scaled.
    #[schema(required)]
    factor_out: Option<f64>,
    /// Which direction takes the correction, as the place is set: two (both, half each) or one (out only).
    sides: String,
    /// Why nothing was scaled: too_few_entries (less than 50) or ratio_outside (one direction has more than twice the other).
    #[schema(required)]
    no_factor: Option<String>,
    /// Whether people probably use a door that is not counted.
    door_missing: bool,
    /// People left at the end as counted; may be negative.
    #[schema(required)]
    raw_rest: Option<i64>,
    /// People left at the end in the corrected level; never negative, 0 when all is well.
    #[schema(required)]
    rest: Option<f64>,
    /// Every jump, in order of time.
    resets: Vec<ResetAnswer>,
    /// Of the 10-second panes of the day in which its cameras were expected, all of them together and each since it is known: the
    /// share in which they were heard from, 0 to 1. What counted windows across an hour observed is in none of these levels and
    /// counts as not heard from. Null where no camera was expected.
    #[schema(required)]
    coverage: Option<f64>,
    /// provisional, or final: an hour has passed since its end. What still comes closes the day again.
    state: String,
}

/// A place's closed days.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OccupancyAnswer {
    place_id: String,
    time_range: RangeAnswer,
    data: Vec<OccupancyDayAnswer>,
}

/// What became of the people of each closed day.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/occupancy", tag = "analytics", params(("placeId" = String, Path), OccupancyQuery), responses(
    (status = 200, body = OccupancyAnswer), (status = 422, body = ProblemDocument)))]
async fn place_occupancy(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Query(query): Query<OccupancyQuery>,
) -> Result<Json<OccupancyAnswer>, Problem> {
    let range = range(&query.start, &query.end)?;
    let days = face
        .app
        .place_occupancy(
            signed_in.actor(),
            &PlaceId::new(&place).parameter("placeId")?,
            range,
        )
        .await
        .parameter("end")?;
    Ok(Json(OccupancyAnswer {
        place_id: place,
        time_range: range_answer(range),
        data: days.iter().map(day_answer).collect(),
    }))
}

fn day_answer(day: &OccupancyDay) -> OccupancyDayAnswer {
    let closed = day.closed.as_ref();
    let factor = closed.and_then(|closed| closed.factor.ok());
    let resets = closed.map_or(&[][..], |closed| &closed.resets);
    OccupancyDayAnswer {
        start: day.day.start.to_string(),
        end: day.day.end.to_string(),
        people_in: closed.map(|closed| closed.people_in),
        people_out: closed.map(|closed| closed.people_out),
        residual: closed.map(|closed| closed.residual()),
        relative_residual: closed.and_then(|closed| closed.relative_residual()),
        factor_in: factor.map(|factor| factor.of_entries()),
        factor_out: factor.map(|factor| factor.of_exits()),
        sides: day.sides.as_str().to_owned(),
        no_factor: closed
            .and_then(|closed| closed.factor.err())
            .map(|reason| reason.as_str().to_owned()),
        door_missing: closed.is_some_and(|closed| closed.door_missing()),
        raw_rest: closed.map(|closed| closed.raw_rest),
        rest: closed.map(|closed| people(closed.rest)),
        resets: resets
            .iter()
            .map(|reset| ResetAnswer {
                at: reset.at.to_string(),
                reason: reset.reason.as_str().to_owned(),
                old: people(reset.old),
                new: people(reset.new),
            })
            .collect(),
        coverage: day.coverage,
        state: day.state.as_str().to_owned(),
    }
}

fn people(thousandths: i64) -> f64 {
    thousandths as f64 / Measure::SCALE as f64
}
