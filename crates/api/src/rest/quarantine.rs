//! Refused events: listed, looked at, downloaded, corrected and replayed (ING-7).

use super::events::EventOutcome;
use crate::asked::{Placed, Query};
use crate::body::collect;
use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_app::quarantine::{Download, Filter};
use throng_model::{Fault, FaultCode, Reason};
use throng_ports::QuarantinedEvent;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(download))
        .routes(routes!(look))
        .routes(routes!(replay))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Entries after this one.
    after: Option<u64>,
    /// Of this code only.
    code: Option<String>,
    /// Also those that were replayed. Default false.
    replayed: Option<bool>,
    /// At most so many, up to 1,000. Default 100.
    limit: Option<usize>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DownloadQuery {
    /// Entries after this one.
    after: Option<u64>,
    /// Of this code only.
    code: Option<String>,
    /// Also those that were replayed. Default false.
    replayed: Option<bool>,
}

/// A refused event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct QuarantinedAnswer {
    entry: u64,
    #[schema(format = DateTime)]
    received: String,
    /// The camera it claims to be from.
    #[schema(required)]
    camera: Option<String>,
    code: String,
    detail: String,
    /// The event as it came, up to 64 KiB of it; bytes that are not UTF-8 are replaced.
    body: String,
    /// Where it is not UTF-8: its bytes, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_hex: Option<String>,
    /// When it was replayed with success.
    #[schema(required, format = DateTime)]
    replayed: Option<String>,
    /// How often it was replayed and refused again.
    attempts: u32,
    /// When it was refused the last time it was replayed, and why; null where it never was.
    #[schema(required)]
    refused_again: Option<RefusedAgain>,
}

/// A replay that was refused. What was handed in may have been a correction.
#[derive(Serialize, ToSchema)]
struct RefusedAgain {
    #[schema(format = DateTime)]
    at: String,
    code: String,
    detail: String,
}

/// Refused events, oldest first.
#[derive(Serialize, ToSchema)]
struct QuarantineAnswer {
    entries: Vec<QuarantinedAnswer>,
    /// Pass it as `after` to go on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

fn answer(event: QuarantinedEvent) -> QuarantinedAnswer {
    let (body, body_hex) = match String::from_utf8(event.body) {
        Ok(text) => (text, None),
        Err(error) => {
            let bytes = error.as_bytes();
            let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            (String::from_utf8_lossy(bytes).into_owned(), Some(hex))
        }
    };
    QuarantinedAnswer {
        entry: event.entry,
        received: event.received.to_string(),
        camera: event.camera,
        code: event.code.as_str().to_owned(),
        detail: event.detail,
        body,
        body_hex,
        replayed: event.replayed.map(|at| at.to_string()),
        attempts: event.attempts,
        refused_again: event.refused_again.map(|refused| RefusedAgain {
            at: refused.at.to_string(),
            code: refused.code.as_str().to_owned(),
            detail: refused.detail,
        }),
    }
}

fn filter(after: Option<u64>, code: Option<&str>, replayed: Option<bool>) -> Result<Filter, Fault> {
    let known = |code: &str| {
        let known = FaultCode::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == code);
        known.ok_or_else(|| {
            Fault::invalid(Reason::NotListed, format!("code {code:?} is unknown")).in_parameter("code")
        })
    };
    Ok(Filter {
        after: after.unwrap_or(0),
        code: code.map(known).transpose()?,
        with_replayed: replayed.unwrap_or(false),
    })
}

fn number(entry: &str) -> Result<u64, Fault> {
    let wrong = |_| Fault::invalid(Reason::Malformed, format!("entry {entry:?} is not a number"));
    entry.parse().map_err(wrong).parameter("entry")
}

/// Lists refused events. Administrators only.
#[utoipa::path(get, operation_id = "list_quarantine", path = "/api/v1/quarantine", tag = "quarantine", params(ListQuery), responses(
    (status = 200, body = QuarantineAnswer), (status = 403, body = ProblemDocument)))]
async fn list(
    face: Shared,
    signed_in: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Json<QuarantineAnswer>, Problem> {
    let filter = filter(query.after, query.code.as_deref(), query.replayed)?;
    let limit = query
        .limit
        .unwrap_or(100)
        .clamp(1, throng_app::quarantine::PAGE_MAX);
    let entries = face.app.list_quarantine(signed_in.actor(), filter, limit).await?;
    let next = if entries.len() == limit {
        entries.last().map(|last| last.entry)
    } else {
        None
    };
    Ok(Json(QuarantineAnswer {
        entries: entries.into_iter().map(answer).collect(),
        next,
    }))
}

/// All refused events as NDJSON, one entry a line as in the list, oldest first. Administrators only.
///
/// There is no limit; a download that breaks off goes on with `after`.
#[utoipa::path(get, operation_id = "download_quarantine", path = "/api/v1/quarantine/download", tag = "quarantine", params(DownloadQuery), responses(
    (status = 200, body = QuarantinedAnswer, content_type = "application/x-ndjson"), (status = 403, body = ProblemDocument)))]
async fn download(
    face: Shared,
    signed_in: SignedIn,
    Query(query): Query<DownloadQuery>,
) -> Result<Response, Problem> {
    let filter = filter(query.after, query.code.as_deref(), query.replayed)?;
    let download = face.app.download_quarantine(signed_in.actor(), filter).await?;
    // A fault in the middle breaks the connection off: the end of the body would say that this was all.
    let pages = futures_util::stream::try_unfold(download, async |mut download: Download| {
        let page = download.next().await?;
        Ok::<_, Fault>(lines(page)?.map(|lines| (lines, download)))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"quarantine.ndjson\"",
        ),
    ];
    Ok((headers, Body::from_stream(pages)).into_response())
}

/// A page as text; none where it is empty.
fn lines(page: Vec<QuarantinedEvent>) -> Result<Option<Vec<u8>>, Fault> {
    if page.is_empty() {
        return Ok(None);
    }
    let mut text = Vec::new();
    for event in page {
        serde_json::to_writer(&mut text, &answer(event))
            .map_err(|error| Fault::internal(error.to_string()))?;
        text.push(b'\n');
    }
    Ok(Some(text))
}

/// One refused event, replayed or not. Administrators only.
#[utoipa::path(get, operation_id = "quarantine_entry", path = "/api/v1/quarantine/{entry}", tag = "quarantine", params(("entry" = u64, Path)), responses(
    (status = 200, body = QuarantinedAnswer), (status = 403, body = ProblemDocument)))]
async fn look(
    face: Shared,
    signed_in: SignedIn,
    Path(entry): Path<String>,
) -> Result<Json<QuarantinedAnswer>, Problem> {
    let event = face.app.quarantined(signed_in.actor(), number(&entry)?).await?;
    Ok(Json(answer(event)))
}

/// Hands a refused event in again: as it was, or, with a body, corrected. Refused again, it stays the entry it is. Administrators only.
#[utoipa::path(post, path = "/api/v1/quarantine/{entry}/replay", tag = "quarantine", params(("entry" = u64, Path)),
    request_body(content = Option<String>, description = "The corrected event, or nothing", content_type = "application/json"), responses(
    (status = 200, body = EventOutcome), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
async fn replay(
    face: Shared,
    signed_in: SignedIn,
    Path(entry): Path<String>,
    body: Body,
) -> Result<Json<EventOutcome>, Problem> {
    let corrected = collect(body, face.settings.small_body_bytes_max, None, &face).await?;
    let corrected = (!corrected.is_empty()).then_some(corrected);
    let entry = number(&entry)?;
    // To its end even when the caller hangs up: an event must not be handed in and its entry left waiting.
    let app = Arc::clone(&face.app);
    let replayed = tokio::spawn(async move { app.replay(signed_in.actor(), entry, corrected).await }).await;
    let (id, outcome) = replayed.map_err(|error| Fault::internal(format!("replaying: {error}")))??;
    Ok(Json(EventOutcome::new(id, outcome)))
}
