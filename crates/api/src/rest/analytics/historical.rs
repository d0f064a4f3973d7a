//! API-2: a camera or a place over time.

use super::{Metrics, OutageAnswer, RangeAnswer, metrics, outages, range, range_answer};
use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_app::analytics::{Historical, Metric, Point};
use throng_model::{CameraId, Fault, PlaceId, Rung, TimeRange};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(camera_historical))
        .routes(routes!(place_historical))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoricalQuery {
    /// RFC 3339, inclusive.
    start: String,
    /// RFC 3339, exclusive.
    end: String,
    /// minute, five_minutes, hour, day, week or month. Default hour.
    interval: Option<String>,
    /// As for realtime.
    metrics: Option<String>,
}

/// One bucket.
#[derive(Serialize, ToSchema)]
struct Bucket {
    /// Where it starts; it ends where the next one starts.
    #[schema(format = DateTime)]
    timestamp: String,
    /// The asked metrics; null means no data, and of occupancy also that nothing is measured inside: people only passed.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    metrics: Metrics,
    /// Of the 10-second panes of the bucket, up to now, in which its cameras were expected, all of them together and each since it is
    /// known: the share in which they were heard from, 0 to 1. What a counted window observed is in the buckets that hold all of
    /// it, and in none finer; windows across an hour are in their day. Null where no camera was expected.
    #[schema(required)]
    coverage: Option<f64>,
    /// How often late events changed it after its end.
    revision: u32,
    /// live, provisional, or final: an hour has passed since its end, and what still comes makes a new revision. Time goes by
    /// the latest event; where nothing more is heard, an hour behind the server's clock. Live for good where nothing ever was.
    state: String,
}

/// A camera over time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameraHistorical {
    camera_id: String,
    time_range: RangeAnswer,
    interval: String,
    data: Vec<Bucket>,
    /// When no server ran in this time and what happened then is not known, ascending; the latest 20.
    outages: Vec<OutageAnswer>,
}

/// A place over time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceHistorical {
    place_id: String,
    time_range: RangeAnswer,
    interval: String,
    data: Vec<Bucket>,
    /// When no server ran in this time and what happened then is not known, ascending; the latest 20.
    outages: Vec<OutageAnswer>,
}

/// A camera over time.
#[utoipa::path(get, path = "/api/v1/analytics/historical/{cameraId}", tag = "analytics", params(("cameraId" = String, Path), HistoricalQuery), responses(
    (status = 200, body = CameraHistorical), (status = 422, body = ProblemDocument)))]
async fn camera_historical(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
    Query(query): Query<HistoricalQuery>,
) -> Result<Json<CameraHistorical>, Problem> {
    let (range, rung, metrics) = asked(&query)?;
    let historical = face
        .app
        .camera_historical(
            signed_in.actor(),
            &CameraId::new(&camera).parameter("cameraId")?,
            range,
            rung,
        )
        .await?;
    Ok(Json(CameraHistorical {
        camera_id: camera,
        time_range: range_answer(range),
        interval: rung.to_string(),
        data: buckets(&historical, &metrics),
        outages: outages(&historical.outages),
    }))
}

/// A place over time.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/historical", tag = "analytics", params(("placeId" = String, Path), HistoricalQuery), responses(
    (status = 200, body = PlaceHistorical), (status = 422, body = ProblemDocument)))]
async fn place_historical(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Query(query): Query<HistoricalQuery>,
) -> Result<Json<PlaceHistorical>, Problem> {
    let (range, rung, metrics) = asked(&query)?;
    let historical = face
        .app
        .place_historical(
            signed_in.actor(),
            &PlaceId::new(&place).parameter("placeId")?,
            range,
            rung,
        )
        .await?;
    Ok(Json(PlaceHistorical {
        place_id: place,
        time_range: range_answer(range),
        interval: rung.to_string(),
        data: buckets(&historical, &metrics),
        outages: outages(&historical.outages),
    }))
}

fn asked(query: &HistoricalQuery) -> Result<(TimeRange, Rung, Vec<Metric>), Fault> {
    let rung = query.interval.as_deref().unwrap_or("hour").parse();
    Ok((
        range(&query.start, &query.end)?,
        rung.parameter("interval")?,
        metrics(query.metrics.as_deref()).parameter("metrics")?,
    ))
}

fn buckets(historical: &Historical, metrics: &[Metric]) -> Vec<Bucket> {
    let bucket = |point: &Point| Bucket {
        timestamp: point.bucket.start.to_string(),
        metrics: metrics
            .iter()
            .map(|metric| (metric.as_str(), point.metric(*metric)))
            .collect(),
        coverage: point.coverage,
        revision: point.revision(),
        state: point.state.as_str().to_owned(),
    };
    historical.points.iter().map(bucket).collect()
}
