//! The present: tickets for the live socket, and the same numbers for those who poll.

use super::cameras::status_word;
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use serde::Serialize;
use std::sync::Arc;
use throng_app::live::{CameraNow, LiveView, PlaceNow};
use throng_model::live::Now;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(ticket))
        .routes(routes!(snapshot))
}

/// A ticket for the live socket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TicketAnswer {
    /// Works once.
    ticket: String,
    expires_in_seconds: u64,
}

/// A place now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlaceNowAnswer {
    place_id: String,
    /// People inside at asOf, corrected by the floor rule, never negative. Null before anything was heard, and where nothing is
    /// measured inside: people passed, and nobody was ever counted in or out, nor was anybody ever said to be inside.
    #[schema(required)]
    occupancy: Option<i64>,
    /// As counted; may be negative. Null where occupancy is.
    #[schema(required)]
    raw_occupancy: Option<i64>,
    /// On the day of asOf, by the place's clock: of an earlier day where nothing was heard today. Null before anything was heard.
    #[schema(required)]
    in_today: Option<i64>,
    /// The same of people out.
    #[schema(required)]
    out_today: Option<i64>,
    /// The same of people who passed counters that know no direction.
    #[schema(required)]
    pass_today: Option<i64>,
    #[schema(required)]
    capacity: Option<u32>,
    /// The latest event time in these numbers; of a camera whose clock is ahead, when its event arrived.
    #[schema(required, format = DateTime)]
    as_of: Option<String>,
    /// The share of its cameras that are online.
    #[schema(required)]
    coverage: Option<f64>,
}

/// A camera now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CameraNowAnswer {
    pub(crate) camera_id: String,
    /// online, offline, error, new, recording or retired.
    pub(crate) status: String,
    #[schema(required, format = DateTime)]
    last_seen: Option<String>,
    /// Those who came in less those who went out since the last reset before asOf. Null before anything was heard, and of a camera that
    /// has seen people pass and nobody come in or go out.
    #[schema(required)]
    occupancy: Option<i64>,
    /// On the day of asOf, by the clock of its zone: of an earlier day where nothing was heard today. Null before anything was
    /// heard.
    #[schema(required)]
    in_today: Option<i64>,
    /// The same of people out.
    #[schema(required)]
    out_today: Option<i64>,
    /// The same of people who passed counters that know no direction.
    #[schema(required)]
    pass_today: Option<i64>,
    /// The latest event time in these numbers; when it arrived, where its clock is ahead.
    #[schema(required, format = DateTime)]
    as_of: Option<String>,
    #[schema(required)]
    latency_ms: Option<f64>,
}

/// What is true now: everything (`snapshot`), or what changed (`delta`).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveMessage {
    /// snapshot or delta.
    pub(crate) r#type: &'static str,
    /// Name it with `since` to go on from here.
    pub(crate) seq: u64,
    #[schema(format = DateTime)]
    pub(crate) at: String,
    pub(crate) places: Vec<PlaceNowAnswer>,
    pub(crate) cameras: Vec<CameraNowAnswer>,
    /// Events per second over the last ten seconds; null in the first ten after a start, which are still being measured.
    #[schema(required)]
    pub(crate) throughput: Option<u64>,
}

impl LiveMessage {
    pub(crate) fn new(kind: &'static str, live: LiveView) -> Self {
        Self {
            r#type: kind,
            seq: live.seq,
            at: live.at.to_string(),
            places: live.places.into_iter().map(place).collect(),
            cameras: live.cameras.into_iter().map(camera).collect(),
            throughput: live.throughput,
        }
    }
}

/// A number of the present; none where nothing was heard that it could be told from.
fn known(now: &Now, number: i64) -> Option<i64> {
    now.as_of.map(|_| number)
}

/// A number of people inside; none where none is measured, either.
fn inside(now: &Now, people: i64) -> Option<i64> {
    known(now, people).filter(|_| now.measures_inside)
}

fn place(place: PlaceNow) -> PlaceNowAnswer {
    let now = &place.now;
    PlaceNowAnswer {
        place_id: place.place.to_string(),
        occupancy: inside(now, now.occupancy),
        raw_occupancy: inside(now, now.raw_occupancy),
        in_today: known(now, now.in_today),
        out_today: known(now, now.out_today),
        pass_today: known(now, now.pass_today),
        capacity: place.capacity,
        as_of: now.as_of.map(|at| at.to_string()),
        coverage: place.coverage,
    }
}

fn camera(camera: CameraNow) -> CameraNowAnswer {
    let now = &camera.now;
    CameraNowAnswer {
        camera_id: camera.camera.to_string(),
        status: status_word(camera.status).to_owned(),
        last_seen: now.last_heard.map(|at| at.to_string()),
        occupancy: inside(now, now.occupancy),
        in_today: known(now, now.in_today),
        out_today: known(now, now.out_today),
        pass_today: known(now, now.pass_today),
        as_of: now.as_of.map(|at| at.to_string()),
        latency_ms: now.latency.map(|micros| micros as f64 / 1_000.0),
    }
}

/// A ticket for the live socket, good once, for half a minute.
#[utoipa::path(post, path = "/api/v1/live/ticket", tag = "live", responses(
    (status = 200, body = TicketAnswer), (status = 429, body = ProblemDocument)))]
async fn ticket(face: Shared, signed_in: SignedIn) -> Result<Json<TicketAnswer>, Problem> {
    let lasts = face.settings.ticket_lasts;
    let ticket = face
        .tickets
        .give(signed_in.0.token.reveal(), face.app.now(), lasts)?;
    Ok(Json(TicketAnswer {
        ticket: ticket.reveal().to_owned(),
        expires_in_seconds: lasts.as_secs(),
    }))
}

/// Everything as it is now: for those who cannot hold a socket.
#[utoipa::path(get, path = "/api/v1/live/snapshot", tag = "live", responses((status = 200, body = LiveMessage)))]
async fn snapshot(face: Shared, signed_in: SignedIn) -> Result<Json<LiveMessage>, Problem> {
    Ok(Json(LiveMessage::new(
        "snapshot",
        face.app.present(signed_in.actor()).await?,
    )))
}
