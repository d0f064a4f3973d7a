//! What came in at the doors.

use crate::caller::SignedIn;
use crate::problem::{Problem, ProblemDocument};
use crate::{Face, Shared};
use axum::Json;
use serde::Serialize;
use std::sync::Arc;
use throng_model::invariant::{INVARIANTS, Invariant};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(counters))
}

/// Counts since the data folder was made. received = accepted + duplicate + quarantined.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IngestionAnswer {
    received: u64,
    accepted: u64,
    duplicate: u64,
    quarantined: u64,
    /// Accepted ones that came after their minute had closed and revised closed numbers.
    late: u64,
    /// Accepted ones that are in no number: they came more than `engine.lateness_days` after newer ones of their camera. They
    /// are kept in the log.
    too_late: u64,
    /// Accepted ones that are in no number: their camera was removed before they were counted. They are kept in the log.
    orphaned: u64,
    invariants: Vec<InvariantAnswer>,
}

/// What must hold at any time, and how often it was found broken since the server started. Anything but 0 is a fault of
/// Throng: please report it with the server's log.
#[derive(Serialize, ToSchema)]
struct InvariantAnswer {
    /// As in ARCHITECTURE.md: the 3 of I-3.
    number: u8,
    says: &'static str,
    broken: u64,
}

/// What came in at the doors, and whether the data plane is sound. Analysts and administrators.
#[utoipa::path(get, path = "/api/v1/ingestion", tag = "events", responses(
    (status = 200, body = IngestionAnswer), (status = 403, body = ProblemDocument)))]
async fn counters(face: Shared, signed_in: SignedIn) -> Result<Json<IngestionAnswer>, Problem> {
    let (counters, taken_up) = face.app.ingestion(signed_in.actor()).await?;
    Ok(Json(IngestionAnswer {
        received: counters.received,
        accepted: counters.accepted,
        duplicate: counters.duplicate,
        quarantined: counters.quarantined,
        late: taken_up.late,
        too_late: taken_up.too_late,
        orphaned: taken_up.orphaned,
        invariants: INVARIANTS.into_iter().map(answered).collect(),
    }))
}

fn answered(invariant: &Invariant) -> InvariantAnswer {
    InvariantAnswer {
        number: invariant.number,
        says: invariant.says,
        broken: invariant.broken(),
    }
}
