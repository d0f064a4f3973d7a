//! How many are inside of a place now, corrected by what the same weekdays before have taught.

use super::people;
use crate::asked::Placed;
use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use std::sync::Arc;
use throng_app::analytics::OccupancyNow;
use throng_model::PlaceId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(place_occupancy_now))
}

/// A closed day that something was learned from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LearnedDay {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
    /// People in.
    #[serde(rename = "in")]
    people_in: u64,
    /// People out.
    #[serde(rename = "out")]
    people_out: u64,
    /// In minus out: the net error of the place's counters on that day.
    residual: i64,
}

/// The people of the day that is not over, from the last reset on. Null means that nobody looked, or that nothing is measured inside:
/// people passed, and nobody was ever counted in or out of the place, nor was anybody ever said to be inside.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OccupancyNowAnswer {
    place_id: String,
    /// Server time.
    #[schema(format = DateTime)]
    timestamp: String,
    /// The latest event of the place that these numbers know of, of whatever day; everything told of before it is in them. They are
    /// made of what is stored, up to about a second behind the live numbers.
    #[schema(required, format = DateTime)]
    as_of: Option<String>,
    /// The last reset.
    #[schema(format = DateTime)]
    start: String,
    /// The next one.
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
    /// People inside as counted; may be negative.
    #[schema(required)]
    raw: Option<i64>,
    /// People inside by the floor rule alone, minute by minute; never negative. The live page goes by the same rule, ten seconds
    /// by ten seconds.
    #[schema(required)]
    floored: Option<f64>,
    /// People inside: scaled by what was learned, then by the floor rule; never negative. The same as floored where nothing
    /// is scaled.
    #[schema(required)]
    corrected: Option<f64>,
    /// What each entry counts for; null where nothing is scaled.
    #[schema(required)]
    factor_in: Option<f64>,
    /// What each exit counts for; null where nothing is scaled.
    #[schema(required)]
    factor_out: Option<f64>,
    /// Which direction takes the correction, as the place is set: two (both, half each) or one (out only).
    sides: String,
    /// Why nothing is scaled: too_few_days (fewer than three closed days of this weekday in the last eight weeks could teach
    /// something), door_missing (the newest of them asks for a missing door) or ratio_outside (today more than twice as many
    /// left as came).
    #[schema(required)]
    no_factor: Option<String>,
    /// The days that the factor was learned from: the middle one by its ratio tells it.
    learned_from: Vec<LearnedDay>,
    /// Their residuals together over the mean of in and out: how much error there is to correct.
    #[schema(required)]
    relative_residual: Option<f64>,
    /// Of the 10-second panes of the day, up to now, in which its cameras were expected, all of them together and each since it is
    /// known: the share in which they were heard from, 0 to 1. What counted windows across an hour observed is in none of these
    /// levels and counts as not heard from. Null where no camera was expected.
    #[schema(required)]
    coverage: Option<f64>,
}

/// How many people are inside of a place now: as counted, by the floor rule, and corrected by what the closed days of the same
/// weekday in the last eight weeks taught.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/occupancy/now", tag = "analytics", params(("placeId" = String, Path)), responses(
    (status = 200, body = OccupancyNowAnswer)))]
async fn place_occupancy_now(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
) -> Result<Json<OccupancyNowAnswer>, Problem> {
    let id = PlaceId::new(&place).parameter("placeId")?;
    let now = face.app.place_occupancy_now(signed_in.actor(), &id).await?;
    Ok(Json(now_answer(place, &now)))
}

fn now_answer(place_id: String, now: &OccupancyNow) -> OccupancyNowAnswer {
    let today = now.today.as_ref();
    let learned = today.and_then(|today| today.learned.as_ref().ok());
    let days = learned.map_or(&[][..], |learned| &learned.from);
    OccupancyNowAnswer {
        place_id,
        timestamp: now.at.to_string(),
        as_of: now.as_of.map(|at| at.to_string()),
        start: now.day.start.to_string(),
        end: now.day.end.to_string(),
        people_in: today.map(|today| today.people_in),
        people_out: today.map(|today| today.people_out),
        raw: today.map(|today| today.raw),
        floored: today.map(|today| people(today.floored)),
        corrected: today.map(|today| people(today.corrected)),
        factor_in: learned.map(|learned| learned.factor.of_entries()),
        factor_out: learned.map(|learned| learned.factor.of_exits()),
        sides: now.sides.as_str().to_owned(),
        no_factor: today
            .and_then(|today| today.learned.as_ref().err())
            .map(|why| why.as_str().to_owned()),
        learned_from: days
            .iter()
            .map(|past| LearnedDay {
                start: past.day.start.to_string(),
                end: past.day.end.to_string(),
                people_in: past.people_in,
                people_out: past.people_out,
                residual: past.residual(),
            })
            .collect(),
        relative_residual: learned.and_then(|learned| learned.relative_residual()),
        coverage: now.coverage,
    }
}
