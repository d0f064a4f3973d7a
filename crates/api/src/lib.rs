//! The face of Throng: REST, WebSocket, the dashboard's files. It decodes, asks the control plane, and encodes; it
//! decides nothing.
//!
//! A route cannot exist outside the OpenAPI document: handlers are registered with the document they describe. Errors
//! are problem documents (RFC 9457) made in one place from the one list of faults.

mod asked;
mod body;
mod caller;
mod error_pages;
mod listen;
mod pages;
mod patch;
mod problem;
mod rest;
mod settings;
mod socket;
mod ticket;

pub use listen::{serve, serve_on};
pub use settings::ApiSettings;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, StatusCode};
use axum::middleware;
use axum::routing::get;
use body::EventBody;
use problem::Problem;
use std::sync::Arc;
use throng_app::App;
use throng_model::{Fault, FaultCode};
use throng_ports::{Receipt, Sender};
use ticket::Tickets;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

/// What every handler stands on.
pub(crate) struct Face {
    pub app: Arc<App>,
    pub settings: ApiSettings,
    pub tickets: Tickets,
    /// Memory for bodies with events.
    pub bodies: body::Budget,
    /// Requests and batches with events that the intake works on.
    pub event_requests: Arc<Semaphore>,
    /// Open ingestion sockets.
    pub ingest_sockets: Arc<Semaphore>,
    /// Those among them that have not shown a key.
    pub strangers: Arc<Semaphore>,
    /// Open live sockets.
    pub live_sockets: Arc<Semaphore>,
    /// The OpenAPI document of this very build.
    pub document: utoipa::openapi::OpenApi,
}

impl Face {
    /// Waits for a turn at the intake.
    pub async fn turn(&self) -> Result<Turn, Fault> {
        let turn = Arc::clone(&self.event_requests).acquire_owned().await;
        turn.map_err(|_| Fault::internal("the door has ended"))
    }

    /// Hands events in. Once begun it goes to its end, whether the sender waits for the answer or hangs up: half a batch
    /// would be ids that are known and events that are neither counted nor sent again.
    ///
    /// Thousands of events are parsed and looked up in the store without a pause, so a large batch is handed in from a thread
    /// that may be blocked. The turns bound how many of these there are.
    pub async fn hand_in(&self, turn: Turn, sender: Sender, events: EventBody) -> Result<Receipt, Fault> {
        let app = Arc::clone(&self.app);
        let large = events.is_large();
        let to_the_end = async move {
            let receipt = app.intake().submit(&sender, events.events()).await;
            drop(turn);
            receipt
        };
        let handed_in = if large {
            let runtime = Handle::current();
            spawn_blocking(move || runtime.block_on(to_the_end)).await
        } else {
            tokio::spawn(to_the_end).await
        };
        handed_in.map_err(|error| Fault::internal(format!("taking events: {error}")))?
    }
}

/// A turn at the intake, until it is dropped.
pub(crate) type Turn = OwnedSemaphorePermit;

pub(crate) type Shared = axum::extract::State<Arc<Face>>;

#[derive(utoipa::OpenApi)]
#[openapi(
    components(schemas(problem::ProblemDocument)),
    info(
        title = "Throng",
        description = "People counting that people trust. Times are RFC 3339 in UTC; ranges are half-open; null means no data, which is not zero. Errors are problem documents (RFC 9457) with a stable code.",
    )
)]
struct Document;

fn documented() -> (Router<Arc<Face>>, utoipa::openapi::OpenApi) {
    let (routes, document) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(rest::routes())
        .merge(socket::routes())
        .split_for_parts();
    (routes, rest::add_problems(document))
}

/// The OpenAPI document, generated from the handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().1
}

/// The whole face as one service.
pub fn router(app: Arc<App>, settings: ApiSettings) -> Router {
    let (routes, document) = documented();
    let face = Arc::new(Face {
        app,
        tickets: Tickets::default(),
        bodies: body::Budget::new(settings.bodies_bytes_max),
        event_requests: Arc::new(Semaphore::new(settings.event_requests_max)),
        ingest_sockets: Arc::new(Semaphore::new(settings.ingest_sockets_max)),
        strangers: Arc::new(Semaphore::new(settings.strangers_max)),
        live_sockets: Arc::new(Semaphore::new(settings.live_sockets_max)),
        settings,
        document,
    });
    // Outside of the document and open to everybody: what a browser needs before anybody is signed in.
    let routes = routes
        .route("/help/errors/{code}", get(error_pages::page))
        .route("/api/{*rest}", axum::routing::any(no_such_address))
        .fallback(pages::page)
        .method_not_allowed_fallback(async || {
            Problem::from(Fault::new(
                FaultCode::InvalidRequest,
                "this address does not take that method",
            ))
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
        });
    guarded(routes).with_state(face)
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Numbers every request, and answers whatever goes wrong in one shape.
fn guarded<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        // Inside of the numbering, so that a defect is logged and its answer carries the request's number.
        .layer(CatchPanicLayer::custom(problem::after_panic))
        .layer(middleware::from_fn(problem::number_problems))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(middleware::map_request(without_number))
}

/// A number of the client's own is not kept: it could be that of another request in the log.
async fn without_number(mut request: Request) -> Request {
    request.headers_mut().remove(REQUEST_ID);
    request
}

async fn no_such_address() -> Problem {
    Fault::new(FaultCode::NotFound, "there is nothing at this address of the API").into()
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may fail loudly"
    )]

    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::HeaderValue;
    use tower::ServiceExt as _;

    async fn broken() {
        panic!("secret detail")
    }

    #[tokio::test]
    async fn nobody_chooses_the_number_of_his_request() {
        let routes = guarded(Router::new().route("/", get(async || "fine")));
        let mut request = Request::new(Body::empty());
        let chosen = HeaderValue::from_static("another-request");
        request.headers_mut().append("x-request-id", chosen.clone());
        request.headers_mut().append("x-request-id", chosen.clone());
        let answer = routes.oneshot(request).await.expect("answers");
        let numbers: Vec<_> = answer.headers().get_all("x-request-id").into_iter().collect();
        assert_eq!(numbers.len(), 1);
        assert_ne!(numbers[0], chosen);
    }

    #[tokio::test]
    async fn a_panic_is_a_numbered_problem_that_gives_nothing_away() {
        let routes = guarded(Router::new().route("/", get(broken)));
        let answer = routes
            .oneshot(Request::new(Body::empty()))
            .await
            .expect("answers");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let number = answer.headers()["x-request-id"].clone();
        let body = to_bytes(answer.into_body(), 4_096).await.expect("in memory");
        let problem: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(problem["requestId"], number.to_str().expect("text"));
        assert_eq!(problem["code"], "internal");
        assert!(!problem.to_string().contains("secret detail"));
    }
}
