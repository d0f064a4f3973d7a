//! Refused events.

use super::events::EventOutcome;
use crate::body::collect;
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_model::{Fault, FaultCode};
use throng_ports::QuarantinedEvent;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(replay))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Entries after this one.
    after: Option<u64>,
    /// Of this code only.
    code: Option<String>,
    /// At most so many, up to 1,000. Default 100.
    limit: Option<usize>,
}

/// A refused event.
#[derive(Serialize, ToSchema)]
struct QuarantinedAnswer {
    entry: u64,
    #[schema(format = DateTime)]
    received: String,
    /// The camera it claims to be from.
    #[schema(required)]
    camera: Option<String>,
    code: String,
    detail: String,
    /// The event as it came; bytes that are not UTF-8 are replaced.
    body: String,
}

/// Refused events, oldest first.
#[derive(Serialize, ToSchema)]
struct QuarantineAnswer {
    entries: Vec<QuarantinedAnswer>,
    /// Pass it as `after` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// Lists refused events that were not replayed yet. Administrators only.
#[utoipa::path(get, operation_id = "list_quarantine", path = "/api/v1/quarantine", tag = "quarantine", params(ListQuery), responses(
    (status = 200, body = QuarantineAnswer), (status = 401, body = ProblemDocument), (status = 403, body = ProblemDocument)))]
async fn list(
    face: Shared,
    signed_in: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<QuarantineAnswer>, Problem> {
    let code = query.code.map(|code| {
        let known = FaultCode::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == code);
        known.ok_or_else(|| Fault::new(FaultCode::InvalidRequest, format!("code {code:?} is unknown")))
    });
    let limit = query
        .limit
        .unwrap_or(100)
        .clamp(1, throng_app::quarantine::PAGE_MAX);
    let entries = face
        .app
        .list_quarantine(
            signed_in.actor(),
            query.after.unwrap_or(0),
            code.transpose()?,
            limit,
        )
        .await?;
    let next = if entries.len() == limit {
        entries.last().map(|last| last.entry)
    } else {
        None
    };
    let answer = |event: QuarantinedEvent| QuarantinedAnswer {
        entry: event.entry,
        received: event.received.to_string(),
        camera: event.camera,
        code: event.code.as_str().to_owned(),
        detail: event.detail,
        body: String::from_utf8_lossy(&event.body).into_owned(),
    };
    Ok(Json(QuarantineAnswer {
        entries: entries.into_iter().map(answer).collect(),
        next,
    }))
}

/// Hands a refused event in again: as it was, or, with a body, corrected. Administrators only.
#[utoipa::path(post, path = "/api/v1/quarantine/{entry}/replay", tag = "quarantine", params(("entry" = u64, Path)),
    request_body(content = Option<String>, description = "The corrected event, or nothing", content_type = "application/json"), responses(
    (status = 200, body = EventOutcome), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn replay(
    face: Shared,
    signed_in: SignedIn,
    Path(entry): Path<u64>,
    body: Body,
) -> Result<Json<EventOutcome>, Problem> {
    let corrected = collect(body, face.settings.small_body_bytes_max, None).await?;
    let corrected = (!corrected.is_empty()).then_some(corrected);
    let outcome = face.app.replay(signed_in.actor(), entry, corrected).await?;
    Ok(Json(EventOutcome::new(None, outcome)))
}
