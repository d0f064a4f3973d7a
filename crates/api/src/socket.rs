//! WebSockets: the live feed, and the door for cameras that keep a connection.

mod ingest;
mod live;

use crate::Face;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use std::sync::Arc;
use std::time::Duration;
use throng_model::{Fault, FaultCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().merge(live::routes()).merge(ingest::routes())
}

/// Why a socket is closed. Above 4000 the last three digits are those of HTTP.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goodbye {
    /// The other side has gone, or said so first.
    Gone = 1000,
    /// This server ends.
    Ending = 1001,
    /// A frame that is too large or against the protocol.
    BadFrame = 1002,
    /// Not a text frame.
    NotText = 1003,
    /// A defect of ours, or a watcher that does not read.
    Failed = 1011,
    /// The session or key is missing, unknown or has ended.
    SignInAgain = 4401,
    /// Nothing came for too long.
    TooSlow = 4408,
}

/// Says goodbye and lets go.
async fn close(mut socket: WebSocket, goodbye: Goodbye, reason: &'static str) {
    let frame = CloseFrame {
        code: goodbye as u16,
        reason: reason.into(),
    };
    // The connection may be gone already; there is nobody left to tell.
    let said = socket.send(Message::Close(Some(frame)));
    let _ = tokio::time::timeout(Duration::from_secs(1), said).await;
}

/// A place among the sockets that may be open at once. When the next one closes nobody knows; `dead_within` is the time in
/// which one that holds its place without a right to it is found out.
fn admit(places: &Arc<Semaphore>, dead_within: Duration) -> Result<OwnedSemaphorePermit, Fault> {
    let place = Arc::clone(places).try_acquire_owned();
    place.map_err(|_| Fault::new(FaultCode::RateLimited, "too many open sockets").retry_after(dead_within))
}
