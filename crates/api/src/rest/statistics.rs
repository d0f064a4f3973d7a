//! What every aggregate says about a measure, bucket by bucket and of the whole range.

use super::analytics::{RangeAnswer, range, range_answer};
use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use throng_app::analytics::{Aggregate, Statistics, StatisticsQuestion};
use throng_model::{CameraId, Fault, PlaceId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(camera_statistics))
        .routes(routes!(place_statistics))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatisticsQuery {
    /// RFC 3339, inclusive.
    start: String,
    /// RFC 3339, exclusive.
    end: String,
    /// minute, five_minutes, hour, day, week or month. Default hour.
    interval: Option<String>,
    /// in, out, pass, occupancy, confidence, latency, dwell, queue or dwell_cut (stays that were cut: at least so long).
    measure: String,
    /// Comma-separated: count, sum, avg, min, max, p50, p90, p95, p99, variance, stddev, skewness, moving_average, smoothing,
    /// trend_slope, trend_r2, seasonal_trend, seasonal, seasonal_residual. Default all. The first twelve are of values: of in, out
    /// and pass a value is one crossing or one report, so that avg tells how many came at once, and an hour in which nobody came
    /// adds none. For people an hour take sum of each bucket, 0 where somebody looked and nobody came. The others are of that
    /// series: an observed 0 is part of it, a bucket that nobody watched (null) is not.
    aggregates: Option<String>,
}

/// Numbers by aggregate; null means that there is nothing to tell.
type Numbers = BTreeMap<&'static str, Option<f64>>;

/// One bucket's numbers.
#[derive(Serialize, ToSchema)]
struct BucketNumbers {
    /// Where it starts; it ends where the next one starts.
    #[schema(format = DateTime)]
    timestamp: String,
    /// Of its values (of people counted: of single crossings or reports), and of the series (sums of people counted, means of
    /// anything else) at it.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    values: Numbers,
    /// Of the 10-second panes of the bucket, up to now, in which its cameras were expected, all of them together and each since it is
    /// known: the share in which they were heard from, 0 to 1. What a counted window observed is in the buckets that hold all of
    /// it, and in none finer; windows across an hour are in their day. Null where no camera was expected.
    #[schema(required)]
    coverage: Option<f64>,
    /// How often late events changed it after its end.
    revision: u32,
    /// live (no part of series yet), provisional, or final: an hour has passed since its end, and what still comes makes a
    /// new revision.
    state: String,
}

/// The statistics of a measure at a camera.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameraStatistics {
    camera_id: String,
    #[serde(flatten)]
    statistics: MeasureStatistics,
}

/// The statistics of a measure at a place.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceStatistics {
    place_id: String,
    #[serde(flatten)]
    statistics: MeasureStatistics,
}

/// The statistics of a measure.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MeasureStatistics {
    measure: String,
    interval: String,
    time_range: RangeAnswer,
    /// The unit of each aggregate.
    #[schema(value_type = BTreeMap<String, String>)]
    units: BTreeMap<&'static str, String>,
    /// Of all values of the range, and of the series as a whole.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    whole: Numbers,
    data: Vec<BucketNumbers>,
}

/// A camera's statistics.
#[utoipa::path(get, path = "/api/v1/analytics/statistics/{cameraId}", tag = "analytics", params(("cameraId" = String, Path), StatisticsQuery), responses(
    (status = 200, body = CameraStatistics), (status = 422, body = ProblemDocument)))]
async fn camera_statistics(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
    Query(query): Query<StatisticsQuery>,
) -> Result<Json<CameraStatistics>, Problem> {
    let (question, id) = (question(&query)?, CameraId::new(&camera).parameter("cameraId")?);
    let statistics = face
        .app
        .camera_statistics(signed_in.actor(), &id, &question)
        .await?;
    Ok(Json(CameraStatistics {
        camera_id: camera,
        statistics: answer(&question, statistics),
    }))
}

/// A place's statistics.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/statistics", tag = "analytics", params(("placeId" = String, Path), StatisticsQuery), responses(
    (status = 200, body = PlaceStatistics), (status = 422, body = ProblemDocument)))]
async fn place_statistics(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Query(query): Query<StatisticsQuery>,
) -> Result<Json<PlaceStatistics>, Problem> {
    let (question, id) = (question(&query)?, PlaceId::new(&place).parameter("placeId")?);
    let statistics = face
        .app
        .place_statistics(signed_in.actor(), &id, &question)
        .await?;
    Ok(Json(PlaceStatistics {
        place_id: place,
        statistics: answer(&question, statistics),
    }))
}

fn question(query: &StatisticsQuery) -> Result<StatisticsQuestion, Fault> {
    let aggregates = match query.aggregates.as_deref() {
        None | Some("") => Aggregate::all(),
        Some(text) => text
            .split(',')
            .map(|word| word.trim().parse())
            .collect::<Result<_, Fault>>()
            .parameter("aggregates")?,
    };
    Ok(StatisticsQuestion {
        range: range(&query.start, &query.end)?,
        rung: query
            .interval
            .as_deref()
            .unwrap_or("hour")
            .parse()
            .parameter("interval")?,
        measure: query.measure.parse().parameter("measure")?,
        aggregates,
    })
}

fn answer(question: &StatisticsQuestion, statistics: Statistics) -> MeasureStatistics {
    let units = question.aggregates.iter();
    let numbers = |numbers: &[(Aggregate, Option<f64>)]| -> Numbers {
        numbers
            .iter()
            .map(|(aggregate, number)| (aggregate.name(), *number))
            .collect()
    };
    MeasureStatistics {
        measure: question.measure.to_string(),
        interval: question.rung.to_string(),
        time_range: range_answer(question.range),
        units: units
            .map(|aggregate| (aggregate.name(), aggregate.unit(question.measure)))
            .collect(),
        whole: numbers(&statistics.whole),
        data: statistics
            .buckets
            .iter()
            .map(|bucket| BucketNumbers {
                timestamp: bucket.point.bucket.start.to_string(),
                values: numbers(&bucket.numbers),
                coverage: bucket.point.coverage,
                revision: bucket.point.revision(),
                state: bucket.point.state.as_str().to_owned(),
            })
            .collect(),
    }
}
