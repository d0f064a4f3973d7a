//! The measures a place lives by: each with its value, unit, formula and coverage, or with why it cannot be told.

use super::analytics::{RangeAnswer, range, range_answer};
use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_app::analytics::{PlaceMeasure, PlaceMeasures, Unknown};
use throng_model::PlaceId;
use throng_model::time::HOUR;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(place_measures))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MeasuresQuery {
    /// RFC 3339, inclusive.
    start: String,
    /// RFC 3339, exclusive; at most 367 days later.
    end: String,
}

/// Why a measure has no value.
#[derive(Serialize, ToSchema)]
struct UnknownAnswer {
    /// not_begun, never_open, nothing_observed, too_little_coverage (less than 0.5), not_measured, nobody_came, nobody_left,
    /// stay_too_long, too_coarse, no_capacity, no_width, no_rota, not_validated, too_many_cut or not_a_zone.
    code: &'static str,
    /// The same as a sentence.
    detail: &'static str,
}

/// One measure. It has a value, or it says why not.
#[derive(Serialize, ToSchema)]
struct MeasureAnswer {
    name: &'static str,
    #[schema(required)]
    value: Option<f64>,
    unit: &'static str,
    /// When it begins; of the peak hour only.
    #[schema(required, format = DateTime)]
    at: Option<String>,
    /// Null where there is a value.
    #[schema(required)]
    unknown: Option<UnknownAnswer>,
    /// How it is made.
    formula: &'static str,
    /// Where the formula comes from.
    source: &'static str,
    /// all, or open: the hours of which at least half is open time; all, where no opening hours are known.
    hours: &'static str,
    /// Of the 10-second panes of those hours, up to now, in which the place's cameras were expected, all of them together and each since it is
    /// known: the share in which they were heard from, 0 to 1. Of a day of which these are only a part, panes that counted windows
    /// across an hour observed are left out, as many as may lie in these hours, for nobody knows in which they do: they are neither
    /// expected nor heard from.
    /// Null where no other pane was expected.
    #[schema(required)]
    coverage: Option<f64>,
}

/// The measures of a place.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MeasuresAnswer {
    place_id: String,
    time_range: RangeAnswer,
    /// The whole hours, in the place's own zone, that the measures are told of.
    whole_hours: RangeAnswer,
    /// The length of those of them that are open, hours.
    open_hours: f64,
    /// How many people the place holds; null where nobody said so.
    #[schema(required)]
    capacity: Option<u32>,
    /// Which count stands for its visitors: both (half of in and out together), in or out.
    traffic: &'static str,
    /// How often late events changed these hours after their end.
    revision: u64,
    /// live, provisional, or final: an hour has passed since their end. What still comes makes a new revision.
    state: &'static str,
    measures: Vec<MeasureAnswer>,
}

/// The measures of a place.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/measures", tag = "analytics", params(("placeId" = String, Path), MeasuresQuery), responses(
    (status = 200, body = MeasuresAnswer)))]
async fn place_measures(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Query(query): Query<MeasuresQuery>,
) -> Result<Json<MeasuresAnswer>, Problem> {
    let (range, id) = (
        range(&query.start, &query.end)?,
        PlaceId::new(&place).parameter("placeId")?,
    );
    let told: PlaceMeasures = face
        .app
        .place_measures(signed_in.actor(), &id, range)
        .await
        .parameter("end")?;
    Ok(Json(MeasuresAnswer {
        place_id: place,
        time_range: range_answer(range),
        whole_hours: range_answer(told.hours),
        open_hours: told.open as f64 / HOUR as f64,
        capacity: told.capacity,
        traffic: told.traffic.as_str(),
        revision: told.revision,
        state: told.state.as_str(),
        measures: told.measures.iter().map(measure_answer).collect(),
    }))
}

fn measure_answer(measure: &PlaceMeasure) -> MeasureAnswer {
    MeasureAnswer {
        name: measure.name,
        value: measure.value.ok(),
        unit: measure.unit,
        at: measure.at.map(|at| at.to_string()),
        unknown: measure.value.err().map(unknown_answer),
        formula: measure.formula,
        source: measure.source,
        hours: measure.hours.as_str(),
        coverage: measure.coverage,
    }
}

fn unknown_answer(why: Unknown) -> UnknownAnswer {
    UnknownAnswer {
        code: why.code(),
        detail: why.sentence(),
    }
}
