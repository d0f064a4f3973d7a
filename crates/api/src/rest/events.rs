//! The main door (ING-1): events by POST.

use crate::asked::Query;
use crate::body::Packed;
use crate::caller::{camera_key, key_needed};
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use axum::body::Body;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use throng_model::{Fault, FaultCode, Reason};
use throng_ports::{Outcome, Receipt, Sender};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(submit))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SubmitQuery {
    /// `all` (default) names every event, `summary` only those that were not accepted, or count in no number.
    answer: Option<String>,
}

/// What became of one event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventOutcome {
    /// Its id, where one could be read.
    #[schema(required)]
    id: Option<uuid::Uuid>,
    /// accepted, duplicate or quarantined.
    outcome: &'static str,
    /// Why it was quarantined, or `too_late` where it was accepted and is in no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Its entry in the quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
}

impl EventOutcome {
    pub(super) fn new(id: Option<uuid::Uuid>, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted => Self {
                id,
                outcome: "accepted",
                code: None,
                detail: None,
                entry: None,
            },
            Outcome::TooLate { detail } => Self {
                id,
                outcome: "accepted",
                code: Some(FaultCode::TooLate.as_str()),
                detail: Some(detail),
                entry: None,
            },
            Outcome::Duplicate => Self {
                id,
                outcome: "duplicate",
                code: None,
                detail: None,
                entry: None,
            },
            Outcome::Quarantined { code, detail, entry } => Self {
                id,
                outcome: "quarantined",
                code: Some(code.as_str()),
                detail: Some(detail),
                entry: Some(entry),
            },
        }
    }
}

/// What became of a batch. received = accepted + duplicate + quarantined.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptAnswer {
    received: usize,
    accepted: usize,
    duplicate: usize,
    quarantined: usize,
    /// Of the accepted ones, those that are in no number: more than `engine.lateness_days` behind newer ones of their camera.
    #[serde(rename = "tooLate")]
    too_late: usize,
    /// In the order they came.
    events: Vec<EventOutcome>,
}

impl ReceiptAnswer {
    pub(crate) fn new(receipt: Receipt, all: bool) -> Self {
        let (accepted, duplicate, quarantined) = receipt.counts();
        let received = receipt.events.len();
        let too_late = receipt.too_late();
        let named = receipt
            .events
            .into_iter()
            .filter(|(_, outcome)| all || *outcome != Outcome::Accepted);
        Self {
            received,
            accepted,
            duplicate,
            quarantined,
            too_late,
            events: named
                .map(|(id, outcome)| EventOutcome::new(id, outcome))
                .collect(),
        }
    }
}

/// Takes events: one JSON object, an array, or NDJSON; optionally gzip. Answers when every accepted event is durable.
///
/// An event that cannot be counted does not fail the request: it is quarantined, and the answer says why.
#[utoipa::path(post, path = "/api/v1/events", tag = "events",
    params(SubmitQuery, ("Content-Encoding" = Option<String>, Header, description = "`gzip`, or `identity` where nothing is said")),
    request_body(description = "Canonical events, version 1: one object or an array, or as NDJSON one object a line",
        content((String = "application/json"), (String = "application/x-ndjson"), (String = "application/jsonl"))), responses(
    (status = 200, body = ReceiptAnswer), (status = 408, body = ProblemDocument), (status = 429, body = ProblemDocument), (status = 507, body = ProblemDocument)))]
async fn submit(
    face: Shared,
    Query(query): Query<SubmitQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ReceiptAnswer>, Problem> {
    let all = match query.answer.as_deref() {
        None | Some("all") => true,
        Some("summary") => false,
        Some(other) => {
            let detail = format!("answer {other:?} is not all or summary");
            return Err(Fault::invalid(Reason::NotListed, detail)
                .in_parameter("answer")
                .into());
        }
    };
    // The key before the body: a stranger must not make us read ten megabytes. The turn after it: a slow sender must not
    // keep others from theirs.
    let key = camera_key(&headers).ok_or_else(key_needed)?;
    let sender = Sender::Key(face.app.key_of(&key).await?);
    let packed = Packed::read(&headers, body, &face).await?;
    let turn = face.turn().await?;
    let body = packed.open(&face).await?;
    Ok(Json(ReceiptAnswer::new(
        face.hand_in(turn, sender, body).await?,
        all,
    )))
}
