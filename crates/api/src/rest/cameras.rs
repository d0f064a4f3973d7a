//! Cameras: which there are, new ones, changed and retired ones.

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
use throng_app::cameras::CameraState;
use throng_model::camera::{Camera, Line, Membership};
use throng_model::change::CameraChange;
use throng_model::live::CameraStatus;
use throng_model::time::SECOND;
use throng_model::{CameraId, Fault, LineId, PlaceId};
use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(change, retire))
}

/// A counting line.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LineAnswer {
    id: String,
    name: String,
    /// How its counter counts: event, cumulative, window or state. Any way is taken where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    semantics: Option<String>,
    /// Cumulative counters: how many values the register has before it starts again at 0.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "wrapsAt")]
    wraps_at: Option<u64>,
}

/// A camera and how it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CameraAnswer {
    id: String,
    name: String,
    /// The zone its lines lead into; of a retired camera, led into last.
    #[schema(required)]
    zone_id: Option<String>,
    /// The outermost kind of place whose edge its lines are: zone, area, building or organisation.
    #[schema(required)]
    boundary: Option<String>,
    /// How often it promises to say something, seconds.
    heartbeat_seconds: u32,
    /// It is offline after so long a silence, seconds: as many of its heartbeats as the server lets it miss.
    offline_after_seconds: i64,
    /// online, offline, error, new (never heard from), recording (an import brought it, and what it told last was more than
    /// a day old when it came) or retired. `error` is a fault it reports itself, or that what it tells now is more than a day old: its
    /// clock is wrong, or it sends what it stored.
    status: String,
    /// From when on it is not counted with any more; null while it is in use.
    #[schema(required, format = DateTime)]
    retired: Option<String>,
    /// When it was last heard from, server time.
    #[schema(required, format = DateTime)]
    last_seen: Option<String>,
    /// Its clock against the server's; nothing before ten minutes were heard from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockAnswer>,
    lines: Vec<LineAnswer>,
}

/// A camera's clock. Its events are counted at the time it gives them, right or wrong.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClockAnswer {
    /// By how much it is ahead of the server's, milliseconds; negative when it is behind.
    ahead_ms: f64,
    /// By how much more each day; nothing before two hours.
    #[schema(required)]
    drift_ms_per_day: Option<f64>,
    /// right, off or wrong_time_zone.
    standing: String,
    /// When it last jumped, to ten minutes.
    #[schema(required, format = DateTime)]
    jumped: Option<String>,
}

/// Cameras.
#[derive(Serialize, ToSchema)]
struct CamerasAnswer {
    cameras: Vec<CameraAnswer>,
}

/// A camera to register.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewCamera {
    /// The `cam` of its events.
    id: String,
    /// What people call it, up to 200 characters.
    name: String,
    /// The zone its lines lead into.
    zone_id: String,
    /// The outermost kind of place whose edge its lines are: zone, area, building or organisation.
    boundary: String,
    /// Up to 64. Any line is taken when there are none.
    #[serde(default)]
    lines: Vec<LineAnswer>,
    /// How often it promises to say something, 1 to 3600 seconds.
    #[serde(default = "default_heartbeat")]
    heartbeat_seconds: u32,
}

fn default_heartbeat() -> u32 {
    30
}

/// The word of a status.
pub(super) fn status_word(status: CameraStatus) -> &'static str {
    match status {
        CameraStatus::Online => "online",
        CameraStatus::Offline => "offline",
        CameraStatus::Recording => "recording",
        CameraStatus::Error => "error",
        CameraStatus::New => "new",
        CameraStatus::Retired => "retired",
    }
}

fn answer(state: CameraState) -> CameraAnswer {
    let camera = state.camera;
    let membership = camera.last_membership();
    CameraAnswer {
        zone_id: membership.map(|membership| membership.zone.to_string()),
        boundary: membership.map(|membership| membership.boundary.to_string()),
        heartbeat_seconds: camera.heartbeat_s,
        offline_after_seconds: state.silence_max / SECOND,
        retired: camera.retired().map(|retired| retired.to_string()),
        id: camera.id.to_string(),
        name: camera.name,
        status: status_word(state.status).to_owned(),
        last_seen: state.last_seen.map(|seen| seen.to_string()),
        clock: state.clock.map(|clock| ClockAnswer {
            ahead_ms: clock.ahead as f64 / 1_000.0,
            drift_ms_per_day: clock.drift_per_day.map(|drift| drift as f64 / 1_000.0),
            standing: clock.standing.as_str().to_owned(),
            jumped: clock.jumped.map(|jumped| jumped.to_string()),
        }),
        lines: camera
            .lines
            .into_iter()
            .map(|line| LineAnswer {
                id: line.id.to_string(),
                name: line.name,
                semantics: line.semantics.map(|semantics| semantics.to_string()),
                wraps_at: line.wraps_at,
            })
            .collect(),
    }
}

/// The cameras you may see.
#[utoipa::path(get, operation_id = "list_cameras", path = "/api/v1/cameras", tag = "hierarchy", responses((status = 200, body = CamerasAnswer)))]
async fn list(face: Shared, signed_in: SignedIn) -> Result<Json<CamerasAnswer>, Problem> {
    let cameras = face.app.list_cameras(signed_in.actor()).await?;
    Ok(Json(CamerasAnswer {
        cameras: cameras.into_iter().map(answer).collect(),
    }))
}

/// Registers a camera. Administrators only.
#[utoipa::path(post, path = "/api/v1/cameras", tag = "hierarchy", request_body = NewCamera, responses(
    (status = 201), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn register(
    face: Shared,
    signed_in: SignedIn,
    Asked(new): Asked<NewCamera>,
) -> Result<StatusCode, Problem> {
    let line = |(number, line): (usize, LineAnswer)| {
        let semantics = line.semantics.map(|text| text.parse()).transpose();
        Ok(Line {
            id: LineId::new(line.id).field(&format!("/lines/{number}/id"))?,
            name: line.name,
            semantics: semantics.field(&format!("/lines/{number}/semantics"))?,
            wraps_at: line.wraps_at,
        })
    };
    let lines = new.lines.into_iter();
    let camera = Camera {
        id: CameraId::new(new.id).field("/id")?,
        name: new.name,
        lines: lines.enumerate().map(line).collect::<Result<_, Fault>>()?,
        memberships: vec![Membership {
            zone: PlaceId::new(new.zone_id).field("/zoneId")?,
            boundary: new.boundary.parse().field("/boundary")?,
            since: None,
            until: None,
        }],
        heartbeat_s: new.heartbeat_seconds,
        registered: Some(face.app.now()),
    };
    face.app.register_camera(signed_in.actor(), camera).await?;
    Ok(StatusCode::CREATED)
}

/// What is to change about a camera. What is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CameraPatch {
    /// What people call it, up to 200 characters; null: its id.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// The zone its lines lead into, from the next minute on: what was counted stays where it was counted. The days of that
    /// zone must be those of the zone before.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = String, required = false)]
    zone_id: Option<String>,
    /// The outermost kind of place whose edge its lines are, from the next minute on: zone, area, building or organisation.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = String, required = false)]
    boundary: Option<String>,
    /// How often it promises to say something, 1 to 3600 seconds.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = u32, required = false)]
    heartbeat_seconds: Option<u32>,
    /// Null puts a retired camera back, from the next minute on; it needs a new key. To retire one, delete it.
    #[serde(default, deserialize_with = "said")]
    #[schema(schema_with = only_null)]
    retired: Option<()>,
}

fn only_null() -> Object {
    ObjectBuilder::new().schema_type(Type::Null).build()
}

/// Changes a camera, by a JSON merge patch; answers with the camera as it is now. Administrators only.
#[utoipa::path(patch, operation_id = "change_camera", path = "/api/v1/cameras/{cameraId}", tag = "hierarchy", params(("cameraId" = String, Path)), request_body(content = CameraPatch, content_type = "application/merge-patch+json"), responses(
    (status = 200, body = CameraAnswer), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn change(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
    Patch(patch): Patch<CameraPatch>,
) -> Result<Json<CameraAnswer>, Problem> {
    let boundary = patch.boundary.map(|kind| kind.parse()).transpose();
    let zone = patch.zone_id.map(PlaceId::new).transpose();
    let camera = CameraId::new(camera).parameter("cameraId")?;
    let change = CameraChange {
        name: patch.name,
        heartbeat_s: patch.heartbeat_seconds,
        zone: zone.field("/zoneId")?,
        boundary: boundary.field("/boundary")?,
        retired: patch.retired.map(|_| false),
    };
    let changed = face
        .app
        .change_camera(signed_in.actor(), &camera, &change)
        .await?;
    Ok(Json(answer(changed)))
}

/// Retires a camera: its keys end, events of later are refused, and it is not missed any more; what it counted stays. One
/// that was never heard of is removed, and its id is free again. Administrators only.
#[utoipa::path(delete, operation_id = "retire_camera", path = "/api/v1/cameras/{cameraId}", tag = "hierarchy", params(("cameraId" = String, Path)), responses(
    (status = 204), (status = 403, body = ProblemDocument)))]
async fn retire(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
) -> Result<StatusCode, Problem> {
    face.app
        .retire_camera(signed_in.actor(), &CameraId::new(camera).parameter("cameraId")?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
