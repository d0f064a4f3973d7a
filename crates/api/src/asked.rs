//! Small JSON bodies: what people and programs ask for, read with a limit in bytes and time.

use crate::Face;
use crate::body::collect;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use throng_model::{Fault, FaultCode};

/// The body of a request, decoded.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Face>> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Arc<Face>) -> Result<Self, Problem> {
        // A form of another site can send text, but not this type.
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or("");
        if kind.split(';').next().unwrap_or("").trim() != "application/json" {
            let detail = format!("content type {kind:?} is not application/json");
            return Err(Fault::new(FaultCode::UnsupportedMedia, detail).into());
        }
        let read = collect(request.into_body(), face.settings.small_body_bytes_max, None);
        let slow = |_| Fault::new(FaultCode::ClientTooSlow, "the body did not arrive in time");
        let body = tokio::time::timeout(face.settings.body_time_max, read)
            .await
            .map_err(slow)??;
        let decoded = serde_json::from_slice(&body).map_err(|error| {
            let code = match error.classify() {
                serde_json::error::Category::Data => FaultCode::InvalidRequest,
                _ => FaultCode::MalformedJson,
            };
            Fault::new(code, error.to_string())
        });
        Ok(Self(decoded?))
    }
}
