//! API-1: a camera or a place now, and the way to it.

use super::{Metrics, OutageAnswer, metrics, outages};
use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_app::analytics::{Metric, Point, Realtime, TimeSpan};
use throng_model::{CameraId, Fault, PlaceId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(camera_realtime))
        .routes(routes!(place_realtime))
}

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RealtimeQuery {
    /// Comma-separated: occupancy, count, in, out, accuracy, latency, confidence. Default: occupancy,count,accuracy,latency.
    metrics: Option<String>,
    /// How far back the trends reach: 15m, 1h, 24h, 7d ... Default 1h.
    time_range: Option<String>,
}

/// How it came to be: equally long lists.
#[derive(Serialize, ToSchema)]
struct Trends {
    /// Mean occupancy of each bucket; null means no data.
    occupancy: Vec<Option<f64>>,
    /// People counted in each bucket; null means no data.
    count: Vec<Option<f64>>,
    /// The start of each bucket.
    timestamps: Vec<String>,
    /// Of the 10-second panes of each bucket, up to now, in which its cameras were expected, the share in which they were heard from,
    /// 0 to 1. What a counted window observed is in the buckets that hold all of it, and in none finer. Null where no camera was
    /// expected.
    coverage: Vec<Option<f64>>,
}

/// A camera now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameraRealtime {
    camera_id: String,
    #[schema(format = DateTime)]
    timestamp: String,
    /// The latest event time in the metrics; null before anything was heard.
    #[schema(required, format = DateTime)]
    as_of: Option<String>,
    /// The asked metrics. count, in and out are people since local midnight (count: in, and those of unknown direction),
    /// occupancy those since the last reset; null where nothing was heard since. occupancy is null, here and in the trends, where nothing
    /// is measured inside: people passed, and nobody was ever counted in or out, nor was anybody ever said to be inside.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    metrics: Metrics,
    trends: Trends,
    /// When no server ran, in the trends or since local midnight, and what happened then is not known, ascending; the latest 20.
    outages: Vec<OutageAnswer>,
}

/// A place now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceRealtime {
    place_id: String,
    #[schema(format = DateTime)]
    timestamp: String,
    /// The latest event time in the metrics; null before anything was heard.
    #[schema(required, format = DateTime)]
    as_of: Option<String>,
    /// The asked metrics. count, in and out are people since local midnight (count: in, and those of unknown direction),
    /// occupancy those since the last reset; null where nothing was heard since. occupancy is null, here and in the trends, where nothing
    /// is measured inside: people passed, and nobody was ever counted in or out, nor was anybody ever said to be inside.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    metrics: Metrics,
    trends: Trends,
    /// When no server ran, in the trends or since local midnight, and what happened then is not known, ascending; the latest 20.
    outages: Vec<OutageAnswer>,
}

/// A camera now, and the way to it.
#[utoipa::path(get, path = "/api/v1/analytics/realtime/{cameraId}", tag = "analytics", params(("cameraId" = String, Path), RealtimeQuery), responses(
    (status = 200, body = CameraRealtime)))]
async fn camera_realtime(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
    Query(query): Query<RealtimeQuery>,
) -> Result<Json<CameraRealtime>, Problem> {
    let (metrics, span) = realtime_query(&query)?;
    let realtime = face
        .app
        .camera_realtime(
            signed_in.actor(),
            &CameraId::new(&camera).parameter("cameraId")?,
            span,
        )
        .await?;
    Ok(Json(CameraRealtime {
        camera_id: camera,
        timestamp: realtime.at.to_string(),
        as_of: realtime.as_of.map(|as_of| as_of.to_string()),
        metrics: present(&realtime, &metrics),
        trends: trends(&realtime.trend),
        outages: outages(&realtime.outages),
    }))
}

/// A place now, and the way to it.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/realtime", tag = "analytics", params(("placeId" = String, Path), RealtimeQuery), responses(
    (status = 200, body = PlaceRealtime)))]
async fn place_realtime(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Query(query): Query<RealtimeQuery>,
) -> Result<Json<PlaceRealtime>, Problem> {
    let (metrics, span) = realtime_query(&query)?;
    let realtime = face
        .app
        .place_realtime(
            signed_in.actor(),
            &PlaceId::new(&place).parameter("placeId")?,
            span,
        )
        .await?;
    Ok(Json(PlaceRealtime {
        place_id: place,
        timestamp: realtime.at.to_string(),
        as_of: realtime.as_of.map(|as_of| as_of.to_string()),
        metrics: present(&realtime, &metrics),
        trends: trends(&realtime.trend),
        outages: outages(&realtime.outages),
    }))
}

fn realtime_query(query: &RealtimeQuery) -> Result<(Vec<Metric>, TimeSpan), Fault> {
    let span = query
        .time_range
        .as_deref()
        .map_or(Ok(TimeSpan::DEFAULT), str::parse)
        .parameter("timeRange")?;
    Ok((metrics(query.metrics.as_deref()).parameter("metrics")?, span))
}

/// The present in the asked metrics: occupancy since the reset, counts since midnight, the last latency.
fn present(realtime: &Realtime, metrics: &[Metric]) -> Metrics {
    let today = realtime.today;
    let last = realtime.trend.iter().rev().find(|point| point.row.is_some());
    let of = |metric: &Metric| match metric {
        Metric::Occupancy => realtime.occupancy.map(|people| people as f64),
        Metric::Count => today.map(|today| today.count as f64),
        Metric::In => today.map(|today| today.people_in as f64),
        Metric::Out => today.map(|today| today.people_out as f64),
        Metric::Latency | Metric::Confidence => last.and_then(|point| point.metric(*metric)),
        Metric::Accuracy => None,
    };
    metrics
        .iter()
        .map(|metric| (metric.as_str(), of(metric)))
        .collect()
}

fn trends(points: &[Point]) -> Trends {
    Trends {
        occupancy: points
            .iter()
            .map(|point| point.metric(Metric::Occupancy))
            .collect(),
        count: points.iter().map(|point| point.metric(Metric::Count)).collect(),
        timestamps: points
            .iter()
            .map(|point| point.bucket.start.to_string())
            .collect(),
        coverage: points.iter().map(|point| point.coverage).collect(),
    }
}
