//! The listener: so many connections and no more, and none that is kept open by saying nothing, or by reading nothing.
//!
//! A connection that this side ends is read on for a moment and what comes is thrown away: a system that closes while unread bytes
//! wait resets the connection, and the other side then loses the last answer or close frame, which says why.
//!
//! `axum::serve` waits for the head of a request and for somebody to read its answer as long as the client likes, and takes
//! connections as long as there are files to open; each would be a way to close the door for everybody else (I-10).

mod lingering;

use crate::ApiSettings;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::serve::{Listener, ListenerExt as _};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use lingering::{Ends, Lingering};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

/// hyper refuses to work with less.
const HTTP_BYTES_MIN: usize = 8 << 10;

/// Whether the server ends, for what outlives its request: sockets.
#[derive(Clone)]
pub(crate) struct Ending(
    /// None where a request came without a listener, which could end.
    Option<watch::Receiver<()>>,
);

impl Ending {
    /// Resolves when the end has begun.
    pub async fn begun(&mut self) {
        match &mut self.0 {
            // Nothing is ever sent: the end is that the sender goes.
            Some(ending) => while ending.changed().await.is_ok() {},
            None => std::future::pending().await,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Ending {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let told = parts.extensions.get().cloned();
        Ok(told.unwrap_or(Self(None)))
    }
}

/// Answers until `stop` resolves; then lets requests that have begun come to their end, and sockets say goodbye.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ApiSettings,
    stop: impl Future<Output = ()>,
) {
    // Acknowledgements and live numbers are small and must not wait to be sent together. Where that cannot be set they
    // come slower, but they come.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    serve_on(listener, router, settings, stop).await;
}

/// The same on any kind of connections.
pub async fn serve_on(
    mut listener: impl Listener<Addr = SocketAddr>,
    router: Router,
    settings: ApiSettings,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.head_time_max)
        .max_buf_size(settings.connection_bytes_max.max(HTTP_BYTES_MIN));
    let places = Arc::new(Semaphore::new(
        settings.connections_max.min(Semaphore::MAX_PERMITS),
    ));
    let (end, ending) = watch::channel(());
    let (ends, mut all_over) = Ends::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (stream, address)) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let (router, told) = (router.clone(), Ending(Some(ending.clone())));
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(address));
            request.extensions_mut().insert(told.clone());
            router.clone().oneshot(request)
        });
        let stream = Lingering::new(stream, ends.clone(), settings.write_time_max);
        let connection = http
            .serve_connection(TokioIo::new(stream), answer)
            .with_upgrades();
        let mut ending = ending.clone();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                _ = ending.changed() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // A connection that breaks is the client's business; what went wrong with its requests was logged there.
            if let Err(error) = ended {
                tracing::debug!(%address, %error, "a connection broke");
            }
            drop(place);
        });
    }
    drop((listener, end));
    drop(ends);
    let _ = all_over.recv().await;
}
