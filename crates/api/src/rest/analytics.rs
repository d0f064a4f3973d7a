//! API-1, API-2, API-3: how it is, how it was, side by side.

use crate::asked::{Placed, Query};
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use throng_app::analytics::{Group, Historical, Metric, Point, Realtime, TimeSpan};
use throng_model::{CameraId, Fault, PlaceId, Reason, TimeRange, Timestamp};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(camera_realtime))
        .routes(routes!(place_realtime))
        .routes(routes!(camera_historical))
        .routes(routes!(place_historical))
        .routes(routes!(aggregated))
}

/// A metric by its word; null means no data.
type Metrics = BTreeMap<&'static str, Option<f64>>;

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RealtimeQuery {
    /// Comma-separated: occupancy, count, in, out, accuracy, latency, confidence. Default: occupancy,count,accuracy,latency.
    metrics: Option<String>,
    /// How far back the trends reach: 15m, 1h, 24h, 7d ... Default 1h.
    time_range: Option<String>,
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

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AggregatedQuery {
    /// camera, zone, area or building.
    group_by: String,
    /// RFC 3339, inclusive.
    start: String,
    /// RFC 3339, exclusive.
    end: String,
    /// Comma-separated: totalCount, avgOccupancy, peakHour, efficiency. Default all.
    metrics: Option<String>,
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
    /// The share of each bucket in which its cameras were heard from.
    coverage: Vec<Option<f64>>,
}

/// A camera now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameraRealtime {
    camera_id: String,
    #[schema(format = DateTime)]
    timestamp: String,
    /// The asked metrics. count is people counted since local midnight.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    metrics: Metrics,
    trends: Trends,
}

/// A place now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceRealtime {
    place_id: String,
    #[schema(format = DateTime)]
    timestamp: String,
    /// The asked metrics. count is people counted since local midnight.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    metrics: Metrics,
    trends: Trends,
}

/// A range, half-open.
#[derive(Serialize, ToSchema)]
pub(super) struct RangeAnswer {
    #[schema(format = DateTime)]
    start: String,
    #[schema(format = DateTime)]
    end: String,
}

/// One bucket.
#[derive(Serialize, ToSchema)]
struct Bucket {
    /// Where it starts; it ends where the next one starts.
    #[schema(format = DateTime)]
    timestamp: String,
    /// The asked metrics; null means no data.
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    metrics: Metrics,
    /// The share in which its cameras were heard from, 0 to 1.
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
}

/// A place over time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceHistorical {
    place_id: String,
    time_range: RangeAnswer,
    interval: String,
    data: Vec<Bucket>,
}

/// One group's numbers; null means no data, or not asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GroupMetrics {
    /// People counted inwards, and those who passed a counter without a direction.
    #[schema(required)]
    total_count: Option<i64>,
    /// Time-weighted mean.
    #[schema(required)]
    avg_occupancy: Option<f64>,
    /// The start of the 60 minutes with the largest count, by quarter of an hour; of the clock hour where the range is
    /// longer than eight days or the quarters are not known.
    #[schema(required, format = DateTime)]
    peak_hour: Option<String>,
    /// Mean occupancy in open hours over capacity, averaged by hour, then by day; null without a capacity. May pass 1.
    #[schema(required)]
    efficiency: Option<f64>,
}

/// One group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GroupAnswer {
    group_id: String,
    group_name: String,
    metrics: GroupMetrics,
}

/// Groups side by side.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AggregatedAnswer {
    group_by: String,
    time_range: RangeAnswer,
    data: Vec<GroupAnswer>,
}

/// A camera now, and the way to it.
#[utoipa::path(get, path = "/api/v1/analytics/realtime/{cameraId}", tag = "analytics", params(("cameraId" = String, Path), RealtimeQuery), responses(
    (status = 200, body = CameraRealtime), (status = 400, body = ProblemDocument), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
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
        metrics: present(&realtime, &metrics),
        trends: trends(&realtime.trend),
    }))
}

/// A place now, and the way to it.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/realtime", tag = "analytics", params(("placeId" = String, Path), RealtimeQuery), responses(
    (status = 200, body = PlaceRealtime), (status = 400, body = ProblemDocument), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
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
        metrics: present(&realtime, &metrics),
        trends: trends(&realtime.trend),
    }))
}

/// A camera over time.
#[utoipa::path(get, path = "/api/v1/analytics/historical/{cameraId}", tag = "analytics", params(("cameraId" = String, Path), HistoricalQuery), responses(
    (status = 200, body = CameraHistorical), (status = 400, body = ProblemDocument), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
async fn camera_historical(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
    Query(query): Query<HistoricalQuery>,
) -> Result<Json<CameraHistorical>, Problem> {
    let (range, rung, metrics) = (
        range(&query.start, &query.end)?,
        query
            .interval
            .as_deref()
            .unwrap_or("hour")
            .parse()
            .parameter("interval")?,
        metrics(query.metrics.as_deref()).parameter("metrics")?,
    );
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
    }))
}

/// A place over time.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/historical", tag = "analytics", params(("placeId" = String, Path), HistoricalQuery), responses(
    (status = 200, body = PlaceHistorical), (status = 400, body = ProblemDocument), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
async fn place_historical(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
    Query(query): Query<HistoricalQuery>,
) -> Result<Json<PlaceHistorical>, Problem> {
    let (range, rung, metrics) = (
        range(&query.start, &query.end)?,
        query
            .interval
            .as_deref()
            .unwrap_or("hour")
            .parse()
            .parameter("interval")?,
        metrics(query.metrics.as_deref()).parameter("metrics")?,
    );
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
    }))
}

/// Cameras or places side by side.
#[utoipa::path(get, path = "/api/v1/analytics/aggregated", tag = "analytics", params(AggregatedQuery), responses(
    (status = 200, body = AggregatedAnswer), (status = 400, body = ProblemDocument), (status = 401, body = ProblemDocument)))]
async fn aggregated(
    face: Shared,
    signed_in: SignedIn,
    Query(query): Query<AggregatedQuery>,
) -> Result<Json<AggregatedAnswer>, Problem> {
    let (group, range): (Group, _) = (
        query.group_by.parse().parameter("groupBy")?,
        range(&query.start, &query.end)?,
    );
    let asked = group_metrics(query.metrics.as_deref()).parameter("metrics")?;
    let wants = |word: &str| asked.is_empty() || asked.iter().any(|asked| asked == word);
    let groups = face
        .app
        .aggregated(signed_in.actor(), group, range)
        .await
        .parameter("end")?;
    let data = groups.into_iter().map(|group| GroupAnswer {
        group_id: group.id,
        group_name: group.name,
        metrics: GroupMetrics {
            total_count: group.total_count.filter(|_| wants("totalCount")),
            avg_occupancy: group.average_occupancy.filter(|_| wants("avgOccupancy")),
            peak_hour: group
                .peak_hour
                .filter(|_| wants("peakHour"))
                .map(|peak| peak.to_string()),
            efficiency: group.efficiency.filter(|_| wants("efficiency")),
        },
    });
    Ok(Json(AggregatedAnswer {
        group_by: group.as_str().to_owned(),
        time_range: range_answer(range),
        data: data.collect(),
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

fn metrics(text: Option<&str>) -> Result<Vec<Metric>, Fault> {
    match text {
        None | Some("") => Ok(vec![
            Metric::Occupancy,
            Metric::Count,
            Metric::Accuracy,
            Metric::Latency,
        ]),
        Some(text) => text.split(',').map(|word| word.trim().parse()).collect(),
    }
}

fn group_metrics(text: Option<&str>) -> Result<Vec<String>, Fault> {
    let words: Vec<String> = text
        .unwrap_or("")
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    match words
        .iter()
        .find(|word| !["totalCount", "avgOccupancy", "peakHour", "efficiency"].contains(&word.as_str()))
    {
        Some(word) => Err(Fault::invalid(
            Reason::NotListed,
            format!("metric {word:?} is not one of totalCount, avgOccupancy, peakHour, efficiency"),
        )),
        None => Ok(words),
    }
}

pub(super) fn range(start: &str, end: &str) -> Result<TimeRange, Fault> {
    TimeRange::new(moment("start", start)?, moment("end", end)?).parameter("end")
}

fn moment(parameter: &str, text: &str) -> Result<Timestamp, Fault> {
    let moment = Timestamp::parse(text).map_err(|fault| fault.context(parameter));
    moment.parameter(parameter)
}

pub(super) fn range_answer(range: TimeRange) -> RangeAnswer {
    RangeAnswer {
        start: range.start.to_string(),
        end: range.end.to_string(),
    }
}

/// The present in the asked metrics: occupancy now, counts since midnight, the last latency.
fn present(realtime: &Realtime, metrics: &[Metric]) -> Metrics {
    let now = realtime.now.as_ref().filter(|now| now.as_of.is_some());
    let last = realtime.trend.iter().rev().find(|point| point.row.is_some());
    let of = |metric: &Metric| match metric {
        Metric::Occupancy => now.map(|now| now.occupancy as f64),
        Metric::Count | Metric::In => now.map(|now| now.in_today as f64),
        Metric::Out => now.map(|now| now.out_today as f64),
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
