//! WebSockets: the live feed, and the door for cameras that keep a connection.
//!
//! Whatever makes this side close a socket is said in a close frame, with a code and a sentence; 1006 is what is left for broken
//! lines. That the frame arrives although unread bytes wait is the work of the listener.

mod ingest;
mod live;

use crate::Face;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt as _;
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
    /// A frame against the protocol.
    BadFrame = 1002,
    /// Not a text frame.
    NotText = 1003,
    /// A text frame that is not UTF-8.
    NotUtf8 = 1007,
    /// A frame or message that is too large.
    TooLarge = 1009,
    /// A fault of ours, or of what we stand on.
    Failed = 1011,
    /// The session or key is missing, unknown or has ended.
    SignInAgain = 4401,
    /// Nothing came for too long, or what was sent was not read.
    TooSlow = 4408,
}

/// The end of a socket: the code, and the sentence that goes with it.
type Ended = (Goodbye, &'static str);

/// What a message that could not be read means.
fn unreadable(error: axum::Error) -> Ended {
    use tungstenite::Error as Socket;
    use tungstenite::error::ProtocolError;
    let error = error.into_inner();
    match error.downcast_ref() {
        Some(Socket::Capacity(_)) => (Goodbye::TooLarge, "the frame is too large"),
        Some(Socket::Utf8(_)) => (Goodbye::NotUtf8, "the text is not UTF-8"),
        Some(Socket::Protocol(ProtocolError::ResetWithoutClosingHandshake)) | Some(Socket::Io(_)) => {
            (Goodbye::Gone, "")
        }
        _ => (Goodbye::BadFrame, "the frame is against the protocol"),
    }
}

/// How long a goodbye may take to be sent.
const GOODBYE_TIME_MAX: Duration = Duration::from_secs(1);

/// Says goodbye and lets go.
async fn close(mut socket: WebSocket, (goodbye, reason): Ended) {
    // Who said goodbye first gets his own back: it waits to be sent, and another one would be refused.
    if goodbye == Goodbye::Gone {
        let _ = tokio::time::timeout(GOODBYE_TIME_MAX, socket.flush()).await;
        return;
    }
    let frame = CloseFrame {
        code: goodbye as u16,
        reason: reason.into(),
    };
    // The connection may be gone already; there is nobody left to tell.
    let said = socket.send(Message::Close(Some(frame)));
    let _ = tokio::time::timeout(GOODBYE_TIME_MAX, said).await;
}

/// A place among the sockets that may be open at once. When the next one closes nobody knows; `dead_within` is the time in
/// which one that holds its place without a right to it is found out.
fn admit(places: &Arc<Semaphore>, dead_within: Duration) -> Result<OwnedSemaphorePermit, Fault> {
    let place = Arc::clone(places).try_acquire_owned();
    place.map_err(|_| Fault::new(FaultCode::RateLimited, "too many open sockets").retry_after(dead_within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_no_place_is_told_when_the_next_dead_socket_is_let_go() {
        let places = Arc::new(Semaphore::new(1));
        let dead_within = Duration::from_secs(120);
        let place = admit(&places, dead_within).expect("there is one");
        let fault = admit(&places, dead_within).map(drop).expect_err("it is taken");
        assert_eq!(
            (fault.code, fault.retry_after_s.map(u32::from)),
            (FaultCode::RateLimited, Some(120))
        );
        drop(place);
        assert!(admit(&places, dead_within).is_ok());
    }
}
