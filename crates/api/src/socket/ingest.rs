//! The door for cameras that keep a connection (ING-2): a batch a frame, an answer a batch.
//!
//! A batch is acknowledged after it is durable, in order. One batch is worked on at a time: while it waits for the
//! disk, the socket is not read, and the sender feels it (back-pressure).

use crate::body::EventBody;
use crate::caller::camera_key;
use crate::problem::{Problem, ProblemDocument};
use crate::rest::events::ReceiptAnswer;
use crate::{Face, Shared};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;
use throng_app::Secret;
use throng_model::Fault;
use throng_ports::Sender;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// A batch with a name of the sender's choice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedBatch<'a> {
    #[serde(borrow)]
    batch: &'a RawValue,
    #[serde(borrow)]
    events: &'a RawValue,
}

/// The answer to a batch.
#[derive(Serialize)]
struct Acknowledgement<'a> {
    /// The name the batch came with, or its number on this connection.
    batch: &'a RawValue,
    #[serde(flatten)]
    result: BatchResult,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BatchResult {
    Done(ReceiptAnswer),
    /// Nothing of the batch was kept.
    Failed {
        code: &'static str,
        detail: String,
    },
}

/// Takes batches over a WebSocket: each text frame is an array of events, NDJSON, or `{"batch": name, "events": [...]}`;
/// each is answered with what became of it, after it is durable.
#[utoipa::path(get, operation_id = "ingest_socket", path = "/api/v1/ingest", tag = "events", responses((status = 101, description = "Batches in, acknowledgements out"), (status = 401, body = ProblemDocument)))]
async fn connect(face: Shared, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Result<Response, Problem> {
    let key = camera_key(&headers)?;
    face.app.key_of(&key).await?;
    let (face, limit) = (Arc::clone(&face), face.settings.body_bytes_max);
    Ok(upgrade
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| serve(face, key, socket)))
}

async fn serve(face: Arc<Face>, key: Secret, mut socket: WebSocket) {
    let mut number = 0_u64;
    while let Some(Ok(message)) = socket.recv().await {
        let text = match &message {
            Message::Text(text) => text.as_str(),
            Message::Binary(_) => {
                let frame = CloseFrame {
                    code: 1003,
                    reason: "batches are text frames".into(),
                };
                // The sender may be gone already.
                let _ = socket.send(Message::Close(Some(frame))).await;
                return;
            }
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => continue,
        };
        number += 1;
        let Some(answer) = answer(&face, &key, text, number).await else {
            return;
        };
        let sent = tokio::time::timeout(
            face.settings.socket_write_time_max,
            socket.send(Message::Text(answer.into())),
        )
        .await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

async fn answer(face: &Face, key: &Secret, text: &str, number: u64) -> Option<String> {
    let counted = serde_json::value::to_raw_value(&number).ok()?;
    let named: Option<NamedBatch<'_>> = serde_json::from_str(text).ok();
    let (name, events) = named.map_or((&*counted, text), |named| (named.batch, named.events.get()));
    let result = match take(face, key, events).await {
        Ok(done) => BatchResult::Done(done),
        Err(fault) => BatchResult::Failed {
            code: fault.code.as_str(),
            detail: fault.detail,
        },
    };
    serde_json::to_string(&Acknowledgement { batch: name, result }).ok()
}

async fn take(face: &Face, key: &Secret, text: &str) -> Result<ReceiptAnswer, Fault> {
    // Asked for every batch: a key that was ended must not live on in an open connection.
    let sender = Sender::Key(face.app.key_of(key).await?);
    let body = EventBody::of_text(text);
    let events = body.split(face.settings.events_max)?;
    Ok(ReceiptAnswer::new(
        face.app.intake().submit(&sender, events).await?,
        false,
    ))
}
