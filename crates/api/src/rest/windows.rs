//! The window of each kind that ended last.

use crate::asked::Placed;
use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use throng_app::analytics::WindowAnswer;
use throng_model::{CameraId, Measure, PlaceId, Summary};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(camera_windows))
        .routes(routes!(place_windows))
}

/// What a window holds of one measure, in the measure's unit.
#[derive(Serialize, ToSchema)]
struct Aggregates {
    unit: &'static str,
    /// How many values.
    count: u64,
    sum: f64,
    #[schema(required)]
    avg: Option<f64>,
    #[schema(required)]
    min: Option<f64>,
    #[schema(required)]
    max: Option<f64>,
    /// Of the population.
    #[schema(required)]
    stddev: Option<f64>,
    /// Of the population, in the unit squared.
    #[schema(required)]
    variance: Option<f64>,
    /// Null when all values are equal.
    #[schema(required)]
    skewness: Option<f64>,
    /// Percentiles, to 1 % of the value.
    #[schema(required)]
    p50: Option<f64>,
    #[schema(required)]
    p90: Option<f64>,
    #[schema(required)]
    p95: Option<f64>,
    #[schema(required)]
    p99: Option<f64>,
}

/// The last window of one kind.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WindowBody {
    /// Its name in the configuration.
    name: String,
    /// tumbling, sliding, session, count, sliding_count or cumulate.
    kind: &'static str,
    #[schema(format = DateTime)]
    window_start: String,
    /// Of a session: its last event plus the gap.
    #[schema(format = DateTime)]
    window_end: String,
    /// Which window of its scope, counted from 0; of count windows only.
    #[schema(required)]
    ordinal: Option<u64>,
    /// How often late events changed it after it had been given out.
    revision: u32,
    /// provisional, or final: an hour has passed since its end, and what still comes makes a new revision.
    state: &'static str,
    /// The share in which the cameras had been heard from when it ended, 0 to 1; null where it cannot be told.
    #[schema(required)]
    coverage: Option<f64>,
    events: u64,
    /// By measure.
    #[schema(value_type = BTreeMap<String, Aggregates>)]
    measures: BTreeMap<&'static str, Aggregates>,
}

/// A camera's windows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameraWindows {
    camera_id: String,
    /// The last one of each kind; a kind of which none has ended yet is not there.
    windows: Vec<WindowBody>,
}

/// A place's windows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlaceWindows {
    place_id: String,
    /// The last one of each kind; a kind of which none has ended yet is not there.
    windows: Vec<WindowBody>,
}

/// The window of each kind that ended last at a camera.
#[utoipa::path(get, path = "/api/v1/analytics/windows/{cameraId}", tag = "analytics", params(("cameraId" = String, Path)), responses(
    (status = 200, body = CameraWindows)))]
async fn camera_windows(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
) -> Result<Json<CameraWindows>, Problem> {
    let id = CameraId::new(&camera).parameter("cameraId")?;
    let windows = face.app.camera_windows(signed_in.actor(), &id).await?;
    Ok(Json(CameraWindows {
        camera_id: camera,
        windows: bodies(&windows),
    }))
}

/// The window of each kind that ended last at a place.
#[utoipa::path(get, path = "/api/v1/analytics/places/{placeId}/windows", tag = "analytics", params(("placeId" = String, Path)), responses(
    (status = 200, body = PlaceWindows)))]
async fn place_windows(
    face: Shared,
    signed_in: SignedIn,
    Path(place): Path<String>,
) -> Result<Json<PlaceWindows>, Problem> {
    let id = PlaceId::new(&place).parameter("placeId")?;
    let windows = face.app.place_windows(signed_in.actor(), &id).await?;
    Ok(Json(PlaceWindows {
        place_id: place,
        windows: bodies(&windows),
    }))
}

fn bodies(windows: &[WindowAnswer]) -> Vec<WindowBody> {
    windows.iter().map(body).collect()
}

fn body(answer: &WindowAnswer) -> WindowBody {
    let now = &answer.window;
    WindowBody {
        coverage: now.coverage(),
        state: answer.state.as_str(),
        window_start: now.range.start.to_string(),
        window_end: now.range.end.to_string(),
        ordinal: now.ordinal,
        revision: now.revision,
        events: now.events,
        measures: now
            .measures
            .iter()
            .map(|(measure, summary)| (measure.as_str(), aggregates(measure, summary)))
            .collect(),
        kind: now.window.kind.as_str(),
        name: now.window.name.clone(),
    }
}

fn aggregates(measure: Measure, summary: &Summary) -> Aggregates {
    Aggregates {
        unit: measure.unit(),
        count: summary.count,
        sum: summary.total(),
        avg: summary.mean(),
        min: summary.minimum(),
        max: summary.maximum(),
        stddev: summary.standard_deviation(),
        variance: summary.variance(),
        skewness: summary.skewness(),
        p50: summary.percentile(0.5),
        p90: summary.percentile(0.9),
        p95: summary.percentile(0.95),
        p99: summary.percentile(0.99),
    }
}
