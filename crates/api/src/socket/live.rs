//! The live feed: a snapshot, then what changes, at the pace the watcher asked for.
//!
//! Nothing is queued for a watcher. While it waits for its pace or for a slow network, changes are merged: the newest
//! present of each scope is all anybody needs. Camera states and coverage are judged again every second, because a camera that
//! goes silent, or leaves, sends no event that says so. When there is nothing to tell, an empty delta says just that: to a
//! watcher a quiet building and a dead line would otherwise look the same.

use super::{Ended, Goodbye, admit, close, unreadable};
use crate::asked::Query;
use crate::caller::same_origin;
use crate::listen::Ending;
use crate::problem::{Problem, ProblemDocument};
use crate::rest::live::LiveMessage;
use crate::{Face, Shared};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use throng_app::live::{LiveView, PlaceNow, Watched, Watcher};
use throng_model::live::{CameraStatus, Now};
use throng_model::{CameraId, Fault, FaultCode, PlaceId, Reason, Scope};
use tokio::time::{Instant, MissedTickBehavior};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<Arc<Face>> {
    OpenApiRouter::new().routes(routes!(connect))
}

/// Silence after which a watcher is told that nothing changed. A little under a second, because the clock that looks
/// ticks once a second and may be early.
const BEAT: Duration = Duration::from_millis(900);

/// What a watcher may say at once.
const READ_BYTES: usize = 4 << 10;

const ENDING: Ended = (Goodbye::Ending, "the server ends");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LiveQuery {
    /// From `POST /api/v1/live/ticket`.
    ticket: String,
    /// Milliseconds between messages with news at least, 0 to 60000. Default 1000; 0 sends every change at once. Where there is
    /// no news an empty message comes after as long, or after a second where that is longer.
    every: Option<u64>,
    /// The last `seq` seen before a lost connection.
    since: Option<u64>,
}

/// The live feed over a WebSocket: a snapshot, then deltas. Close codes: 4401 the session has ended: sign in again; 1001 this
/// server ends, 4408 the messages are not read, 1011 a fault of ours: connect again; 1002 a frame against the protocol, 1007 not
/// UTF-8, 1009 a frame of more than 4 KiB: a watcher has nothing to say.
#[utoipa::path(get, operation_id = "live_socket", path = "/api/v1/live", tag = "live", params(LiveQuery), responses(
    (status = 101, description = "Messages like /api/v1/live/snapshot"), (status = 429, body = ProblemDocument)))]
async fn connect(
    face: Shared,
    Query(query): Query<LiveQuery>,
    ending: Ending,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let every = query.every.unwrap_or(1_000);
    if every > 60_000 {
        return Err(
            Fault::invalid(Reason::OutOfRange, "every must be 0 to 60000 milliseconds")
                .in_parameter("every")
                .into(),
        );
    }
    let place = admit(&face.live_sockets, face.settings.socket_write_time_max)?;
    let token = face.tickets.take(&query.ticket, face.app.now())?;
    let session = face.app.session(&token).await?;
    let watcher = face.app.watch(&session.actor, query.since).await?;
    let face = Arc::clone(&face);
    // A watcher sends nothing but pings; large frames are an attack.
    Ok(upgrade
        .read_buffer_size(READ_BYTES)
        .max_message_size(READ_BYTES)
        .max_frame_size(READ_BYTES)
        .on_upgrade(async move |socket| {
            let mut live = Live {
                face,
                token,
                socket,
                watcher,
                statuses: HashMap::new(),
                places: HashMap::new(),
                told: query.since.unwrap_or(0),
                told_at: Instant::now(),
            };
            let pace = Duration::from_millis(every);
            let ended = live.serve(pace, query.since.is_some(), ending).await;
            close(live.socket, ended).await;
            drop(place);
        }))
}

struct Live {
    face: Arc<Face>,
    token: String,
    socket: WebSocket,
    watcher: Watcher,
    /// What the watcher was last told of each camera beside its numbers.
    statuses: HashMap<CameraId, CameraStatus>,
    /// The same of each place.
    places: HashMap<PlaceId, (Option<u32>, Option<f64>)>,
    /// The last `seq` sent. Updates that wait in `Merged` are newer and must not be claimed as told.
    told: u64,
    told_at: Instant,
}

/// Changes that were not sent yet.
#[derive(Default)]
struct Merged {
    seq: Option<u64>,
    changed: HashMap<Scope, Now>,
    throughput: Option<u64>,
}

impl Live {
    /// Serves until the connection ends; says why.
    async fn serve(&mut self, every: Duration, resumed: bool, mut ending: Ending) -> Ended {
        let mut merged = Merged::default();
        if !resumed && let Err(ended) = self.send_snapshot().await {
            return ended;
        }
        let regularly = |every| {
            let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        let mut judge = regularly(Duration::from_secs(1));
        let mut look = false;
        let mut authorise = regularly(self.face.settings.reauthorise_every);
        let mut send_at = Instant::now();
        loop {
            let due = tokio::time::sleep_until(send_at);
            // In this order, so that what was published is told as news, once, before a look at the present tells it too.
            // Nothing is starved: the feed is published at a pace, and each piece of it is sent before the next look.
            let sent = tokio::select! {
                biased;
                () = ending.begun() => return ENDING,
                _ = authorise.tick() => match self.authorise().await {
                    Ok(false) => Ok(()),
                    Ok(true) => {
                        merged = Merged::default();
                        self.send_snapshot().await
                    }
                    Err(fault) if fault.code == FaultCode::SessionEnded => {
                        return (Goodbye::SignInAgain, "the session has ended");
                    }
                    // He may well be allowed to watch: his client comes back and does not ask for a password.
                    Err(fault) => {
                        tracing::warn!(code = %fault.code, "a watcher's session could not be looked up: {fault}");
                        return (Goodbye::Failed, "the session could not be looked up");
                    }
                },
                watched = self.watcher.next() => match watched {
                    Ok(Watched::Missed) => {
                        merged = Merged::default();
                        self.send_snapshot().await
                    }
                    Ok(Watched::Changed { seq, changed, throughput }) => {
                        merged.seq = Some(seq);
                        merged.throughput = throughput;
                        merged.changed.extend(changed.into_iter().map(|now| (now.scope.clone(), now)));
                        if Instant::now() < send_at { continue }
                        send_at = Instant::now() + every;
                        self.send_merged(&mut merged).await
                    }
                    Err(_) => return ENDING,
                },
                () = due, if merged.seq.is_some() || look => {
                    let begun = Instant::now();
                    let told = self.send_all(&mut merged, std::mem::take(&mut look), every).await;
                    if told == Ok(true) {
                        send_at = begun + every;
                    }
                    told.map(drop)
                }
                // Told at once, or with the next news where the pace does not allow it yet.
                _ = judge.tick() => {
                    look = true;
                    continue
                }
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Close(_))) | None => return (Goodbye::Gone, ""),
                    Some(Err(error)) => return unreadable(error),
                    Some(Ok(_)) => Ok(()),
                },
            };
            if let Err(ended) = sent {
                return ended;
            }
        }
    }

    /// Whether he may still watch, and whether what he may see has changed.
    async fn authorise(&mut self) -> Result<bool, Fault> {
        let session = self.face.app.session(&self.token).await?;
        Ok(self.face.app.look_again(&mut self.watcher, &session.actor))
    }

    async fn send_snapshot(&mut self) -> Result<(), Ended> {
        let live = self.face.app.snapshot_for(&self.watcher);
        self.send("snapshot", live).await
    }

    async fn send_merged(&mut self, merged: &mut Merged) -> Result<(), Ended> {
        let live = self.published(merged);
        self.send("delta", live).await
    }

    fn published(&self, merged: &mut Merged) -> LiveView {
        let Merged {
            seq,
            changed,
            throughput,
        } = std::mem::take(merged);
        let mut live = self.face.app.describe(changed.into_values().collect());
        (live.seq, live.throughput) = (seq.unwrap_or(self.told), throughput);
        live
    }

    /// Tells what was published and, after a `look`, what changed although nothing came; or, after a while of silence, that nothing
    /// did. Whether there was news.
    async fn send_all(&mut self, merged: &mut Merged, look: bool, every: Duration) -> Result<bool, Ended> {
        if !look {
            return self.send_merged(merged).await.map(|()| true);
        }
        let mut live = self.unheard(&merged.changed);
        if merged.seq.is_some() {
            let published = self.published(merged);
            live.places.extend(published.places);
            live.cameras.extend(published.cameras);
            (live.seq, live.throughput) = (published.seq, published.throughput);
            return self.send("delta", live).await.map(|()| true);
        }
        live.seq = self.told;
        let is_news = !live.cameras.is_empty() || !live.places.is_empty();
        if is_news || self.told_at.elapsed() >= every.max(BEAT) {
            self.send("delta", live).await?;
        }
        Ok(is_news)
    }

    /// Cameras whose status changed although nothing came from them, and places whose coverage or capacity did; none of those
    /// that are about to be told of anyway.
    fn unheard(&self, changed: &HashMap<Scope, Now>) -> LiveView {
        self.face.app.news_for(
            &self.watcher,
            |place| {
                self.places.get(&place.place) != Some(&beside_numbers(place))
                    && !changed.contains_key(&place.now.scope)
            },
            |camera| {
                self.statuses.get(&camera.camera) != Some(&camera.status)
                    && !changed.contains_key(&camera.now.scope)
            },
        )
    }

    async fn send(&mut self, kind: &'static str, live: LiveView) -> Result<(), Ended> {
        let cameras = live.cameras.iter();
        self.statuses
            .extend(cameras.map(|camera| (camera.camera.clone(), camera.status)));
        let places = live.places.iter();
        self.places
            .extend(places.map(|place| (place.place.clone(), beside_numbers(place))));
        let message = LiveMessage::new(kind, live);
        (self.told, self.told_at) = (message.seq, Instant::now());
        let text = serde_json::to_string(&message);
        let text = text.map_err(|_| (Goodbye::Failed, "the message could not be written"))?;
        let sent = tokio::time::timeout(
            self.face.settings.socket_write_time_max,
            self.socket.send(Message::Text(text.into())),
        );
        match sent.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err((Goodbye::Gone, "")),
            Err(_) => Err((Goodbye::TooSlow, "the messages are not read")),
        }
    }
}

/// What is told of a place that does not come with its events: cameras fall silent, move and retire, people set capacities.
fn beside_numbers(place: &PlaceNow) -> (Option<u32>, Option<f64>) {
    (place.capacity, place.coverage)
}
