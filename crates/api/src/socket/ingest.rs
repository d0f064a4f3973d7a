//! The door for cameras that keep a connection (ING-2): a batch a frame, an answer a batch.
//!
//! A batch is acknowledged after it is durable, in order. One batch is worked on at a time: while it waits for its turn
//! and for the disk, the socket is not read, and the sender feels it (back-pressure).
//!
//! The key comes in a header of the handshake, or, from devices and browsers that cannot set headers, in the first
//! frame. It is asked for again with every batch, and each minute without one: a key that was ended must not live on in an open
//! connection.

mod frame;

use super::{Ended, Goodbye, admit, close, unreadable};
use crate::body::Packed;
use crate::caller::camera_key;
use crate::listen::Ending;
use crate::problem::{Problem, ProblemDocument};
use crate::rest::events::ReceiptAnswer;
use crate::{Face, Shared};
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use frame::{Acknowledgement, BatchResult, Frame};
use std::sync::Arc;
use throng_app::Secret;
use throng_model::{Fault, FaultCode};
use throng_ports::Sender;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// What a socket reads at once. Thousands of cameras keep one open, most of them silent.
const READ_BYTES: usize = 8 << 10;

/// Takes batches over a WebSocket: each text frame, up to 1 MiB, is an array of events, NDJSON, or
/// `{"batch": name, "events": [...]}`; each is answered with what became of it, after it is durable.
///
/// The camera key comes as a header of the handshake, or in a first frame `{"auth": "thr_…"}`, answered with
/// `{"auth": "accepted"}`. Close codes: 4401 the key is missing, unknown or has ended; 4408 nothing came for too long
/// (a ping is sent before), or the answers are not read; 1001 this server ends: connect again; 1002 a frame against the protocol;
/// 1003 not a text frame; 1007 not UTF-8; 1009 a frame that is too large; 1011 a fault of ours: connect again.
#[utoipa::path(get, operation_id = "ingest_socket", path = "/api/v1/ingest", tag = "events", responses(
    (status = 101, description = "Batches in, acknowledgements out"), (status = 429, body = ProblemDocument)))]
async fn connect(
    face: Shared,
    ending: Ending,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let limits = &face.settings;
    let place = admit(&face.ingest_sockets, limits.socket_idle_time_max)?;
    let key = camera_key(&headers);
    let stranger = match &key {
        Some(key) => {
            face.app.key_of(key).await?;
            None
        }
        None => Some(admit(&face.strangers, limits.socket_key_time_max)?),
    };
    let (face, limit) = (Arc::clone(&face), face.settings.socket_frame_bytes_max);
    Ok(upgrade
        .read_buffer_size(READ_BYTES)
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(async move |socket| {
            let mut door = Door {
                face,
                socket,
                key,
                stranger,
                batches: 0,
            };
            let ended = door.serve(ending).await;
            close(door.socket, ended).await;
            drop(place);
        }))
}

/// An open connection.
struct Door {
    face: Arc<Face>,
    socket: WebSocket,
    /// On whose word events come in; none until it was shown.
    key: Option<Secret>,
    /// Its place among those that have not shown a key.
    stranger: Option<OwnedSemaphorePermit>,
    batches: u64,
}

impl Door {
    /// Serves until the connection ends; says why.
    async fn serve(&mut self, mut ending: Ending) -> Ended {
        let key_by = Instant::now() + self.face.settings.socket_key_time_max;
        loop {
            // Between batches only: one that was begun is acknowledged.
            let heard = tokio::select! {
                heard = self.hear_by(key_by) => heard,
                () = ending.begun() => Err((Goodbye::Ending, "the server ends")),
            };
            let done = match heard {
                Ok(text) => self.answer(text).await,
                Err(ended) => Err(ended),
            };
            if let Err(ended) = done {
                return ended;
            }
        }
    }

    /// The next frame. Whatever a stranger sends does not prolong his time.
    async fn hear_by(&mut self, key_by: Instant) -> Result<Utf8Bytes, Ended> {
        match self.key {
            Some(_) => self.hear().await,
            None => timeout_at(key_by, self.next_text())
                .await
                .unwrap_or(Err((Goodbye::SignInAgain, "no key came in time"))),
        }
    }

    /// The next batch. A connection from which nothing comes is asked whether anybody is there, then let go; and whoever sends
    /// no batches, but pings for example, hears no later than by half of that time that the key was ended.
    async fn hear(&mut self) -> Result<Utf8Bytes, Ended> {
        let half = self.face.settings.socket_idle_time_max / 2;
        let mut asked = false;
        let (mut ask_at, mut check_at) = (Instant::now() + half, Instant::now() + half);
        loop {
            let now = Instant::now();
            if now >= check_at {
                check(&self.face, self.key.as_ref()).await?;
                check_at = now + half;
            }
            if now >= ask_at {
                if asked {
                    return Err((Goodbye::TooSlow, "nothing came for too long"));
                }
                self.send(Message::Ping(Default::default())).await?;
                (asked, ask_at) = (true, now + half);
            }
            match timeout_at(ask_at.min(check_at), self.next()).await {
                Ok(Ok(Some(text))) => return Ok(text),
                Ok(Ok(None)) => (asked, ask_at) = (false, Instant::now() + half),
                Ok(Err(ended)) => return Err(ended),
                Err(_) => {}
            }
        }
    }

    async fn next_text(&mut self) -> Result<Utf8Bytes, Ended> {
        loop {
            if let Some(text) = self.next().await? {
                return Ok(text);
            }
        }
    }

    /// The next message: a text, or none for a sign of life.
    async fn next(&mut self) -> Result<Option<Utf8Bytes>, Ended> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) => Ok(Some(text)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Binary(_))) => Err((Goodbye::NotText, "batches are text frames")),
            Some(Ok(Message::Close(_))) | None => Err((Goodbye::Gone, "")),
            Some(Err(error)) => Err(unreadable(error)),
        }
    }

    async fn answer(&mut self, text: Utf8Bytes) -> Result<(), Ended> {
        let frame = match Frame::read(text, self.batches + 1).await {
            Ok(frame) => frame,
            Err(_) => return Err((Goodbye::Failed, "the frame could not be looked at")),
        };
        match frame {
            Frame::Auth(key) => self.show(key).await,
            Frame::Batch { name, events } => {
                let Some(key) = &self.key else {
                    return Err((Goodbye::SignInAgain, "the first frame must show a key"));
                };
                self.batches += 1;
                let result = take(&self.face, key, events).await;
                let ended = result
                    .as_ref()
                    .is_err_and(|fault| fault.code == FaultCode::UnknownKey);
                let answer = Acknowledgement {
                    batch: &name,
                    result: BatchResult::new(result),
                };
                self.say(&answer).await?;
                match ended {
                    true => Err((Goodbye::SignInAgain, "the key has ended")),
                    false => Ok(()),
                }
            }
        }
    }

    /// Takes a key: the first one, or another in place of it.
    async fn show(&mut self, key: Secret) -> Result<(), Ended> {
        match self.face.app.key_of(&key).await {
            Ok(_) => {
                (self.key, self.stranger) = (Some(key), None);
                self.say(&frame::Accepted::default()).await
            }
            Err(fault) if fault.code == FaultCode::UnknownKey => {
                Err((Goodbye::SignInAgain, "the key is unknown or has ended"))
            }
            Err(_) => Err((Goodbye::Failed, "the key could not be looked up")),
        }
    }

    async fn say(&mut self, answer: &impl serde::Serialize) -> Result<(), Ended> {
        let text = serde_json::to_string(answer)
            .map_err(|_| (Goodbye::Failed, "the answer could not be written"))?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        let limit = self.face.settings.socket_write_time_max;
        match timeout(limit, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err((Goodbye::Gone, "")),
            Err(_) => Err((Goodbye::TooSlow, "the answers are not read")),
        }
    }
}

/// Whether the key still stands. Where that cannot be looked up it is asked again later: a fault of ours ends no connection.
async fn check(face: &Face, key: Option<&Secret>) -> Result<(), Ended> {
    let Some(key) = key else { return Ok(()) };
    match face.app.key_of(key).await {
        Err(fault) if fault.code == FaultCode::UnknownKey => Err((Goodbye::SignInAgain, "the key has ended")),
        _ => Ok(()),
    }
}

async fn take(face: &Face, key: &Secret, events: String) -> Result<ReceiptAnswer, Fault> {
    let sender = Sender::Key(face.app.key_of(key).await?);
    let packed = Packed::of_frame(events, face)?;
    let turn = face.turn().await?;
    let body = packed.open(face).await?;
    let receipt = face.hand_in(turn, sender, body).await?;
    Ok(ReceiptAnswer::new(receipt, false))
}
