//! Faults as problem documents (RFC 9457): one shape for everything that goes wrong.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use throng_model::flaw::{Flaw, FlawPlace};
use throng_model::{Blame, Fault, FaultCode};

/// A fault on its way out.
#[derive(Debug)]
pub(crate) struct Problem {
    fault: Fault,
    status: StatusCode,
}

/// The document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProblemDocument {
    /// The help page of this kind of problem.
    pub r#type: String,
    /// The kind of problem, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What exactly was wrong.
    pub detail: String,
    /// The kind of problem, for programs. Never changes its meaning.
    pub code: String,
    /// After how many whole seconds the same request can succeed, as in the `Retry-After` header; missing where the server
    /// does not know: then wait longer after each try.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub retry_after_seconds: Option<u32>,
    /// What exactly is wrong with the request, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FlawAnswer>,
    /// Names this request in the server's log.
    pub request_id: String,
}

/// One thing that is wrong with a request: in a field of the body or in a parameter.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FlawAnswer {
    /// JSON pointer (RFC 6901) to the field of the body; empty for the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The parameter of the path or query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// missing, unknown, repeated, wrong_type, malformed, not_listed, out_of_range, too_short, too_long or other.
    pub reason: &'static str,
    /// What exactly was wrong, for people.
    pub detail: String,
}

impl From<&Flaw> for FlawAnswer {
    fn from(flaw: &Flaw) -> Self {
        let (pointer, parameter) = match flaw.place.clone() {
            Some(FlawPlace::Field(pointer)) => (Some(pointer), None),
            Some(FlawPlace::Parameter(name)) => (None, Some(name)),
            None => (None, None),
        };
        Self {
            pointer,
            parameter,
            reason: flaw.reason.as_str(),
            detail: flaw.detail.clone(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { fault, status }
    }
}

impl Problem {
    /// The same problem under a status the protocol asks for.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, ()).into_response();
        if let Some(seconds) = self.fault.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds.get()));
        }
        // Written out by `number_problems`, which knows the request's number.
        response.extensions_mut().insert(self.fault);
        response
    }
}

/// Writes the problem document of a failed request, with its number; also for failures that the framework found.
pub(crate) async fn number_problems(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or("")
        .to_owned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status();
    let fault = match response.extensions().get::<Fault>() {
        Some(fault) => fault.clone(),
        None if status.is_client_error() || status.is_server_error() => {
            return framework_problem(response, id).await;
        }
        None => return response,
    };
    if fault.code.blame() != Blame::User {
        // Logged once, here. The path names no secret: keys and tokens travel in headers.
        tracing::error!(%method, path, code = %fault.code, detail = fault.detail, request = id, "request failed");
    }
    document(response, &fault, status, id)
}

/// Rejections of the framework (a missing parameter, a wrong content type) say what is wrong in plain text.
async fn framework_problem(response: Response, id: String) -> Response {
    let status = response.status();
    let (parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, 4_096)
        .await
        .unwrap_or_else(|_| Bytes::new());
    let detail = String::from_utf8_lossy(&text).into_owned();
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => FaultCode::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => FaultCode::UnsupportedMedia,
        status if status.is_server_error() => FaultCode::Internal,
        _ => FaultCode::InvalidRequest,
    };
    document(
        Response::from_parts(parts, Body::empty()),
        &Fault::new(code, detail),
        status,
        id,
    )
}

fn document(mut response: Response, fault: &Fault, status: StatusCode, request_id: String) -> Response {
    let document = ProblemDocument {
        r#type: format!("/help/errors/{}", fault.code),
        title: fault.code.title().to_owned(),
        status: status.as_u16(),
        detail: fault.detail.clone(),
        code: fault.code.as_str().to_owned(),
        retry_after_seconds: fault.retry_after_s.map(u32::from),
        errors: fault.flaws.iter().map(FlawAnswer::from).collect(),
        request_id,
    };
    let text = serde_json::to_string(&document).unwrap_or_default();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    *response.body_mut() = Body::from(text);
    response
}

/// A panic is our defect; the client learns no more than that, and the number under which the log knows it.
pub(crate) fn after_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response<Body> {
    Problem::from(Fault::internal("the request ran into a defect")).into_response()
}
