//! What the counters of a camera did that was not plain counting.

use crate::asked::Placed;
use crate::caller::SignedIn;
use crate::problem::Problem;
use crate::{Face, Shared};
use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use std::sync::Arc;
use throng_model::counter::{CounterNow, Happening, People};
use throng_model::event::ResetReason;
use throng_model::{CameraId, TimeRange};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(counters))
}

/// A camera's counters that need memory: cumulative ones and those that report windows. Both are remembered for the lateness the
/// engine allows, up to 1,024 readings or windows of each.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CountersAnswer {
    camera_id: String,
    /// Those that were heard of.
    counters: Vec<CounterAnswer>,
    /// Reports refused because the camera has more than 64 counters; their people are not counted.
    refused_counters: u64,
}

/// A counter.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CounterAnswer {
    counter_id: String,
    /// cumulative or window.
    semantics: String,
    /// How often it said the same reading, or a window it had said, again. Nobody is counted twice for it.
    said_again: u64,
    /// Reports of windows whose people are not counted, because they overlap one that was said first or come from before
    /// everything that is remembered.
    refused: u64,
    /// Oldest first, the newest 100.
    happenings: Vec<HappeningAnswer>,
    /// How many older ones are remembered, too.
    left_out: u64,
}

/// Something a counter did that was not plain counting.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HappeningAnswer {
    /// reset: it began again or was set. wrapped: its register went past its end. wrapped_or_reset, reset_or_wrapped: taken for
    /// the first. unexplained: it leapt or fell as no counter does, and nobody is counted. said_again: a window was said more
    /// than once, the report sent last counts. overlap: a window overlaps one that was said first, and is not counted.
    kind: &'static str,
    /// Of a window its start; otherwise when the counter was read before.
    #[schema(format = DateTime)]
    from: String,
    /// Of a window its end; otherwise when it was read again.
    #[schema(format = DateTime)]
    to: String,
    /// Why it was reset, where that was announced: schedule, manual, device, drift or max_dwell.
    #[schema(required)]
    reason: Option<ResetReasonAnswer>,
    /// Who is counted for this time.
    counted: PeopleAnswer,
    /// Who would be counted were it the other thing it could be: the leap believed, the reset a wrap, the refused window counted.
    /// Null where nobody can know: whom a counter saw between its last reading and its reset is lost.
    #[schema(required)]
    otherwise: Option<PeopleAnswer>,
    /// Of an overlap: the window that counts in its place.
    #[schema(required)]
    instead: Option<SpanAnswer>,
}

/// Why a counter was reset.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ResetReasonAnswer {
    Schedule,
    Manual,
    Device,
    Drift,
    MaxDwell,
}

/// People.
#[derive(Serialize, ToSchema)]
struct PeopleAnswer {
    #[serde(rename = "in")]
    people_in: u64,
    out: u64,
    /// Direction unknown.
    pass: u64,
}

/// From when to when, half-open.
#[derive(Serialize, ToSchema)]
struct SpanAnswer {
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    to: String,
}

/// What a camera's counters did that was not plain counting: resets, wraps, leaps, repetitions, refused windows.
#[utoipa::path(get, operation_id = "camera_counters", path = "/api/v1/cameras/{cameraId}/counters", tag = "hierarchy", params(("cameraId" = String, Path)), responses(
    (status = 200, body = CountersAnswer)))]
async fn counters(
    face: Shared,
    signed_in: SignedIn,
    Path(camera): Path<String>,
) -> Result<Json<CountersAnswer>, Problem> {
    let id = CameraId::new(&camera).parameter("cameraId")?;
    let told = face.app.camera_counters(signed_in.actor(), &id).await?;
    Ok(Json(CountersAnswer {
        camera_id: camera,
        counters: told.counters.into_iter().map(counter).collect(),
        refused_counters: told.refused_counters,
    }))
}

fn counter(counter: CounterNow) -> CounterAnswer {
    CounterAnswer {
        counter_id: counter.counter.to_string(),
        semantics: counter.semantics.to_string(),
        said_again: counter.said_again,
        refused: counter.refused,
        happenings: counter.happenings.iter().map(happening).collect(),
        left_out: counter.left_out,
    }
}

fn happening(happening: &Happening) -> HappeningAnswer {
    let span = span(happening.over);
    HappeningAnswer {
        kind: happening.kind.as_str(),
        from: span.from,
        to: span.to,
        reason: happening.reason.map(reason),
        counted: people(happening.counted),
        otherwise: happening.otherwise.map(people),
        instead: happening.instead.map(self::span),
    }
}

fn reason(reason: ResetReason) -> ResetReasonAnswer {
    match reason {
        ResetReason::Schedule => ResetReasonAnswer::Schedule,
        ResetReason::Manual => ResetReasonAnswer::Manual,
        ResetReason::Device => ResetReasonAnswer::Device,
        ResetReason::Drift => ResetReasonAnswer::Drift,
        ResetReason::MaxDwell => ResetReasonAnswer::MaxDwell,
    }
}

fn people([people_in, out, pass]: People) -> PeopleAnswer {
    PeopleAnswer { people_in, out, pass }
}

fn span(over: TimeRange) -> SpanAnswer {
    SpanAnswer {
        from: over.start.to_string(),
        to: over.end.to_string(),
    }
}
